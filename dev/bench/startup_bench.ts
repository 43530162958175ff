/**
 * Measures wall time and peak memory of commands beside an empty script, run alternately so that a noisy
 * machine affects all of them equally. The commands run from the bundle, as the tasks and the executable run
 * them; `query current` runs from the sources too.
 *
 *     deno run -A dev/bench/startup_bench.ts [runs] [database]
 *
 * Without a database it creates a small one: two accounts with four quotas each over a week.
 */
import { systemClock } from "../../lib/base/clock.ts";
import { createHub } from "../../lib/base/hub.ts";
import { denoIo } from "../../lib/cli/deno_io.ts";
import { renewStoredLines } from "../../lib/cli/keep_lines.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { ensureBundled } from "../build.ts";
import { computeMedian } from "./median.ts";
import { pollAgain } from "./poll_again.ts";

const ROOT = new URL("../../", import.meta.url);
const runs = Number(Deno.args[0] ?? 40);
const folder = await Deno.makeTempDir();
const empty = `${folder}/empty.ts`;
const DENO_DIR = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
await Deno.mkdir(`${folder}/.syntrack`);
const db = Deno.args[1] ?? `${folder}/syntrack.db`;
/** What every command gets on standard input, as an editor gives it to `statusline`. */
const INPUT = new TextEncoder().encode(JSON.stringify({ session_id: "bench", cwd: folder }));
const BUNDLE: readonly string[] = ["run", "-A", "--cached-only", "--no-config", "_program/cli.js"];
await ensureBundled();
await Deno.writeTextFile(empty, "");
if (Deno.args[1] === undefined) await prepare();
/** Open for as long as a server would have it open. */
const store = await openSqliteStore(db);

/** After a reading that a server stored, which leaves the line ready. */
const NEXT_LINE = "status --brief, new reading";
/** The line of before no longer holds, and nothing is ready. */
const FIRST_LINE = "status --brief, first line";
const CASES: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["empty script", ["run", empty]],
  ["--help", [...BUNDLE, "--help"]],
  ["statusline", [...BUNDLE, "statusline", "--db", db]],
  ["query current", [...BUNDLE, "query", "current", "--db", db]],
  ["query current, from sources", ["run", "-A", "cli.ts", "query", "current", "--db", db]],
  ["guard", [...BUNDLE, "guard", "--min-remaining", "20%", "--db", db]],
  ["status --brief", [...BUNDLE, "status", "--brief", "--db", db]],
  [NEXT_LINE, [...BUNDLE, "status", "--brief", "--db", db]],
  [FIRST_LINE, [...BUNDLE, "status", "--brief", "--db", db]],
  ["status", [...BUNDLE, "status", "--db", db]],
  ["status --long", [...BUNDLE, "status", "--long", "--db", db]],
  ["forecast", [...BUNDLE, "forecast", "--db", db]],
];
const times = new Map<string, number[]>(CASES.map(([name]) => [name, []]));
const renewals: number[] = [];
const peaks = new Map<string, number[]>(CASES.map(([name]) => [name, []]));

for (let run = -3; run < runs; run++) {
  for (const [name, args] of CASES) {
    if (name === FIRST_LINE) await forgetLines();
    if (name === NEXT_LINE) renewals.push(await storeReading());
    const ms = await measureTime(args);
    if (run >= 0) times.get(name)?.push(ms);
  }
}
// Separate from the times, because observing a process slows it down.
for (let run = 0; run < 5; run++) {
  for (const [name, args] of CASES) peaks.get(name)?.push(await measurePeak(args));
}
const base = computeMedian(times.get("empty script") ?? []);
for (const [name] of CASES) {
  const ms = computeMedian(times.get(name) ?? []);
  const peak = computeMedian(peaks.get(name) ?? []) / 1024;
  console.log(
    `${name.padEnd(28)} ${ms.toFixed(1)} ms  ${(ms / base).toFixed(2)} x  peak ${peak.toFixed(1)} MB`,
  );
}
console.log(`computing a line again within a server: ${computeMedian(renewals).toFixed(1)} ms`);
await store[Symbol.asyncDispose]();
await Deno.remove(folder, { recursive: true });

function start(args: readonly string[]): Deno.ChildProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    // The packages stay where they are; the program's own folder is an empty one.
    env: { HOME: folder, DENO_DIR },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A command that ends without reading its input closes the pipe, which is no failure.
  writer.write(INPUT).then(() => writer.close()).catch(() => {});
  return child;
}

async function measureTime(args: readonly string[]): Promise<number> {
  const began = performance.now();
  await start(args).status;
  return performance.now() - began;
}

/** Measures peak memory in kB. The kernel keeps the peak while the process lives; the last read counts. */
async function measurePeak(args: readonly string[]): Promise<number> {
  const child = start(args);
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

async function forgetLines(): Promise<void> {
  await Deno.remove(`${folder}/.syntrack/cache/status`, { recursive: true });
}

/** Stores a reading as a server does; resolves to the milliseconds that it spends on the line of the bar. */
async function storeReading(): Promise<number> {
  const [{ account } = { account: null }] = await store.latest();
  if (account === null) throw new Error("The database has no readings");
  await pollAgain(store, createHub(), account);
  const io = { ...denoIo(), home: folder, clock: systemClock };
  const began = performance.now();
  await renewStoredLines({ io, dbPath: db, store: () => Promise.resolve(store) });
  return performance.now() - began;
}

/** Creates a small database with some of everything. */
async function prepare(): Promise<void> {
  const { fillHistory } = await import("./history.ts");
  await using store = await openSqliteStore(db);
  // Readings stored a second apart while this runs stay behind the clock; those ahead of it cost other words, and accounts
  // that nothing polls any more make `guard` look for their logins.
  const endAt = Date.now() - 60_000;
  await fillHistory(store, { accounts: 2, quotas: 4, days: 7, stepMs: 300_000, endAt });
}
