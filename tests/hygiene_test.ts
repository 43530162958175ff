/** Rules for every file of the project. */
import { assert, assertEquals } from "./support/assert.ts";
import { findTests, groupTests } from "../dev/test_groups.ts";
import { importsOf, onlyCode, projectFiles, projectSources, readProjectFile } from "./support/sources.ts";

const BINARY = /\.(png|ico|jpg|jpeg|gif|webp|woff2?|db|gz|zip)$/;
/** Text written by others: answers of vendors, and recordings of installers. */
const FOREIGN = /^(tests\/fixtures\/|deno\.lock$|LICENSE)/;

const paths = await projectFiles();
const texts = await Promise.all(
  paths.filter((path) => !BINARY.test(path)).map(async (path) => ({
    path,
    text: await readProjectFile(path),
  })),
);
const sources = await projectSources();

/** `path:line` of every match in the project's own text. */
function linesWith(pattern: RegExp): readonly string[] {
  const found: string[] = [];
  for (const { path, text } of texts) {
    if (FOREIGN.test(path) || !pattern.test(text)) continue;
    for (const [index, line] of text.split("\n").entries()) {
      if (pattern.test(line)) found.push(`${path}:${index + 1}`);
    }
  }
  return found;
}

Deno.test("text uses the plain hyphen, never a long dash", () => {
  assertEquals(linesWith(/[\u2013-\u2015]/), []);
});

Deno.test("no comment contains a task for later", () => {
  assertEquals(
    linesWith(new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].join("|")})\\b`)),
    [],
  );
});

Deno.test("no file names a path of a real machine", () => {
  // Homes of invented people, and one used in images.
  const invented = "(ann|someone|you|user|me|deno)\\b";
  const homes = `(${["ho" + "me", "Us" + "ers"].join("|")})/(?!${invented})[a-z]`;
  assertEquals(
    linesWith(new RegExp(`(?<![\\w.@*~}-])/((wo` + `rk|ro` + `ot)/|${homes}|tmp/[a-z]*[._]jobs)`)),
    [],
  );
});

Deno.test("text ends its lines as Unix does, and every file with one", () => {
  const wrong = texts.filter(({ path, text }) => {
    return !FOREIGN.test(path) && (text.includes("\r") || (text !== "" && !text.endsWith("\n")));
  });
  assertEquals(wrong.map(({ path }) => path), []);
});

Deno.test("no source file is too long", () => {
  const long = sources.filter(({ path, text }) =>
    !path.startsWith("tests/") && text.split("\n").length > 400
  );
  assertEquals(long.map(({ path }) => path), []);
});

interface Manifest {
  readonly tasks: Readonly<Record<string, string | { readonly command: string }>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly exclude?: readonly string[];
  readonly test?: { readonly include?: readonly string[]; readonly exclude?: readonly string[] };
}

const manifest: Manifest = JSON.parse(await readProjectFile("deno.json"));

Deno.test("the test task reaches every test", async () => {
  const task = manifest.tasks["test"];
  const command = typeof task === "string" ? task : task?.command ?? "";
  assert(/\bdev\/test\.ts$/.test(command), "The test task leaves tests out");
  assertEquals(manifest.test?.include, undefined);
  assertEquals(manifest.test?.exclude, undefined);

  // Fixtures contain a file that only looks like a test, to check that it is not taken for an island.
  const tests = paths.filter((path) => /_test\.tsx?$/.test(path) && !/\/fixtures?\//.test(path));
  assertEquals(tests.filter((path) => !path.startsWith("tests/")), []);
  const groups = groupTests(await findTests(new URL("../", import.meta.url)));
  assertEquals(groups.flatMap(({ files }) => files).sort(), tests.sort());
  assertEquals(new Set(groups.map(({ name }) => name)).size, groups.length);
});

Deno.test("every file that declares tests is run as one, or imported by one that is", () => {
  const declares = sources.filter(({ path, text }) =>
    path.startsWith("tests/") && /\bDeno\.test\b/.test(onlyCode(text)) && !/_test\.tsx?$/.test(path)
  );
  const imported = new Set(
    sources.filter(({ path }) => /_test\.tsx?$/.test(path)).flatMap((source) =>
      importsOf(source).map(({ target }) => target)
    ),
  );
  assertEquals(declares.map(({ path }) => path).filter((path) => !imported.has(path)), []);
});

Deno.test("no test is isolated or disabled by hand", () => {
  const pattern = /\bDeno\.test\.(only|ignore)\b|\bonly: true\b/;
  const tests = sources.filter(({ path }) => path.startsWith("tests/"));
  assertEquals(tests.filter(({ text }) => pattern.test(onlyCode(text))).map(({ path }) => path), []);
});

/** The names of the project's npm packages. */
function packagesOf(imports: Readonly<Record<string, string>>): ReadonlySet<string> {
  const names = Object.values(imports).map((target) => /^npm:((?:@[^/@]+\/)?[^/@]+)/.exec(target)?.[1]);
  return new Set(names.filter((name) => name !== undefined) as string[]);
}

Deno.test("dependencies are pinned to one version", async () => {
  const manifests = [manifest];
  if (paths.includes("lib/fresh/deno.json")) {
    manifests.push(JSON.parse(await readProjectFile("lib/fresh/deno.json")));
  }
  for (const { imports = {} } of manifests as Partial<Manifest>[]) {
    for (const [name, target] of Object.entries(imports)) {
      // Fresh is linked: the range is the one for the real package. The rest are paths.
      if (target.startsWith("jsr:@fresh/core@") || /^\.{1,2}\//.test(target)) continue;
      assert(/^npm:(@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+(-[\w.]+)?(\/\S+)?$/.test(target), `${name}: ${target}`);
    }
  }
});

Deno.test("the parts of one package have one version", () => {
  const versions = new Map<string, Set<string>>();
  for (const target of Object.values(manifest.imports)) {
    const [, name, version] = /^npm:((?:@[^/@]+\/)?[^/@]+)@([^/]+)/.exec(target) ?? [];
    if (name && version) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  assertEquals([...versions].filter(([, all]) => all.size > 1).map(([name]) => name), []);
});

Deno.test("every dependency has its reason among the decisions", async () => {
  const decisions = await readProjectFile("docs/decisions/0001-dependencies-with-a-reason-for-each.md");
  const missing = [...packagesOf(manifest.imports)].filter((name) => !decisions.includes(`\`${name}\``));
  assertEquals(missing, []);
});

