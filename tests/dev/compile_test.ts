/** The contents of the executable. */
import { join } from "node:path";
import { ensureBundled } from "../../dev/build.ts";
import { COMPILE_ARGS, COMPILED_ENTRY } from "../../dev/compile.ts";
import { REPLACEMENTS } from "../../dev/lighten_commander.ts";
import { listPackages } from "../../dev/release/packages.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { importsOf, projectSources, ROOT } from "../support/sources.ts";

interface Graph {
  readonly modules: readonly { readonly specifier: string; readonly npmPackage?: string }[];
}

/** What is reachable from a module without a configuration. */
function graphOf(path: string): Graph["modules"] {
  const { code, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-config", path],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).outputSync();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return (JSON.parse(new TextDecoder().decode(stdout)) as Graph).modules;
}

Deno.test("the executable contains the bundle and the dashboard's files, and no package", async () => {
  await ensureBundled();
  const included = COMPILE_ARGS.flatMap((arg, at) => arg === "--include" ? [COMPILE_ARGS[at + 1]!] : []);
  assertEquals(included, ["_program", "_fresh/static"]);
  assert(
    COMPILE_ARGS.includes("--no-config"),
    "With a configuration all that the lock names would be packed",
  );
  assert(COMPILED_ENTRY.startsWith("_program/"));

  const folder = join(ROOT, "_program");
  const modules = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
    name.endsWith(".js")
  );
  const inside = new URL(`file://${folder}/`).href;
  // Lazy imports are hidden from the runtime, so every module starts its own graph.
  const all = await Deno.makeTempFile({ suffix: ".js" });
  try {
    const lines = modules.map((name) => `import(${JSON.stringify(new URL(name, inside).href)});`);
    await Deno.writeTextFile(all, lines.join("\n"));
    const reached = graphOf(all);
    assert(reached.length > modules.length);
    const strange = reached.filter(({ specifier, npmPackage }) =>
      npmPackage !== undefined ||
      !specifier.startsWith(inside) && !specifier.startsWith("node:") && !specifier.endsWith(all)
    );
    assertEquals(strange, []);
  } finally {
    await Deno.remove(all);
  }
});

Deno.test("no package for tests or the build is in the bundle", async () => {
  await ensureBundled();
  const sources = await projectSources();
  const used = (prefix: RegExp) =>
    new Set(
      sources.filter(({ path }) => prefix.test(path)).flatMap((source) =>
        importsOf(source).filter(({ own, typeOnly }) => !own && !typeOnly).map(({ target }) => target)
      ),
    );
  const run = used(/^(lib\/(?!fresh\/src\/dev|openapi)|providers|routes|islands)|^(cli|main)\.ts$/);
  const onlyTested = [...used(/^(tests|dev)\//)].filter((name) =>
    !run.has(name) && !REPLACEMENTS.includes(name) && !/^node:|^fresh|^preact/.test(name)
  );
  for (const name of ["playwright-core", "fast-check", "axe-core"]) assert(onlyTested.includes(name), name);
  let bytes = 0;
  for (const { name } of Deno.readDirSync(join(ROOT, "_program"))) {
    if (!name.endsWith(".js")) continue;
    const text = Deno.readTextFileSync(join(ROOT, "_program", name));
    bytes += text.length;
    // Strings in their code: mqtt packs its manifest, which names its development tools.
    const words = [/playwright-core/, /axe-core/, /fast-check/, /createSourceFile/, /@twind/];
    assertEquals(words.filter((word) => word.test(text)), [], name);
  }
  // Packages of the lock file are reachable from the program by name: most of the bundle is ours, and grows.
  const packed = [...(await listPackages(ROOT)).values()].filter((one) => one.packed).map(({ name }) => name);
  assert(packed.includes("commander") && packed.includes("preact"));
  assertEquals(
    packed.filter((name) => onlyTested.includes(name) || /typescript|twind|esbuild/.test(name)),
    [],
  );
  assert(bytes < 3_400_000, `The bundle has ${bytes} characters`);
});
