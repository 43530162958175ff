/** Behind a proxy: its headers count only from its address, and everything is below its path. */
import { connect, type Socket } from "node:net";
import { createRequestReader } from "../../lib/app/serve/client_request.ts";
import { ListenRefused } from "../../lib/app/server.ts";
import { type ListenConfig, LOOPBACK_ONLY } from "../../lib/config/listen_options.ts";
import { EVERY_USER } from "../../lib/net/identity.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { rawRequest, serveAt, statusFor } from "../support/running_server.ts";

const PROXY = "127.0.0.1";
/** Another address of this machine, not that of a proxy. */
const STRANGER = "127.0.0.66";

interface Seen {
  readonly url: string;
  readonly from: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly basePath: string;
}

function enter(
  listen: Partial<ListenConfig>,
  headers: Readonly<Record<string, string>>,
  { peer = PROXY, path = "/", secure = false } = {},
): Seen | number {
  const request = new Request(`http://127.0.0.1:9211${path}`, {
    headers: { host: "127.0.0.1:9211", ...headers },
  });
  const clientRequest = createRequestReader({ ...LOOPBACK_ONLY, trustedProxies: [PROXY], ...listen }).read(
    request,
    {
      remoteAddr: { transport: "tcp", hostname: peer, port: 1 },
      completed: Promise.resolve(),
      localAddress: "127.0.0.1",
      secure,
    },
  );
  if (clientRequest instanceof Response) return clientRequest.status;
  const { remoteAddr } = clientRequest.info;
  return {
    url: clientRequest.request.url,
    from: "hostname" in remoteAddr ? remoteAddr.hostname : "unix",
    headers: Object.fromEntries(clientRequest.request.headers),
    basePath: clientRequest.basePath,
  };
}

const FORWARDED = {
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "usage.example.com",
};

Deno.test("client, scheme and name come from the trusted proxy", () => {
  const seen = enter({}, FORWARDED) as Seen;
  assertEquals([seen.url, seen.from], ["https://usage.example.com/", "203.0.113.7"]);
  assertEquals(seen.headers.host, "usage.example.com");
  for (const name of Object.keys(FORWARDED)) assert(!(name in seen.headers), name);
  // Clients behind a proxy are not the owner in front of the machine.
  assert("via" in seen.headers);
  const withPort = enter({}, { ...FORWARDED, "x-forwarded-host": "usage.example.com:8443" }) as Seen;
  assertEquals(withPort.url, "https://usage.example.com:8443/");
});

Deno.test("proxy headers from any other address are ignored", () => {
  const seen = enter({}, FORWARDED, { peer: "203.0.113.99" }) as Seen;
  assertEquals([seen.url, seen.from], ["http://127.0.0.1:9211/", "203.0.113.99"]);
  assertEquals(seen.headers["x-forwarded-for"], "203.0.113.7");
  const nobodyTrusted = enter({ trustedProxies: [] }, FORWARDED) as Seen;
  assertEquals([nobodyTrusted.url, nobodyTrusted.from], ["http://127.0.0.1:9211/", "127.0.0.1"]);
});

Deno.test("an invalid forwarded name is refused", () => {
  for (const host of ["a/b", "me@a", "a b", "a:99999", "[::1", "a?b", ""]) {
    const seen = enter({}, { ...FORWARDED, "x-forwarded-host": host });
    assert(seen === 400 || host === "", `${host}: ${JSON.stringify(seen)}`);
  }
});

Deno.test("the path is stripped if the proxy left it, and accepted if it removed it", () => {
  const listen = { basePath: "/ai-usage", trustedProxies: [] };
  const at = (path: string) => {
    const seen = enter(listen, {}, { path });
    return typeof seen === "number"
      ? seen
      : [new URL(seen.url).pathname + new URL(seen.url).search, seen.basePath];
  };
  assertEquals(at("/ai-usage/cycles?a=1"), ["/cycles?a=1", "/ai-usage"]);
  assertEquals(at("/ai-usage/"), ["/", "/ai-usage"]);
  assertEquals(at("/cycles"), ["/cycles", "/ai-usage"]);
  assertEquals(at("/ai-usages/"), ["/ai-usages/", "/ai-usage"]);
  assertEquals(at("/ai-usage"), 308);
  const byProxy = enter({ basePath: "/ai-usage" }, { ...FORWARDED, "x-forwarded-prefix": "/other" }) as Seen;
  assertEquals(byProxy.basePath, "/other");
  const untrusted = enter({}, { ...FORWARDED, "x-forwarded-prefix": "/other" }, {
    peer: "203.0.113.99",
  }) as Seen;
  assertEquals(untrusted.basePath, "");
});

Deno.test("the cookie has another name below a path, and the server its own", () => {
  const cookie = "a=1; __Secure-syntrack_session=x";
  const seen = enter({ basePath: "/ai" }, { cookie }) as Seen;
  assertEquals(seen.headers.cookie, "a=1; __Host-syntrack_session=x");
});

const SSO: Partial<ListenConfig> = {
  trustedProxies: [PROXY],
  authHeader: "remote-user",
  authGroupsHeader: "remote-groups",
  authRoles: new Map([["admins", "admin"], [EVERY_USER, "viewer"]]),
};

