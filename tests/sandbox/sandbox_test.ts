import { DatabaseSync } from "node:sqlite";
import type { LogFields } from "../../lib/provider/context.ts";
import type { Owner } from "../../lib/sandbox/sandbox.ts";
import { findBaseUrl } from "../../lib/sandbox/sandbox.ts";
import { requestJson } from "../../lib/provider_kit/request_json.ts";
import { Secret } from "../../lib/provider/context.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "../support/assert.ts";
import { kindOf } from "../support/check_readings.ts";
import { CLOSED_PORT } from "../support/ports.ts";
import { startVendor } from "../support/vendor.ts";
import { createTestEnvironment, createTestSandbox, silent } from "../support/test_sandbox.ts";

const SECRET = "acme-planted-secret";

const acme: Owner = {
  id: "acme-cloud",
  name: "Acme",
  hosts: ["api.acme.example", "eu.acme.example"],
  settings: [
    { name: "ACME_KEY", secret: true, help: "The key" },
    { name: "ACME_TEAM", secret: false, help: "The team" },
  ],
  baseUrlNames: ["ACME_BASE_URL"],
};

const URL_OF_ACME = "https://api.acme.example/quotas?x=1";

function worldAt(origin: string, options: Parameters<typeof createTestSandbox>[2] = {}) {
  return createTestSandbox(
    acme,
    createTestEnvironment({ ACME_KEY: SECRET, SYNTRACK_ACME_CLOUD_BASE_URL: origin }),
    options,
  );
}

function textOf(error: unknown): string {
  const { message = "", hint = "" } = error as { message?: string; hint?: string };
  return `${message} ${hint}`;
}

const withKey = { headers: { authorization: `Bearer ${SECRET}` } };

Deno.test("a request goes to the origin that replaces the vendor's, with path, query and our name", async () => {
  await using vendor = startVendor(() => new Response("fine", { headers: { "x-plan": "pro" } }));
  const response = await worldAt(`${vendor.origin}/ignored`).fetch(URL_OF_ACME, withKey);
  assertEquals(await response.text(), "fine");
  assertEquals(response.headers.get("x-plan"), "pro");
  const [sent] = vendor.requests;
  assertEquals(sent?.path, "/quotas?x=1");
  assertEquals(sent?.headers.get("authorization"), `Bearer ${SECRET}`);
  assertMatch(sent?.headers.get("user-agent") ?? "", /^syntrack\/\d+\.\d+\.\d+/);
});

Deno.test("without a replaced origin the request goes to the vendor", async () => {
  const asked: string[] = [];
  const ctx = createTestSandbox(acme, createTestEnvironment({}), {
    fetch: (url) => {
      asked.push(url.href);
      return Promise.resolve(new Response("{}"));
    },
  });
  await ctx.fetch(URL_OF_ACME);
  await ctx.fetch(new URL("https://eu.acme.example/"));
  assertEquals(asked, [URL_OF_ACME, "https://eu.acme.example/"]);
});

Deno.test("no other host, scheme or port can be reached", async () => {
  const ctx = createTestSandbox(acme, createTestEnvironment({}), {
    fetch: () => Promise.reject(new Error("Reached")),
  });
  const urls = [
    "https://evil.example/",
    "https://api.acme.example.evil.example/",
    "https://sub.api.acme.example/",
    "http://api.acme.example/",
    "https://api.acme.example:8443/",
    "https://user:pass@api.acme.example/",
    "http://127.0.0.1:1/",
    "file:///etc/passwd",
    "data:text/plain,x",
  ];
  for (const url of urls) {
    const error = await assertRejects(() => ctx.fetch(url), /may not reach/);
    assertEquals(kindOf(error), "bad_response");
  }
});

Deno.test("a redirect is not followed, so that the secret stays with its vendor", async () => {
  await using thief = startVendor(() => new Response("thanks"));
  await using vendor = startVendor(() =>
    new Response(null, { status: 307, headers: { location: thief.origin } })
  );
  const error = await assertRejects(() => worldAt(vendor.origin).fetch(URL_OF_ACME, withKey), /redirects/);
  assertEquals(kindOf(error), "unavailable");
  assertEquals(thief.requests.length, 0);
});

