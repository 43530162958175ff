import { DEFAULT_RULES } from "../../lib/model/engine/advance.ts";
import { LOOPBACK_ONLY } from "../../lib/config/listen_options.ts";
import {
  type ConfigInput,
  type ConfigResult,
  createEnvironment,
  hasErrors,
  OPTIONS,
  problemText,
  readConfig,
} from "../../lib/config/config.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

type Variables = Readonly<Record<string, string>>;

function configOf(env: Variables, flags: Variables = {}, more: Partial<ConfigInput> = {}): ConfigResult {
  return readConfig({
    environment: createTestEnvironment(env),
    flags,
    providers,
    home: "/home/ann",
    cwd: "/place",
    systemTimezone: "Europe/Berlin",
    ...more,
  });
}

function lines(result: ConfigResult): readonly string[] {
  return result.problems.map((problem) => `${problem.level} ${problemText(problem)}`);
}

function originOf(result: ConfigResult, key: string): string {
  const origin = result.origins.find((one) => one.key === key);
  return origin ? `${origin.value} from ${origin.source}` : "none";
}

Deno.test("without settings everything has its default", () => {
  const result = configOf({});
  assertEquals(result.config, {
    dbPath: "/home/ann/.syntrack/data/syntrack.db",
    ownFolder: true,
    timezone: "Europe/Berlin",
    schedule: { kind: "every", ms: 60_000 },
    schedules: {},
    port: 9211,
    listen: LOOPBACK_ONLY,
    logLevel: "info",
    logFormat: "text",
    sessionIdleMs: DEFAULT_RULES.idleMs,
    keepReadingsMs: 90 * 86_400_000,
    keepOutcomesMs: 90 * 86_400_000,
    backupEveryMs: 0,
    backupKeep: 7,
    keepAuditMs: 400 * 86_400_000,
    runCommands: true,
    updateCheck: false,
    trustLocal: false,
  });
  assertEquals(result.problems, []);
  assertEquals(result.origins.map((origin) => origin.source), OPTIONS.map(() => "default"));
});

Deno.test("the database comes from the flag, our own variable, DATABASE_PATH or DATA_DIR, in this order", () => {
  const env: Record<string, string> = {
    SYNTRACK_DB_PATH: "~/own.db",
    DATABASE_PATH: "./usage.db",
    DATA_DIR: "/data",
  };
  assertEquals(configOf(env, { db: "syntrack.db" }).config.dbPath, "/place/syntrack.db");
  assertEquals(configOf(env).config.dbPath, "/home/ann/own.db");
  delete env.SYNTRACK_DB_PATH;
  assertEquals(configOf(env).config.dbPath, "/place/usage.db");
  env.DATABASE_PATH = " ";
  assertEquals(configOf(env).config.dbPath, "/data/syntrack.db");
  assertEquals(originOf(configOf(env), "db"), "/data/syntrack.db from DATA_DIR in the environment");
  assertEquals(configOf({ DATABASE_PATH: ":memory:" }).config.dbPath, ":memory:");
});

Deno.test("a flag overrides the environment, which overrides files, and each is named as the origin", () => {
  const environment = createEnvironment({
    env: { SYNTRACK_PORT: "3000", SYNTRACK_LOG_LEVEL: "" },
    cwd: "/place",
    home: "/home/ann",
    readFile: (path) => {
      if (path === "/place/.env") {
        return { text: "SYNTRACK_PORT=4000\nSYNTRACK_LOG_LEVEL=DEBUG", mode: 0o600 };
      }
      return path === "/home/ann/.syntrack/.env" ? { text: "SYNTRACK_POLL_INTERVAL=30", mode: 0o600 } : null;
    },
  });
  const result = configOf({}, { port: "5000" }, { environment });
  assertEquals(originOf(result, "port"), "5000 from --port");
  assertEquals(
    originOf(configOf({}, {}, { environment }), "port"),
    "3000 from SYNTRACK_PORT in the environment",
  );
  assertEquals(originOf(result, "log-level"), "debug from SYNTRACK_LOG_LEVEL in ./.env");
  assertEquals(originOf(result, "interval"), "30 from SYNTRACK_POLL_INTERVAL in ~/.syntrack/.env");
});

