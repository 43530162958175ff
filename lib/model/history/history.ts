/**
 * The history of quotas as a chart shows it: the used share over time, with peaks
 * and resets kept and gaps left empty.
 */
import { DAY_MS, HOUR_MS } from "../duration.ts";
import { type Bucket, DAY, FIVE_MINUTES, HOUR, rollUp, type Step } from "../engine/bucket.ts";
import { GAP_INTERVALS, isGap, type Mark } from "../engine/interval.ts";
import { type AccountKey, type QuotaKey, readingShare, shareOf, type Window } from "../quota.ts";

export type RangeName = "1h" | "6h" | "24h" | "7d" | "30d" | "90d" | "1y";

/** How finely a stretch of time is read from the store and shown. */
export interface Grain {
  /** The step to read; null for raw readings. */
  readonly step: Step | null;
  /** The step to show, in milliseconds: a multiple of `step`. */
  readonly showMs: number;
}

/** A stretch of time up to now that has a name. */
export interface Range extends Grain {
  readonly name: RangeName;
  readonly lengthMs: number;
}

export const RANGES: readonly Range[] = [
  { name: "1h", lengthMs: HOUR_MS, step: null, showMs: 60_000 },
  { name: "6h", lengthMs: 6 * HOUR_MS, step: FIVE_MINUTES, showMs: 5 * 60_000 },
  { name: "24h", lengthMs: 24 * HOUR_MS, step: FIVE_MINUTES, showMs: 10 * 60_000 },
  { name: "7d", lengthMs: 7 * DAY_MS, step: HOUR, showMs: HOUR_MS },
  { name: "30d", lengthMs: 30 * DAY_MS, step: HOUR, showMs: 3 * HOUR_MS },
  { name: "90d", lengthMs: 90 * DAY_MS, step: HOUR, showMs: 12 * HOUR_MS },
  { name: "1y", lengthMs: 366 * DAY_MS, step: DAY, showMs: 2 * DAY_MS },
];

export const DEFAULT_RANGE: RangeName = "6h";

export function rangeOf(name: string): Range | undefined {
  return RANGES.find((range) => range.name === name);
}

/** A stretch of time a chart shows: a range up to now, or one that holds `from` and ends with `to`, epoch milliseconds. */
export type Span = { readonly range: RangeName } | { readonly from: number; readonly to: number };

/** Steps a free span may be shown in, the finest first, each with what it is read from. */
const GRAINS: readonly Grain[] = [
  ...[1, 2].map((minutes) => ({ step: null, showMs: minutes * 60_000 })),
  ...[5, 10, 20].map((minutes) => ({ step: FIVE_MINUTES, showMs: minutes * 60_000 })),
  ...[1, 2, 3, 6, 12].map((hours) => ({ step: HOUR, showMs: hours * HOUR_MS })),
];
const MAX_STEPS = 240;

/** How finely a span of any length is shown: as finely as leaves no more than 240 steps. */
export function grainOf(lengthMs: number): Grain {
  const days = Math.max(1, Math.ceil(lengthMs / DAY_MS / MAX_STEPS));
  return GRAINS.find(({ showMs }) => lengthMs / showMs <= MAX_STEPS) ?? { step: DAY, showMs: days * DAY_MS };
}

/** The grain of what is shown, by the name of its range or, where it has none, its length. */
export function grainOfView({ range, from, to }: Pick<HistoryView, "range" | "from" | "to">): Grain {
  return (range === null ? undefined : rangeOf(range)) ?? grainOf(to - from);
}

/** A point of a line: instant, and used share of the limit (1 is all of it) or null where a gap begins. */
export type Point = readonly [at: number, share: number | null];

export interface Line {
  readonly key: QuotaKey;
  readonly points: readonly Point[];
}

/** Stretches of use of one account, in order of time. */
export interface UseSpans {
  readonly account: AccountKey;
  readonly spans: readonly Stretch[];
}

/** Epoch milliseconds. */
export type Stretch = readonly [from: number, to: number];

