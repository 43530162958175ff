/**
 * Measures wall time and peak memory of `syntrack query current` and an empty script, run alternately so that
 * a noisy machine affects both equally.
 *
 *     deno run -A dev/bench/startup_bench.ts [runs]
 */
import { median } from "./median.ts";

const ROOT = new URL("../../", import.meta.url);
const runs = Number(Deno.args[0] ?? 40);
const folder = await Deno.makeTempDir();
const empty = `${folder}/empty.ts`;
const db = `${folder}/syntrack.db`;
await Deno.writeTextFile(empty, "");
await prepare();

const CASES: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["empty script", ["run", empty]],
  ["query current", ["run", "-A", "cli.ts", "query", "current", "--db", db]],
  ["guard", ["run", "-A", "cli.ts", "guard", "--min-remaining", "20%", "--db", db]],
  ["status", ["run", "-A", "cli.ts", "status", "--db", db]],
];
const times = new Map<string, number[]>(CASES.map(([name]) => [name, []]));
const peaks = new Map<string, number[]>(CASES.map(([name]) => [name, []]));

for (let run = -3; run < runs; run++) {
  for (const [name, args] of CASES) {
    const ms = await measureTime(args);
    if (run >= 0) times.get(name)?.push(ms);
  }
}
// Separate from the times, because observing a process slows it down.
for (let run = 0; run < 5; run++) {
  for (const [name, args] of CASES) peaks.get(name)?.push(await measurePeak(args));
}
const base = median(times.get("empty script") ?? []);
for (const [name] of CASES) {
  const ms = median(times.get(name) ?? []);
  const peak = median(peaks.get(name) ?? []) / 1024;
  console.log(
    `${name.padEnd(16)} ${ms.toFixed(1)} ms  ${(ms / base).toFixed(2)} x  peak ${peak.toFixed(1)} MB`,
  );
}
await Deno.remove(folder, { recursive: true });

function commandOf(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), { args: [...args], cwd: ROOT, stdout: "null", stderr: "null" });
}

async function measureTime(args: readonly string[]): Promise<number> {
  const began = performance.now();
  await commandOf(args).output();
  return performance.now() - began;
}

/** Measures peak memory in kB. The kernel keeps the peak while the process lives; the last read counts. */
async function measurePeak(args: readonly string[]): Promise<number> {
  const child = commandOf(args).spawn();
  let isDone = false;
  const ended = child.status.then(() => isDone = true);
  let peakKb = 0;
  while (!isDone) {
    try {
      peakKb = Number(
        /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${child.pid}/status`))?.[1] ?? peakKb,
      );
    } catch {
      break;
    }
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1))]);
  }
  await ended;
  return peakKb;
}

/** Creates a small database with some of everything. */
async function prepare(): Promise<void> {
  const [{ fillHistory }, { openSqliteStore }] = await Promise.all([
    import("./history.ts"),
    import("../../lib/store/sqlite.ts"),
  ]);
  await using store = await openSqliteStore(db);
  await fillHistory(store, { accounts: 2, quotas: 4, days: 7, stepMs: 300_000, endAt: Date.now() });
}
