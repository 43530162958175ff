/**
 * Converts between the model and SQLite's rows. Checks values going in, because SQLite would store NaN as
 * NULL; values coming out were typed by the STRICT tables.
 */
import type { Bucket, Step } from "../model/engine/bucket.ts";
import type { HistoryPoint } from "../model/forecast/closed_cycle.ts";
import type { Cycle, Evidence } from "../model/engine/cycle.ts";
import type { BaselineReason } from "../model/engine/mark.ts";
import type { Outcome, OutcomeKind } from "../model/outcome.ts";
import { type AccountKey, type QuotaKey, type Reading, UNITS } from "../model/quota.ts";
import type { Change } from "../model/engine/advance.ts";
import type { Session, SessionQuota } from "../model/engine/session.ts";
import { type StoredLevel, type StoredReading, StoreError } from "./store.ts";

export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;
export type Tuple = readonly unknown[];

export function readingValues(
  quotaId: number,
  at: number,
  reading: Reading,
  entry: Extract<Change, { kind: "entry" }>,
): Value[] {
  return [
    quotaId,
    readInstant(at, "at"),
    requireFiniteOrNull(reading.used, "used"),
    requireFiniteOrNull(reading.limit, "limit"),
    requireFiniteOrNull(reading.remaining, "remaining"),
    reading.resetsAt === null ? null : readInstant(reading.resetsAt, "resetsAt"),
    requireFinite(entry.consumed, "consumed"),
    entry.reset ? 1 : 0,
    reading.source ?? null,
    entry.baseline ?? null,
    entry.unitBefore ?? null,
    entry.planBefore ?? null,
    reading.startedAt === undefined ? null : readInstant(reading.startedAt, "startedAt"),
    requireFiniteOrNull(reading.refillPerHour ?? null, "refillPerHour"),
    reading.allowed === undefined ? null : reading.allowed ? 1 : 0,
    storedText(reading.currency),
  ];
}

/** Takes columns in the order of `SQL.readings`; the last one is a JSON list of rare fields. */
export function decodeShortReading(tuple: Tuple): StoredReading {
  const [at, used, limit, remaining, resetsAt, consumed, reset, allowed, refill, more] = tuple;
  if (more === null && allowed === null && refill === null) {
    return { at, used, limit, remaining, resetsAt, consumed, reset: reset === 1 } as StoredReading;
  }
  const [source, baseline, startedAt, currency] = more === null
    ? [null, null, null, null]
    : JSON.parse(more as string);
  const first = [at, used, limit, remaining, resetsAt, consumed, reset];
  return decodeReading([...first, source, baseline, startedAt, refill, allowed, currency]);
}

/** Takes columns in the order of `SQL.levels`. */
export function decodeLevel(tuple: Tuple): StoredLevel {
  const [at, used, limit, remaining, resetsAt, allowed] = tuple as readonly number[];
  return (allowed === null
    ? { at, used, limit, remaining, resetsAt }
    : { at, used, limit, remaining, resetsAt, allowed: allowed === 1 }) as StoredLevel;
}

/** Takes all columns of a reading separately. */
export function decodeReading(tuple: Tuple): StoredReading {
  const [at, used, limit, remaining, resetsAt, consumed, reset] = tuple as readonly number[];
  const [source, baseline, startedAt, refillPerHour, allowed, currency] = tuple.slice(7);
  const reading = { at, used, limit, remaining, resetsAt, consumed, reset: reset === 1 } as StoredReading;
  const hasMore = source !== null || baseline !== null || startedAt !== null || refillPerHour !== null ||
    allowed !== null || currency !== null;
  // Most readings have no other fields, and there may be many.
  if (!hasMore) return reading;
  return {
    ...reading,
    ...typeof source === "string" && { source },
    ...typeof baseline === "string" && { baseline: baseline as BaselineReason },
    ...typeof startedAt === "number" && { startedAt },
    ...typeof refillPerHour === "number" && { refillPerHour },
    ...typeof allowed === "number" && { allowed: allowed === 1 },
    ...typeof currency === "string" && { currency },
  };
}

