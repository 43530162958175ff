/**
 * Known attacks on trackers like this one, one test per class and named after it: the attack itself, at the outermost
 * interface. Several classes have separate test files as well.
 */
import { channelType } from "../../lib/alerts/channels/mod.ts";
import { composeMessage } from "../../lib/alerts/compose_message.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { checkPermitted } from "../../lib/app/serve/permit.ts";
import { plain } from "../../lib/base/text.ts";
import { providers } from "../../providers/mod.ts";
import { RETURN_PATHS, ROUTES } from "../../lib/access/routes.ts";
import { runCommand } from "../../lib/sandbox/run.ts";
import { MAX_LIVE_STREAMS_EACH } from "../../lib/web/app.ts";
import { signInCookie } from "../../lib/web/credentials.ts";
import { alertHouse } from "../alerts/support.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices, ORIGIN, providerStatus } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { firstLine, serveAt } from "../support/running_server.ts";
import { projectSources } from "../support/sources.ts";
import { askAs, CLIENT, createKey, ELSEWHERE, PASSWORD, signInAs } from "../support/visitors.ts";
import { askApp } from "../support/web_app.ts";
import { writeScript } from "../support/script.ts";

const AT = utc("2026-11-19 10:00");
const TOKEN = `syntrack_token_${"a1".repeat(32)}`;
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };

/** Whether a program ran and succeeded. */
async function run(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const child = new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" });
    return (await child.output()).success;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

function world(options: Partial<Parameters<typeof fakeServices>[0]> = {}): Promise<FakeServices> {
  return fakeServices({
    clock: new FakeClock(AT),
    access: { tokens: () => Promise.resolve([TOKEN]) },
    ...options,
  });
}

Deno.test("bound to all interfaces, no login: it does not start if others could reach it and no one can sign in", async () => {
  const question = {
    endpoints: [{ hostname: "0.0.0.0", port: 9211 }],
    secure: false,
    allowPlainHttp: true,
  };
  await assertRejects(() => checkPermitted({ ...question, canSignIn: () => Promise.resolve(false) }));
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  // Even if it were reachable, remote users would find nothing.
  for (const path of ["/api/current", "/api/live", "/metrics", "/api/logs", "/api/services"]) {
    const answer = await askApp(services, ELSEWHERE)(path);
    await answer.body?.cancel();
    assertEquals(answer.status, 401, path);
  }
});

Deno.test("DNS rebinding: a host name the server was not started for is refused, however similar it is", async () => {
  await using services = await world();
  const ask = askApp(services);
  for (
    const host of [
      "localhost.evil.example:9211",
      "127.0.0.1.evil.example:9211",
      "evil.example",
      "127.0.0.1:80",
    ]
  ) {
    const answer = await ask("/api/current", { headers: { host, "x-auth-token": TOKEN } });
    assert(answer.status === 421 || answer.status === 400, `${host}: ${answer.status}`);
  }
});

/** Hosts that are not those of a server at 127.0.0.1, although some look similar. */
function foreignOrigins(port: number): readonly string[] {
  const own = `http://127.0.0.1:${port}`;
  return [
    "http://evil.example",
    `http://evil.example:${port}`,
    `http://127.0.0.1:${port + 1}`,
    "http://127.0.0.1",
    `http://127.0.0.2:${port}`,
    `https://127.0.0.1:${port + 1}`,
    `http://localhost.evil.example:${port}`,
    `http://127.0.0.1.evil.example:${port}`,
    `${own}.evil.example`,
    `${own}@evil.example`,
    `http://evil.example@127.0.0.1:${port}`,
    `http://evil.example/${own}`,
    `${own}/`,
    `${own}, http://evil.example`,
    "null",
    "file://",
    "about:blank",
    `chrome-extension://127.0.0.1:${port}`,
    "usage.example",
    "https://usage.example.evil.example",
    "https://evilusage.example",
  ];
}

/** The statuses of a handshake and of a request for a stream. */
async function streamStatuses(port: number, host: string, extra: readonly string[]) {
  const where = { hostname: "127.0.0.1", port };
  const socket = await firstLine(where, [
    "GET / HTTP/1.1",
    `Host: ${host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...extra,
  ]);
  const stream = await firstLine(where, ["GET /api/live HTTP/1.1", `Host: ${host}`, ...extra]);
  return [socket, stream].map((line) => Number(line.split(" ")[1]));
}

Deno.test("WebSocket and SSE origin: a foreign page opens no stream, with our cookie or as the owner of the machine", async () => {
  await using server = await serveAt({ listen: { allowHosts: ["usage.example"] } });
  const { services, port } = server;
  const host = `127.0.0.1:${port}`;
  const attempt = (origin: string | null, extra: readonly string[] = [], name = host) =>
    streamStatuses(port, name, [...origin === null ? [] : [`Origin: ${origin}`], ...extra]);
  const everything = async (who: string, extra: readonly string[]) => {
    for (const origin of foreignOrigins(port)) {
      assertEquals(await attempt(origin, extra), [403, 403], `${who}, from ${origin}`);
    }
    // More than one credential may open: none was counted.
    for (let at = 0; at <= MAX_LIVE_STREAMS_EACH; at++) await attempt("http://evil.example", extra);
    // A page whose name resolves to this machine is consistent, but its name is not ours.
    for (const name of ["evil.example", `evil.example:${port}`, `127.0.0.1:${port + 1}`, `0.0.0.0:${port}`]) {
      assertEquals(await attempt(`http://${name}`, extra, name), [421, 421], `${who}, by ${name}`);
    }
    for (const origin of [`http://${host}`, `http://localhost:${port}`, "https://usage.example"]) {
      assertEquals(await attempt(origin, extra), [101, 200], `${who}, from ${origin}`);
    }
    // Programs send no Origin.
    assertEquals(await attempt(null, extra), [101, 200], who);
  };
  // While there are no people, local users need no cookie, and so do pages in their browsers.
  await everything("the owner", []);
  const { cookie } = await signInAs(services, "admin");
  await everything("a person", [`Cookie: ${cookie}`]);
  // The cookie itself stays on pages of this site, and no script can read it.
  const login = await askApp(services, ELSEWHERE)("/login", {
    method: "POST",
    headers: FORM,
    body: new URLSearchParams({ name: "nobody", password: PASSWORD }),
  });
  assertEquals([login.status, login.headers.get("set-cookie")], [401, null]);
  const [name, ...attributes] = signInCookie({ ...CLIENT, secure: false }, "x", 1000).split("; ");
  assertEquals([name, attributes], ["syntrack_session=x", [
    "Path=/",
    "Max-Age=1",
    "HttpOnly",
    "SameSite=Lax",
  ]]);
  // A page that cannot open it cannot read it either.
  const answer = await askAs(services, { cookie: cookie! })("/api/current", {
    headers: { origin: "http://evil.example" },
  });
  await answer.body?.cancel();
  assertEquals(answer.headers.get("access-control-allow-origin"), null);
  assertEquals(answer.headers.get("cross-origin-resource-policy"), "same-origin");
});

