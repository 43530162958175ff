import { pathToPattern } from "../../lib/fresh/src/pattern.ts";
import { compareRoutes } from "../../lib/fresh/src/dev/route_order.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../support/assert.ts";
import { createAsk, fixtureApp } from "./support.ts";

const ask = createAsk(fixtureApp());

Deno.test("file names become URL patterns", () => {
  const examples: [string, string][] = [
    ["index", "/"],
    ["about", "/about"],
    ["a/index", "/a"],
    ["a/[id]", "/a/:id"],
    ["a/[id]/b", "/a/:id/b"],
    ["a/v[major].[minor]", "/a/v:major.:minor"],
    ["a/[...rest]", "/a/:rest*"],
    ["(group)/a", "/a"],
    ["(group)/index", "/"],
  ];
  for (const [path, pattern] of examples) assertEquals(pathToPattern(path), pattern);
  assertEquals(pathToPattern("(group)/a", { keepGroups: true }), "/(group)/a");
});

Deno.test("file names that cannot be patterns are refused by name", () => {
  assertThrows(() => pathToPattern("a/[id][name]"), /"a\/\[id\]\[name\]": two parameters/);
  assertThrows(() => pathToPattern("a/[[id]]"), /optional segments/);
  assertThrows(() => pathToPattern("a/[id"), /brackets do not match/);
});

Deno.test("files are ordered special before ordinary, literal before parameter before rest", () => {
  const wanted = [
    "/_app",
    "/_middleware",
    "/_layout",
    "/_error",
    "/index",
    "/about",
    "/api/_middleware",
    "/api/index",
    "/api/users",
    "/api/[id]",
    "/api/[id]/edit",
    "/api/[...rest]",
    "/(site)/_layout",
    "/(site)/news",
    "/[page]",
    "/[...path]",
  ];
  assertEquals(wanted.toReversed().sort(compareRoutes), wanted);
});

Deno.test("a route file renders inside the app file", async () => {
  const response = await ask("/plain");
  const html = await response.text();
  assertEquals([response.status, response.headers.get("x-plain")], [200, "yes"]);
  assertStringIncludes(html, '<!DOCTYPE html><html lang="en">');
  assertStringIncludes(html, "<title>Plain</title>");
  assertStringIncludes(html, '<meta name="description" content="No script here"/>');
});

Deno.test("a folder in parentheses has a layout of its own and no place in the URL", async () => {
  assertStringIncludes(await (await ask("/about")).text(), '<div class="site"><h1>About</h1></div>');
  assertEquals((await (await ask("/plain")).text()).includes('class="site"'), false);
  assertEquals((await ask("/(site)/about")).status, 404);
});

Deno.test("a folder's middleware runs for its files, after those registered in code", async () => {
  const response = await ask("/api/echo");
  assertEquals(await response.json(), { visits: ["root", "api"], route: "/api/echo" });
  assertStringIncludes(await (await ask("/plain")).text(), "<p>root</p>");
});

Deno.test("handlers of a route file answer by method; one function answers them all", async () => {
  const posted = await ask("/api/echo", { method: "POST", body: '{"a":1}' });
  assertEquals(await posted.json(), { a: 1 });
  assertEquals((await ask("/api/echo", { method: "HEAD" })).status, 200);
  assertEquals(await (await ask("/api/7")).text(), "GET 7");
  assertEquals(await (await ask("/api/7", { method: "PUT" })).text(), "PUT 7");
  assertEquals(await (await ask("/api/a/b/c")).text(), "rest a/b/c");
});

Deno.test("a method that a route file lacks is 404, as in Fresh", async () => {
  assertEquals((await ask("/api/echo", { method: "PATCH" })).status, 404);
});

Deno.test("the error file shows errors and missing pages", async () => {
  const thrown = await ask("/api/echo", { method: "DELETE" });
  assertEquals(thrown.status, 403);
  assertStringIncludes(await thrown.text(), "<h1>Sorry, 403 at /api/echo</h1>");
  const unknown = await ask("/nowhere");
  assertEquals(unknown.status, 404);
  assertStringIncludes(await unknown.text(), "<h1>Sorry, 404 at /nowhere</h1>");
});

Deno.test("islands of a built app are found, marked and preloaded", async () => {
  const response = await ask("/");
  const html = await response.text();
  assertStringIncludes(html, "<!--frsh:island:Counter:0:-->");
  assertStringIncludes(html, "<!--frsh:island:Doubled:1:-->");
  assertStringIncludes(html, "boot({Counter,Doubled},");
  for (const [, file] of response.headers.get("link")!.matchAll(/<(.*?)>/g)) {
    assertEquals((await ask(file!)).status, 200);
  }
});
