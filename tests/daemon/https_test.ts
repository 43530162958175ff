/** A background server whose certificate is not for its address, or without an address: found, restarted and stopped. */
import { join } from "node:path";
import { isAnswering } from "../../lib/daemon/control.ts";
import type { Run } from "../../lib/daemon/run_file.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { hasOpenssl, makeAuthority } from "../support/certificates.ts";
import { type DaemonHome, withDaemonHome } from "./daemon_home.ts";

const SSL = await hasOpenssl();

/** Starts, finds, restarts and stops; always by request, never by a signal. */
async function throughItsLife(home: DaemonHome, options: string): Promise<Run> {
  const started = await home.run(`start ${options}`);
  assertEquals(started.code, 0, started.stderr);
  const [first] = home.alive();
  assert(first?.controlUrl, "it has no control listener");
  const again = await home.run(`start ${options}`);
  assertEquals(again.code, 0, again.stderr);
  assertEquals(home.alive().map(({ instance }) => instance), [first.instance]);

  // A client without the token of the run file may request its health, and nothing else.
  const refused = await fetch(`${first.controlUrl}/api/control/stop`, { method: "POST" });
  assertEquals([refused.status, (await refused.json()).error], [
    401,
    "The control token is missing or wrong",
  ]);
  const other = await fetch(`${first.controlUrl}/api/current`);
  assertEquals([other.status, Object.keys(await other.json())], [404, ["error"]]);

  const restarted = await home.run("restart");
  assertEquals(restarted.code, 0, restarted.stderr);
  const [second] = home.alive();
  assert(second && second.instance !== first.instance);
  const stopped = await home.run(`stop --port ${second.port} --json`);
  assertEquals([stopped.code, home.alive().length], [0, 0], stopped.stderr);
  assertMatch(stopped.stdout, /asked|stopped/);
  const log = await Deno.readTextFile(join(home.folder, ".syntrack", "logs", "syntrack.log"));
  assert(!/signal/i.test(log), log);
  return second;
}

Deno.test({
  name:
    `a server whose certificate is for another name than this machine's is started, restarted and stopped${
      SSL ? "" : " (ignored: no openssl found)"
    }`,
  ignore: !SSL,
  fn: () =>
    withDaemonHome(async (home) => {
      const authority = await makeAuthority(home.folder, "home", "DNS:usage.example.com");
      await authority.issue(join(home.folder, "tls.crt"), join(home.folder, "tls.key"));
      const options = `--port ${home.freePort()} --tls-cert tls.crt --tls-key tls.key`;
      const run = await throughItsLife(home, options);
      // The local endpoint disappears with its server.
      assertEquals(await isAnswering(run), false);
    }),
});

Deno.test({
  name: "a server that listens only on a Unix socket can be stopped as well",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDaemonHome(async (home) => {
      const started = await home.run(`start --unix ${join(home.folder, "s")}`);
      assertEquals(started.code, 0, started.stderr);
      const [run] = home.alive();
      assert(run?.controlUrl, "it has no control listener");
      const health = await (await fetch(`${run.controlUrl}/api/health`)).json();
      assertEquals(health, { instance: run.instance });
      const stopped = await home.run("stop");
      assertEquals([stopped.code, home.alive().length], [0, 0], stopped.stderr);
    }),
});
