/** The configuration of docs/proxies.md in a real nginx; ignored without nginx. */
import { join } from "node:path";
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { serveAt } from "../support/running_server.ts";
import { until } from "../support/until.ts";
import { freePort } from "../support/ports.ts";

const NGINX = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"].find(isFile) ?? null;

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The documented nginx configuration: the location, and the map it needs. */
async function documented(): Promise<{ readonly location: string; readonly map: string }> {
  const text = await Deno.readTextFile(new URL("../../docs/proxies.md", import.meta.url));
  const [location = "", map = ""] = [...text.matchAll(/```nginx\n([^]*?)```/g)].map(([, block]) => block!);
  assert(location.startsWith("location /ai-usage {") && map.startsWith("map $http_upgrade"));
  return { location, map };
}

async function untilOpen(port: number): Promise<void> {
  await until(
    "nginx",
    () =>
      Deno.connect({ hostname: "127.0.0.1", port }).then(
        (connection) => (connection.close(), true),
        () => false,
      ),
  );
}

async function throughNginx(
  change: (location: string) => string,
  work: (origin: string, token: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-nginx-" });
  const port = freePort();
  await using server = await serveAt({
    listen: {
      basePath: "/ai-usage",
      trustedProxies: ["127.0.0.1"],
      allowHosts: [`127.0.0.1:${port}`],
      authHeader: "remote-user",
    },
  });
  const { location, map } = await documented();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(folder, name)};`);
  const file = join(folder, "nginx.conf");
  await Deno.writeTextFile(
    file,
    [
      ...Deno.uid() === 0 ? ["user root;"] : [],
      `daemon off; pid ${join(folder, "pid")}; error_log stderr warn; worker_processes 1;`,
      "events { worker_connections 64; }",
      `http { access_log off; ${temporary.join(" ")}`,
      map,
      `server { listen 127.0.0.1:${port};`,
      change(location.replaceAll("127.0.0.1:9211", `127.0.0.1:${server.port}`)),
      "} }",
    ].join("\n"),
  );
  const nginx = new Deno.Command(NGINX!, {
    args: ["-p", folder, "-c", file],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await untilOpen(port);
    const { secret } = await server.services.access.keys.create(
      { name: "nginx", scopes: ["read"] },
      LOCAL_OWNER,
    );
    await work(`http://127.0.0.1:${port}`, secret);
  } finally {
    nginx.kill("SIGTERM");
    await nginx.status;
    await Deno.remove(folder, { recursive: true });
  }
}

const FORMS: readonly (readonly [name: string, change: (location: string) => string])[] = [
  ["leaves the path on", (location) => location],
  [
    "takes the path off",
    (location) =>
      location.replace("location /ai-usage {", "location /ai-usage/ {").replace(
        /(proxy_pass [^;]+);/,
        "$1/;",
      ),
  ],
];

for (const [form, change] of FORMS) {
  Deno.test({
    name: `a page, its parts and its live stream pass an nginx that ${form}${
      NGINX === null ? " (ignored: no nginx found)" : ""
    }`,
    ignore: NGINX === null,
    fn: () =>
      throughNginx(change, async (origin, token) => {
        const ask = (path: string, headers: Readonly<Record<string, string>> = { "x-auth-token": token }) =>
          fetch(`${origin}${path}`, { headers, redirect: "manual" });
        const page = await ask("/ai-usage/");
        const html = await page.text();
        assertEquals([page.status, /data-home="\/ai-usage\/"/.test(html)], [200, true]);
        const parts = [
          ...html.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|svg|png|webmanifest)[^"]*)"|from\s*"([^"]+)"/g),
        ]
          .map(([, link, module]) => link ?? module!);
        assert(parts.length > 2, html);
        for (const path of parts) {
          const part = await ask(path.replaceAll("&amp;", "&"));
          assertEquals([path, part.status], [path, 200]);
          await part.body?.cancel();
        }
        // A client without a credential is not taken for the owner of the machine, and neither is one that sends the proxy's headers.
        for (
          const headers of [
            {},
            { "remote-user": "ann" },
            { "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "localhost" },
          ]
        ) {
          const answer = await ask("/ai-usage/api/current", headers);
          assertEquals([JSON.stringify(headers), answer.status], [JSON.stringify(headers), 401]);
          await answer.body?.cancel();
        }
        const live = await ask("/ai-usage/api/live");
        const reader = live.body!.pipeThrough(new TextDecoderStream()).getReader();
        let heard = "";
        while (!heard.includes("event: view")) heard += (await reader.read()).value ?? "";
        await reader.cancel();
        assertMatch(live.headers.get("content-type") ?? "", /^text\/event-stream/);
        const bare = await ask("/ai-usage");
        assert([301, 308].includes(bare.status), String(bare.status));
        assertMatch(bare.headers.get("location") ?? "", /\/ai-usage\/$/);
        await bare.body?.cancel();
      }),
  });
}
