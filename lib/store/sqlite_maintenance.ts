/**
 * Maintains the database file: size, integrity, backup, and
 * returning unused space. Changes no stored data.
 */
import { DatabaseSync } from "node:sqlite";
import { resolve } from "../base/path.ts";
import { pathExists } from "../base/whole_file.ts";
import type { AccountKey } from "../model/quota.ts";
import { type Connection, yieldToOthers } from "./connection.ts";
import { copyInto, rewrite } from "./rewrite_file.ts";
import { createPrivate } from "./files.ts";
import { decode } from "./rows.ts";
import { SQL } from "./statements.ts";
import { type BackupOptions, type Size, StoreError } from "./store.ts";

/** Counts quota by quota, because counting the whole readings table would block other calls. */
export async function readSize(db: Connection): Promise<Size> {
  const pageBytes = await db.run(() => db.pragma("page_size"));
  const accounts = await db.run(() => readNumbers(db, SQL.accountIds, {}));
  let [sessions, outcomes, quotas, readings, buckets, cycles] = [0, 0, 0, 0, 0, 0];
  const instants: number[] = [];
  for (const account of accounts) {
    sessions += await db.run(() => count(db, SQL.countSessions, account));
    outcomes += await db.run(() => count(db, SQL.countOutcomes, account));
    for (const quota of await db.run(() => readNumbers(db, SQL.quotaIds, { id: account }))) {
      quotas++;
      readings += await db.run(() => count(db, SQL.countReadings, quota));
      cycles += await db.run(() => count(db, SQL.countCycles, quota));
      for (const sql of [SQL.countFiveMinutes, SQL.countHours, SQL.countDays]) {
        buckets += await db.run(() => count(db, sql, quota));
      }
      const span = await db.run(() => db.statement(SQL.span).get({ id: quota }));
      for (const at of [span?.first, span?.last]) if (typeof at === "number") instants.push(at);
      await yieldToOthers();
    }
  }
  return {
    bytes: pageBytes * await db.run(() => db.pragma("page_count")),
    freeBytes: pageBytes * await db.run(() => db.pragma("freelist_count")),
    logBytes: logBytes(db.path),
    accounts: accounts.length,
    quotas,
    readings,
    buckets,
    cycles,
    sessions,
    outcomes,
    firstAt: instants.length === 0 ? null : Math.min(...instants),
    lastAt: instants.length === 0 ? null : Math.max(...instants),
  };
}

/** Maximum number of file problems to report. */
const MAX_PROBLEMS = 20;
/** Sums of many fractions differ by rounding; a larger relative difference means lost data. */
const ROUNDING = 1e-6;

/**
 * Checks the database: its pages and indexes, its references, its states, and that hours, days and cycles of
 * each quota have equal sums, which match the ledger entries of the remaining readings. Returns what is
 * wrong, in words; `[]` when it is sound.
 */
export async function check(db: Connection): Promise<readonly string[]> {
  const problems: string[] = [];
  try {
    await checkIntegrity(db, problems);
  } catch (error) {
    // Some damage makes SQLite abort the check.
    if ((error as { kind?: unknown }).kind !== "corrupt") throw error;
    problems.push((error as Error).message);
  }
  return problems;
}

async function checkIntegrity(db: Connection, problems: string[]): Promise<void> {
  const pages = await db.run(() => db.statement(`PRAGMA integrity_check(${MAX_PROBLEMS})`).all());
  for (const { integrity_check: found } of pages) if (found !== "ok") problems.push(String(found));
  const strays = await db.run(() => db.statement("PRAGMA foreign_key_check").all());
  for (const { table, parent } of strays.slice(0, MAX_PROBLEMS)) {
    problems.push(`A row of "${table}" belongs to no row of "${parent}"`);
  }
  // Further checks would only report the same damage again.
  if (problems.length > 0) return;
  for (const { id, key, state } of await db.run(() => db.statement(SQL.latest).all())) {
    if (typeof state === "string" && !isState(state)) {
      problems.push(`The state of "${key}" cannot be read`);
    }
    for (const quota of await db.run(() => db.statement(SQL.quotaNames).all({ id: id as number }))) {
      const problem = await db.run(() =>
        sumsProblem(db, key as AccountKey, quota) ?? entriesProblem(db, key as AccountKey, quota)
      );
      if (problem !== null) problems.push(problem);
      await yieldToOthers();
    }
  }
}

