/**
 * Compares SQLite with a key-value database in a file and one on a server, in one run. By default, the server is the
 * tests' in-memory stand-in for KV Connect, in a separate process. A real one given as an argument must be empty; imports
 * and sizes are not measured on it.
 *
 *     deno run -A --unstable-kv dev/bench/kv_bench.ts [kv:http://127.0.0.1:4512/]
 *
 * It uses 30 days of 15 accounts with 4 quotas each at five-minute steps. Pages are drawn from buckets, and there are as
 * many of them as with a poll every minute.
 */
import process from "node:process";
import { openDatabase } from "../../lib/app/open_store.ts";
import { parseDatabaseFile } from "../../lib/base/database_name.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { advance } from "../../lib/model/engine/advance.ts";
import { FIVE_MINUTES, HOUR } from "../../lib/model/engine/bucket.ts";
import type { AccountKey, QuotaKey } from "../../lib/model/quota.ts";
import type { Store } from "../../lib/store/store.ts";
import { fillHistory } from "./history.ts";

const ROOT = new URL("../../", import.meta.url);
const END_AT = Date.parse("2026-03-10T12:00:00Z");
const SIZES = { accounts: 15, quotas: 4, days: 30 };
/** Days of one account at minute steps with 4 quotas: 100,800 readings. */
const IMPORTED_DAYS = 17.5;
/** More polls take minutes to create, and do not change the hourly buckets. */
const STEP_MS = 30 * MINUTE_MS;
const COMMITS = 200;
const ROUNDS = 15;

const folder = await Deno.makeTempDir({ prefix: "syntrack-bench-" });
try {
  const file = `${folder}/readings.csv`;
  await makeExport(file);
  const filesIn = (kind: string, ending: string) => (use: string) =>
    Promise.resolve({ name: `${kind}${folder}/${use}.${ending}`, async [Symbol.asyncDispose]() {} });
  await measure("SQLite", filesIn("", "db"), file);
  await measure("key-value, file", filesIn("kv:", "kv"), file);
  const [named] = Deno.args;
  if (named === undefined) await measure("key-value, stand-in for a server", startStandIn, file);
  else await measureAll(named);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function startStandIn() {
  const token = "token-BENCHONLY";
  Deno.env.set("DENO_KV_ACCESS_TOKEN", token);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "dev/bench/kv_server.ts"],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const name = (await reader.read()).value?.trim();
  if (!name) throw new Error("The stand-in for KV Connect did not start");
  return {
    name,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
    },
  };
}

/** @param open opens a new database for each use */
async function measure(
  title: string,
  open: (use: string) => Promise<AsyncDisposable & { readonly name: string }>,
  file: string,
): Promise<void> {
  console.log(`\n${title}`);
  {
    await using all = await open("all");
    await measureAll(all.name);
  }
  {
    await using empty = await open("import");
    await measureImport(empty.name, file);
  }
  await using small = await open("size");
  await measureSizes(small.name);
}

async function measureAll(name: string): Promise<void> {
  await using store = await openDatabase(name);
  const began = performance.now();
  const filled = await fillHistory(store, { ...SIZES, stepMs: STEP_MS, endAt: END_AT });
  say("filled", `${filled.readings} readings in ${formatSeconds(began)}`);
  await measureReads(store, filled);
  await measureCommits(store, filled.accounts[0]!);
}

interface Filled {
  readonly accounts: readonly AccountKey[];
  readonly quotas: readonly QuotaKey[];
}

async function measureReads(store: Store, { quotas }: Filled): Promise<void> {
  const range = { from: END_AT - 30 * DAY_MS, to: END_AT };
  await measureRounds("latest() of 15 accounts", () => store.latest());
  await measureRounds("overview: latest() and 60 quotas, hours of 30 d", async () => {
    await store.latest();
    for (const quota of quotas) await store.points({ quota, step: HOUR, ...range });
  });
  await measureRounds(
    "history of 30 d, hours",
    () => store.series({ quota: quotas[0]!, step: HOUR, ...range }),
  );
  await measureRounds(
    "history of 30 d, five minutes",
    () => store.series({ quota: quotas[0]!, step: FIVE_MINUTES, ...range }),
  );
  await measureRounds("its readings", () => store.readings({ quota: quotas[0]!, ...range }));
}