export function bucketValues(quotaId: number, bucket: Bucket): Value[] {
  return [
    quotaId,
    readInstant(bucket.start, "start"),
    readInstant(bucket.firstAt, "firstAt"),
    readInstant(bucket.lastAt, "lastAt"),
    requireFinite(bucket.count, "count"),
    requireFiniteOrNull(bucket.first, "first"),
    requireFiniteOrNull(bucket.last, "last"),
    requireFiniteOrNull(bucket.low, "low"),
    requireFiniteOrNull(bucket.high, "high"),
    requireFiniteOrNull(bucket.leftLow, "leftLow"),
    requireFiniteOrNull(bucket.leftHigh, "leftHigh"),
    requireFinite(bucket.leftSum, "leftSum"),
    requireFinite(bucket.leftCount, "leftCount"),
    requireFiniteOrNull(bucket.shareLast, "shareLast"),
    requireFiniteOrNull(bucket.shareLow, "shareLow"),
    requireFiniteOrNull(bucket.shareHigh, "shareHigh"),
    requireFiniteOrNull(bucket.limit, "limit"),
    requireFinite(bucket.consumed, "consumed"),
    requireFinite(bucket.resets, "resets"),
  ];
}

/** Takes columns in the order of `BucketSql.series`. */
export function decodeBucket(tuple: Tuple, step: Step): Bucket {
  const row = tuple as readonly number[];
  return {
    step,
    start: row[0],
    firstAt: row[1],
    lastAt: row[2],
    count: row[3],
    first: row[4],
    last: row[5],
    low: row[6],
    high: row[7],
    leftLow: row[8],
    leftHigh: row[9],
    leftSum: row[10],
    leftCount: row[11],
    shareLast: row[12],
    shareLow: row[13],
    shareHigh: row[14],
    limit: row[15],
    consumed: row[16],
    resets: row[17],
  } as Bucket;
}

/** Takes columns in the order of `BucketSql.points`. */
export function decodePoint(tuple: Tuple): HistoryPoint {
  const [at, used, limit, remaining, consumed] = tuple as readonly number[];
  return { at, used, limit, remaining, consumed } as HistoryPoint;
}

export function cycleValues(quotaId: number, cycle: Cycle): Value[] {
  return [
    quotaId,
    readInstant(cycle.startedAt, "startedAt"),
    cycle.endedAt === null ? null : readInstant(cycle.endedAt, "endedAt"),
    cycle.resetsAt === null ? null : readInstant(cycle.resetsAt, "resetsAt"),
    requireFiniteOrNull(cycle.peak, "peak"),
    requireFinite(cycle.consumed, "consumed"),
    requireFiniteOrNull(cycle.limit, "limit"),
    requireFinite(cycle.count, "count"),
    readInstant(cycle.lastAt, "lastAt"),
    cycle.whole ? 1 : 0,
    cycle.endedBy.join(" "),
  ];
}

/** Takes the columns of a cycle in their order. */
export function cycleFrom(tuple: Tuple, quota: QuotaKey): Cycle {
  const [startedAt, endedAt, resetsAt, peak, consumed, limit, count, lastAt, whole] =
    tuple as readonly number[];
  const words = tuple[9] as string;
  const endedBy = words === "" ? [] : words.split(" ") as Evidence[];
  // The export uses this order on every engine.
  return {
    startedAt,
    endedAt,
    resetsAt,
    peak,
    consumed,
    limit,
    count,
    lastAt,
    whole: whole === 1,
    endedBy,
    quota,
  } as Cycle;
}

export function sessionValues(accountId: number, session: Session): Value[] {
  return [
    accountId,
    readInstant(session.startedAt, "startedAt"),
    session.endedAt === null ? null : readInstant(session.endedAt, "endedAt"),
    readInstant(session.lastRiseAt, "lastRiseAt"),
    requireFinite(session.readings, "readings"),
    encode(session.quotas, "quotas"),
  ];
}