const ACCESS_TABLES = ["users", "logins", "keys", "passkeys", "audit", "audit_ends"];

/**
 * Writes a complete, compact copy to a file that must not exist yet, readable by the owner only. A poll
 * committed meanwhile is either fully in it or not at all. Blocks the thread: about 10 ms per MiB.
 */
export async function backUp(
  db: Connection,
  file: string,
  { withAccess = false }: BackupOptions = {},
): Promise<void> {
  const path = resolve(file);
  if (pathExists(path)) {
    throw new StoreError(
      "unwritable",
      `Cannot write a backup to "${path}": it exists already`,
      "Name a file that does not exist",
    );
  }
  // Use a temporary name until it is complete, so that half a copy is never taken for a backup.
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  createPrivate(part);
  try {
    await db.run(() => copyInto(db, part), path);
    withoutSecrets(part, withAccess);
    // SQLite leaves flushing the copy to the system.
    using copy = Deno.openSync(part, { read: true, write: true });
    copy.syncSync();
    Deno.renameSync(part, path);
  } finally {
    if (pathExists(part)) Deno.removeSync(part);
  }
}

/**
 * Removes responses stored for error reports; they must not leave this computer. Also removes people, sign-ins, keys
 * and passkeys: they would let anyone who finds the copy sign in, or bring back people who were removed.
 */
function withoutSecrets(path: string, withAccess: boolean): void {
  const copy = new DatabaseSync(path);
  try {
    // Overwrites the old content instead of just unlinking it.
    copy.exec("PRAGMA secure_delete = ON; UPDATE outcomes SET answer = NULL WHERE answer IS NOT NULL");
    if (withAccess) return;
    for (const table of ACCESS_TABLES) copy.exec(`DELETE FROM ${table}`);
  } finally {
    copy.close();
  }
}

/**
 * Returns all unused space to the system. Needs as much free
 * disk space as the database's size; blocks the thread.
 */
export async function vacuum(db: Connection): Promise<void> {
  await db.run(() => {
    rewrite(db);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  });
}

function sumsProblem(
  db: Connection,
  account: AccountKey,
  { id, name }: Readonly<Record<string, unknown>>,
): string | null {
  const sums = db.statement(SQL.sums).get({ id: id as number }) ?? {};
  const of = (field: string) => Number(sums[field]);
  const quota = `${account}/${name}`;
  if (of("hourReadings") !== of("dayReadings")) {
    return `The hours of "${quota}" hold ${of("hourReadings")} readings, its days ${of("dayReadings")}`;
  }
  for (const [what, other] of [["hours", of("hours")], ["cycles", of("cycles")]] as const) {
    const days = of("days");
    if (Math.abs(other - days) <= ROUNDING * Math.max(Math.abs(other), Math.abs(days), 1)) continue;
    return `The ${what} of "${quota}" consumed ${other}, its days ${days}`;
  }
  return null;
}

/** Recounts the days whose readings are all still stored. */
function entriesProblem(
  db: Connection,
  account: AccountKey,
  { id, name }: Readonly<Record<string, unknown>>,
): string | null {
  const [first] = db.statement(SQL.recount).all({ id: id as number, rounding: ROUNDING });
  if (!first) return null;
  const day = new Date(Number(first.start)).toISOString().slice(0, 10);
  return `The day ${day} of "${account}/${name}" sums up ${first.stored} readings that consumed ${first.summed}, ` +
    `and its entries are ${first.entries} that consumed ${first.recounted}`;
}

function isState(text: string): boolean {
  try {
    return typeof decode<unknown>(text, "state") === "object";
  } catch {
    return false;
  }
}

function count(db: Connection, sql: string, id: number): number {
  return Number(db.statement(sql).get({ id })?.n ?? 0);
}

function readNumbers(db: Connection, sql: string, values: { readonly id?: number }): readonly number[] {
  return db.statement(sql).all({ ...values }).map((row) => row.id as number);
}

function logBytes(path: string): number {
  try {
    return Deno.statSync(`${path}-wal`).size;
  } catch {
    return 0;
  }
}
