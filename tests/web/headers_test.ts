import { policyFor, withSecurityHeaders } from "../../lib/web/headers.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { routePaths, staticPaths } from "../support/routes.ts";
import { askApp } from "../support/web_app.ts";

const clock = new FakeClock(utc("2026-11-21 10:00"));

Deno.test("policyFor() allows only this server, and inline scripts only with a nonce", () => {
  const policy = policyFor("abc");
  assertMatch(policy, /^default-src 'none'; script-src 'self' 'nonce-abc'; style-src 'self';/);
  assert(
    !policy.includes("unsafe") && !policy.includes("*") && !policy.includes("upgrade-insecure-requests"),
  );
  assertMatch(policyFor(null), /script-src 'self';/);
});

Deno.test("every answer has the security headers, whatever its kind", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const kinds: readonly (readonly [path: string, init: RequestInit])[] = [
    ...[...routePaths(), ...staticPaths(), "/nowhere", "/api/nowhere"].map((path) => [path, {}] as const),
    ["/", { method: "HEAD" }],
    ["/api/current", { method: "DELETE" }],
    ["/api/current?provider=nobody", {}],
    ["/api/refresh", { method: "POST", headers: { origin: "http://evil.example" } }],
    ["http://evil.example/", {}],
    ["http://evil.example/api/live", {}],
  ];
  for (const [path, init] of kinds) {
    const { headers, body, status } = await ask(path, init);
    await body?.cancel();
    const where = `${path} ${status}`;
    assertMatch(
      headers.get("content-security-policy") ?? "",
      /^default-src 'none'; .*frame-ancestors 'none'$/,
      where,
    );
    assertEquals(headers.get("x-content-type-options"), "nosniff", where);
    assertEquals(headers.get("x-frame-options"), "DENY", where);
    assertEquals(headers.get("referrer-policy"), "same-origin", where);
    assertEquals(headers.get("cross-origin-opener-policy"), "same-origin", where);
    // Other pages of this host may show images.
    const who = path === "/api/v1/chart.svg" ? "same-site" : "same-origin";
    assertEquals(headers.get("cross-origin-resource-policy"), who, where);
    assert(headers.has("permissions-policy"), where);
    assertStringIncludes(headers.get("cache-control") ?? "", "no-store");
    assertEquals(headers.get("access-control-allow-origin"), null, where);
  }
});

Deno.test("an answer to an internal failure has the security headers", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp({ ...services, dashboard: () => Promise.reject(new Error("disk gone")) });
  for (const path of ["/", "/api/current"]) {
    const answer = await ask(path);
    assertEquals(answer.status, 500);
    assert(answer.headers.has("content-security-policy"));
    await answer.body?.cancel();
  }
});

Deno.test("the nonce of a page is that of its scripts, and differs in every answer", async () => {
  await using services = await fakeServices({ clock });
  await services.polled("acme/default", [reading({ used: 4 })]);
  const ask = askApp(services);
  const seen = new Set<string>();
  for (const path of ["/", "/", "/nowhere", "/nowhere"]) {
    const answer = await ask(path);
    const nonce = /'nonce-([^']+)'/.exec(answer.headers.get("content-security-policy")!)?.[1] ?? "";
    assert(nonce.length >= 22, nonce);
    seen.add(nonce);
    const html = await answer.text();
    const scripts = [...html.matchAll(/<script\b([^>]*)>/g)].map((match) => match[1]!);
    assert(scripts.length > 0);
    for (const script of scripts) assertStringIncludes(script, `nonce="${nonce}"`);
    assert(!/<[^>]+\s(?:style|on[a-z]+)=/i.test(html), "Expected no inline styles or event handlers");
  }
  assertEquals(seen.size, 4);
});

Deno.test("static files keep their own cache rule", async () => {
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const page = await (await ask("/")).text();
  const href = /href="(\/icon\.svg[^"]*)"/.exec(page)![1]!;
  const answer = await ask(href);
  assertStringIncludes(answer.headers.get("cache-control")!, "immutable");
  await answer.body?.cancel();
});

Deno.test("an unchanged answer keeps its cache rule", () => {
  assertEquals(withSecurityHeaders(new Response(null, { status: 304 })).headers.get("cache-control"), null);
  assertEquals(withSecurityHeaders(new Response("new")).headers.get("cache-control"), "no-store");
});
