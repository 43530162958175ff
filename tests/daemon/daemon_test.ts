/** The background server, as real processes with a separate home. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ALLOCATOR } from "../../lib/daemon/allocator.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type DaemonHome, withDaemonHome } from "./daemon_home.ts";

/** The ids of session, group and terminal, as Linux states them for a process. */
function sessionOf(pid: number): { readonly session: number; readonly terminal: number } {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
  return { session: Number(fields[3]), terminal: Number(fields[4]) };
}

async function started(home: DaemonHome, args = ""): Promise<number> {
  const port = home.freePort();
  const { code, stdout, stderr } = await home.run(`--port ${port} ${args}`);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, `http://127.0.0.1:${port}`);
  return port;
}

Deno.test("syntrack alone starts a server, lists what it watches without keys, and exits; stop ends the server", () =>
  withDaemonHome(async (home) => {
    const port = home.freePort();
    const begun = await home.run(`--port ${port}`);
    assertEquals([begun.code, begun.stderr], [0, ""]);
    for (
      const part of ["Synthetic", "every 60 s", `http://127.0.0.1:${port}`, "syntrack.db", "syn_...7890"]
    ) {
      assertStringIncludes(begun.stdout, part);
    }
    assert(!begun.stdout.includes("never-to-be-seen"));
    const [run] = home.alive();
    const health = await (await fetch(`http://127.0.0.1:${port}/api/health`)).json();
    assertEquals(health.instance, run?.instance);

    const second = await home.run(`--port ${port}`);
    assertEquals(second.code, 0);
    assertStringIncludes(second.stdout, `runs already (process ${run?.pid}`);

    const status = await home.run("status --daemon");
    assertStringIncludes(status.stdout, `running at http://127.0.0.1:${port}, process ${run?.pid}`);
    const well = await home.run("health");
    assertEquals(well, { code: 0, stdout: `The server on port ${port} is healthy\n`, stderr: "" });
    const stopped = await home.run("stop");
    assertEquals([stopped.code, stopped.stdout], [
      0,
      `Stopped the server on port ${port} (process ${run?.pid})\n`,
    ]);
    assertEquals(home.alive(), []);
    assertEquals((await home.run("stop")).stdout, "You have no server running\n");
    const ill = await home.run("health");
    assertEquals([ill.code, ill.stdout], [1, ""]);
    assertStringIncludes(ill.stderr, "You have no server running");
    const log = (await home.run("logs")).stdout;
    assertStringIncludes(log, "Watching 1 account");
    assertStringIncludes(log, "Stopping");
    assert(!log.includes("never-to-be-seen"));
  }));

Deno.test("restart starts again with the previous options, and --replace takes over", () =>
  withDaemonHome(async (home) => {
    const port = await started(home, "--interval 300");
    const [before] = home.alive();
    const restarted = await home.run("restart");
    assertEquals(restarted.code, 0);
    assertStringIncludes(restarted.stdout, "every 300 s");
    const [after] = home.alive();
    assertEquals([after?.port, after?.instance === before?.instance], [port, false]);
    const replaced = await home.run(`start --replace --port ${port}`);
    assertEquals(replaced.code, 0);
    assert(home.alive()[0]?.instance !== after?.instance, "Another one has taken over");
    assertEquals(home.alive().length, 1);
  }));

Deno.test({
  name:
    "serve --silent is detached from terminal and group, sets its allocator, prints its address and process, and ends by kill",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withDaemonHome(async (home) => {
      const port = home.freePort();
      const { code, stdout } = await home.run(`serve --silent -p ${port}`);
      const pid = Number(/PID: (\d+)/.exec(stdout)?.[1]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, `Online: http://127.0.0.1:${port}`);
      assertEquals(sessionOf(pid), { session: pid, terminal: 0 });
      for (const stream of [0, 1, 2]) {
        assertEquals(Deno.readLinkSync(`/proc/${pid}/fd/${stream}`), "/dev/null");
      }
      const environment = Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0");
      for (const pair of Object.entries(ALLOCATOR)) assert(environment.includes(pair.join("=")));
      const live = await fetch(`http://127.0.0.1:${port}/api/live`);
      Deno.kill(pid, "SIGTERM");
      // The open stream ends with the server.
      for await (const _ of live.body!);
      assertEquals((await home.run("stop")).code, 0);
      assertEquals(home.alive(), []);
    }),
});

Deno.test("a port held by another program is reported, nothing is left running, and its answer is not taken for ours", () =>
  withDaemonHome(async (home) => {
    const stranger = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => Response.json({ status: "ok", instance: "somebody-else" }),
    );
    try {
      for (const command of ["start", "serve --silent"]) {
        const { code, stderr } = await home.run(`${command} --port ${stranger.addr.port}`);
        assertEquals(code, 1);
        assertStringIncludes(stderr, `Port ${stranger.addr.port} on 127.0.0.1 is in use by another `);
      }
      assertEquals(home.alive(), []);
    } finally {
      await stranger.shutdown();
    }
  }));