Deno.test("a caller can ask for the redirect itself, which is still not followed", async () => {
  await using thief = startVendor(() => new Response("thanks"));
  await using vendor = startVendor(() =>
    new Response("there", { status: 302, headers: { location: thief.origin } })
  );
  const response = await worldAt(vendor.origin).fetch(URL_OF_ACME, { ...withKey, redirect: "manual" });
  assertEquals([response.status, await response.text()], [302, ""]);
  assertEquals(thief.requests.length, 0);
});

Deno.test("a body of 10 MB is aborted at the limit", async () => {
  let sent = 0;
  const chunk = new Uint8Array(64 * 1024);
  await using vendor = startVendor(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sent += chunk.length;
          controller.enqueue(chunk);
          if (sent >= 10 * 1024 * 1024) controller.close();
        },
      }),
    )
  );
  const error = await assertRejects(
    () => worldAt(vendor.origin).fetch(URL_OF_ACME),
    /more than 1048576 bytes/,
  );
  assertEquals(kindOf(error), "bad_response");
  assert(sent < 9 * 1024 * 1024, `${sent} bytes were taken`);
});

Deno.test("a body with a too large stated length is not read at all", async () => {
  await using vendor = startVendor(() => new Response("x".repeat(2000)));
  const ctx = worldAt(vendor.origin);
  const error = await assertRejects(() => ctx.fetch(URL_OF_ACME, { capBytes: 1999 }), /more than 1999 bytes/);
  assertEquals(kindOf(error), "bad_response");
  const response = await ctx.fetch(URL_OF_ACME, { capBytes: 2000 });
  assertEquals((await response.text()).length, 2000);
});

Deno.test("an endless body ends at the deadline", async () => {
  await using vendor = startVendor(() =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"a":'));
        },
      }),
    )
  );
  const error = await assertRejects(
    () => worldAt(vendor.origin, { timeoutMs: 80 }).fetch(URL_OF_ACME),
    /within 1 s/,
  );
  assertEquals(kindOf(error), "unavailable");
});

Deno.test("an answer that never begins ends at the deadline", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using vendor = startVendor(() => promise);
  const error = await assertRejects(
    () => worldAt(vendor.origin, { timeoutMs: 80 }).fetch(URL_OF_ACME),
    /no complete answer/,
  );
  resolve(new Response());
  assertEquals(kindOf(error), "unavailable");
});

Deno.test("stopping the program aborts a running request", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const stop = new AbortController();
  await using vendor = startVendor(() => {
    stop.abort();
    return promise;
  });
  const error = await assertRejects(
    () => worldAt(vendor.origin, { signal: stop.signal }).fetch(URL_OF_ACME),
    /stopped/,
  );
  resolve(new Response());
  assertEquals(kindOf(error), "unavailable");
});

Deno.test("a refused connection is reported in plain words, without the address", async () => {
  const nobody = `http://127.0.0.1:${CLOSED_PORT}`;
  const error = await assertRejects(() => worldAt(nobody).fetch(`${URL_OF_ACME}&key=${SECRET}`, withKey));
  assertEquals(kindOf(error), "unavailable");
  assertEquals(
    error instanceof Error ? error.message : "",
    "Acme cannot be reached: the connection was refused",
  );
});

Deno.test("network failures are reported in plain words that contain nothing of the request", async () => {
  const at = `for url (https://api.acme.example/?key=${SECRET})`;
  const cases: readonly [string, RegExp][] = [
    [`error sending request ${at}: client error (Connect): dns error: failed to lookup address`, /DNS/],
    [`error sending request ${at}: client error (Connect): tcp connect error: Connection refused`, /refused/],
    [`error sending request ${at}: client error (Connect): invalid peer certificate: Expired`, /TLS/],
    [`error sending request ${at}: connection reset by peer`, /was interrupted/],
    [`error sending request ${at}: operation timed out`, /timed out/],
    [`error sending request ${at}: something new`, /a network failure/],
  ];
  for (const [message, expected] of cases) {
    const ctx = createTestSandbox(acme, createTestEnvironment({}), {
      fetch: () => Promise.reject(new TypeError(message)),
    });
    const error = await assertRejects(() => ctx.fetch(URL_OF_ACME), expected);
    assertEquals(kindOf(error), "unavailable");
    assert(!textOf(error).includes(SECRET));
  }
});

