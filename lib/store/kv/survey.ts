/** Counts what is stored, and checks that it fits together. */
import { DAY, HOUR, STEPS } from "../../model/engine/bucket.ts";
import { type AccountKey, quotaKey } from "../../model/quota.ts";
import type { Size } from "../store.ts";
import type { Accounts } from "./accounts.ts";
import { keyBytes, KEYS } from "./keys.ts";
import { stateOf } from "./head.ts";
import { BUCKET, READING } from "./rows_of.ts";
import { type Row, SERIES } from "./series.ts";

const EVER = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };
/** Of a bucket and a cycle: how many readings it sums up. */
const COUNT = { bucket: 3, cycleConsumed: 4 } as const;
/** Sums of many fractions differ by rounding; a larger relative difference means lost data. */
const ROUNDING = 1e-6;
/** Besides its key and its text a value has some fields. */
const FIELDS_BYTES = 40;

export async function readSize(accounts: Accounts): Promise<Size> {
  let [quotas, readings, buckets, cycles, sessions, outcomes] = [0, 0, 0, 0, 0, 0];
  const instants: number[] = [];
  const all = await accounts.findAll();
  for (const { account, head } of all) {
    const count = async (series: string) => (await accounts.rows(account, () => series, EVER)).length;
    sessions += await count(SERIES.sessions);
    outcomes += await count(SERIES.outcomes);
    for (const place of head?.quotas.keys() ?? []) {
      quotas++;
      const rows = await accounts.rows(account, () => SERIES.readings(place), EVER);
      readings += rows.length;
      if (rows.length > 0) instants.push(rows[0]![0], rows.at(-1)![0]);
      for (const step of STEPS) buckets += await count(SERIES.buckets(place, step));
      cycles += await count(SERIES.cycles(place));
    }
  }
  return {
    bytes: await readBytes(accounts),
    freeBytes: 0,
    logBytes: 0,
    accounts: all.length,
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

async function readBytes({ database }: Accounts): Promise<number> {
  let bytes = 0;
  for await (const { key, value } of database.list({ prefix: KEYS.all })) {
    bytes += keyBytes(key) + FIELDS_BYTES + (value.text?.length ?? 0);
  }
  return bytes;
}

/** Returns what is wrong, in words. */
export async function check(accounts: Accounts): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { account, head } of await accounts.findAll()) {
    try {
      if (typeof stateOf(head, account) !== "object") throw new Error("no state");
    } catch {
      problems.push(`The state of "${account}" cannot be read`);
    }
    for (const [place, { quota }] of (head?.quotas ?? []).entries()) {
      try {
        const problem = await sumsProblem(accounts, account, place, quotaKey(account, quota));
        if (problem !== null) problems.push(problem);
      } catch (error) {
        if ((error as { kind?: unknown }).kind !== "corrupt") throw error;
        problems.push(`Rows of "${quotaKey(account, quota)}" cannot be read`);
      }
    }
  }
  return problems;
}

async function sumsProblem(
  accounts: Accounts,
  account: AccountKey,
  place: number,
  quota: string,
): Promise<string | null> {
  const read = (series: string) => accounts.rows(account, () => series, EVER);
  const [hours, days] = [await read(SERIES.buckets(place, HOUR)), await read(SERIES.buckets(place, DAY))];
  const [hourReadings, dayReadings] = [total(hours, COUNT.bucket), total(days, COUNT.bucket)];
  if (hourReadings !== dayReadings) {
    return `The hours of "${quota}" hold ${hourReadings} readings, its days ${dayReadings}`;
  }
  const consumed = total(days, BUCKET.consumed);
  const cycles = total(await read(SERIES.cycles(place)), COUNT.cycleConsumed);
  for (const [what, other] of [["hours", total(hours, BUCKET.consumed)], ["cycles", cycles]] as const) {
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
    const recounted = total(own, READING.consumed);
    if (stored === own.length && isSame(summed, recounted)) continue;
    return `The day ${
      new Date(start!).toISOString().slice(0, 10)
    } of "${quota}" sums up ${stored} readings ` +
      `that consumed ${summed}, and its entries are ${own.length} that consumed ${recounted}`;
  }
  return null;
}

function total(rows: readonly Row[], place: number): number {
  return rows.reduce((sum, row) => sum + Number(row[place]), 0);
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b), 1);
}
