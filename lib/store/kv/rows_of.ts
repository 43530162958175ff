/** Converts between the model and rows of series; validates values going in like the SQLite store does. */
import type { Bucket, Step } from "../../model/engine/bucket.ts";
import type { Cycle } from "../../model/engine/cycle.ts";
import type { Session } from "../../model/engine/session.ts";
import type { Terms } from "../../model/engine/terms.ts";
import type { Change } from "../../model/engine/advance.ts";
import type { HistoryPoint } from "../../model/forecast/closed_cycle.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { AccountKey, Reading } from "../../model/quota.ts";
import {
  bucketValues,
  cycleValues,
  decodeBucket,
  decodeOutcome,
  decodeReading,
  decodeSession,
  outcomeValues,
  readingValues,
  sessionValues,
  type Value,
} from "../rows.ts";
import type { StoredReading } from "../store.ts";
import type { Row } from "./series.ts";

type Entry = Extract<Change, { kind: "entry" }>;

/** Positions in a row of readings. */
export const READING = { consumed: 5, reset: 6 } as const;
/** Positions in a row of buckets. */
export const BUCKET = { lastAt: 2, last: 5, leftLow: 8, limit: 15, consumed: 16, resets: 17 } as const;
/** Positions in a row of cycles or sessions. */
export const CYCLE = { endedAt: 1, lastAt: 7 } as const;
export const SESSION = { lastRiseAt: 2 } as const;
export const OUTCOME = { kind: 2 } as const;

export function readingRow(at: number, reading: Reading, entry: Entry): Row {
  const [, ...values] = readingValues(0, at, reading, entry);
  const [unitBefore, planBefore] = [9, 10];
  // Previous terms are a series of their own, which is short.
  return withoutEnd(values.filter((_, index) => index !== unitBefore && index !== planBefore));
}

export function termsRow(at: number, { unitBefore, planBefore }: Entry): Row | null {
  if (unitBefore === undefined && planBefore === undefined) return null;
  return [at, unitBefore ?? null, planBefore ?? null];
}

export function readingFrom(row: Row): StoredReading {
  return decodeReading(withEnd(row, 13));
}

export function termsFrom([until, unit, plan]: Row): Terms {
  return { until, unit, plan } as Terms;
}

export function bucketRow(bucket: Bucket): Row {
  return bucketValues(0, bucket).slice(1) as unknown as Row;
}

export function bucketFrom(row: Row, step: Step): Bucket {
  return decodeBucket(row, step);
}

export function pointFrom(row: Row): HistoryPoint {
  return {
    at: row[BUCKET.lastAt],
    used: row[BUCKET.last],
    limit: row[BUCKET.limit],
    remaining: row[BUCKET.leftLow],
    consumed: row[BUCKET.consumed],
  } as HistoryPoint;
}

export function cycleRow(cycle: Cycle): Row {
  return cycleValues(0, cycle).slice(1) as unknown as Row;
}

export function sessionRow(session: Session): Row {
  return sessionValues(0, session).slice(1) as unknown as Row;
}

export function sessionFrom(row: Row, account: AccountKey): Session {
  const [startedAt, endedAt, lastRiseAt, readings, quotas] = row;
  return decodeSession({ startedAt, endedAt, lastRiseAt, readings, quotas }, account);
}

export function outcomeRow(outcome: Outcome): Row {
  return outcomeValues(0, outcome).slice(1) as unknown as Row;
}

export function outcomeFrom(row: Row, account: AccountKey): Outcome {
  const [
    at,
    durationMs,
    kind,
    reason,
    hint,
    retryAt,
    failures,
    nextAt,
    nextReason,
    credential,
    answer,
    settings,
  ] = row;
  return decodeOutcome(
    {
      at,
      durationMs,
      kind,
      reason,
      hint,
      retryAt,
      failures,
      nextAt,
      nextReason,
      credential,
      answer,
      settings,
    },
    account,
  );
}

/** Returns a row with some values replaced. */
export function withValues(row: Row, values: Readonly<Record<number, Value>>): Row {
  return row.map((value, index) => values[index] ?? value) as unknown as Row;
}

/** Drops trailing nulls: most readings have nothing after their entry. */
function withoutEnd(values: readonly Value[]): Row {
  let { length } = values;
  // A row with only an instant would count as removed.
  while (length > 2 && values[length - 1] === null) length--;
  return values.slice(0, length) as unknown as Row;
}

function withEnd(row: Row, length: number): readonly Value[] {
  return [...row, ...Array<null>(Math.max(0, length - row.length)).fill(null)];
}
