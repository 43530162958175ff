/** Settings that change while a server runs. */
import { currentConfig, readValue } from "../../lib/app/current_config.ts";
import { createEnvironment, OPTIONS, readConfig } from "../../lib/config/config.ts";
import { readConfigFile } from "../../lib/config/file.ts";
import { providers } from "../../providers/mod.ts";
import type { LogFields } from "../../lib/provider/context.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";

Deno.test("a changed config file takes effect, a broken one is reported once and changes nothing", () => {
  let text = "poll_interval = 60\n[providers.zai]\ninterval = 300\n";
  let now = 0;
  const lines: string[] = [];
  const environment = createEnvironment({
    env: {},
    cwd: "/place",
    home: "/home/ann",
    readFile: (path) => path.endsWith("config.toml") ? { text, mode: 0o600 } : null,
    readConfigFile,
  });
  const read = () =>
    readConfig({ environment, providers, home: "/home/ann", cwd: "/place", systemTimezone: "UTC" });
  const config = currentConfig({
    first: read().config,
    read,
    environment,
    clock: { now: () => now },
    log: {
      warn: (message, fields) => lines.push(`${message}: ${fields?.problem}`),
      info: (message) => lines.push(message),
    },
  });
  const pass = (next: string) => {
    text = next;
    now += 20_000;
    return config();
  };
  assertEquals(config().schedules.zai, { kind: "every", ms: 300_000 });
  assertEquals(pass("[providers.zai]\ninterval = 120\n").schedules.zai, { kind: "every", ms: 120_000 });
  assertEquals(lines.splice(0), ["The config file was reloaded"]);
  assertEquals(pass("[providers.zai]\ninterval = 1\n").schedules.zai, { kind: "every", ms: 120_000 });
  pass("[providers.zai]\ninterval = 1\n");
  assertEquals(lines.length, 1);
  assertMatch(lines[0]!, /last valid ones stay in force.*providers\.zai\.interval in .*line 2/);
});

/** A non-default value of each setting, as written in the file. */
const OTHER: Readonly<Record<string, string>> = {
  db: 'db_path = "/elsewhere/other.db"',
  interval: "poll_interval = 120",
  port: "port = 9300",
  host: 'host = "localhost"',
  timezone: 'timezone = "Asia/Tokyo"',
  "log-level": 'log_level = "debug"',
  "log-format": 'log_format = "json"',
  "session-idle": "session_idle = 900",
  "keep-readings": "keep_readings_days = 7",
  "keep-outcomes": "keep_outcomes_days = 8",
  "backup-every": 'backup_every = "12h"',
  "backup-keep": "backup_keep = 3",
  "keep-audit": "keep_audit_days = 8",
  "run-commands": 'run_commands = "off"',
  "update-check": 'update_check = "on"',
  "bind-all": "bind_all = true",
  tailscale: "tailscale = true",
  "tailscale-ip": 'tailscale_ip = "100.87.201.23"',
  "tailscale-wait": 'tailscale_wait = "60s"',
  "tls-cert": 'tls_cert = "/elsewhere/chain.pem"',
  "tls-key": 'tls_key = "/elsewhere/key.pem"',
  "trusted-proxy": 'trusted_proxy = ["127.0.0.1", "10.0.0.0/8", "unix"]',
  "base-path": 'base_path = "/ai-usage"',
  "auth-header": 'auth_header = "Remote-User"',
  "auth-groups-header": 'auth_groups_header = "Remote-Groups"',
  "auth-role": 'auth_role = ["admins=admin", "*=viewer"]',
  "trust-tailscale-identity": "trust_tailscale_identity = true",
  unix: 'unix = "/elsewhere/socket"',
  "allow-host": 'allow_host = ["usage.example.com", "other.example.com:8443"]',
  "allow-plain-http": "allow_plain_http = false",
  "trust-local": "trust_local = true",
};

for (const option of OPTIONS) {
  const { key, effect } = option;
  Deno.test(`a change of ${key} while the program runs is ${effect === "live" ? "in force and told" : "named as waiting for a restart"}`, () => {
    const { pass, config, lines } = running();
    const before = textOf(readValue(config(), option));
    pass("");
    assertEquals(lines.splice(0), []);
    const after = textOf(readValue(pass(`${OTHER[key]}\n`), option));
    const [line = ""] = lines;
    assertEquals(lines.length, 1);
    if (effect === "live") {
      assert(after !== before, after);
      assertEquals(config.pending(), []);
      assertMatch(line, new RegExp(`reloaded changed=.*${key}`));
    } else {
      assertEquals(after, before);
      assertEquals(config.pending(), [key]);
      assertMatch(line, new RegExp(`reloaded needRestart=${key}$`));
      // A reverted change waits for nothing.
      pass("");
      assertEquals(config.pending(), []);
    }
  });
}

Deno.test("custom sources and the interval of one vendor are reported as well", () => {
  const { pass, config, lines } = running();
  pass("[providers.zai]\ninterval = 300\n");
  assertMatch(lines.splice(0).join(), /changed=interval of zai/);
  pass('[[custom]]\nid = "x"\n');
  assertEquals(config.pending(), ["custom"]);
});

Deno.test("the documents say about every setting what its table says", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/configuration.md", import.meta.url));
  for (const { key, names, effect } of OPTIONS) {
    const rows = text.split("\n").filter((line) => line.startsWith(`| \`${names[0]}\``));
    const [told, ...others] = rows.flatMap((row) => /\| (live|restart) +\|$/.exec(row)?.[1] ?? []);
    assertEquals([told, others], [effect, []], key);
  }
});

function textOf(value: unknown): string {
  return JSON.stringify(value instanceof Map ? [...value] : value);
}

function running() {
  let text = "";
  let now = 0;
  const lines: string[] = [];
  const environment = createEnvironment({
    env: {},
    cwd: "/place",
    home: "/home/ann",
    readFile: (path) => path.endsWith("config.toml") ? { text, mode: 0o600 } : null,
    readConfigFile,
  });
  const read = () =>
    readConfig({ environment, providers, home: "/home/ann", cwd: "/place", systemTimezone: "UTC" });
  const tell = (message: string, fields: LogFields = {}) =>
    void lines.push(
      [message, ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)].join(" "),
    );
  const log = { info: tell, warn: tell };
  const config = currentConfig({ first: read().config, read, environment, clock: { now: () => now }, log });
  return {
    config,
    lines,
    pass(next: string) {
      text = next;
      now += 20_000;
      return config();
    },
  };
}
