/**
 * The history of quotas as a chart shows it: the used share over time, with peaks
 * and resets kept and gaps left empty.
 */
import { type Bucket, FIVE_MINUTES, HOUR, rollUp, type Step } from "./bucket.ts";
import { type QuotaKey, shareOf } from "./quota.ts";

export type RangeName = "1h" | "6h" | "24h" | "7d" | "30d";

/** How a range is read from the store and how finely it is shown. */
export interface Range {
  readonly name: RangeName;
  readonly lengthMs: number;
  /** The step to read; null for raw readings. */
  readonly step: Step | null;
  /** The step to show, in milliseconds: a multiple of `step`. */
  readonly showMs: number;
}

const HOUR_MS = 3_600_000;

export const RANGES: readonly Range[] = [
  { name: "1h", lengthMs: HOUR_MS, step: null, showMs: 60_000 },
  { name: "6h", lengthMs: 6 * HOUR_MS, step: FIVE_MINUTES, showMs: 5 * 60_000 },
  { name: "24h", lengthMs: 24 * HOUR_MS, step: FIVE_MINUTES, showMs: 10 * 60_000 },
  { name: "7d", lengthMs: 7 * 24 * HOUR_MS, step: HOUR, showMs: HOUR_MS },
  { name: "30d", lengthMs: 30 * 24 * HOUR_MS, step: HOUR, showMs: 3 * HOUR_MS },
];

export const DEFAULT_RANGE: RangeName = "6h";

export function rangeOf(name: string): Range | undefined {
  return RANGES.find((range) => range.name === name);
}

/** A point of a line: instant, and used share of the limit (1 is all of it) or null where a gap begins. */
export type Point = readonly [at: number, share: number | null];

export interface Line {
  readonly key: QuotaKey;
  readonly points: readonly Point[];
}

export interface HistoryView {
  readonly range: RangeName;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly Line[];
}

/** A gap is a time without readings longer than this many intervals. */
export const GAP_INTERVALS = 2.5;

/**
 * The points of a line from buckets in order of time. A bucket that saw a reset, or a
 * value above its last one, gives two points: its peak and where it ended.
 *
 * @param showMs length to roll up to, 0 to leave the buckets as they are
 * @param gapMs a longer time between readings is left empty
 */
export function pointsOf(buckets: readonly Bucket[], showMs: number, gapMs: number): readonly Point[] {
  const points: Point[] = [];
  let lastAt: number | null = null;
  for (const bucket of showMs > 0 ? rollUp(buckets, showMs) : buckets) {
    if (bucket.shareLast === null) continue;
    if (lastAt !== null && bucket.firstAt - lastAt > gapMs) points.push([lastAt, null]);
    const high = bucket.shareHigh ?? bucket.shareLast;
    if (high > bucket.shareLast && bucket.count > 1) points.push([peakAt(bucket), high]);
    points.push([bucket.lastAt, bucket.shareLast]);
    lastAt = bucket.lastAt;
  }
  return points;
}

/** A bucket does not keep when its peak was; it lies before the end, so the middle is shown. */
function peakAt(bucket: Bucket): number {
  return Math.floor((bucket.firstAt + bucket.lastAt) / 2);
}

/** The points of a line from raw readings in order of time. */
export function pointsOfReadings(
  readings: readonly { readonly at: number; readonly used: number | null; readonly limit: number | null }[],
  gapMs: number,
): readonly Point[] {
  const points: Point[] = [];
  let lastAt: number | null = null;
  for (const reading of readings) {
    const share = shareOf(reading.used, reading.limit);
    if (share === null) continue;
    if (lastAt !== null && reading.at - lastAt > gapMs) points.push([lastAt, null]);
    points.push([reading.at, share]);
    lastAt = reading.at;
  }
  return points;
}

/** A gap for a range: longer than 2.5 intervals, and never shorter than what one shown step can tell apart. */
export function gapOf(range: Range, intervalMs: number): number {
  return GAP_INTERVALS * Math.max(intervalMs, range.step === null ? 0 : range.step, range.showMs / 2);
}
