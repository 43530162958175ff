import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Builder } from "fresh/dev";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { walk } from "../../lib/fresh/src/dev/files.ts";
import { FIXTURE } from "./support.ts";

/** Inside the project, so that its import map applies, but outside git and the checks. */
const SCRATCH = join(FIXTURE, "_fresh");

async function project(): Promise<AsyncDisposable & { readonly root: string }> {
  await Deno.mkdir(SCRATCH, { recursive: true });
  const root = await Deno.makeTempDir({ dir: SCRATCH, prefix: "project_" });
  for (const path of await walk(FIXTURE, (name) => name !== "_fresh")) {
    const target = join(root, path.slice(FIXTURE.length + 1));
    await Deno.mkdir(join(target, ".."), { recursive: true });
    await Deno.copyFile(path, target);
  }
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

async function versionOf(root: string): Promise<string> {
  const snapshot = await Deno.readTextFile(join(root, "_fresh/snapshot.js"));
  return /version = "(\w+)"/.exec(snapshot)![1]!;
}

Deno.test("a build on disk is a server that needs nothing else", async () => {
  await using built = await project();
  await new Builder({ root: built.root, staticDir: ["static", "more_static"] }).build();
  const { default: server } = await import(join(built.root, "_fresh/server.js"));
  const page: Response = await server.fetch(new Request("http://localhost/"));
  const html = await page.text();
  assertStringIncludes(html, "<!--frsh:island:Counter:0:-->");
  await Deno.remove(join(built.root, "static"), { recursive: true });
  const style: Response = await server.fetch(new Request("http://localhost/style.css"));
  assertStringIncludes(await style.text(), "teal");
});

Deno.test("the same sources give the same build, and a change gives another", async () => {
  await using built = await project();
  const builder = new Builder({ root: built.root });
  await builder.build();
  const first = await versionOf(built.root);
  await builder.build();
  assertEquals(await versionOf(built.root), first);

  await Deno.writeTextFile(join(built.root, "static/style.css"), "body { color: red }");
  await builder.build();
  assert(await versionOf(built.root) !== first);
  const chunks = await walk(join(built.root, "_fresh/static/_fresh/js"));
  assert(chunks.every((path) => !path.includes(first)), "Chunks of the earlier build must be gone");
  assert(chunks.every((path) => !path.endsWith(".part")));
});

Deno.test("a page loads one copy of Preact and signals, and little else", async () => {
  await using built = await project();
  await new Builder({ root: built.root }).build();
  let total = 0;
  let copies = 0;
  for (const path of await walk(join(built.root, "_fresh/static/_fresh/js"))) {
    const code = await Deno.readFile(path);
    total += gzipSync(code).length;
    // A string that occurs once in the source of signals.
    copies += new TextDecoder().decode(code).split('Symbol.for("preact-signals")').length - 1;
  }
  assertEquals(copies, 1);
  assert(total < 12_000, `Expected less than 12 kB of script, got ${total}`);
});

Deno.test("files to ignore and private folders are no routes; (_islands) holds islands", async () => {
  await using built = await project();
  const { root } = built;
  await Deno.mkdir(join(root, "routes/(_parts)"));
  await Deno.mkdir(join(root, "routes/(_islands)"));
  await Deno.writeTextFile(join(root, "routes/(_parts)/part.tsx"), "export const x = 1;");
  await Deno.writeTextFile(join(root, "routes/(_islands)/Near.tsx"), "export default () => null;");
  await Deno.writeTextFile(join(root, "routes/about_test.ts"), "export const x = 1;");
  await new Builder({ root }).build();
  const snapshot = await Deno.readTextFile(join(root, "_fresh/snapshot.js"));
  assertEquals(snapshot.includes("part.tsx"), false);
  assertEquals(snapshot.includes("about_test"), false);
  assertMatch(snapshot, /import \* as island\d from "\.\.\/routes\/\(_islands\)\/Near\.tsx"/);
});

Deno.test("static files can be transformed on their way", async () => {
  await using built = await project();
  const builder = new Builder({ root: built.root });
  builder.onTransformStaticFile({ pluginName: "upper", filter: /\.css$/ }, ({ text }) => {
    return { content: text.toUpperCase() };
  });
  await builder.build();
  assertStringIncludes(await Deno.readTextFile(join(built.root, "_fresh/static/style.css")), "TEAL");
});

Deno.test("a static directory inside the output is refused, since Fresh would leave it out", async () => {
  await using built = await project();
  const builder = new Builder({ root: built.root, staticDir: ["static", "_fresh/generated"] });
  await assertRejects(() => builder.build(), /lies in the output directory/);
});

Deno.test("an island that cannot be bundled fails the build with the bundler's reason", async () => {
  await using built = await project();
  await Deno.writeTextFile(
    join(built.root, "islands/Broken.tsx"),
    'import "./nowhere.ts"; export default 1;',
  );
  await assertRejects(
    () => new Builder({ root: built.root }).build(),
    /Cannot bundle the islands: .*nowhere\.ts/s,
  );
});

Deno.test("route files of the old error style are refused by name", async () => {
  await using built = await project();
  await Deno.writeTextFile(join(built.root, "routes/_404.tsx"), "export default () => null;");
  await assertRejects(() => new Builder({ root: built.root }).build(), /"\/_404": show errors with "_error"/);
});
