/** Settings that change while a server runs. */
import { currentConfig } from "../../lib/compose/current_config.ts";
import { createEnvironment, readConfig } from "../../lib/config.ts";
import { readConfigFile } from "../../lib/config/file.ts";
import { providers } from "../../providers/mod.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";

Deno.test("a changed config file takes effect, a broken one is told once and changes nothing", () => {
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
    environment.reload();
    return config();
  };
  assertEquals(config().schedules.zai, { kind: "every", ms: 300_000 });
  assertEquals(pass("[providers.zai]\ninterval = 120\n").schedules.zai, { kind: "every", ms: 120_000 });
  assertEquals(lines.splice(0), ["The config file was read again"]);
  assertEquals(pass("[providers.zai]\ninterval = 1\n").schedules.zai, { kind: "every", ms: 120_000 });
  pass("[providers.zai]\ninterval = 1\n");
  assertEquals(lines.length, 1);
  assertMatch(lines[0]!, /last good ones stay: providers\.zai\.interval in .*line 2/);
});
