/** Checks that stored data is readable and consistent, and describes each damaged part. */
import { DAY, HOUR } from "../../model/engine/bucket.ts";
import { type AccountKey, quotaKey } from "../../model/quota.ts";
import { StoreError } from "../store.ts";
import { DOC_TABLES } from "../tables.ts";
import { decode } from "../rows.ts";
import type { Accounts } from "./accounts.ts";
import type { Entry, KvDatabase } from "./database.ts";
import { decodeState, type Head } from "./head.ts";
import { KEYS } from "./keys.ts";
import { BUCKET, READING } from "./rows_of.ts";
import { parseRows, type Row, SERIES, seriesOfQuota } from "./series.ts";

const EVER = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };
/** Positions of the number of readings in rows of buckets and cycles. */
const COUNT = { bucket: 3, cycleConsumed: 4 } as const;
/** Sums of many fractions differ by rounding; a larger relative difference means lost data. */
const ROUNDING = 1e-6;

/** No account is polled more often than this during a check. */
const MAX_TRIES = 10;

/** Returns what is wrong, in words. */
export async function check(accounts: Accounts): Promise<readonly string[]> {
  const { database } = accounts;
  const problems: string[] = [];
  for await (const entry of database.list({ prefix: KEYS.accounts })) {
    problems.push(...await accountProblems(accounts, entry));
  }
  for (const kind of Object.keys(DOC_TABLES)) {
    for await (const entry of database.list({ prefix: KEYS.docs(kind) })) {
      if (!await isDamaged(database, entry, (text) => decode(text, kind))) continue;
      problems.push(`The document "${entry.value.id ?? entry.key.at(-1)}" of "${kind}" cannot be read`);
    }
  }
  return problems;
}

async function accountProblems(accounts: Accounts, entry: Entry): Promise<readonly string[]> {
  const account = (entry.value.account ?? entry.key.at(-1)) as AccountKey;
  const unreadable = [`The account "${account}" cannot be read`];
  // A new account that waits for a change decided elsewhere.
  const isMark = !entry.value.text && !entry.value.parts && typeof entry.value.pending === "string";
  if (!isMark && await isDamaged(accounts.database, entry, () => {})) return unreadable;
  try {
    return await checkSettled(accounts, account) ?? unreadable;
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return unreadable;
  }
}

/** Returns null when the account cannot be read. */
async function checkSettled(accounts: Accounts, account: AccountKey): Promise<readonly string[] | null> {
  let found = await accounts.find(account);
  for (let tries = 1;; tries++) {
    const { head, versionstamp } = found;
    if (!head) return [];
    if (!isHead(head)) return null;
    const problems = await headProblems(accounts, account, head);
    if (problems.length === 0 || tries >= MAX_TRIES) return problems;
    // Rows are read one after another, so they may be inconsistent when another process stored a poll in between.
    found = await accounts.find(account);
    if (found.versionstamp === versionstamp) return problems;
  }
}

/** Reports whether a head has what is needed to find its rows. */
function isHead({ id, epoch, quotas, fresh }: Head): boolean {
  return typeof id === "string" && typeof epoch === "number" && Array.isArray(quotas) &&
    typeof fresh === "object" && fresh !== null && Object.values(fresh).every(Array.isArray);
}

async function headProblems(accounts: Accounts, account: AccountKey, head: Head): Promise<readonly string[]> {
  const problems: string[] = [];
  try {
    if (typeof decodeState(head, account) !== "object") throw new Error("no state");
  } catch {
    problems.push(`The state of "${account}" cannot be read`);
  }
  const damaged = await findDamagedSeries(accounts.database, head);
  for (const [series, what] of [[SERIES.sessions, "sessions"], [SERIES.outcomes, "outcomes"]] as const) {
    if (damaged.has(series)) problems.push(`The ${what} of "${account}" cannot be read`);
  }
  for (const [place, { quota }] of head.quotas.entries()) {
    const key = quotaKey(account, quota);
    const problem = seriesOfQuota(place).some((series) => damaged.has(series))
      ? `Rows of "${key}" cannot be read`
      : await sumsProblem(accounts, account, place, key);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

async function findDamagedSeries(database: KvDatabase, { id }: Head): Promise<ReadonlySet<string>> {
  const damaged = new Set<string>();
  for await (const entry of database.list({ prefix: KEYS.rowsOf(id) })) {
    if (await isDamaged(database, entry, parseRows)) damaged.add(String(entry.key.at(-2)));
  }
  return damaged;
}

/** @param parse throws for invalid text */
async function isDamaged(
  database: KvDatabase,
  { key, value, versionstamp }: Entry,
  parse: (text: string) => unknown,
): Promise<boolean> {
  try {
    const text = await database.textOf(value);
    if (text !== null) {
      parse(text);
      return false;
    }
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return true;
  }
  // Missing parts are fine if another value was stored in the meantime.
  return (await database.get(key))?.versionstamp === versionstamp;
}

function isCorrupt(error: unknown): boolean {
  return error instanceof StoreError && error.kind === "corrupt";
}

async function sumsProblem(
  accounts: Accounts,
  account: AccountKey,
  place: number,
  quota: string,
): Promise<string | null> {
  const read = (series: string) => accounts.rows(account, () => series, EVER);
  const [hours, days] = [await read(SERIES.buckets(place, HOUR)), await read(SERIES.buckets(place, DAY))];
  const [hourReadings, dayReadings] = [sumColumn(hours, COUNT.bucket), sumColumn(days, COUNT.bucket)];
  if (hourReadings !== dayReadings) {
    return `The hours of "${quota}" hold ${hourReadings} readings, its days ${dayReadings}`;
  }
  const consumed = sumColumn(days, BUCKET.consumed);
  const cycles = sumColumn(await read(SERIES.cycles(place)), COUNT.cycleConsumed);
  for (const [what, other] of [["hours", sumColumn(hours, BUCKET.consumed)], ["cycles", cycles]] as const) {
    if (!isSame(other, consumed)) return `The ${what} of "${quota}" consumed ${other}, its days ${consumed}`;
  }
  return entriesProblem(days, await read(SERIES.readings(place)), quota);
}

/** Recounts the days whose readings are all still stored. */
function entriesProblem(days: readonly Row[], readings: readonly Row[], quota: string): string | null {
  const first = readings[0]?.[0];
  if (first === undefined) return null;
  for (const day of days) {
    const [start, firstAt] = day as readonly number[];
    if (firstAt! < first) continue;
    const own = readings.filter(([at]) => at >= start! && at < start! + DAY);
    const [stored, summed] = [Number(day[COUNT.bucket]), Number(day[BUCKET.consumed])];
    const recounted = sumColumn(own, READING.consumed);
    if (stored === own.length && isSame(summed, recounted)) continue;
    return `The day ${
      new Date(start!).toISOString().slice(0, 10)
    } of "${quota}" sums up ${stored} readings ` +
      `that consumed ${summed}, and its entries are ${own.length} that consumed ${recounted}`;
  }
  return null;
}

function sumColumn(rows: readonly Row[], place: number): number {
  return rows.reduce((sum, row) => sum + Number(row[place]), 0);
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b), 1);
}
