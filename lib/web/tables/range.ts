/** The time range of a table: a word such as `7d`, or two dates. */
import { DAY_MS, HOUR_MS } from "../../model/duration.ts";
import type { QueryReader } from "./query_reader.ts";

const LENGTHS = {
  "1h": HOUR_MS,
  "6h": 6 * HOUR_MS,
  "24h": DAY_MS,
  "3d": 3 * DAY_MS,
  "7d": 7 * DAY_MS,
  "15d": 15 * DAY_MS,
  "30d": 30 * DAY_MS,
  "90d": 90 * DAY_MS,
  "1y": 365 * DAY_MS,
  all: Number.POSITIVE_INFINITY,
} as const;

export type TableRange = keyof typeof LENGTHS;
export const TABLE_RANGES = Object.keys(LENGTHS) as readonly TableRange[];

export interface ChosenRange {
  /** Null when two dates were given. */
  readonly range: TableRange | null;
  /** Includes `from` and excludes `to`, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** @param ranges those of the table */
export function parseTimeRange<Range extends TableRange>(
  reader: QueryReader,
  ranges: readonly Range[],
  fallback: Range,
  now: number,
  zone: string,
): ChosenRange {
  const range = reader.word("range", ranges, fallback);
  const from = reader.date("from", zone, 0);
  const to = reader.date("to", zone, 1);
  if (from !== null && to !== null && from >= to) {
    reader.note("The first day is after the last one");
  } else if (from !== null || to !== null) {
    return { range: null, from: from ?? 0, to: Math.min(to ?? now + 1, now + 1) };
  }
  return { range, from: Math.max(0, now - LENGTHS[range]), to: now + 1 };
}
