/**
 * Readings of one quota summed up over 5 minutes, an hour or a day (UTC).
 *
 * Buckets store extremes, so a peak never vanishes from a chart however far it is rolled up. Merging is
 * associative, and rolling up then summing gives the same as summing then rolling up.
 */
import { type Reading, readingShare } from "../quota.ts";

/** Length of a bucket in milliseconds. */
export type Step = 300_000 | 3_600_000 | 86_400_000;

export const FIVE_MINUTES: Step = 300_000;
export const HOUR: Step = 3_600_000;
export const DAY: Step = 86_400_000;
export const STEPS: readonly Step[] = [FIVE_MINUTES, HOUR, DAY];

/** `used`, `left` and `share` are null if they were unknown throughout the bucket. */
export interface Bucket {
  readonly step: Step;
  /** Epoch milliseconds, a multiple of `step`. */
  readonly start: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Number of readings in it. */
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly leftLow: number | null;
  readonly leftHigh: number | null;
  /** Sum of what was left, over the readings that state it; for averages. */
  readonly leftSum: number;
  readonly leftCount: number;
  /** Used share of the limit, 1 for all of it, not clamped. */
  readonly shareLast: number | null;
  readonly shareLow: number | null;
  readonly shareHigh: number | null;
  /** The latest stated limit. */
  readonly limit: number | null;
  /** Sum of the ledger entries in it. */
  readonly consumed: number;
  readonly resets: number;
}

/** Creates a bucket of one reading. */
export function createBucket(
  reading: Reading,
  at: number,
  entry: { readonly consumed: number; readonly reset: boolean },
  step: Step,
): Bucket {
  const { used, remaining } = reading;
  const share = readingShare(reading);
  return {
    step,
    start: bucketStart(at, step),
    firstAt: at,
    lastAt: at,
    count: 1,
    first: used,
    last: used,
    low: used,
    high: used,
    leftLow: remaining,
    leftHigh: remaining,
    leftSum: remaining ?? 0,
    leftCount: remaining === null ? 0 : 1,
    shareLast: share,
    shareLow: share,
    shareHigh: share,
    limit: reading.limit,
    consumed: entry.consumed,
    resets: entry.reset ? 1 : 0,
  };
}

/** Returns the start of the bucket of length `step` that contains `at`. */
export function bucketStart(at: number, step: number): number {
  return Math.floor(at / step) * step;
}

/** Merges two buckets of one quota, `earlier` first; keeps the earlier one's step and start. */
export function merge(earlier: Bucket, later: Bucket): Bucket {
  return {
    step: earlier.step,
    start: earlier.start,
    firstAt: earlier.firstAt,
    lastAt: later.lastAt,
    count: earlier.count + later.count,
    first: earlier.first ?? later.first,
    last: later.last ?? earlier.last,
    low: pickLeast(earlier.low, later.low),
    high: pickMost(earlier.high, later.high),
    leftLow: pickLeast(earlier.leftLow, later.leftLow),
    leftHigh: pickMost(earlier.leftHigh, later.leftHigh),
    leftSum: earlier.leftSum + later.leftSum,
    leftCount: earlier.leftCount + later.leftCount,
    shareLast: later.shareLast ?? earlier.shareLast,
    shareLow: pickLeast(earlier.shareLow, later.shareLow),
    shareHigh: pickMost(earlier.shareHigh, later.shareHigh),
    limit: later.limit ?? earlier.limit,
    consumed: earlier.consumed + later.consumed,
    resets: earlier.resets + later.resets,
  };
}

/** Rolls up buckets in time order to a longer step, which need not be a stored one. */
export function rollUp(buckets: readonly Bucket[], step: number): readonly Bucket[] {
  const rolled: Bucket[] = [];
  for (const bucket of buckets) {
    const start = bucketStart(bucket.start, step);
    const last = rolled.at(-1);
    if (last && last.start === start) rolled[rolled.length - 1] = { ...merge(last, bucket), start };
    else rolled.push({ ...bucket, step: step as Step, start });
  }
  return rolled;
}

/** Merges all buckets into one, or returns null when there are none. */
export function sumUp(buckets: readonly Bucket[]): Bucket | null {
  const [first, ...rest] = buckets;
  return first ? rest.reduce(merge, first) : null;
}

function pickLeast(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

function pickMost(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
