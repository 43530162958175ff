/** Answers below a path: every URL of the dashboard in them has the path prefix. */
import { rebase, rebaseHtml } from "../../lib/web/rebase.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("URLs in tags are rebased, text and foreign URLs are not", () => {
  const page =
    '<!DOCTYPE html><html lang="en" data-home="/"><head><link rel="stylesheet" href="/styles.css?x=1">' +
    '<script nonce="n">var a="<a href=\\"/x\\">";</script></head><body><!--frsh:island:A:0:-->' +
    '<a href="/cycles?a=1&amp;b=2" title="1 > 0">/cycles</a><a href="//evil.example/">x</a>' +
    '<a href="https://a.example/">y</a><a href="#z">z</a><form method="post" action="/settings"></form>' +
    '<button formaction="/out"></button><img src="/chart.svg" alt=\'x\'>' +
    '<script type="module" nonce="n">import{boot}from"/_fresh/js/1/fresh-runtime.js";import A from "/_fresh/js/1/a.js";' +
    'boot({A},"[\\"from \\\\\\"/cycles\\\\\\"\\"]")</script></body></html>';
  const moved = rebaseHtml(page, "/ai");
  assertEquals(
    moved,
    page.replace('data-home="/"', 'data-home="/ai/"').replace('"/styles', '"/ai/styles')
      .replace('<a href="/cycles', '<a href="/ai/cycles').replace('action="/settings', 'action="/ai/settings')
      .replace('formaction="/out', 'formaction="/ai/out').replace('src="/chart', 'src="/ai/chart')
      .replace('from"/_fresh', 'from"/ai/_fresh').replace('from "/_fresh', 'from "/ai/_fresh'),
  );
});

const headersOf = async (headers: HeadersInit) =>
  (await rebase(new Response(null, { status: 303, headers }), "/", "/ai")).headers;

Deno.test("redirects, preloads and cookies are rebased, and never to another host", async () => {
  assertEquals((await headersOf({ location: "/settings?tab=x" })).get("location"), "/ai/settings?tab=x");
  for (const location of ["//evil.example/", "/\\evil.example", "https://a.example/", "?a=1"]) {
    assertEquals((await headersOf({ location })).get("location"), location);
  }
  const link =
    '</_fresh/js/1/a.js>; rel="modulepreload"; as="script", </_fresh/js/1/b.js>; rel="modulepreload"';
  assertEquals((await headersOf({ link })).get("link"), link.replaceAll("</_fresh", "</ai/_fresh"));
  const cookies = await headersOf([
    ["set-cookie", "syntrack_session=a; Path=/; HttpOnly; SameSite=Lax"],
    ["set-cookie", "__Host-syntrack_session=b; Path=/; HttpOnly; Secure"],
  ]);
  assertEquals(cookies.getSetCookie(), [
    "syntrack_session=a; Path=/ai; HttpOnly; SameSite=Lax",
    "__Secure-syntrack_session=b; Path=/ai; HttpOnly; Secure",
  ]);
});

Deno.test("the manifest and the API description contain the path, other JSON stays unchanged", async () => {
  const of = async (path: string, type: string, body: string) =>
    await (await rebase(new Response(body, { headers: { "content-type": type } }), path, "/ai")).text();
  assertEquals(
    await of(
      "/manifest.webmanifest",
      "application/manifest+json",
      '{"start_url":"/","icons":[{"src":"/icon.svg"}],"shortcuts":[{"url":"/settings","name":"/x"}]}',
    ),
    '{"start_url":"/ai/","icons":[{"src":"/ai/icon.svg"}],"shortcuts":[{"url":"/ai/settings","name":"/x"}]}',
  );
  assertEquals(
    JSON.parse(await of("/api/openapi.json", "application/json", '{"paths":{"/api/x":{}}}')),
    { paths: { "/api/x": {} }, servers: [{ url: "/ai" }] },
  );
  assertEquals(await of("/api/current", "application/json", '{"href":"/x"}'), '{"href":"/x"}');
});