Deno.test("an interrupted body is unavailable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
    connection.close();
  })();
  const error = await assertRejects(() =>
    worldAt(`http://127.0.0.1:${listener.addr.port}`).fetch(URL_OF_ACME)
  );
  assertEquals(kindOf(error), "unavailable");
  await serving;
  listener.close();
});

Deno.test("a key that no header can carry is an auth failure that does not quote it", async () => {
  const ctx = createTestSandbox(acme, createTestEnvironment({}));
  for (const bad of ["line\nbreak-planted", "wide\u2603-planted"]) {
    const error = await assertRejects(() => ctx.fetch(URL_OF_ACME, { headers: { authorization: bad } }));
    assertEquals(kindOf(error), "auth");
    assert(!textOf(error).includes("planted"));
  }
});

Deno.test("a provider sees its own settings and no others", () => {
  const ctx = createTestSandbox(
    acme,
    createTestEnvironment({ ACME_KEY: SECRET, ACME_TEAM: "blue", OTHER_KEY: "x" }),
  );
  assertEquals(ctx.env("ACME_TEAM"), "blue");
  assertEquals(ctx.find("ACME_KEY"), {
    value: SECRET,
    source: "ACME_KEY in the environment",
  });
  assertEquals(ctx.env("ACME_BASE_URL"), undefined);
  assertThrows(() => ctx.env("OTHER_KEY"), /not declared by the provider "acme-cloud"/);
});

Deno.test("an unusable secret file is a failure with its name, not a missing secret", () => {
  const ctx = createTestSandbox(acme, createTestEnvironment({ ACME_KEY_FILE: "~/none" }));
  const error = assertThrows(
    () => ctx.find("ACME_KEY"),
    /^ACME_KEY_FILE in the environment: there is no such file/,
  );
  assertEquals(kindOf(error), "missing");
});

const LOGIN = "${ACME_HOME:-~/.acme}/auth.json";
const housed: Owner = {
  ...acme,
  settings: [...acme.settings, { name: "ACME_HOME", secret: false, home: true, help: "Its folder" }],
  places: [
    { path: LOGIN, what: "the login" },
    { path: "${XDG_DATA_HOME:-~/.local/share}/acme.db", os: ["linux"], what: "its tables" },
    { path: "~/.acme/mac.json", os: ["darwin"], what: "the login on a Mac" },
  ],
  commands: [{ name: "acme", what: "who is signed in" }, { name: "security", os: ["darwin"], what: "a key" }],
};

Deno.test("a place is relative to home, or where its setting or the system says", async () => {
  const pathIn = (env: Record<string, string>, place: string) =>
    createTestSandbox(housed, createTestEnvironment(env), {
      os: "linux",
      readText: (path) => Promise.resolve(path),
    }).readText(
      place,
    );
  assertEquals(await pathIn({}, LOGIN), "/home/ann/.acme/auth.json");
  assertEquals(await pathIn({ ACME_HOME: "/else/" }, LOGIN), "/else/auth.json");
  const table = "${XDG_DATA_HOME:-~/.local/share}/acme.db";
  assertEquals(await pathIn({}, table), "/home/ann/.local/share/acme.db");
  assertEquals(await pathIn({ XDG_DATA_HOME: "/data" }, table), "/data/acme.db");
  assertEquals(await pathIn({}, "~/.acme/mac.json"), null);
});

Deno.test("no file is read and no command run that the provider does not declare", async () => {
  const reached = () => Promise.reject(new Error("Reached"));
  const ctx = createTestSandbox(housed, createTestEnvironment({}), {
    os: "linux",
    readText: reached,
    readRows: reached,
    run: reached,
  });
  await assertRejects(() => ctx.readText("~/.ssh/id_ed25519"), /not declared/);
  await assertRejects(() => ctx.readRows("~/.ssh/id_ed25519", "select 1"), /not declared/);
  await assertRejects(() => ctx.run("rm", ["-rf"]), /not declared/);
  assertEquals(await ctx.run("security", ["find"]), null);
});

