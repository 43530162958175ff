import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { utc } from "../support/readings.ts";
import { routePaths } from "../support/routes.ts";
import { askApp } from "../support/web_app.ts";

const clock = new FakeClock(utc("2026-11-21 10:00"));
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

Deno.test("every API route answers 405 with Allow to other methods, and OPTIONS with the same", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const paths = routePaths().filter((path) => path.startsWith("/api/"));
  assert(paths.length >= 7, paths.join(" "));
  for (const path of paths) {
    const options = await ask(path, { method: "OPTIONS" });
    assertEquals([options.status, await options.text()], [204, ""], path);
    const allow = options.headers.get("allow")!;
    for (const method of METHODS.filter((method) => !allow.split(", ").includes(method))) {
      const answer = await ask(path, { method });
      assertEquals([answer.status, answer.headers.get("allow")], [405, allow], `${method} ${path}`);
      if (method === "HEAD") assertEquals(await answer.text(), "");
      else {
        const { error, detail } = await answer.json();
        assertStringIncludes(path.startsWith("/api/v1/") ? detail : error, allow);
      }
    }
  }
  assertEquals((await ask("/api/refresh")).headers.get("allow"), "POST, OPTIONS");
  assertEquals((await ask("/api/current", { method: "PUT" })).headers.get("allow"), "GET, HEAD, OPTIONS");
});

Deno.test("every page answers 405 with Allow to methods it does not have, never as if there was no page", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const headers = { accept: "text/html", origin: "http://127.0.0.1:9211" };
  for (
    const path of routePaths().filter((path) => !path.startsWith("/api/") && !path.startsWith("/feeds/"))
  ) {
    const options = await ask(path, { method: "OPTIONS", headers });
    assertEquals(options.status, 204, path);
    const allow = options.headers.get("allow")!;
    assert(/^(GET, HEAD(, POST)?|POST), OPTIONS$/.test(allow), `${path}: ${allow}`);
    for (const method of METHODS.filter((method) => !allow.split(", ").includes(method))) {
      const answer = await ask(path, { method, headers });
      assertEquals([answer.status, answer.headers.get("allow")], [405, allow], `${method} ${path}`);
      await answer.body?.cancel();
    }
  }
  assertEquals((await ask("/history", { method: "DELETE" })).headers.get("allow"), "GET, HEAD, OPTIONS");
  assertEquals((await ask("/nowhere", { method: "DELETE" })).status, 404);
});

Deno.test("HEAD is answered like GET, without a body", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  for (
    const path of ["/", "/api/current", "/api/history", "/api/providers", "/api/health", "/api/v1/series"]
  ) {
    const answer = await ask(path, { method: "HEAD" });
    const full = await ask(path);
    assertEquals([answer.status, await answer.text()], [200, ""], path);
    assertEquals(answer.headers.get("content-type"), full.headers.get("content-type"));
    await full.body?.cancel();
  }
});

Deno.test("an unknown path under /api is answered in JSON, whatever is accepted", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  for (
    const path of ["/api", "/api/", "/api/nowhere", "/api/current/more", "/api/v10/none", "//api//nowhere"]
  ) {
    for (const accept of ["text/html", "*/*"]) {
      const answer = await ask(`http://127.0.0.1:9211${path}`, { headers: { accept } });
      assertEquals(
        [answer.status, await answer.json()],
        [404, { error: "There is nothing at this address" }],
        path,
      );
    }
  }
});

Deno.test("an unknown path under /api/v1 is a problem", async () => {
  await using services = await fakeServices({ clock });
  const answer = await askApp(services)("/api/v1/none", { headers: { accept: "text/html" } });
  assertEquals([answer.status, answer.headers.get("content-type")], [404, "application/problem+json"]);
  assertEquals(await answer.json(), {
    type: "about:blank",
    title: "Not found",
    status: 404,
    detail: "There is nothing at this address",
  });
});

Deno.test("an unknown page is an HTML page, and JSON for clients that prefer it", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const page = await ask("/nowhere", { headers: { accept: "text/html,*/*;q=0.8" } });
  assertEquals([page.status, page.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
  const html = await page.text();
  assertStringIncludes(html, "<title>Not found - Syntrack</title>");
  assertStringIncludes(html, "There is nothing at this address.");
  assertMatch(html, /<a href="\/"[^>]*>Go to the overview<\/a>/);
  assertEquals(html.match(/<h1\b/g)?.length, 1);
  // `/apis` only begins like the API.
  assertMatch((await ask("/apis")).headers.get("content-type")!, /^text\/html/);

  const json = await ask("/nowhere", { headers: { accept: "application/json" } });
  assertEquals([json.status, await json.json()], [404, { error: "There is nothing at this address" }]);
});

Deno.test("an internal failure is logged, and clients do not see its details", async () => {
  await using services = await fakeServices({ clock });
  const inside = "no such table: readings in /home/someone/.syntrack/data/syntrack.db";
  const ask = askApp({ ...services, dashboard: () => Promise.reject(new TypeError(inside)) });
  for (const path of ["/?q=hidden-in-the-query", "/api/current?q=hidden-in-the-query"]) {
    services.logged.length = 0;
    const answer = await ask(path);
    assertEquals(answer.status, 500);
    const text = await answer.text();
    assert(!/someone|table|TypeError|\.ts/.test(text), text);
    assertStringIncludes(text, "The server failed to answer; its log says why");
    const log = services.logged.join("\n");
    assertMatch(log, /Cannot answer a request .*"method":"GET".*TypeError: no such table/);
    assert(!log.includes("hidden-in-the-query"), "Expected the query to stay out of the log");
  }
});

Deno.test("client errors are not logged as failures", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  for (const path of ["/nowhere", "/api/nowhere", "/api/current?provider=nobody"]) await ask(path);
  assertEquals(services.logged, []);
});

Deno.test("paths that try to leave the static files find nothing", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  for (
    const path of [
      "/..%2fdeno.json",
      "/%2e%2e/deno.json",
      "/static/..%5c..%5cdeno.json",
      "/icon.svg/..%2f..%2fdeno.json",
      "/%00icon.svg",
      "/%zz",
      "/deno.json",
      "/_fresh/../deno.json",
    ]
  ) {
    const answer = await ask(path);
    assertEquals(answer.status, 404, path);
    assert(!(await answer.text()).includes("@syntrack/syntrack"));
  }
});