Deno.test("the interval is in seconds, or a cron expression in the current zone", () => {
  const interval = (text: string) => configOf({ SYNTRACK_TIMEZONE: "Asia/Tokyo" }, { interval: text });
  assertEquals(interval("10").config.schedule, { kind: "every", ms: 10_000 });
  assertEquals(interval("3600s").config.schedule, { kind: "every", ms: 3_600_000 });
  assertEquals(interval(" */5  * * * * ").config.schedule, {
    kind: "cron",
    expression: "*/5 * * * *",
    zone: "Asia/Tokyo",
  });
  for (
    const text of [
      "9",
      "3601",
      "0",
      "-60",
      "1.5",
      "soon",
      "* * * *",
      "* * * * * *",
      "61 * * * *",
      "0 0 31 2 *",
      "",
    ]
  ) {
    const result = interval(text);
    assertEquals(result.config.schedule, { kind: "every", ms: 60_000 }, text);
    assert(hasErrors(result.problems), text);
    assertStringIncludes(lines(result)[0] ?? "", "error --interval: ");
  }
});

Deno.test("a provider can have its own interval", () => {
  const result = configOf({ SYNTRACK_ZAI_INTERVAL: "300", SYNTRACK_SYNTHETIC_INTERVAL: "5" });
  assertEquals(result.config.schedules.zai, { kind: "every", ms: 300_000 });
  assertEquals(originOf(result, "interval of zai"), "300 from SYNTRACK_ZAI_INTERVAL in the environment");
  assertEquals(lines(result), [
    'error SYNTRACK_SYNTHETIC_INTERVAL in the environment: out of range, got "5", ' +
    "expected 10 to 3600 seconds, or a cron expression such as */5 * * * *",
  ]);
});

Deno.test("ports are unprivileged ones, or 0", () => {
  for (const port of ["0", "1024", "65535"]) assertEquals(configOf({}, { port }).config.port, Number(port));
  for (const port of ["80", "1023", "65536", "-1", "http", "9211.5", "0x10", ""]) {
    const result = configOf({}, { port });
    assert(hasErrors(result.problems), port);
    assertEquals(result.config.port, 9211);
  }
  assertEquals(configOf({ PORT: "3001" }).config.port, 3001);
  assertEquals(configOf({ PORT: "3001", SYNTRACK_PORT: "3002" }).config.port, 3002);
});

Deno.test("settings about listening and proxies are parsed strictly", () => {
  const wrong: readonly (readonly [name: string, value: string, says: string])[] = [
    ["host", "example.org", "example.org is not an address"],
    ["host", "fe80::1%eth0", "fe80::1%eth0 has a zone, which cannot be used"],
    ["allow-host", "a/b", "a/b is not a host name"],
    ["allow-host", "a:0", "a:0 is not a host name"],
    ["unix", `/${"x".repeat(200)}`, "too long a path"],
    ["tailscale-ip", "127.0.0.1", "in no tailnet"],
    ["tailscale-wait", "soon", "not a time"],
    ["tailscale-wait", "2h", "too long"],
    ["trusted-proxy", "0.0.0.0/0", "0.0.0.0/0 would trust everyone"],
    ["trusted-proxy", "10.0.0.0/33", "10.0.0.0/33 is not an address or subnet"],
    ["base-path", "/a b", "not a path"],
    ["base-path", "//evil.example", "not a path"],
    ["auth-header", "Cookie", "a header that has another meaning"],
    ["auth-header", "Remote User", "not the name of a header"],
    ["auth-role", "admins=root", "admins=root is not GROUP=ROLE"],
    ["bind-all", "perhaps", "unknown word"],
  ];
  for (const [name, value, says] of wrong) {
    const result = configOf({}, { [name]: value });
    assertStringIncludes(lines(result)[0] ?? "", `error --${name}: ${says}, got`);
  }
  const { listen } = configOf({
    SYNTRACK_HOST: "127.0.0.1, [::1] ::ffff:192.168.1.5",
    SYNTRACK_ALLOW_HOST: "Usage.Example.com,[::2]:8443",
    SYNTRACK_TRUSTED_PROXY: "10.0.0.0/8,unix",
    SYNTRACK_BASE_PATH: "/ai-usage/",
    SYNTRACK_AUTH_ROLE: "the admins=admin,*=viewer",
    SYNTRACK_TAILSCALE_WAIT: "5m",
    SYNTRACK_ALLOW_PLAIN_HTTP: "false",
  }).config;
  assertEquals(listen.hosts, ["127.0.0.1", "::1", "192.168.1.5"]);
  assertEquals(listen.allowHosts, ["usage.example.com", "[::2]:8443"]);
  assertEquals(listen.trustedProxies, ["10.0.0.0/8", "unix"]);
  assertEquals([listen.basePath, listen.tailscaleWaitMs, listen.allowPlainHttp], [
    "/ai-usage",
    300_000,
    false,
  ]);
  assertEquals([...listen.authRoles], [["the admins", "admin"], ["*", "viewer"]]);
});

