import fc from "fast-check";
import { listHosts, parseHost } from "../../lib/web/hosts.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, HOST } from "../support/fake_services.ts";
import { utc } from "../support/readings.ts";
import { routePaths, staticPaths } from "../support/routes.ts";
import { askApp, serveApp } from "../support/web_app.ts";

const clock = new FakeClock(utc("2026-11-21 10:00"));

Deno.test("parseHost() returns name and port of a Host header in one form", () => {
  assertEquals(parseHost("localhost:9211", "80"), "localhost:9211");
  assertEquals(parseHost("LocalHost", "80"), "localhost:80");
  assertEquals(parseHost("127.0.0.1:09211", "80"), "127.0.0.1:9211");
  assertEquals(parseHost("[::1]:9211", "80"), "[::1]:9211");
  assertEquals(parseHost("[::1]", "443"), "[::1]:443");
});

Deno.test("parseHost() rejects anything but exactly one host", () => {
  const malformed = [
    "",
    " ",
    "a:9211, b:9211",
    "localhost:9211,localhost:9211",
    "localhost:",
    "localhost:99999",
    "localhost:9211:9211",
    "user@localhost:9211",
    "localhost:9211/",
    "localhost.:9211",
    ".localhost",
    "http://localhost",
    "[::1",
    "::1",
    "loc alhost",
    "localhost%00",
    "lo\u0441alhost",
  ];
  for (const value of malformed) assertEquals(parseHost(value, "80"), null, value);
});

Deno.test("parseHost() never returns more than a name and a port", () => {
  fc.assert(fc.property(fc.string(), (value) => {
    const host = parseHost(value, "80");
    assert(host === null || /^[\w.:[\]-]+:\d+$/.test(host));
  }));
});

Deno.test("hostsOf() lists the names of a server with its port", () => {
  assertEquals([...listHosts(9211, ["127.0.0.1", "LocalHost", "::1"])], [
    "127.0.0.1:9211",
    "localhost:9211",
    "[::1]:9211",
  ]);
});

Deno.test("every route, static file and stream refuses a foreign host", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const paths = [...routePaths(), ...staticPaths(), "/nowhere", "/api/nowhere", "/_fresh/js/x.js"];
  assert(paths.includes("/") && paths.includes("/api/live") && paths.includes("/icon.svg"));
  for (const path of paths) {
    for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
      for (const host of ["evil.example:9211", "127.0.0.1", "localhost.evil.example:9211", "127.0.0.1:80"]) {
        const answer = await ask(`http://${host}${path}`, { method });
        assertEquals(answer.status, 421, `${method} ${host} ${path}`);
        const body = await answer.text();
        if (method === "HEAD") assertEquals(body, "");
        else if (path.startsWith("/api/v1/")) assertMatch(JSON.parse(body).detail, /host name/);
        else if (path.startsWith("/api")) assertMatch(JSON.parse(body).error, /host name/);
        else assertMatch(answer.headers.get("content-type")!, /^text\/plain/);
      }
    }
  }
  assertEquals(services.asked.dashboard, 0);
});

Deno.test("every route refuses a doubled, malformed or differing Host header", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  for (const path of [...routePaths(), ...staticPaths()]) {
    for (const host of [`${HOST}, ${HOST}`, `${HOST}, evil.example`, `${HOST}/`, "localhost:9211"]) {
      const answer = await ask(path, { headers: { host } });
      assertEquals(answer.status, 400, `${host} ${path}`);
      await answer.body?.cancel();
    }
  }
});

Deno.test("a request without a Host header, or with two, is refused on the wire", async () => {
  await using services = await fakeServices({ clock });
  await using served = serveApp(services);
  const { port } = served;
  const status = async (head: string) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(`${head}Connection: close\r\n\r\n`));
    const answer = await new Response(connection.readable).text();
    return Number(answer.split(" ")[1]);
  };
  const own = `Host: 127.0.0.1:${port}\r\n`;
  assertEquals(await status(`GET /api/health HTTP/1.1\r\n${own}`), 200);
  assertEquals(await status("GET /api/health HTTP/1.1\r\n"), 400);
  assertEquals(await status(`GET /api/health HTTP/1.1\r\n${own}${own}`), 400);
  assertEquals(await status(`GET /api/health HTTP/1.1\r\n${own}Host: evil.example\r\n`), 400);
  assertEquals(await status("GET /api/health HTTP/1.1\r\nHost: evil.example\r\n"), 421);
  // A full URL in the request line overrides the header, so the two must agree.
  assertEquals(await status(`GET http://evil.example/api/health HTTP/1.1\r\n${own}`), 400);
});