Deno.test("one of several logins sees only its own settings, and a file only if one of them points to it", async () => {
  const login = {
    name: "work",
    find: (setting: string) =>
      setting === "ACME_HOME" ? { value: "/work-home", source: "the login" } : undefined,
  };
  const readText = (path: string) => Promise.resolve(path);
  const env = { ACME_KEY: SECRET, ACME_TEAM: "blue" };
  const ctx = createTestSandbox(housed, createTestEnvironment(env), { os: "darwin", login, readText });
  assertEquals(ctx.find("ACME_KEY"), undefined);
  assertEquals(ctx.env("ACME_TEAM"), undefined);
  assertEquals(await ctx.readText(LOGIN), "/work-home/auth.json");
  assertEquals(await ctx.readText("~/.acme/mac.json"), null);
});

Deno.test("hosts of an account are reachable only if they end as the provider declares", async () => {
  const owner = { ...acme, hostEndings: [".acme.example"] };
  const hosts = ["ghe.acme.example", "acme.example.evil.example"];
  const ctx = createTestSandbox(owner, createTestEnvironment({}), {
    hosts,
    fetch: () => Promise.resolve(new Response("{}")),
  });
  assertEquals((await ctx.fetch("https://ghe.acme.example/")).status, 200);
  await assertRejects(() => ctx.fetch("https://other.acme.example/"), /may not reach/);
  await assertRejects(() => ctx.fetch("https://acme.example.evil.example/"), /may not reach/);
});