Deno.test("trust and listening are not read from a folder that someone else may have created", () => {
  const text = [
    "SYNTRACK_TRUSTED_PROXY=10.0.0.0/8",
    "SYNTRACK_AUTH_HEADER=X-Anybody",
    "SYNTRACK_AUTH_ROLE=*=admin",
    "SYNTRACK_TRUST_TAILSCALE_IDENTITY=on",
    "SYNTRACK_ALLOW_HOST=evil.example",
    "SYNTRACK_HOST=127.0.0.1 192.0.2.7",
    "SYNTRACK_BIND_ALL=on",
    "SYNTRACK_TAILSCALE=on",
    "SYNTRACK_TAILSCALE_IP=100.87.201.23",
    "SYNTRACK_ALLOW_PLAIN_HTTP=on",
    "SYNTRACK_TRUST_LOCAL=on",
  ].join("\n");
  const environment = createEnvironment({
    env: {},
    cwd: "/place",
    home: "/home/ann",
    readFile: (path) => path === "/place/.env" ? { text, mode: 0o600 } : null,
  });
  const result = configOf({}, {}, { environment });
  assertEquals(result.config.listen, LOOPBACK_ONLY);
  assertEquals(result.config.trustLocal, false);
  assertEquals(
    lines(result).map((line) => /is not read from the working directory/.test(line)),
    text.split("\n").map(() => true),
  );
});

Deno.test("a folder may restrict where the dashboard listens", () => {
  const text = "SYNTRACK_HOST=localhost ::1\nSYNTRACK_BIND_ALL=off\nSYNTRACK_ALLOW_PLAIN_HTTP=off\n";
  const environment = createEnvironment({
    env: {},
    cwd: "/place",
    home: "/home/ann",
    readFile: (path) => path === "/place/.env" ? { text, mode: 0o600 } : null,
  });
  const result = configOf({}, {}, { environment });
  assertEquals(lines(result), []);
  assertEquals(result.config.listen.hosts, ["localhost", "::1"]);
  assertEquals(result.config.listen.allowPlainHttp, false);
});

Deno.test("the zone is an IANA name; an invalid TZ is ignored with a warning", () => {
  assertEquals(configOf({ TZ: ":America/New_York" }).config.timezone, "America/New_York");
  assertEquals(
    configOf({ TZ: "America/New_York", SYNTRACK_TIMEZONE: "asia/tokyo" }).config.timezone,
    "Asia/Tokyo",
  );
  const posix = configOf({ TZ: "CET-1CEST,M3.5.0" });
  assertEquals(posix.config.timezone, "Europe/Berlin");
  assertEquals(posix.problems.map((problem) => problem.level), ["warning"]);
  for (const timezone of ["Mars/Base", "+01:00", ""]) {
    assert(hasErrors(configOf({}, { timezone }).problems), timezone);
  }
});

Deno.test("retention is in days, and 0 means forever", () => {
  const result = configOf({ SYNTRACK_KEEP_READINGS_DAYS: "0", SYNTRACK_KEEP_OUTCOMES_DAYS: "7" });
  assertEquals(result.config.keepReadingsMs, 0);
  assertEquals(result.config.keepOutcomesMs, 7 * 86_400_000);
  assert(hasErrors(configOf({ SYNTRACK_KEEP_READINGS_DAYS: "-1" }).problems));
});

Deno.test("the idle time of sessions is a minute to a day, in seconds", () => {
  assertEquals(configOf({ SYNTRACK_SESSION_IDLE: "60" }).config.sessionIdleMs, 60_000);
  assertEquals(configOf({ SYNTRACK_SESSION_IDLE: "86400 s" }).config.sessionIdleMs, 86_400_000);
  for (const text of ["59", "86401", "0", "-1", "10m", "1.5"]) {
    assert(hasErrors(configOf({ SYNTRACK_SESSION_IDLE: text }).problems), text);
  }
});