async function measureRounds(what: string, work: () => Promise<unknown>): Promise<void> {
  const first = performance.now();
  await work();
  const took = (performance.now() - first).toFixed(1);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  say(what, `${spread(times)}, first time ${took} ms`);
}

async function measureCommits(store: Store, account: AccountKey): Promise<void> {
  let state = await store.recall(account);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < COMMITS; i++) {
    const at = state.at! + MINUTE_MS;
    const readings = Object.values(state.quotas).map(({ reading }) => ({ ...reading, used: i % 90 }));
    const snapshot = { account, at, readings };
    const next = advance(state, snapshot);
    const outcome = {
      account,
      at,
      durationMs: 200,
      kind: "ok",
      failures: 0,
      nextAt: at + MINUTE_MS,
      nextReason: "interval",
      credential: null,
    } as const;
    const began = performance.now();
    await store.commit({ snapshot, state: next.state, changes: next.changes, outcome, base: state });
    times.push(performance.now() - began);
    state = next.state;
  }
  const { user, system } = process.cpuUsage(cpu);
  say(
    "commit() of a poll of 4 quotas",
    `${spread(times)}, processor ${((user + system) / 1000 / COMMITS).toFixed(2)} ms`,
  );
}

async function makeExport(file: string): Promise<void> {
  const source = `${folder}/source.db`;
  {
    await using store = await openDatabase(source);
    await fillHistory(store, { accounts: 1, quotas: 4, days: IMPORTED_DAYS, endAt: END_AT });
  }
  await run(["export", "--db", source, "-o", file]);
}

async function measureImport(name: string, file: string): Promise<void> {
  const began = performance.now();
  await run(["import", file, "--db", name]);
  await using store = await openDatabase(name);
  const { readings } = await store.size();
  say("import", `${readings} readings in ${formatSeconds(began)}`);
}

/** Poll by poll, as they arrive, with everything kept. */
async function measureSizes(name: string): Promise<void> {
  {
    await using store = await openDatabase(name);
    const options = { accounts: 1, quotas: 4, days: 3, endAt: END_AT };
    // One by one, because the layout of the rows depends on it.
    const one = new Proxy(store, {
      get(target, member) {
        if (member === "commitAll") {
          return async (polls: Parameters<Store["commitAll"]>[0]) => {
            for (const poll of polls) await target.commit(poll);
            return polls.length;
          };
        }
        const value = Reflect.get(target, member, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await fillHistory(one, options);
  }
  await using store = await openDatabase(name);
  const { readings, bytes } = await store.size();
  const file = parseDatabaseFile(name);
  const onDisk = file === null ? "" : `, ${((await Deno.stat(file)).size / readings).toFixed(1)} in the file`;
  const keys = name.startsWith("kv:") ? `, ${(await countKeys(name) / readings).toFixed(4)} keys` : "";
  say(
    "a reading takes",
    `${(bytes / readings).toFixed(1)} bytes${onDisk}${keys} (${readings} readings, 3 d)`,
  );
}

async function countKeys(name: string): Promise<number> {
  using kv = await Deno.openKv(name.slice("kv:".length));
  let keys = 0;
  for await (const _ of kv.list({ prefix: ["syntrack"] })) keys++;
  return keys;
}

async function run(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--cached-only", "cli.ts", ...args],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(2);
  return `median ${at(0.5)} ms, 95% ${at(0.95)} ms`;
}

function formatSeconds(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

function say(what: string, figure: string): void {
  console.log(`  ${what.padEnd(50)} ${figure}`);
}