Deno.test("two users on one machine each have a server, and neither stops the other's", () =>
  withDaemonHome((one) =>
    withDaemonHome(async (other) => {
      const port = await started(one);
      const taken = await other.run(`start --port ${port}`);
      assertEquals(taken.code, 1);
      assertStringIncludes(taken.stderr, "in use by another syntrack");
      assertEquals((await other.run(`stop --port ${port}`)).stdout, "You have no server running\n");
      await started(other);
      assertEquals((await other.run("stop")).code, 0);
      assertEquals([one.alive().length, other.alive().length], [1, 0]);
    })
  ));

Deno.test("--test has separate names and folders, and never touches the real server", () =>
  withDaemonHome(async (home) => {
    const port = await started(home);
    const testPort = home.freePort();
    const begun = await home.run(`--test --port ${testPort}`, {
      SYNTRACK_DB_PATH: join(home.folder, "earnest.db"),
    });
    assertEquals([begun.code, begun.stderr], [0, ""]);
    assertStringIncludes(begun.stdout, join(".syntrack", "test", "data", "syntrack.db"));
    assertStringIncludes((await home.run("status --daemon --test")).stdout, `127.0.0.1:${testPort}`);
    assertEquals(
      (await home.run("--test --stop")).stdout.startsWith(`Stopped the server on port ${testPort}`),
      true,
    );
    assertEquals(home.alive().map((run) => run.port), [port]);
    assertEquals((await home.run("stop --test")).stdout, "You have no server running\n");
  }));

Deno.test("in a container it stays in the foreground, and says why", () =>
  withDaemonHome(async (home) => {
    const port = home.freePort();
    const child = home.command(`--port ${port}`, { DOCKER_CONTAINER: "1" }).spawn();
    const messages = new Response(child.stderr).text();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    for (let told = ""; !told.includes(`http://127.0.0.1:${port}`);) {
      const { value, done } = await reader.read();
      assert(!done, `It has ended: ${told}`);
      told += value;
    }
    assertStringIncludes((await home.run("status --daemon")).stdout, "in the foreground");
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    await reader.cancel();
    assertStringIncludes(await messages, "This is a container (DOCKER_CONTAINER is set)");
  }));

Deno.test("--debug stays in the foreground with its log on stdout, optionally as JSON", () =>
  withDaemonHome(async (home) => {
    const child = home.command(`--debug --log-format json --port ${home.freePort()}`).spawn();
    const messages = new Response(child.stderr).text();
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (!/Poll failed.*\n/.test(text)) continue;
      child.kill("SIGTERM");
      break;
    }
    assertEquals((await child.status).code, 0);
    const line = text.split("\n").find((one) => one.includes("Poll failed")) ?? "";
    assertEquals(JSON.parse(line).level, "warn");
    await messages;
  }));

Deno.test("after kill -9 at any moment start continues at once, and nothing committed is lost", () =>
  withDaemonHome(async (home) => {
    const port = home.freePort();
    let readings = 0;
    await using vendor = vendorThatCounts(() => readings++);
    const env = { SYNTRACK_SYNTHETIC_BASE_URL: vendor.origin, SYNTRACK_POLL_INTERVAL: "10" };
    const database = join(home.folder, ".syntrack", "data", "syntrack.db");
    let stored = 0;
    for (let round = 0; round < 5 || stored === 0; round++) {
      const begun = await home.run(`start --port ${port}`, env);
      assertEquals([begun.code, begun.stderr], [0, ""]);
      const [run] = home.alive();
      // Anywhere between the answer and a few polls later, without waiting: page reads are work as well. A slow machine
      // needs more of them until something is stored.
      for (let ask = 0; ask < round * 3; ask++) await (await fetch(`http://127.0.0.1:${port}/`)).text();
      stored = Math.max(stored, countReadings(database));
      Deno.kill(run?.pid ?? 0, "SIGKILL");
      assert(countReadings(database) >= stored, "What was committed is there");
    }
    assertMatch(
      (await home.run("status --daemon")).stdout,
      /not running; process \d+, begun .*, ended unexpectedly/,
    );
    assertEquals((await home.run(`start --port ${port}`, env)).code, 0);
    assertStringIncludes(
      (await home.run("logs")).stdout,
      "did not shut down properly. The database was checked",
    );
    assertEquals((await home.run("db check")).code, 0);
    assert(countReadings(database) >= stored && stored > 0, `${stored} readings`);
  }));

Deno.test({
  name:
    "a server that hangs is told by a signal and ended at last, by the process that its own lock stands for",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withDaemonHome(async (home) => {
      await started(home);
      const [run] = home.alive();
      Deno.kill(run?.pid ?? 0, "SIGSTOP");
      // It can neither answer nor receive a signal; the wait is limited.
      const stopping = home.run("stop");
      Deno.kill(run?.pid ?? 0, "SIGCONT");
      const { code, stdout } = await stopping;
      assertEquals(code, 0);
      assertStringIncludes(stdout, `Stopped the server on port ${run?.port}`);
      assertEquals(home.alive(), []);
    }),
});

function vendorThatCounts(next: () => number) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ subscription: { limit: 135, requests: next(), renewsAt: null } }),
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function countReadings(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 60_000 });
  try {
    return Number(db.prepare("SELECT count(*) AS n FROM readings").get()?.n);
  } finally {
    db.close();
  }
}
