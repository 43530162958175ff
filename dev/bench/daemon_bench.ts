/**
 * Measures how long the server in the background takes until it is healthy, and to stop; then kills it at
 * random moments and verifies that it restarts at once with all committed data.
 *
 *     deno run -A dev/bench/daemon_bench.ts [KILLS]
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { listRuns } from "../../lib/daemon/run_file.ts";
import { ensureBundled } from "../build.ts";

const kills = Number(Deno.args[0] ?? 50);
const ROUNDS = 10;

await ensureBundled();
const home = await Deno.makeTempDir({ prefix: "syntrack-daemon-" });
const cli = join(import.meta.dirname!, "../../_program/cli.js");
let asked = 0;
const vendor = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  () => Response.json({ subscription: { limit: 1e6, requests: asked++, renewsAt: null } }),
);
using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const port = listener.addr.port;
listener.close();

async function runSyntrack(...args: string[]): Promise<number> {
  const began = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", "--cached-only", "--unstable-cron", "--unstable-kv", cli, ...args],
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: home,
      DENO_DIR: join(home, ".deno"),
      DOCKER_CONTAINER: "0",
      SYNTRACK_RUN_COMMANDS: "off",
      SYNTHETIC_API_KEY: "syn_bench",
      SYNTRACK_SYNTHETIC_BASE_URL: `http://127.0.0.1:${vendor.addr.port}`,
      SYNTRACK_POLL_INTERVAL: "10",
    },
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`${args.join(" ")}: ${text.decode(stdout)}${text.decode(stderr)}`);
  return performance.now() - began;
}

const findAlive = () => listRuns(join(home, ".syntrack", "run")).find((one) => one.alive)?.run;

function countReadings(): number {
  using db = new DatabaseSync(join(home, ".syntrack", "data", "syntrack.db"), { readOnly: true });
  const { n } = db.prepare("SELECT count(*) AS n FROM readings").get() ?? {};
  return Number(n);
}

function computeMedian(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

try {
  const starts: number[] = [];
  const stops: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    starts.push(await runSyntrack("start", `--port=${port}`));
    stops.push(await runSyntrack("stop"));
  }
  console.log(
    `start until healthy: median ${computeMedian(starts)} ms, worst ${Math.round(Math.max(...starts))} ms`,
  );
  console.log(`stop: median ${computeMedian(stops)} ms, worst ${Math.round(Math.max(...stops))} ms`);
  let [stored, lost] = [0, 0];
  const again: number[] = [];
  for (let round = 0; round < kills; round++) {
    again.push(await runSyntrack("start", `--port=${port}`));
    const run = findAlive();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
    stored = Math.max(stored, countReadings());
    Deno.kill(run?.pid ?? 0, "SIGKILL");
    const after = countReadings();
    if (after < stored) lost += stored - after;
  }
  if (kills > 0) {
    await runSyntrack("start", `--port=${port}`);
    await runSyntrack("db", "check");
    await runSyntrack("stop");
    console.log(
      `${kills} kills: ${countReadings()} readings stored, ${lost} lost, database sound; start median ${
        computeMedian(again)
      } ms`,
    );
  }
} finally {
  const run = findAlive();
  if (run) Deno.kill(run.pid, "SIGKILL");
  await vendor.shutdown();
  await Deno.remove(home, { recursive: true });
}