/** The status of the figures for a client that connects from an address with these headers. */
async function figuresFor(port: number, from: string, headers: readonly string[]): Promise<number> {
  // The other end of the socket has the address it connects from.
  const connection = await new Promise<Socket>((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, localAddress: from }, () => resolve(socket));
    socket.once("error", reject);
  });
  let answer = "";
  const ended = new Promise<void>((resolve) => connection.once("close", () => resolve()));
  connection.on("data", (chunk: Uint8Array) => answer += new TextDecoder().decode(chunk));
  connection.write(
    [`GET /api/current HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers, "Connection: close", "", ""].join(
      "\r\n",
    ),
  );
  await ended;
  return Number(answer.split(" ")[1]);
}

Deno.test("single sign-on counts from the proxy, and is removed from all other requests", async () => {
  await using server = await serveAt({ listen: SSO, canSignIn: () => Promise.resolve(false) });
  const { port } = server;
  const ann = ["X-Forwarded-For: 203.0.113.7", "Remote-User: ann", "Remote-Groups: admins"];
  assertEquals(await figuresFor(port, PROXY, ann), 200);
  assertEquals(await figuresFor(port, PROXY, ["X-Forwarded-For: 203.0.113.7"]), 401);
  assertEquals(await figuresFor(port, STRANGER, ann), 401);
  assertEquals(await figuresFor(port, STRANGER, ["Remote-User: ann"]), 401);
  assertEquals(await figuresFor(port, PROXY, [...ann, "Remote-User: bob"]), 401);
  assertEquals(await figuresFor(port, PROXY, ["Tailscale-User-Login: ann@example.com"]), 401);
});

Deno.test("the identity of tailscale serve counts once it is trusted", async () => {
  const listen = { ...SSO, authHeader: null, authGroupsHeader: null, trustTailscaleIdentity: true };
  await using server = await serveAt({ listen });
  const ann = ["X-Forwarded-For: 100.87.201.23", "Tailscale-User-Login: ann@example.com"];
  assertEquals(await figuresFor(server.port, PROXY, ann), 200);
  assertEquals(await figuresFor(server.port, STRANGER, ann), 401);
});

Deno.test("settings that need each other are reported", async () => {
  const refused = async (listen: Partial<ListenConfig>) => {
    const error = await assertRejects(() => serveAt({ listen }));
    assert(error instanceof ListenRefused);
    return `${error.message}. ${error.hint}`;
  };
  assertMatch(
    await refused({ authHeader: "remote-user" }),
    /--auth-header would have no effect.*--trusted-proxy/,
  );
  assertMatch(
    await refused({ trustTailscaleIdentity: true }),
    /--trust-tailscale-identity would have no effect/,
  );
  assertMatch(await refused({ authGroupsHeader: "x", trustedProxies: [PROXY] }), /without --auth-header/);
});

Deno.test("the Host guard checks the name the proxy forwards", async () => {
  await using server = await serveAt({
    listen: { trustedProxies: [PROXY], allowHosts: ["usage.example.com"] },
  });
  const { port } = server;
  const here = { hostname: "127.0.0.1", port };
  const through = (host: string) =>
    statusFor(here, `127.0.0.1:${port}`, [
      "X-Forwarded-For: 203.0.113.7",
      "X-Forwarded-Proto: https",
      `X-Forwarded-Host: ${host}`,
    ]);
  assertEquals(await through("usage.example.com"), 200);
  assertEquals(await through("evil.example"), 421);
});

Deno.test("below a path a page references nothing outside it", async () => {
  await using server = await serveAt({ listen: { basePath: "/ai-usage" } });
  const { port } = server;
  const here = { hostname: "127.0.0.1", port };
  const get = (path: string) => rawRequest(here, [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`]);
  for (
    const path of [
      "/ai-usage/",
      "/ai-usage/settings",
      "/ai-usage/history",
      "/ai-usage/api/docs",
      "/ai-usage/none",
      "/",
    ]
  ) {
    const answer = await get(path);
    const addresses = [...answer.matchAll(/\s(?:href|src|action|formaction)="(\/[^"]*)"|from\s*"(\/[^"]*)"/g)]
      .map(([, attribute, module]) => attribute ?? module!);
    assert(addresses.length > 3, path);
    assertEquals([path, addresses.filter((one) => !one.startsWith("/ai-usage/"))], [path, []]);
    assertMatch(answer, /data-home="\/ai-usage\/"/);
  }
  assertMatch(await get("/ai-usage"), /^HTTP\/1\.1 308 [^]*location: \/ai-usage\/\r\n/i);
  assertMatch(
    await get("/ai-usage/manifest.webmanifest"),
    /"start_url":"\/ai-usage\/"[^]*"\/ai-usage\/icon\.svg"/,
  );
  assertMatch(await get("/ai-usage/api/openapi.json"), /"servers":\[\{"url":"\/ai-usage"\}\]/);
  const link = /^link: (.*)$/im.exec(await get("/ai-usage/"))?.[1] ?? "";
  assert(
    link.length > 0 && [...link.matchAll(/<([^>]*)>/g)].every(([, one]) => one!.startsWith("/ai-usage/")),
    link,
  );
});
