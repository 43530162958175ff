import { App, staticFiles } from "fresh";
import { asset } from "fresh/runtime";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { applyFixture, createAsk, fixtureApp } from "./support.ts";

const ask = createAsk(fixtureApp());
const NEVER_STORED = "no-cache, no-store, max-age=0, must-revalidate";
const FOR_EVER = "public, max-age=31536000, immutable";

Deno.test("a static file is served with its type, its size and an ETag", async () => {
  const response = await ask("/style.css");
  const text = await response.text();
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/css; charset=UTF-8");
  assertEquals(response.headers.get("content-length"), String(text.length));
  assertMatch(response.headers.get("etag")!, /^W\/"[0-9a-f]{64}"$/);
  assertMatch(text, /teal/);
});

Deno.test("the first static directory that has a file wins, and names are decoded", async () => {
  assertMatch(await (await ask("/style.css")).text(), /teal/);
  assertEquals((await (await ask("/more.txt")).text()).trim(), "more");
  assertEquals((await (await ask("/sub/two%20words.txt")).text()).trim(), "a b");
});

Deno.test("a client that has the file gets 304, with the strong and the weak form of the tag", async () => {
  const etag = (await ask("/style.css")).headers.get("etag")!;
  for (const known of [etag, etag.slice(3, -1)]) {
    const response = await ask("/style.css", { headers: { "if-none-match": known } });
    assertEquals([response.status, await response.text()], [304, ""]);
  }
  assertEquals((await ask("/style.css", { headers: { "if-none-match": 'W/"other"' } })).status, 200);
});

Deno.test("files are cached only under a URL of this build", async () => {
  assertEquals((await ask("/style.css")).headers.get("cache-control"), NEVER_STORED);
  assertEquals((await ask(asset("/style.css"))).headers.get("cache-control"), FOR_EVER);
  const page = await (await ask("/")).text();
  const chunk = /"(\/_fresh\/js\/\w+\/fresh-runtime\.js)"/.exec(page)?.[1];
  assert(chunk !== undefined);
  const script = await ask(chunk);
  assertEquals([script.status, script.headers.get("cache-control")], [200, FOR_EVER]);
  assertEquals(script.headers.get("content-type"), "text/javascript; charset=UTF-8");
});

Deno.test("a URL of an earlier build redirects to the plain one", async () => {
  const response = await ask("/style.css?__frsh_c=old&v=1");
  assertEquals([response.status, response.headers.get("location")], [307, "/style.css?v=1"]);
});

Deno.test("HEAD has no body, and methods that change things are refused", async () => {
  const head = await ask("/style.css", { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
  assert(Number(head.headers.get("content-length")) > 0);
  for (const method of ["POST", "DELETE", "PUT"]) {
    assertEquals((await ask("/style.css", { method })).status, 405);
  }
});

Deno.test("no spelling of a path leaves the static directories", async () => {
  const spellings = [
    "/../main.ts",
    "/%2e%2e/main.ts",
    "/..%2fmain.ts",
    "/%2e%2e%2fmain.ts",
    "/..%5cmain.ts",
    "/%2e%2e%5cmain.ts",
    "/sub/..%2f..%2fmain.ts",
    "/sub/%252e%252e/%252e%252e/main.ts",
    "/.secret",
    "/%2esecret",
    "/style.css%00",
    "/style.css%00.txt",
    "/%c0%ae%c0%ae/main.ts",
    "/_fresh/js/../../../main.ts",
    "/static/style.css",
    "/main.ts",
    "/%zz",
  ];
  for (const spelling of spellings) {
    const response = await ask(spelling);
    assertEquals([spelling, response.status], [spelling, 404]);
    assertEquals((await response.text()).includes("createDefine"), false);
  }
});

Deno.test("a missing favicon is answered without rendering a page", async () => {
  const response = await ask("/favicon.ico");
  assertEquals([response.status, await response.text()], [404, ""]);
});

Deno.test("during development nothing is stored or tagged", async () => {
  const app = new App<{ visits: string[] }>({ mode: "development" }).use(staticFiles());
  applyFixture(app);
  const response = await createAsk(app)(asset("/style.css"));
  assertEquals([response.headers.get("etag"), response.headers.get("cache-control")], [null, NEVER_STORED]);
});

Deno.test("below a base path the files are there too", async () => {
  const app = new App<{ visits: string[] }>({ basePath: "/quota" }).use(staticFiles());
  applyFixture(app);
  assertEquals((await createAsk(app)("/quota/style.css")).status, 200);
});
