import { admitRequest } from "../../lib/web/admit_request.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { openDemoSite } from "../support/demo_site.ts";

const at = (path: string, init?: RequestInit) => new Request(`http://127.0.0.1:9211${path}`, init);

Deno.test("admitRequest() passes on decodable paths unchanged", () => {
  for (const path of ["/", "/cycles?quota=%zz", "/accounts/acme/%F0%9F%90%B1", "/100%25"]) {
    const request = at(path);
    assert(admitRequest(request) === request, path);
  }
});

Deno.test("admitRequest() takes each % of a path with broken escapes literally, and keeps the rest of the request", async () => {
  for (
    const [path, expected] of [
      ["/accounts/%zz/x%41?a=%zz", "/accounts/%25zz/x%2541?a=%zz"],
      ["/%ff", "/%25ff"],
      ["/%", "/%25"],
    ] as const
  ) {
    const entered = admitRequest(
      at(path, { method: "POST", body: "kept", headers: { host: "here:1", cookie: "a=b" } }),
    );
    assert(entered instanceof Request);
    assertEquals(new URL(entered.url).href.slice("http://127.0.0.1:9211".length), expected);
    assertEquals([entered.method, await entered.text()], ["POST", "kept"]);
    assertEquals([entered.headers.get("host"), entered.headers.get("cookie")], ["here:1", "a=b"]);
  }
});

Deno.test("admitRequest() refuses methods the app cannot handle, with the headers of every answer", async () => {
  const answer = admitRequest(at("/", { method: "BREW" }));
  assert(answer instanceof Response);
  assertEquals(answer.status, 501);
  assertStringIncludes(await answer.text(), "BREW");
  assertEquals(answer.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("a name with a broken escape is searched, and not found, by pages and by the API", async () => {
  await using site = await openDemoSite({ spanMs: 3_600_000 });
  for (const path of ["/accounts/%zz/x", "/%ff", "/api/v1/accounts/%zz/x", "/api/%"]) {
    const answer = await fetch(site.origin + path);
    assertEquals(answer.status, 404, path);
    assertStringIncludes(answer.headers.get("content-security-policy") ?? "", "default-src 'none'");
    await answer.body?.cancel();
  }
  const brewed = await fetch(site.origin, { method: "BREW" });
  assertEquals(brewed.status, 501);
  await brewed.body?.cancel();
});
