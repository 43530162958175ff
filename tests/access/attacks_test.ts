/**
 * What happened to trackers like this one, each class of attack as one test named after it: the attack itself, over the
 * outermost seam. Several classes have test files of their own besides.
 */
import { checkPermitted } from "../../lib/app/serve/permit.ts";
import { plain } from "../../lib/base/text.ts";
import { providers } from "../../providers/mod.ts";
import { RETURN_PATHS, ROUTES } from "../../lib/access/routes.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices, ORIGIN, providerStatus } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { projectSources } from "../support/sources.ts";
import { askAs, CLIENT, ELSEWHERE, keyed, PASSWORD, signedIn } from "../support/visitors.ts";
import { askApp } from "../support/web_app.ts";

const AT = utc("2026-11-19 10:00");
const TOKEN = `syntrack_token_${"a1".repeat(32)}`;
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };

function world(options: Partial<Parameters<typeof fakeServices>[0]> = {}): Promise<FakeServices> {
  return fakeServices({
    clock: new FakeClock(AT),
    access: { tokens: () => Promise.resolve([TOKEN]) },
    ...options,
  });
}

Deno.test("bound to all interfaces, no login: it does not start where others could reach it and nobody can sign in", async () => {
  const question = {
    endpoints: [{ hostname: "0.0.0.0", port: 9211 }],
    secure: false,
    allowPlainHttp: true,
  };
  await assertRejects(() => checkPermitted({ ...question, canSignIn: () => Promise.resolve(false) }));
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  // Were it reachable all the same, whoever is elsewhere would find nothing.
  for (const path of ["/api/current", "/api/live", "/metrics", "/api/logs", "/api/services"]) {
    const answer = await askApp(services, ELSEWHERE)(path);
    await answer.body?.cancel();
    assertEquals(answer.status, 401, path);
  }
});