export function decodeSession(row: Row, account: AccountKey): Session {
  return {
    account,
    startedAt: row.startedAt as number,
    endedAt: row.endedAt as number | null,
    lastRiseAt: row.lastRiseAt as number,
    readings: row.readings as number,
    quotas: decode<readonly SessionQuota[]>(row.quotas as string, "session"),
  };
}

/** Returns the amounts to add, and where. */
export function adjustValues(change: Extract<Change, { kind: "adjust" }>) {
  return { at: readInstant(change.at, "at"), by: requireFinite(change.by, "by"), resets: change.resets };
}

export function outcomeValues(accountId: number, outcome: Outcome): Value[] {
  return [
    accountId,
    readInstant(outcome.at, "at"),
    requireFinite(outcome.durationMs, "durationMs"),
    outcome.kind,
    outcome.reason ?? null,
    storedText(outcome.hint),
    outcome.retryAt === undefined ? null : readInstant(outcome.retryAt, "retryAt"),
    requireFinite(outcome.failures, "failures"),
    outcome.nextAt === null ? null : readInstant(outcome.nextAt, "nextAt"),
    storedText(outcome.nextReason),
    storedText(outcome.credential),
    storedText(outcome.answer),
    outcome.settings ?? null,
  ];
}

export function decodeOutcome(row: Row, account: AccountKey): Outcome {
  return {
    account,
    at: row.at as number,
    durationMs: row.durationMs as number,
    kind: row.kind as OutcomeKind,
    ...(row.reason === null ? {} : { reason: row.reason as "expired" }),
    ...(row.hint === null ? {} : { hint: row.hint as string }),
    ...(row.retryAt === null ? {} : { retryAt: row.retryAt as number }),
    failures: row.failures as number,
    nextAt: row.nextAt as number | null,
    nextReason: row.nextReason as string,
    credential: row.credential as string | null,
    ...(row.answer === null ? {} : { answer: row.answer as string }),
    ...(typeof row.settings === "string" ? { settings: row.settings } : {}),
  };
}

/** Encodes JSON that must round-trip. Plain JSON would turn NaN into null. */
export function encode(value: unknown, name: string): string {
  const text = JSON.stringify(value, (key, part) => {
    if (typeof part === "number" && !Number.isFinite(part)) {
      throw unstorableError(key || name, "a finite number", part);
    }
    return part;
  });
  if (text === undefined) throw unstorableError(name, "a JSON value", value);
  return text;
}

export function decode<T>(text: string, name: string): T {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StoreError(
      "corrupt",
      `The stored ${name} is not JSON`,
      "Restore the database from a backup",
      { cause },
    );
  }
}

export function checkUnit(reading: Pick<Reading, "unit">): void {
  if (!UNITS.includes(reading.unit)) throw unstorableError("unit", UNITS.join(", "), reading.unit);
}

/** Checks text used as a key: it must round-trip, or two keys could become one. */
export function keyText(value: string, name: string): string {
  if (value.includes("\0") || !value.isWellFormed()) {
    throw unstorableError(name, "text without NUL", JSON.stringify(value));
  }
  return value;
}

/** Prepares external text for display. SQLite would truncate it at a NUL. */
export function storedText(value: string | null | undefined): string | null {
  return value?.replaceAll("\0", "\uFFFD") ?? null;
}

export function readInstant(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) throw unstorableError(name, "whole milliseconds", value);
  return value;
}

function requireFinite(value: number, name: string): number {
  if (!Number.isFinite(value)) throw unstorableError(name, "a finite number", value);
  return value;
}

function requireFiniteOrNull(value: number | null, name: string): number | null {
  return value === null ? null : requireFinite(value, name);
}

function unstorableError(name: string, wanted: string, got: unknown): TypeError {
  return new TypeError(`Cannot store "${name}": expected ${wanted}, got ${String(got)}`);
}
