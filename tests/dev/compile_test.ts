/** What the executable carries. */
import { join } from "node:path";
import { ensureBuilt } from "../../dev/build.ts";
import { LEAN_ARGS } from "../../dev/compile.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { importsOf, projectSources, ROOT } from "../support/sources.ts";

interface Graph {
  readonly modules: readonly { readonly npmPackage?: string }[];
}

/** The packages that are reached from modules, by name. */
function packagesFrom(...modules: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const module of modules) {
    const { code, stdout, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", join(ROOT, module)],
      cwd: ROOT,
      stdout: "piped",
      stderr: "piped",
    }).outputSync();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
    for (const { npmPackage } of graph.modules) {
      if (npmPackage) found.add(npmPackage.replace(/(?<=.)@.*$/, ""));
    }
  }
  return found;
}

Deno.test("the executable carries the packages it runs, and none of those for tests", async () => {
  await ensureBuilt();
  assert(LEAN_ARGS.includes("--exclude-unused-npm"), "All that the lock names would be packed");
  const packed = packagesFrom("cli.ts", "_fresh/server.js", "_fresh/parts.js");
  for (const needed of ["preact", "valibot", "commander"]) assert(packed.has(needed), `${needed} is missing`);

  const sources = await projectSources();
  const used = (prefix: RegExp) =>
    new Set(
      sources.filter(({ path }) => prefix.test(path)).flatMap((source) =>
        importsOf(source)
          .filter(({ own, typeOnly }) => !own && !typeOnly).map(({ target }) => target)
      ),
    );
  const run = used(/^(lib|providers|routes|islands)\/|^(cli|main)\.ts$/);
  const onlyTested = [...used(/^(tests|dev)\//)].filter((name) =>
    !run.has(name) && !/^node:|^fresh|^preact/.test(name)
  );
  assert(onlyTested.includes("playwright-core") && onlyTested.includes("fast-check"));
  assertEquals(onlyTested.filter((name) => packed.has(name)), []);
});