Deno.test("reading rows of a SQLite file leaves no trace in it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/state.db`;
    const database = new DatabaseSync(path);
    database.exec(
      "create table items (key text, value blob); insert into items values ('token', 'abc'), ('x', x'616263')",
    );
    database.close();
    const before = await Deno.readFile(path);
    const owner = {
      ...acme,
      places: [{ path, what: "its tables" }, { path: `${folder}/none.db`, what: "none" }],
    };
    const ctx = createTestSandbox(owner, createTestEnvironment({}));
    assertEquals(await ctx.readRows(path, "select value from items where key = ?", ["token"]), [{
      value: "abc",
    }]);
    assertEquals(await ctx.readRows(path, "select value from items where key = ?", ["x"]), [{
      value: "abc",
    }]);
    await assertRejects(() => ctx.readRows(path, "delete from items"), /readonly|read-only/i);
    assertEquals(await ctx.readRows(`${folder}/none.db`, "select 1"), null);
    assertEquals(await Deno.readFile(path), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a database with a write-ahead log is read at rest and in use, and no file is put beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/it's #1 state.db`;
    const owner = { ...acme, places: [{ path, what: "its tables" }] };
    const ctx = createTestSandbox(owner, createTestEnvironment({}));
    const files = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const database = new DatabaseSync(path);
    database.exec(
      "pragma journal_mode = wal; create table items (key text); insert into items values ('one')",
    );
    assertEquals(await ctx.readRows(path, "select key from items"), [{ key: "one" }]);
    database.exec("insert into items values ('two')");
    const inUse = files();
    assertEquals(await ctx.readRows(path, "select key from items"), [{ key: "one" }, { key: "two" }]);
    assertEquals(files(), inUse);
    database.close();
    const atRest = files();
    assertEquals(await ctx.readRows(path, "select key from items"), [{ key: "one" }, { key: "two" }]);
    await assertRejects(() => ctx.readRows(path, "delete from items"), /readonly|read-only/i);
    assertEquals(files(), atRest);
    assertEquals(atRest.length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a command runs without a shell and without input, and its output is limited", async () => {
  const deno = Deno.execPath();
  const owner = {
    ...acme,
    commands: [{ name: deno, what: "a script" }, { name: "no-such-acme-tool", what: "none" }],
  };
  const ctx = createTestSandbox(owner, createTestEnvironment({}));
  const script = (code: string) => ["eval", "--no-lock", code];
  assertEquals(await ctx.run(deno, script("console.log(prompt('?')); Deno.exit(3)")), {
    code: 3,
    stdout: "null\n",
  });
  await assertRejects(
    () => ctx.run(deno, script("console.log('x'.repeat(2000))"), { capBytes: 1000 }),
    /larger than 1000/,
  );
  const told = script("console.log(Deno.env.get('ACME_QUIET'), Deno.env.has('PATH'))");
  assertEquals((await ctx.run(deno, told, { env: { ACME_QUIET: "yes" } }))?.stdout, "yes true\n");
  assertEquals(await ctx.run("no-such-acme-tool", []), null);
  // Not in the working directory: a folder created by someone else may configure tools.
  const where = await ctx.run(deno, script("console.log(Deno.cwd())"));
  assertEquals(where?.stdout.trim(), Deno.realPathSync(Deno.env.get("HOME") ?? ""));
});

Deno.test("log lines of a provider carry its id, and requests are logged without query", async () => {
  const lines: [string, LogFields | undefined][] = [];
  const log = { ...silent, debug: (message: string, fields?: LogFields) => lines.push([message, fields]) };
  const ctx = createTestSandbox(acme, createTestEnvironment({}), {
    log,
    fetch: () => Promise.resolve(new Response("{}")),
  });
  await ctx.fetch(`${URL_OF_ACME}&key=${SECRET}`);
  assertEquals(lines, [[
    "Asked",
    { provider: "acme-cloud", host: "api.acme.example", path: "/quotas", status: 200, ms: 0 },
  ]]);
});

Deno.test("baseUrlOf() accepts https anywhere and http on this machine, and its own variable first", () => {
  const given = (env: Record<string, string>) => findBaseUrl(acme, createTestEnvironment(env));
  assertEquals(given({}), {});
  assertEquals(given({ ACME_BASE_URL: "https://gw.example/api/" }).baseUrl, {
    origin: "https://gw.example",
    source: "ACME_BASE_URL in the environment",
  });
  const both = given({
    ACME_BASE_URL: "https://gw.example",
    SYNTRACK_ACME_CLOUD_BASE_URL: "http://localhost:80",
  });
  assertEquals(both.baseUrl?.origin, "http://localhost");
  for (const origin of ["http://127.0.0.1:8080", "http://[::1]:8080", "http://127.8.9.1"]) {
    assertEquals(given({ ACME_BASE_URL: origin }).baseUrl?.origin, origin);
  }
});

Deno.test("baseUrlOf() accepts a bare name from a variable called a host", () => {
  const owner = { ...acme, baseUrlNames: ["ACME_API_HOST"] };
  const given = (value: string) => findBaseUrl(owner, createTestEnvironment({ ACME_API_HOST: value }));
  assertEquals(given("gw.example").baseUrl?.origin, "https://gw.example");
  assertEquals(given("gw.example:8443/api").baseUrl?.origin, "https://gw.example:8443");
  assertEquals(given("https://gw.example/").baseUrl?.origin, "https://gw.example");
  for (const value of ["http://gw.example", "ann:letmein@gw.example", "gw example", "//gw.example"]) {
    assertEquals(given(value).baseUrl, undefined, value);
  }
});

Deno.test("baseUrlOf() refuses URLs that would expose the key, without showing them", async () => {
  const wrong = [
    "gw.example",
    "http://gw.example",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "ftp://gw.example",
    "https://ann:letmein@gw.example",
    "file:///tmp",
  ];
  for (const value of wrong) {
    const environment = createTestEnvironment({ ACME_BASE_URL: value });
    const { problem, baseUrl } = findBaseUrl(acme, environment);
    assertEquals(baseUrl, undefined);
    assertEquals(problem?.field, "ACME_BASE_URL in the environment");
    assertEquals(problem?.got, undefined);
    const ctx = createTestSandbox(acme, environment, { fetch: () => Promise.reject(new Error("Reached")) });
    const error = await assertRejects(() => ctx.fetch(URL_OF_ACME), /^ACME_BASE_URL in the environment: /);
    assertEquals(kindOf(error), "unavailable");
    assert(!textOf(error).includes("letmein"));
  }
});

Deno.test("a file in the working directory cannot redirect a key to another host", () => {
  const given = (text: string, path = "/place/.env") =>
    findBaseUrl(acme, createTestEnvironment({}, { [path]: text }));
  assertStringIncludes(
    given("ACME_BASE_URL=https://evil.example").problem?.problem ?? "",
    "may not send a key to another host",
  );
  assertEquals(given("ACME_BASE_URL=https://eu.acme.example/x").baseUrl?.origin, "https://eu.acme.example");
  assertEquals(given("ACME_BASE_URL=http://127.0.0.1:99").baseUrl?.origin, "http://127.0.0.1:99");
  const own = given("ACME_BASE_URL=https://gw.example", "/home/ann/.syntrack/.env");
  assertEquals(own.baseUrl, { origin: "https://gw.example", source: "ACME_BASE_URL in ~/.syntrack/.env" });
});

const party = {
  vendor: "Acme",
  account: { name: "default", source: "ACME_KEY in ./.env", secret: new Secret(SECRET) },
};

Deno.test("requestJson() distinguishes failures by status", async () => {
  const html = { "content-type": "text/html" };
  const cases: readonly [Response, string][] = [
    [new Response("{}", { status: 401 }), "auth"],
    [new Response("{}", { status: 403 }), "auth"],
    [new Response("<html>", { status: 403 }), "unavailable"],
    [new Response("no", { status: 403, headers: html }), "unavailable"],
    [new Response("{}", { status: 429 }), "rate_limited"],
    [new Response("{}", { status: 404 }), "unavailable"],
    [new Response("{}", { status: 500 }), "unavailable"],
    [new Response("{}", { status: 529 }), "unavailable"],
    [new Response("{}", { status: 400 }), "bad_response"],
    [new Response("<html>"), "bad_response"],
    [new Response(""), "bad_response"],
    [new Response(null, { status: 204 }), "bad_response"],
  ];
  for (const [response, kind] of cases) {
    const ctx = createTestSandbox(acme, createTestEnvironment({}), {
      fetch: () => Promise.resolve(response),
    });
    const error = await assertRejects(() => requestJson(ctx, party, URL_OF_ACME));
    assertEquals(kindOf(error), kind, String(response.status));
  }
});

Deno.test("requestJson() says what to do about a rejected key, and keeps an unreadable answer", async () => {
  const answer = (response: Response) =>
    createTestSandbox(acme, createTestEnvironment({}), { fetch: () => Promise.resolve(response) });
  const refused = await assertRejects(() =>
    requestJson(answer(new Response("", { status: 401 })), party, URL_OF_ACME)
  );
  assertEquals(textOf(refused), "Key refused by Acme (status 401) Check ACME_KEY in ./.env");
  const unread = await assertRejects(() => requestJson(answer(new Response('{"a":')), party, URL_OF_ACME));
  assertEquals(Reflect.get(unread as object, "answer"), '{"a":');
  assert(!textOf(unread).includes('{"a":'));
});

Deno.test("requestJson() respects Retry-After in its forms, and never takes one for an invitation", async () => {
  const now = Date.parse("2026-11-21T12:00:00.000Z");
  const cases: readonly [string, number | undefined][] = [
    ["30", now + 30_000],
    ["1.5", now + 1500],
    ["0", undefined],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
    ["Sat, 21 Nov 2026 12:10:00 GMT", now + 600_000],
    ["Sat, 21 Nov 2026 11:50:00 GMT", undefined],
    ["999999999999", now + 7 * 86_400_000],
  ];
  for (const [header, expected] of cases) {
    const response = new Response("", { status: 429, headers: { "retry-after": header } });
    const ctx = createTestSandbox(acme, createTestEnvironment({}), {
      fetch: () => Promise.resolve(response),
    });
    const error = await assertRejects(() => requestJson(ctx, party, URL_OF_ACME));
    assertEquals(Reflect.get(error as object, "retryAt"), expected, header);
  }
});
