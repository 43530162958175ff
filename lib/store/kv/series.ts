/**
 * Rows of an account in time order: a series for the readings of a quota, one for each step of its buckets, and so on.
 * A
 * row is an array that starts with its instant. New rows are stored with the account first, and move to the pieces of
 * their series when there are several.
 */
import { type Step, STEPS } from "../../model/engine/bucket.ts";
import { DAY_MS } from "../../model/duration.ts";
import { StoreError } from "../store.ts";
import type { Value } from "../rows.ts";

/** Its instant first. With nothing after that, the row is removed, whatever a piece contains. */
export type Row = readonly [at: number, ...rest: readonly Value[]];

/** Sorted rows by series. */
export type RowsBySeries = Readonly<Record<string, readonly Row[]>>;
/** Rows to store, or to remove, by series and instant. */
export type Edits = Map<string, Map<number, Row>>;

interface SeriesKind {
  /** No piece spans two windows, so a reader knows where to start. */
  readonly windowMs: number;
  /** Maximum rows of a piece. */
  readonly maxRows: number;
  /** Maximum rows stored with the account before they move. */
  readonly maxFresh: number;
}

const BUCKET_CODES: Readonly<Record<Step, string>> = { 300_000: "m", 3_600_000: "h", 86_400_000: "d" };

const KINDS: Readonly<Record<string, SeriesKind>> = {
  // Readings.
  r: { windowMs: DAY_MS, maxRows: 512, maxFresh: 24 },
  // Buckets of five minutes, hours and days.
  m: { windowMs: DAY_MS, maxRows: 288, maxFresh: 12 },
  h: { windowMs: 16 * DAY_MS, maxRows: 384, maxFresh: 12 },
  d: { windowMs: 512 * DAY_MS, maxRows: 512, maxFresh: 8 },
  // Cycles.
  c: { windowMs: 64 * DAY_MS, maxRows: 256, maxFresh: 8 },
  // Terms of readings, where they changed.
  t: { windowMs: 4_096 * DAY_MS, maxRows: 256, maxFresh: 8 },
  // Readings set aside.
  x: { windowMs: DAY_MS, maxRows: 512, maxFresh: 24 },
  // Sessions and outcomes of the account.
  s: { windowMs: 32 * DAY_MS, maxRows: 128, maxFresh: 8 },
  o: { windowMs: DAY_MS, maxRows: 512, maxFresh: 24 },
};

/** Names the series of a quota by its place among the account's quotas. */
export const SERIES = {
  readings: (quota: number) => `r${quota}`,
  buckets: (quota: number, step: Step) => `${BUCKET_CODES[step]}${quota}`,
  cycles: (quota: number) => `c${quota}`,
  terms: (quota: number) => `t${quota}`,
  setAside: (quota: number) => `x${quota}`,
  sessions: "s",
  outcomes: "o",
} as const;

/** Returns every series of a quota. */
export function seriesOfQuota(quota: number): readonly string[] {
  return [
    SERIES.readings(quota),
    ...STEPS.map((step) => SERIES.buckets(quota, step)),
    SERIES.cycles(quota),
    SERIES.terms(quota),
    SERIES.setAside(quota),
  ];
}

export function findKind(series: string): SeriesKind {
  const kind = KINDS[series[0]!];
  if (!kind) throw new TypeError(`There is no series "${series}"`);
  return kind;
}

/** Returns the start of the window that contains an instant. */
export function windowStart(series: string, at: number): number {
  const { windowMs } = findKind(series);
  return Math.floor(at / windowMs) * windowMs;
}

export function edit(edits: Edits, series: string, row: Row): void {
  let rows = edits.get(series);
  if (!rows) edits.set(series, rows = new Map());
  rows.set(row[0], row);
}

export function removedRow(at: number): Row {
  return [at];
}

export function isRemoved(row: Row): boolean {
  return row.length === 1;
}

/** Inserts sorted rows, replacing those with the same instant. */
export function withRows(rows: readonly Row[], others: readonly Row[]): Row[] {
  if (others.length === 0) return [...rows];
  if (rows.length === 0 || rows.at(-1)![0] < others[0]![0]) return [...rows, ...others];
  const merged: Row[] = [];
  let next = 0;
  for (const row of rows) {
    while (next < others.length && others[next]![0] < row[0]) merged.push(others[next++]!);
    if (next < others.length && others[next]![0] === row[0]) merged.push(others[next++]!);
    else merged.push(row);
  }
  while (next < others.length) merged.push(others[next++]!);
  return merged;
}

export function sortByTime(rows: Iterable<Row>): Row[] {
  return [...rows].sort((a, b) => a[0] - b[0]);
}

export function inRange(rows: readonly Row[], from: number, to: number): readonly Row[] {
  if (rows.length === 0 || rows[0]![0] >= from && rows.at(-1)![0] < to) return rows;
  return rows.filter(([at]) => at >= from && at < to);
}

export function parseRows(text: string): readonly Row[] {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StoreError("corrupt", "Stored rows are not JSON", "Import an export of it", { cause });
  }
}
