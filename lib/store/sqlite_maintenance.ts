/**
 * Looking after the database as a file: how large it is, whether it is sound, a copy of
 * it, and giving back what it does not need. Nothing of this changes what is stored.
 */
import { DatabaseSync } from "node:sqlite";
import { resolve } from "node:path";
import type { AccountKey } from "../model/quota.ts";
import { type Connection, yieldToOthers } from "./connection.ts";
import { createPrivate } from "./files.ts";
import { decode } from "./rows.ts";
import { SQL } from "./statements.ts";
import { StoreError } from "./store.ts";

/** How large a database is, and what is in it. */
export interface Size {
  /** Of the file itself. */
  readonly bytes: number;
  /** The part of it that holds nothing at present; `vacuum` gives it back. */
  readonly freeBytes: number;
  /** Of the log of changes beside it. */
  readonly logBytes: number;
  readonly accounts: number;
  readonly quotas: number;
  readonly readings: number;
  /** Of five minutes, hours and days. */
  readonly buckets: number;
  readonly cycles: number;
  readonly sessions: number;
  readonly outcomes: number;
  /** The oldest and the newest reading, epoch milliseconds; null when there is none. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

/** Counts quota by quota, as a whole table of readings would keep others waiting. */
export async function sizeOf(db: Connection): Promise<Size> {
  const pageBytes = await db.run(() => db.pragma("page_size"));
  const accounts = await db.run(() => numbers(db, SQL.accountIds, {}));
  let [sessions, outcomes, quotas, readings, buckets, cycles] = [0, 0, 0, 0, 0, 0];
  const instants: number[] = [];
  for (const account of accounts) {
    sessions += await db.run(() => count(db, SQL.countSessions, account));
    outcomes += await db.run(() => count(db, SQL.countOutcomes, account));
    for (const quota of await db.run(() => numbers(db, SQL.quotaIds, { id: account }))) {
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

/** At most so many problems of the file are told. */
const MAX_PROBLEMS = 20;
/** Sums of many fractions differ by rounding; by more than this share, something was lost. */
const ROUNDING = 1e-6;

/**
 * Whether the database is sound: its pages and indexes, its references, the states in it, and that
 * hours, days and cycles of each quota sum up to the same, and to the ledger entries of the readings that are
 * still kept. Gives what is wrong, in words; none is `[]`.
 */
export async function check(db: Connection): Promise<readonly string[]> {
  const problems: string[] = [];
  try {
    await checkIntegrity(db, problems);
  } catch (error) {
    // Damage can be such that SQLite gives up looking.
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
    problems.push(`A row of "${table}" belongs to none of "${parent}"`);
  }
  // What is damaged further down would only be told twice.
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

/**
 * Writes a whole, compact copy to a file that must not exist yet, for its owner alone. Polls that are
 * committed meanwhile are in it or not, each as a whole. The thread waits: about 10 ms for each MiB.
 */
export async function backUp(db: Connection, file: string): Promise<void> {
  const path = resolve(file);
  if (exists(path)) {
    throw new StoreError(
      "unwritable",
      `Cannot write a backup to "${path}": it exists already`,
      "Name a file that does not exist",
    );
  }
  // Under another name until it is whole, so that nobody takes half a copy for a backup.
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  createPrivate(part);
  try {
    await db.run(() => db.statement(SQL.copy).run({ path: part }), path);
    withoutAnswers(part);
    // SQLite leaves it to the system when the copy reaches the disk.
    using copy = Deno.openSync(part, { read: true, write: true });
    copy.syncSync();
    Deno.renameSync(part, path);
  } finally {
    if (exists(part)) Deno.removeSync(part);
  }
}

/** Answers that could not be understood are kept for a report; they belong on this computer alone. */
function withoutAnswers(path: string): void {
  using copy = new DatabaseSync(path);
  // What was there is overwritten, not only left out.
  copy.exec("PRAGMA secure_delete = ON; UPDATE outcomes SET answer = NULL WHERE answer IS NOT NULL");
}

/** Gives back all room that holds nothing. Needs as much free disk as the database is large; the thread waits. */
export async function vacuum(db: Connection): Promise<void> {
  await db.run(() => {
    db.exec("VACUUM");
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

/** Days of which all readings are still kept, counted again. */
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

function numbers(db: Connection, sql: string, values: { readonly id?: number }): readonly number[] {
  return db.statement(sql).all({ ...values }).map((row) => row.id as number);
}

function logBytes(path: string): number {
  try {
    return Deno.statSync(`${path}-wal`).size;
  } catch {
    return 0;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    // What cannot even be looked at cannot be created either, and that tells why.
    return false;
  }
}