Deno.test("DNS rebinding: a name the server was not started for is refused, however much it looks like ours", async () => {
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

Deno.test("WebSocket and SSE origin: the page of somebody else opens no stream with our cookie", async () => {
  await using services = await world();
  const who = await signedIn(services, "admin");
  const ask = askAs(services, who);
  // A page cannot read the answer of another origin without this header, and the cookie is not sent along across sites.
  const answer = await ask("/api/live", { headers: { origin: "https://evil.example" } });
  assertEquals(answer.headers.get("access-control-allow-origin"), null);
  assertEquals(answer.headers.get("cross-origin-resource-policy"), "same-origin");
  await answer.body?.cancel();
  const login = await askApp(services, ELSEWHERE)("/login", {
    method: "POST",
    headers: FORM,
    body: new URLSearchParams({ token: TOKEN }),
  });
  assertMatch(login.headers.get("set-cookie") ?? "", /; HttpOnly; SameSite=Lax$/);
  const upgrade = await ask("/api/socket", {
    headers: { origin: "https://evil.example", upgrade: "websocket", connection: "Upgrade" },
  });
  await upgrade.body?.cancel();
  assert(upgrade.status >= 400, `a foreign page upgrades: ${upgrade.status}`);
});

Deno.test("auth bypass, forgotten check: nothing but the short public list answers without a credential", async () => {
  await using services = await world();
  const ask = askApp(services, ELSEWHERE);
  for (const { path, methods } of ROUTES) {
    for (const [method, permission] of Object.entries(methods)) {
      if (permission === "public") continue;
      const answer = await ask(path.replaceAll(/:[^/]+/g, "x"), {
        method,
        // What fooled others: a Host of this machine is in every request here already.
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
  const own = await signedIn(services, "admin", null, "ada");
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
    // What islands are made with stands in a script, where only its end would be markup.
    const text = (await answer.text()).replaceAll(/<script[^>]*>.*?<\/script>/gs, "");
    assert(!text.includes("<img src=x") && !text.includes("<script>alert(2)"), path);
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert(policy.includes("default-src 'none'") && !policy.includes("unsafe-inline"), path);
  }
});

Deno.test("CSRF: no page of somebody else changes anything, whatever it sends and wherever it stands", async () => {
  await using services = await world();
  const ask = askAs(services, await signedIn(services, "admin"));
  const change = (headers: Record<string, string>) =>
    ask("/api/settings", { method: "PUT", headers, body: JSON.stringify({ display: "left" }) });
  for (
    const headers of [
      { ...JSON_TYPE, "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { ...JSON_TYPE, "sec-fetch-site": "same-site", origin: "http://127.0.0.1:8000" },
      // On a plain http address of a home network browsers send no Sec-Fetch-Site.
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
  // Forms of our own say where they come from, which they would not with no-referrer.
  assertEquals((await ask("/")).headers.get("referrer-policy"), "same-origin");
});

Deno.test("SSRF by custom URL: whoever is elsewhere adds no account without a fresh sign-in, and never by a place of the server", async () => {
  const bedrock = providers.filter(({ id }) => id === "bedrock" || id === "codex");
  await using services = await world({ addable: bedrock });
  const add = (who: Readonly<Record<string, string>>, values: Record<string, string>, provider = "bedrock") =>
    askAs(services, who)("/api/v1/accounts", {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ provider, name: "x", values }),
    });
  const admin = await signedIn(services, "admin");
  for (
    const values of [
      { AWS_PROFILE: "root" },
      { AWS_SHARED_CREDENTIALS_FILE: "/etc/passwd" },
      { AWS_CONFIG_FILE: "/proc/self/environ" },
    ]
  ) assertEquals((await add(admin, values)).status, 422, JSON.stringify(values));
  assertEquals((await add(admin, { CODEX_HOME: "/srv/codex" }, "codex")).status, 422);
  assertEquals((await add(await signedIn(services, "operator"), { AWS_REGION: "x" })).status, 403);
  assertEquals((await add(await keyed(services, ["write"]), { AWS_REGION: "x" })).status, 403);
});

Deno.test("base URL steals the key: a new address wants the secret once more", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-attack-" });
  try {
    await using services = await world({
      addable: providers.filter(({ id }) => id === "zai"),
      keyFile: `${folder}/key`,
    });
    const admin = askAs(services, await signedIn(services, "admin"));
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
    const operator = await signedIn(services, "operator");
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

Deno.test("path traversal: no path climbs out of the files that were built in", async () => {
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

Deno.test("open redirect after login: a sign-in leads to a page of ours, whatever was asked for", async () => {
  await using services = await world();
  await signedIn(services, "admin", null, "ada");
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
  const who = await signedIn(services, "viewer");
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

Deno.test("token in URL: it is exchanged for a cookie at once, and is in no address, page or line of the log", async () => {
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
  // Programs have headers.
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

Deno.test("leak between peers and lists: no secret that was stored comes out of any answer", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-attack-" });
  try {
    await using services = await world({
      addable: providers.filter(({ id }) => id === "zai"),
      keyFile: `${folder}/key`,
    });
    const planted = "planted-key-of-zai-0123456789";
    await services.accounts.add({ provider: "zai", name: "work", values: { ZAI_API_KEY: planted } });
    await services.polled("zai/work", [reading()]);
    const admin = await signedIn(services, "admin");
    const key = await keyed(services, ["read"]);
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

Deno.test("secrets at rest: what is stored of passwords, sign-ins, keys and tokens opens nothing", async () => {
  await using services = await world();
  const { store, clock } = services;
  const admin = await signedIn(services, "admin");
  const key = await keyed(services, ["read"]);
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

Deno.test("timing: a wrong name costs the same hash as a wrong password, and both are answered alike", async () => {
  await using services = await world({ access: { rounds: 60_000 } });
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
  for (let at = 0; at < 8; at++) for (const name of ["ada", "nobody"]) await attempt(name, at);
  const least = (name: string) => Math.min(...spent[name]!);
  const ratio = least("nobody") / least("ada");
  assert(ratio > 0.5 && ratio < 2, `${least("ada")} ms against ${least("nobody")} ms`);
  assertEquals(bodies.size, 1);
});

Deno.test("terminal escapes from remote names: what comes from outside is plain text in lines and in lists of sign-ins", async () => {
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

Deno.test("shell in hooks: nothing that people or vendors say is ever handed to a shell", async () => {
  const sources = (await projectSources()).filter(({ path }) => /^(?:lib|providers|routes)\//.test(path));
  assert(sources.length > 100);
  for (const { path, text } of sources) {
    assert(!/\bshell:\s*true|execSync|from "node:child_process"/.test(text), `${path} starts a shell`);
  }
});
