/**
 * Measures how long an import takes, and how long it makes another writing process wait.
 *
 *     deno run -A dev/bench/import_bench.ts [days] [accounts]
 *
 * A year at minute steps takes minutes to build; three days of 15 accounts are 259,200 readings.
 */
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { fillHistory } from "./history.ts";

const ROOT = new URL("../../", import.meta.url);
const [days = "3", accounts = "15"] = Deno.args;
const folder = await Deno.makeTempDir({ prefix: "syntrack-bench-" });
const [source, copy, file] = [`${folder}/source.db`, `${folder}/copy.db`, `${folder}/all.csv`];
try {
  const { readings } = await fillSource();
  await run(["export", "--db", source, "-o", file]);
  await (await openSqliteStore(copy))[Symbol.asyncDispose]();
  await timeRun("into an empty database", readings, ["import", file, "--db", copy]);
  await timeRun("again, all of it stored", readings, ["import", file, "--db", copy]);
  const half = await fillCopy();
  await timeRun("merged into the other half", half, ["import", file, "--db", copy]);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function fillSource() {
  await using store = await openSqliteStore(source);
  const options = { accounts: Number(accounts), quotas: 4, days: Number(days), endAt: Date.now() };
  return await fillHistory(store, options);
}

/** Simulates another machine that polled at other times. */
async function fillCopy(): Promise<number> {
  await Deno.remove(copy);
  await using store = await openSqliteStore(copy);
  const options = { accounts: Number(accounts), quotas: 4, days: Number(days), endAt: Date.now() + 31_000 };
  return (await fillHistory(store, options)).readings;
}

async function timeRun(name: string, readings: number, args: readonly string[]): Promise<void> {
  const began = performance.now();
  let over = false;
  const ended = run(args).finally(() => over = true);
  let longest = 0;
  using db = new DatabaseSync(copy, { timeout: 600_000 });
  while (!over) {
    const asked = performance.now();
    db.exec("BEGIN IMMEDIATE; COMMIT");
    longest = Math.max(longest, performance.now() - asked);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  await ended;
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${name.padEnd(28)} ${readings} readings in ${seconds.toFixed(1)} s (${
      Math.round(readings / seconds)
    } a second), others waited ${(longest / 1000).toFixed(2)} s at most`,
  );
}

async function run(args: readonly string[]): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "cli.ts", ...args],
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