Deno.test("auth bypass, forgotten check: only the short public list answers without a credential", async () => {
  await using services = await world();
  const ask = askApp(services, ELSEWHERE);
  for (const { path, methods } of ROUTES) {
    for (const [method, permission] of Object.entries(methods)) {
      if (permission === "public") continue;
      const answer = await ask(path.replaceAll(/:[^/]+/g, "x"), {
        method,
        // A known bypass: a Host of this machine, which every request here already has.
        headers: { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" },
      });
      await answer.body?.cancel();
      assert(answer.status === 401 || answer.status === 303, `${method} ${path}: ${answer.status}`);
    }
  }
});

Deno.test("sessions outlive the password: a change ends all others, and only digests are stored", async () => {
  await using services = await world();
  const { access, clock, store } = services;
  const own = await signInAs(services, "admin", null, "ada");
  const stolen = await access.signIn({ name: "ada", password: PASSWORD, client: CLIENT });
  assert("secret" in stolen);
  const theirs = askAs(services, { cookie: `syntrack_session=${stolen.secret}` });
  assertEquals((await theirs("/api/current")).status, 200);
  const found = await access.authenticate({
    client: CLIENT,
    token: null,
    basic: null,
    cookie: own.cookie!.split("=")[1]!,
    identity: null,
  });
  assert("principal" in found);
  await access.people.changePassword(found.principal, CLIENT, PASSWORD, "another one here");
  assertEquals((await theirs("/api/current")).status, 401);
  assertEquals((await askAs(services, own)("/api/current")).status, 200);
  assert(!JSON.stringify(await store.docs.list("logins", clock.now())).includes(stolen.secret));
});

Deno.test("XSS through names: markup in the names of vendors stays text, and no inline script may run", async () => {
  const evil = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>";
  await using services = await world({
    providers: [providerStatus({ id: "zai", name: evil, problem: evil })],
  });
  await services.polled("zai/default", [reading({ label: evil })], evil);
  const ask = askAs(services, { "x-auth-token": TOKEN });
  for (
    const path of [
      "/",
      "/settings",
      "/history",
      "/cycles",
      "/accounts/zai/default",
      `/login?next=${encodeURIComponent(evil)}`,
    ]
  ) {
    const answer = await ask(path);
    // Props of islands are inside a script, where only its end tag would be markup.
    const text = (await answer.text()).replaceAll(/<script[^>]*>.*?<\/script>/gs, "");
    assert(!text.includes("<img src=x") && !text.includes("<script>alert(2)"), path);
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert(policy.includes("default-src 'none'") && !policy.includes("unsafe-inline"), path);
  }
});

Deno.test("CSRF: no foreign page changes anything, whatever it sends and wherever it is", async () => {
  await using services = await world();
  const ask = askAs(services, await signInAs(services, "admin"));
  const change = (headers: Record<string, string>) =>
    ask("/api/settings", { method: "PUT", headers, body: JSON.stringify({ display: "left" }) });
  for (
    const headers of [
      { ...JSON_TYPE, "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { ...JSON_TYPE, "sec-fetch-site": "same-site", origin: "http://127.0.0.1:8000" },
      // On plain http in a home network, browsers send no Sec-Fetch-Site.
      { ...JSON_TYPE, origin: "http://evil.example" },
      { ...JSON_TYPE, origin: "null" },
      { "content-type": "text/plain", origin: ORIGIN },
      { ...FORM, origin: ORIGIN },
    ]
  ) {
    const answer = await change(headers);
    assert([403, 415].includes(answer.status), `${JSON.stringify(headers)}: ${answer.status}`);
  }
  assertEquals(services.settings.current.display, "used");
  assertEquals((await change({ ...JSON_TYPE, origin: ORIGIN })).status, 200);
  assertEquals((await change({ ...JSON_TYPE, "sec-fetch-site": "same-origin" })).status, 200);
  // Our own forms send their origin, which no-referrer would prevent.
  assertEquals((await ask("/")).headers.get("referrer-policy"), "same-origin");
});

Deno.test("SSRF by custom URL: a remote user adds no account without a fresh sign-in, and never by a path of the server", async () => {
  const bedrock = providers.filter(({ id }) => id === "bedrock" || id === "codex");
  await using services = await world({ addable: bedrock });
  const add = (who: Readonly<Record<string, string>>, values: Record<string, string>, provider = "bedrock") =>
    askAs(services, who)("/api/v1/accounts", {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ provider, name: "x", values }),
    });
  const admin = await signInAs(services, "admin");
  for (
    const values of [
      { AWS_PROFILE: "root" },
      { AWS_SHARED_CREDENTIALS_FILE: "/etc/passwd" },
      { AWS_CONFIG_FILE: "/proc/self/environ" },
    ]
  ) assertEquals((await add(admin, values)).status, 422, JSON.stringify(values));
  assertEquals((await add(admin, { CODEX_HOME: "/srv/codex" }, "codex")).status, 422);
  assertEquals((await add(await signInAs(services, "operator"), { AWS_REGION: "x" })).status, 403);
  assertEquals((await add(await createKey(services, ["write"]), { AWS_REGION: "x" })).status, 403);
});