Deno.test("every dependency is used", () => {
  const used = new Set(sources.flatMap((source) => importsOf(source).map(({ target }) => target)));
  const unused = [...packagesOf(manifest.imports)].filter((name) =>
    !Object.entries(manifest.imports).some(([alias, target]) =>
      (target === `npm:${name}` || target.startsWith(`npm:${name}@`)) && used.has(alias)
    )
  );
  assertEquals(unused, []);
});

/** Odd phrases, and what people in the field say instead. */
const ODD_WORDS: readonly (readonly [odd: RegExp, better: string])[] = [
  [/\b(?:runs?|ran|running) dry\b/i, "runs out"],
  [/as it is heading/i, "forecast"],
  [/What it rests on/, "Details"],
  [/Any other time/, "Custom range"],
  [/Newer readings: load/, "New data, refresh"],
  [/Told to wait/, "Rate limited"],
  [/Answer not understood/, "Unexpected response"],
  [/Login refused/, "Sign-in rejected"],
];

Deno.test("pages, commands and documents use the terms of the field", () => {
  const found: string[] = [];
  for (const { path, text } of texts) {
    // Historical records, and names used by scripts, stay unchanged.
    if (
      !/^(lib|routes|islands|docs|providers|README)/.test(path) ||
      /^docs\/decisions\/|openapi\.json$/.test(path)
    ) continue;
    if (path === "lib/formats/forecast.ts") continue;
    for (const [odd, better] of ODD_WORDS) {
      if (odd.test(text)) found.push(`${path}: ${odd.exec(text)![0]}, say "${better}"`);
    }
  }
  assertEquals(found, []);
});
