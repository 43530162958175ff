/**
 * Measures time and memory of `syntrack serve` over real sockets, with 15 accounts of 4 quotas.
 *
 *     deno run -A dev/bench/server_bench.ts [--days 30] [--step 60] [--db FILE] [--loads 2000]
 *
 * `--db` keeps the history between runs, since a month at minute steps takes minutes to build. `--step` is
 * seconds between readings.
 */
import { parseArgs } from "node:util";
import { ensureBuilt } from "../build.ts";
import { fillHistory } from "./history.ts";
import { computeMedian, computeQuantile } from "./median.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    days: { type: "string", default: "30" },
    step: { type: "string", default: "60" },
    db: { type: "string" },
    loads: { type: "string", default: "2000" },
    accounts: { type: "string", default: "15" },
  },
});
const ROOT = new URL("../../", import.meta.url);
const ROUTES: readonly string[] = [
  "/",
  "/?range=30d",
  "/?range=1y",
  "/analytics",
  "/analytics?days=365&group=quota",
  "/api/current?provider=all",
  "/api/history?range=24h&provider=all",
  "/api/history?range=30d&provider=all",
  "/api/v1/series?range=24h",
  "/api/v1/series?range=30d",
  "/api/v1/series?range=1y",
  "/api/v1/chart.svg?range=30d",
  "/api/v1/chart.svg?chart=consumption&days=365&group=quota",
  "/api/providers",
  "/api/health",
  "/metrics",
];

await ensureBuilt();
const folder = await Deno.makeTempDir();
const db = values.db ?? `${folder}/syntrack.db`;
await fill();
const child = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", "cli.ts", "serve", "--port", "0", "--db", db, "--json"],
  cwd: ROOT,
  env: { HOME: folder, DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno` },
  stdout: "piped",
  stderr: "null",
}).spawn();
const origin = await readAddress(child.stdout);
await new Promise((resolve) => setTimeout(resolve, 5000));
console.log(`memory idle: ${readMemory()} MB`);

for (const route of ROUTES) {
  const times: number[] = [];
  let size = 0;
  for (let i = 0; i < 330; i++) {
    const began = performance.now();
    const response = await fetch(origin + route);
    size = (await response.arrayBuffer()).byteLength;
    if (response.status !== 200) {
      times.length = 0;
      break;
    }
    if (i >= 30) times.push(performance.now() - began);
  }
  if (times.length === 0) continue;
  const [half, most] = [computeMedian(times).toFixed(2), computeQuantile(times, 0.99).toFixed(2)];
  console.log(`${route.padEnd(40)} median ${half} ms  p99 ${most} ms  ${(size / 1024).toFixed(0)} kB`);
}
for (let i = 0; i < Number(values.loads); i++) await (await fetch(origin)).arrayBuffer();
console.log(`memory after ${values.loads} page loads: ${readMemory()} MB`);
child.kill("SIGTERM");
await child.status;
await Deno.remove(folder, { recursive: true });

function readMemory(): string {
  const kb = Number(/VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${child.pid}/status`))?.[1] ?? 0);
  return (kb / 1024).toFixed(1);
}

async function fill(): Promise<void> {
  await using store = await openSqliteStore(db);
  if ((await store.latest()).length > 0) return;
  console.log(`Generating ${values.days} days`);
  await fillHistory(store, {
    accounts: Number(values.accounts),
    quotas: 4,
    days: Number(values.days),
    stepMs: Number(values.step) * 1000,
    endAt: Date.now(),
  });
}

/** Returns the address from the first line the server prints. */
async function readAddress(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stdout) {
    text += decoder.decode(chunk, { stream: true });
    const url = /"url":\s*"([^"]+)"/.exec(text)?.[1];
    if (url) return url;
  }
  throw new Error(`The server printed no address: ${text}`);
}