export interface HistoryView {
  /** Null for a span that does not move on with time. */
  readonly range: RangeName | null;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly Line[];
  /** When each account was in use; absent where nobody asked, empty where that is too fine to be seen. */
  readonly sessions?: readonly UseSpans[];
}

/**
 * The points of a line from buckets in order of time. A bucket that saw a value above its last one
 * gives its peak as well; one that saw a reset falls in a step, upright, at the instant nearest to it
 * that is known.
 *
 * @param showMs length to roll up to, 0 to leave the buckets as they are
 * @param leastGapMs a time between readings that is longer, and long beside how often was read around it, is
 *   left empty
 * @param distances those between the last readings before the buckets, oldest first
 */
export function pointsOf(
  buckets: readonly Bucket[],
  showMs: number,
  leastGapMs: number,
  distances: readonly number[] = [],
): readonly Point[] {
  const points: Point[] = [];
  const shown = showMs > 0 ? rollUp(buckets, showMs) : buckets;
  let last: Bucket | null = null;
  let lastPlace = 0;
  for (const [place, bucket] of shown.entries()) {
    if (bucket.shareLast === null) continue;
    const between = [lastPlace, place] as const;
    lastPlace = place;
    if (last !== null && isGap(shown, between, leastGapMs, distances)) points.push([last.lastAt, null]);
    else if (last?.shareLast != null && fellBefore(bucket, last.shareLast)) {
      points.push([bucket.firstAt, last.shareLast], [bucket.firstAt, firstShare(bucket)]);
    }
    const high = bucket.shareHigh ?? bucket.shareLast;
    if (high > bucket.shareLast && bucket.count > 1) {
      points.push([peakAt(bucket), high]);
      // Where the peak ended in a reset the line does not slope down to what came after.
      if (bucket.resets > 0 && !(last?.shareLast != null && fellBefore(bucket, last.shareLast))) {
        points.push([peakAt(bucket), bucket.shareLow]);
      }
    }
    points.push([bucket.lastAt, bucket.shareLast]);
    last = bucket;
  }
  return points;
}

/** Whether the reset a bucket saw lies between it and the bucket before, which ended at `share`. */
function fellBefore(bucket: Bucket, share: number): boolean {
  const first = firstShare(bucket);
  return bucket.resets > 0 && first !== null && first < share;
}

function firstShare({ first, limit }: Bucket): number | null {
  return shareOf(first, limit);
}

/** A bucket does not keep when its peak was; it lies before the end, so the middle is shown. */
function peakAt(bucket: Bucket): number {
  return Math.floor((bucket.firstAt + bucket.lastAt) / 2);
}

/** A reading as a line needs it; `reset` says that a cycle ended between the one before and this. */
export interface PlainReading {
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  /** Where nothing is left all is used, whatever else is known. */
  readonly remaining?: number | null;
  readonly reset?: boolean;
}

const COUNTED: Window = { kind: "fixed", seconds: null };

/**
 * The points of a line from raw readings in order of time; a reset is an upright step. As for buckets.
 *
 * @param window what the quota is counted over: a purse has no whole
 */
export function pointsOfReadings(
  readings: readonly PlainReading[],
  leastGapMs: number,
  distances: readonly number[] = [],
  window: Window = COUNTED,
): readonly Point[] {
  const points: Point[] = [];
  const marks = readings.map(({ at }): Mark => ({ firstAt: at, lastAt: at, count: 1 }));
  let last: Point | null = null;
  let lastPlace = 0;
  for (const [place, { at, used, limit, remaining = null, reset }] of readings.entries()) {
    const share = readingShare({ used, limit, remaining, window });
    if (share === null) continue;
    const between = [lastPlace, place] as const;
    lastPlace = place;
    if (last !== null && isGap(marks, between, leastGapMs, distances)) points.push([last[0], null]);
    else if (last !== null && reset && last[1] !== share) points.push([at, last[1]]);
    points.push(last = [at, share]);
  }
  return points;
}

/** What is no longer is no gap, however often was read: one shown step cannot tell it apart. */
export function leastGapOf({ step, showMs }: Grain): number {
  return GAP_INTERVALS * Math.max(step === null ? 0 : step, showMs / 2);
}
