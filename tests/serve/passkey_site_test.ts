/** The name for which passkeys work: that of the request, or the one stated by a trusted proxy. */
import { assert, assertEquals } from "../support/assert.ts";
import { rawRequest, serveAt, type TestServer } from "../support/running_server.ts";

const PROXIED = ["X-Forwarded-Proto: https", "X-Forwarded-Host: usage.example"];

/** The name a challenge of the sign-in page is for, or the status. */
async function siteFor(
  { port }: TestServer,
  host: string,
  extra: readonly string[],
  path = "/login/passkey",
) {
  const answer = await rawRequest({ hostname: "127.0.0.1", port }, [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Accept: application/json",
    "Content-Length: 0",
    ...extra,
  ]);
  const status = Number(answer.split(" ")[1]);
  return /"rpId":"([^"]+)"/.exec(answer)?.[1] ?? status;
}

Deno.test("behind a trusted proxy a passkey is for the name and scheme that the browser sees", async () => {
  await using server = await serveAt({
    listen: { trustedProxies: ["127.0.0.1/32"], allowHosts: ["usage.example"], basePath: "/ai-usage" },
  });
  assertEquals(await siteFor(server, "127.0.0.1:1", PROXIED, "/ai-usage/login/passkey"), "usage.example");
  assertEquals(await siteFor(server, "127.0.0.1:1", PROXIED), "usage.example");
  const plain = ["X-Forwarded-Proto: http", "X-Forwarded-Host: usage.example"];
  assertEquals(await siteFor(server, "127.0.0.1:1", plain), 422);
  const foreign = ["X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example"];
  assertEquals(await siteFor(server, "127.0.0.1:1", foreign), 421);
});

Deno.test("proxy headers from an untrusted client change neither host nor scheme", async () => {
  await using server = await serveAt({ listen: { allowHosts: ["usage.example"] } });
  const { port } = server;
  assertEquals(await siteFor(server, `localhost:${port}`, PROXIED), "localhost");
  assertEquals(await siteFor(server, `usage.example:${port}`, PROXIED), 422);
  assertEquals(await siteFor(server, `127.0.0.1:${port}`, PROXIED), 422);
  assertEquals(await siteFor(server, "evil.example", PROXIED), 421);
  const own = await siteFor(server, `localhost:${port}`, ["Origin: https://evil.example"]);
  assert(own === 403, "the page of somebody else was given a challenge");
});
