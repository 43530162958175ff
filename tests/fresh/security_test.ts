import { App, csp, type CSPOptions, csrf, type CsrfOptions } from "fresh";
import { h } from "preact";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { createAsk } from "./support.ts";

function guarded(options?: CsrfOptions) {
  return createAsk(new App().use(csrf(options)).all("/", () => new Response("in")));
}

async function statusOf(
  headers: Record<string, string>,
  method = "POST",
  options?: CsrfOptions,
): Promise<number> {
  return (await guarded(options)("/", { method, headers })).status;
}

Deno.test("csrf() allows reading from anywhere", async () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assertEquals(
      await statusOf({ "sec-fetch-site": "cross-site", origin: "https://evil.example" }, method),
      200,
    );
  }
});

Deno.test("csrf() allows changes from our own pages and from typed URLs", async () => {
  assertEquals(await statusOf({ "sec-fetch-site": "same-origin" }), 200);
  assertEquals(await statusOf({ "sec-fetch-site": "none" }), 200);
  assertEquals(await statusOf({ origin: "http://localhost" }), 200);
});

Deno.test("csrf() refuses changes from other sites", async () => {
  for (const site of ["cross-site", "same-site"]) {
    assertEquals(await statusOf({ "sec-fetch-site": site }), 403);
    assertEquals(await statusOf({ "sec-fetch-site": site, origin: "https://evil.example" }), 403);
  }
  assertEquals(await statusOf({ origin: "https://evil.example" }, "DELETE"), 403);
  assertEquals(await statusOf({ origin: "null" }), 403);
});

Deno.test("csrf() allows tools that send neither header", async () => {
  assertEquals(await statusOf({}), 200);
});

Deno.test("csrf() takes the origins it is given, as text, list or function", async () => {
  const headers = { "sec-fetch-site": "cross-site", origin: "https://friend.example" };
  assertEquals(await statusOf(headers, "POST", { origin: "https://friend.example" }), 200);
  assertEquals(await statusOf(headers, "POST", { origin: ["https://friend.example"] }), 200);
  assertEquals(
    await statusOf(headers, "POST", { origin: (origin) => origin.endsWith("friend.example") }),
    200,
  );
  assertEquals(await statusOf(headers, "POST", { origin: "https://other.example" }), 403);
});

async function policyOf(options: CSPOptions, path = "/"): Promise<[policy: string, nonce: unknown]> {
  const app = new App()
    .use(csp(options))
    .get("/", (ctx) => ctx.render(h("p", null, "page")))
    .get("/json", (ctx) => ctx.json({}));
  const response = await createAsk(app)(path);
  const name = options.reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  return [response.headers.get(name) ?? "", Reflect.get(response, Symbol.for("__freshNonce"))];
}

Deno.test("csp() allows only this site, and replaces a default by a custom directive", async () => {
  const [policy] = await policyOf({});
  assertStringIncludes(policy, "default-src 'self'; script-src 'self' 'unsafe-inline'");
  assertStringIncludes(policy, "frame-ancestors 'none'");
  const [own] = await policyOf({ csp: ["script-src 'none'", "manifest-src 'self'"] });
  assertEquals(own.match(/script-src/g)?.length, 1);
  assertStringIncludes(own, "script-src 'none'; manifest-src 'self'");
});

Deno.test("csp() with a nonce names that of the page, and leaves other answers unchanged", async () => {
  const [policy, nonce] = await policyOf({ useNonce: true });
  assertStringIncludes(policy, `script-src 'self' 'nonce-${nonce}'`);
  assertStringIncludes(policy, `style-src 'self' 'nonce-${nonce}'`);
  const [json, none] = await policyOf({ useNonce: true }, "/json");
  assertEquals(none, undefined);
  assertStringIncludes(json, "'unsafe-inline'");
});

Deno.test("csp() can report only, and states where to", async () => {
  const [policy] = await policyOf({ reportOnly: true, reportTo: "/csp" });
  assertStringIncludes(policy, "report-to csp-endpoint; report-uri /csp");
});