Deno.test("base URL steals the key: a new URL requires the secret again", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-attack-" });
  try {
    await using services = await world({
      addable: providers.filter(({ id }) => id === "zai"),
      keyFile: `${folder}/key`,
    });
    const admin = askAs(services, await signInAs(services, "admin"));
    const added = await admin("/api/v1/accounts", {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({
        provider: "zai",
        name: "work",
        values: { ZAI_API_KEY: "planted-key-of-zai-0123456789" },
      }),
    });
    assertEquals(added.status, 200);
    assert(!(await added.text()).includes("planted-key"));
    const operator = await signInAs(services, "operator");
    const [account] = await services.accounts.list();
    await assertRejects(() =>
      services.accounts.setValues(account!.key, { ZAI_BASE_URL: "https://evil.example/api" })
    );
    const moved = await askAs(services, operator)(`/api/services/${encodeURIComponent(account!.key)}`, {
      method: "PUT",
      headers: JSON_TYPE,
      body: JSON.stringify({ baseUrl: "https://evil.example/api" }),
    });
    await moved.body?.cancel();
    assert(moved.status >= 400, `the address was changed: ${moved.status}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("path traversal: no path leaves the built files", async () => {
  await using services = await world();
  const ask = askAs(services, { "x-auth-token": TOKEN });
  for (
    const path of [
      "/..%2f..%2fetc%2fpasswd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/..%5c..%5cdeno.json",
      "/styles.css/..%2f..%2fdeno.json",
      "/accounts/..%2f..%2f/etc%2fpasswd",
      "/static/../deno.json",
      "//etc/passwd",
    ]
  ) {
    const answer = await ask(path);
    const text = await answer.text();
    assert(answer.status >= 400 || answer.status === 303, `${path}: ${answer.status}`);
    assert(!text.includes("root:") && !text.includes('"tasks"'), path);
  }
});

Deno.test("open redirect after login: a sign-in leads to our own page, whatever was requested", async () => {
  await using services = await world();
  await signInAs(services, "admin", null, "ada");
  const ask = askApp(services, ELSEWHERE);
  for (
    const next of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/%2f/evil.example",
      "/history/../../evil",
      "javascript:alert(1)",
      "/history?next=//evil",
      "/api/refresh",
    ]
  ) {
    const answer = await ask("/login", {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams({ name: "ada", password: PASSWORD, next }),
    });
    assertEquals([answer.status, answer.headers.get("location")], [303, "/"], next);
  }
  for (const next of RETURN_PATHS) {
    const answer = await ask("/login", {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams({ name: "ada", password: PASSWORD, next }),
    });
    assertEquals(answer.headers.get("location"), next);
  }
  const sent = await ask("/accounts/zai/default?quota=//evil.example");
  assertEquals(sent.headers.get("location"), "/login?next=%2F");
});

Deno.test("deny-list bypass, denial of service: a flood of wrong passwords costs few hashes and delays no page", async () => {
  await using services = await world();
  const who = await signInAs(services, "viewer");
  const ask = askApp(services, "198.51.100.1");
  const answers = await Promise.all(Array.from({ length: 200 }, (_, at) =>
    ask("/login", {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams({ name: `n${at}`, password: "wrong wrong" }),
    })));
  assertEquals(answers.filter(({ status }) => status === 401).length, 10);
  assertEquals(answers.filter(({ status }) => status === 429).length, 190);
  assert(
    answers.every(({ status, headers }) =>
      status === 401 || headers.get("content-type")?.startsWith("text/html")
    ),
  );
  assertEquals((await askAs(services, who)("/api/current")).status, 200);
  const long = await ask("/login", { method: "POST", headers: FORM, body: "x".repeat(70_000) });
  assertEquals(long.status, 413);
});

Deno.test("token in URL: it is exchanged for a cookie at once, and is in no URL, page or log line", async () => {
  await using services = await world();
  const ask = askApp(services, ELSEWHERE);
  const answer = await ask(`/history?range=7d&token=${TOKEN}`);
  assertEquals([answer.status, answer.headers.get("location")], [303, "/history?range=7d"]);
  const cookie = answer.headers.get("set-cookie") ?? "";
  assertMatch(cookie, /^syntrack_session=[0-9a-f]{64}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  assert(!cookie.includes(TOKEN));
  const page = await ask("/history?range=7d", { headers: { cookie: cookie.split(";")[0]! } });
  assertEquals(page.status, 200);
  assert(!(await page.text()).includes(TOKEN));
  const wrong = await ask(`/history?token=${TOKEN}0`);
  assertEquals([wrong.status, wrong.headers.get("location")], [303, "/login?next=/history"]);
  // Programs use headers.
  assertEquals((await ask(`/api/current?token=${TOKEN}`)).status, 401);
  assert(!services.logged.join("\n").includes(TOKEN));
});

Deno.test("rate limit evaded by X-Forwarded-For: only the socket's address counts", async () => {
  await using services = await world();
  const ask = askApp(services, "198.51.100.2");
  const statuses: number[] = [];
  for (let at = 0; at < 12; at++) {
    const answer = await ask("/login", {
      method: "POST",
      headers: { ...FORM, "x-forwarded-for": `203.0.113.${at}`, "x-real-ip": `203.0.113.${at}` },
      body: new URLSearchParams({ name: `n${at}`, password: "wrong wrong" }),
    });
    await answer.body?.cancel();
    statuses.push(answer.status);
  }
  assertEquals(statuses, [...Array<number>(10).fill(401), 429, 429]);
});

Deno.test("leak between peers and lists: no answer contains a stored secret", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-attack-" });
  try {
    await using services = await world({
      addable: providers.filter(({ id }) => id === "zai"),
      keyFile: `${folder}/key`,
    });
    const planted = "planted-key-of-zai-0123456789";
    await services.accounts.add({ provider: "zai", name: "work", values: { ZAI_API_KEY: planted } });
    await services.polled("zai/work", [reading()]);
    const admin = await signInAs(services, "admin");
    const key = await createKey(services, ["read"]);
    const hash = JSON.stringify(await services.store.docs.list("users", AT)).match(/pbkdf2[^"]+/)![0];
    const secrets = [planted, hash, admin.cookie!.split("=")[1]!, key.authorization!.split(" ")[1]!, TOKEN];
    const ask = askAs(services, admin);
    for (const { path, methods } of ROUTES) {
      if (!("GET" in methods) || path === "/api/live") continue;
      const queries = path === "/settings" ? ["?tab=accounts", "?tab=data", "?tab=about"] : [""];
      for (const query of queries) {
        const answer = await ask(path.replace(/:.*$/, "zai/work") + query);
        const text = await answer.text();
        for (const secret of secrets) assert(!text.includes(secret), `${path}${query} tells a secret`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("secrets at rest: stored data of passwords, sign-ins, keys and tokens gives no access", async () => {
  await using services = await world();
  const { store, clock } = services;
  const admin = await signInAs(services, "admin");
  const key = await createKey(services, ["read"]);
  const rows = [];
  for (const kind of ["users", "logins", "keys"] as const) {
    rows.push(...await store.docs.list(kind, clock.now()));
  }
  const stored = JSON.stringify(rows);
  for (const secret of [PASSWORD, admin.cookie!.split("=")[1]!, key.authorization!.split(" ")[1]!, TOKEN]) {
    assert(!stored.includes(secret));
  }
  const ask = askApp(services, ELSEWHERE);
  for (const { id } of rows) {
    for (const headers of [{ cookie: `syntrack_session=${id}` }, { authorization: `Bearer ${id}` }]) {
      const answer = await ask("/api/current", { headers: headers as unknown as HeadersInit });
      await answer.body?.cancel();
      assert(answer.status === 401 || answer.status === 429, id);
    }
  }
});

Deno.test("timing: a wrong name costs the same hash as a wrong password, and both get the same answer", async () => {
  let running = 0;
  await using services = await world({ access: { rounds: 60_000, running: () => running } });
  await services.access.people.add({ name: "ada", role: "admin", password: PASSWORD });
  const spent: Record<string, number[]> = { ada: [], nobody: [] };
  const bodies = new Set<string>();
  const attempt = async (name: string, at: number) => {
    const ask = askApp(services, `198.51.100.${at}`);
    const began = performance.now();
    const answer = await ask("/login", {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams({ name, password: "wrong wrong" }),
    });
    spent[name]!.push(performance.now() - began);
    bodies.add((await answer.text()).replaceAll(name, "NAME").replaceAll(/nonce-?[^"']*["'][^"']*["']/g, ""));
  };
  await attempt("nobody", 99);
  const least = (name: string) => Math.min(...spent[name]!);
  const isSame = () => Math.abs(Math.log2(least("nobody") / least("ada"))) < 1;
  // Other programs make single attempts slower, and none faster: the least of enough attempts is what they cost.
  for (let at = 0; at < 8 || at < 60 && !isSame(); at++) {
    for (const name of ["ada", "nobody"]) await attempt(name, at);
    // Without a pause attempts are soon refused, and a refusal costs no hash.
    running += 60_000;
  }
  assert(isSame(), `${least("ada")} ms against ${least("nobody")} ms`);
  assertEquals(bodies.size, 1);
});

Deno.test("terminal escapes from remote names: external text is plain in output and in lists of sign-ins", async () => {
  await using services = await world();
  const evil = "\u001b]52;c;cm0gLXJm\u0007\u001b[2J\u202eevil\r\n\u0000";
  await services.access.people.add({ name: "ada", role: "admin", password: PASSWORD });
  const answer = await askApp(services, ELSEWHERE)("/login", {
    method: "POST",
    headers: { ...FORM, "user-agent": evil.replaceAll(/[\r\n\0\u202e]/g, "") },
    body: new URLSearchParams({ name: "ada", password: PASSWORD }),
  });
  assertEquals(answer.status, 303);
  const [only] = await services.access.signIns.list();
  // deno-lint-ignore no-control-regex
  const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/;
  assert(!control.test(only!.device), JSON.stringify(only!.device));
  assert(!control.test(plain(evil)));
  await assertRejects(() =>
    services.access.people.add({ name: `a${evil}b`, role: "viewer", password: PASSWORD })
  );
  await assertRejects(() =>
    services.access.keys.create({ name: evil, scopes: ["read"] }, {
      kind: "local",
      id: "local",
      name: "local owner",
      role: "admin",
      scopes: null,
      accounts: null,
      credentialId: "local",
      signedInAt: null,
      expiresAt: null,
    })
  );
});

/** A program that records its arguments, input and environment separately. */
const WITNESS = `#!/bin/sh
place=$(dirname "$0")
printf '%s\\0' "$@" > "$place/$(basename "$0").args"
cat > "$place/$(basename "$0").input"
env > "$place/$(basename "$0").env"
`;

Deno.test({
  name: "shell in hooks: a vendor's name is an argument or input of a program, and never executed",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "syntrack-attack-" });
    try {
      const canary = `${folder}/canary`;
      const touch = `touch ${canary}`;
      const names = [
        `$(${touch})`,
        `\`${touch}\``,
        `"; ${touch}; "`,
        `'; ${touch}; '`,
        `| ${touch} && ${touch}`,
        `#(${touch})`,
        `##(${touch})`,
        "$IFS${PATH}~",
        "<b>--help</b>",
        "--",
      ];
      for (const name of ["notify-send", "tmux", "hook"]) {
        await writeScript(`${folder}/${name}`, WITNESS);
      }
      const variables: Readonly<Record<string, string>> = {
        PATH: `${folder}:${Deno.env.get("PATH")}`,
        ZAI_API_KEY: "planted-key-of-zai-0123456789",
      };
      const read = async (name: string) => await Deno.readTextFile(`${folder}/${name}`);
      const argsOf = async (name: string) => (await read(`${name}.args`)).split("\0").slice(0, -1);
      const args = [`-c ${touch}`, ...names, "", "a b", "{{title}}"];
      for (const evil of names) {
        await using house = await alertHouse(undefined, { env: (name) => variables[name], os: "linux" });
        await house.add({ id: "desk", type: "desktop", values: {} });
        await house.add({ id: "wall", type: "tmux", values: {} });
        const values = { command: `${folder}/hook`, args: JSON.stringify(args) };
        house.hooks.set("own", values);
        await house.see(0, 50, { label: evil });
        await house.see(5, 85, { label: evil });
        await house.deliver();
        assertEquals(await argsOf("hook"), args);
        const { title } = JSON.parse(await read("hook.input"));
        assert(title.includes(evil), `${evil} is not handed over as it is: ${title}`);
        // After `--` everything is text, whatever its beginning.
        const desk = await argsOf("notify-send");
        assertEquals(desk.slice(0, 3), ["--app-name=Syntrack", "--urgency=normal", "--"]);
        assertEquals(desk.length, 5);
        assert(desk[3]!.includes(evil) && !desk[4]!.includes("<b>"), "the desktop would read markup");
        assertEquals(await read("notify-send.input"), "");
        const wall = await argsOf("tmux");
        assertEquals([wall.slice(0, 4), wall.length], [["display-message", "-d", "10000", "--"], 5]);
        // tmux itself executes #( ), unless every # is doubled.
        assert((wall[4]!.match(/#+/g) ?? []).every(({ length }) => length % 2 === 0), wall[4]);
        for (const name of ["hook", "notify-send", "tmux"]) {
          const env = await read(`${name}.env`);
          assert(env.includes(`PATH=${folder}:`) && !env.includes("planted-key"), env);
          await Deno.remove(`${folder}/${name}.args`);
        }
      }
      // The same for what providers request from the system.
      const ran = await runCommand(`${folder}/hook`, args, { signal: new AbortController().signal });
      assertEquals(ran?.code, 0);
      assertEquals(await argsOf("hook"), args);
      assertEquals(await exists(canary), false, "a shell has run what a vendor said");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const hasTmux = await run("tmux", ["-V"]);
Deno.test({
  name: `shell in hooks: tmux shows a command in a name, and does not run it${
    hasTmux ? "" : " (ignored: no tmux)"
  }`,
  ignore: !hasTmux,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "syntrack-attack-" });
    const server = ["-S", `${folder}/socket`];
    try {
      assert(await run("tmux", [...server, "-f", "/dev/null", "new-session", "-d", "cat"]));
      const touch = (name: string) => `touch ${folder}/${name}`;
      for (const evil of [`#(${touch("canary")})`, `##(${touch("canary")})`, `#{l:#(${touch("canary")})}`]) {
        let line = "";
        const title = `Acme ${evil}`;
        await channelType("tmux")!.send(
          composeMessage([{
            id: "threshold|acme/default/five-hour|0.8|1",
            kind: "threshold",
            severity: "warning",
            account: "acme/default",
            quota: "five-hour",
            at: AT,
            title,
            text: evil,
            details: "",
            expiresAt: AT + 3_600_000,
          }], AT),
          {
            settings: {},
            os: "linux",
            now: () => AT,
            signal: new AbortController().signal,
            request: () => Promise.reject(new Error("tmux asks nobody")),
            admit: () => Promise.reject(new Error("tmux asks nobody")),
            run: (_command, args) => Promise.resolve(line = args.at(-1)!).then(() => 0),
          },
        );
        // Its output is printed instead.
        const { stdout } = await new Deno.Command("tmux", {
          args: [...server, "display-message", "-p", "--", line],
        }).output();
        assertEquals(new TextDecoder().decode(stdout).trim(), `${title}. ${evil}`);
      }
      assertEquals(await exists(`${folder}/canary`), false);
    } finally {
      await run("tmux", [...server, "kill-server"]);
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name:
    "shell in hooks: a command has its time, is named by its whole path, and comes from this machine only",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "syntrack-attack-" });
    try {
      // It reads nothing and never ends.
      await writeScript(`${folder}/hang`, "#!/bin/sh\nexec sleep 600\n");
      const outside = createOutside({ env: (name) => Deno.env.get(name) });
      const hung = await assertRejects(() => outside.run(`${folder}/hang`, [], "x".repeat(1_000_000), 100));
      assertMatch(String(hung), /took longer than 0\.1 s/);
      await assertRejects(() => outside.run(`${folder}/hang; touch ${folder}/canary`, [], "", 1000));
      assertEquals(await exists(`${folder}/canary`), false);
      const { check } = channelType("hook")!;
      for (const command of ["touch", "./hook", "../hook", "sh -c x", "", "~/hook", "$HOME/hook"]) {
        assertMatch(check!({ command }) ?? "", /not an absolute path/, command);
      }
      for (const args of ["touch x", "{}", '[["x"]]', "[1]", "null", JSON.stringify(Array(33).fill("x"))]) {
        assertMatch(check!({ command: "/bin/true", args }) ?? "", /args is not a list/, args);
      }
      await using services = await world();
      const admin = askAs(services, await signInAs(services, "admin"));
      for (const action of ["add", "channel", "create", "hook"]) {
        const fields = { action, type: "hook", name: "x", command: `${folder}/hang`, args: "[]" };
        const answer = await admin("/alerts", {
          method: "POST",
          headers: FORM,
          body: new URLSearchParams(fields),
        });
        await answer.body?.cancel();
      }
      assertEquals(await services.store.docs.list("channels", AT), [], "a channel was added from elsewhere");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("shell in hooks: no source that runs programs for vendors or users names a shell", async () => {
  const sources = (await projectSources()).filter(({ path }) =>
    /^(?:lib|providers|routes|islands)\//.test(path)
  );
  assert(sources.length > 100);
  // Each runs what its owner wrote for a shell in the first place, and hands text to it as input alone.
  const theirs = ["lib/statusline/chain.ts", "lib/cli/pager.ts"];
  const runners = sources.filter(({ text }) => text.includes("new Deno.Command("));
  assert(runners.length > 5);
  for (const { path, text } of sources) {
    assert(!/\bshell:\s*true|execSync|from "node:child_process"/.test(text), `${path} starts a shell`);
    const names = /"(?:\/bin\/)?(?:ba|z|da)?sh"|"-c"/.test(text);
    if (text.includes("new Deno.Command(")) assertEquals(names, theirs.includes(path), path);
  }
});