Deno.test("all problems are reported at once", () => {
  const result = configOf({ SYNTRACK_PORT: "80", SYNTRACK_LOG_LEVEL: "loud", SYNTRACK_LOG_FORMAT: "xml" }, {
    interval: "1",
  });
  assertEquals(lines(result), [
    'error --interval: out of range, got "1", expected 10 to 3600 seconds, or a cron expression such as */5 * * * *',
    'error SYNTRACK_PORT in the environment: out of range, got "80", expected 1024 to 65535, or 0 for any free port',
    'error SYNTRACK_LOG_LEVEL in the environment: unknown word, got "loud", expected debug, info, warn, error',
    'error SYNTRACK_LOG_FORMAT in the environment: unknown word, got "xml", expected text, json',
  ]);
});

Deno.test("a misspelled name of ours is reported with the likely one", () => {
  const result = configOf(
    { SYNTRACK_PROT: "1", SYNTRACK_ZAI_BASEURL: "x", SYNTRACK_QQQQQ: "x", SYNTRACK_OWN: "x" },
    {},
    {
      alsoKnown: ["SYNTRACK_OWN"],
    },
  );
  assertEquals(lines(result), [
    "warning SYNTRACK_PROT in the environment: no such setting, did you mean SYNTRACK_PORT?",
    "warning SYNTRACK_ZAI_BASEURL in the environment: no such setting, did you mean SYNTRACK_ZAI_BASE_URL?",
    "warning SYNTRACK_QQQQQ in the environment: no such setting",
  ]);
});

Deno.test("secrets show their origin, and never their value", () => {
  const result = configOf({ SYNTHETIC_API_KEY: "syn_planted", ZAI_REGION: "cn", ZAI_API_KEY_FILE: "/none" });
  assertEquals(
    originOf(result, "SYNTHETIC_API_KEY"),
    "set (hidden) from SYNTHETIC_API_KEY in the environment",
  );
  assertEquals(originOf(result, "ZAI_REGION"), "cn from ZAI_REGION in the environment");
  assertEquals(lines(result), [
    "warning ZAI_API_KEY_FILE in the environment: there is no such file, expected a readable file",
  ]);
  assert(!JSON.stringify(result).includes("planted"));
});

Deno.test("a replaced origin is shown, and an invalid one is reported", () => {
  const result = configOf({
    ZAI_BASE_URL: "https://open.bigmodel.cn/api",
    SYNTRACK_SYNTHETIC_BASE_URL: "http://ann:planted@gw.example",
  });
  assertEquals(
    originOf(result, "origin of zai"),
    "https://open.bigmodel.cn from ZAI_BASE_URL in the environment",
  );
  assertEquals(result.problems.map((problem) => problem.field), [
    "SYNTRACK_SYNTHETIC_BASE_URL in the environment",
  ]);
  assert(!JSON.stringify(result).includes("planted"));
});

Deno.test("a file with secrets that others can read is reported, and one without secrets is not", () => {
  const withMode = (text: string, mode: number | null) =>
    createEnvironment({
      env: {},
      cwd: "/place",
      home: "/home/ann",
      readFile: (path) => path === "/place/.env" ? { text, mode } : null,
    });
  const problems = (text: string, mode: number | null) =>
    lines(configOf({}, {}, { environment: withMode(text, mode) }));
  assertEquals(problems("SYNTHETIC_API_KEY=syn_planted", 0o100644), [
    'warning ./.env: others on this machine can read the secrets in it, got "0644", expected 0600, as chmod 600 ./.env sets it',
  ]);
  assertEquals(problems("SYNTHETIC_API_KEY=syn_planted", 0o100600), []);
  assertEquals(problems("SYNTHETIC_API_KEY=syn_planted", null), []);
  assertEquals(problems("SYNTHETIC_API_KEY=\nSYNTRACK_PORT=3000", 0o100644), []);
});

Deno.test("every option has a name, a default and a description, and no two share a name", () => {
  const names = OPTIONS.flatMap((option) => option.names);
  assertEquals(new Set(names).size, names.length);
  for (const option of OPTIONS) {
    assert(option.doc.length > 0 && option.defaultText.length > 0, option.key);
    if (option.flag !== undefined) assertEquals(option.flag, `--${option.key}`);
  }
});
