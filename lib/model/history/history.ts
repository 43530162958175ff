/**
 * The history of quotas as a chart shows it: the used share over
 * time, keeping peaks and resets and leaving gaps empty.
 */
import { DAY_MS, HOUR_MS } from "../duration.ts";
import { type Bucket, DAY, FIVE_MINUTES, HOUR, type Step } from "../engine/bucket.ts";
import type { Note } from "../notes.ts";
import { GAP_INTERVALS, isGap, type Mark } from "../engine/interval.ts";
import { type AccountKey, computeShare, type QuotaKey, readingShare, type Window } from "../quota.ts";

export type RangeName = "1h" | "6h" | "24h" | "7d" | "30d" | "90d" | "1y";

/** The resolution at which a time range is read from the store and shown. */
export interface Grain {
  /** The step to read; null for raw readings. */
  readonly step: Step | null;
  /** The step to show, in milliseconds: a multiple of `step`. */
  readonly showMs: number;
}

/** A named time range up to now. */
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

export function findRange(name: string): Range | undefined {
  return RANGES.find((range) => range.name === name);
}

/**
 * The time range of a chart: a named one up to now, or one from
 * `from` up to and including `to`, epoch milliseconds.
 */
export type HistoryRange = { readonly range: RangeName } | { readonly from: number; readonly to: number };

/** Steps available for a custom range, finest first, each with the data it is read from. */
const GRAINS: readonly Grain[] = [
  ...[1, 2].map((minutes) => ({ step: null, showMs: minutes * 60_000 })),
  ...[5, 10, 20].map((minutes) => ({ step: FIVE_MINUTES, showMs: minutes * 60_000 })),
  ...[1, 2, 3, 6, 12].map((hours) => ({ step: HOUR, showMs: hours * HOUR_MS })),
];
const MAX_STEPS = 240;

/** Returns the resolution of a range of any length: the finest with at most 240 steps. */
export function chooseGrain(lengthMs: number): Grain {
  const days = Math.ceil(lengthMs / DAY_MS / MAX_STEPS);
  return GRAINS.find(({ showMs }) => lengthMs / showMs <= MAX_STEPS) ?? { step: DAY, showMs: days * DAY_MS };
}

/** Returns the resolution of a view, by the name of its range or else by its length. */
export function chooseViewGrain({ range, from, to }: Pick<HistoryView, "range" | "from" | "to">): Grain {
  return (range === null ? undefined : findRange(range)) ?? chooseGrain(to - from);
}

/** A point of a line: instant, and used share of the limit (1 for all of it) or null where a gap begins. */
export type Point = readonly [at: number, share: number | null];

export interface Line {
  readonly key: QuotaKey;
  readonly points: readonly Point[];
}

/** Time ranges of use of one account, in time order. */
export interface UseSpans {
  readonly account: AccountKey;
  readonly spans: readonly RangeBounds[];
}

/** Epoch milliseconds. */
export type RangeBounds = readonly [from: number, to: number];

export interface HistoryView {
  /** Null for a fixed range. */
  readonly range: RangeName | null;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly Line[];
  /** When each account was in use; absent if not requested, empty when it would be too fine to see. */
  readonly sessions?: readonly UseSpans[];
  /** Users' notes in it, oldest first; absent if not requested. */
  readonly notes?: readonly ChartNote[];
}

/** The part of a note that charts show. */
export type ChartNote = Pick<Note, "id" | "at" | "text">;

/**
 * Builds the points of a line from buckets in time order. A bucket whose peak exceeds its last value adds the
 * peak; one with a reset falls in a vertical step, at the nearest known instant.
 *
 * @param minGapMs a pause between readings becomes a gap when it is longer than this, and long compared
 * with the polling interval around it
 * @param distances those between the last readings before the buckets, oldest first
 */
export function buildPoints(
  buckets: readonly Bucket[],
  minGapMs: number,
  distances: readonly number[] = [],
): readonly Point[] {
  const points: Point[] = [];
  let last: { readonly place: number; readonly at: number; readonly share: number } | null = null;
  for (const [place, bucket] of buckets.entries()) {
    const { shareLast: share, firstAt, lastAt } = bucket;
    if (share === null) continue;
    const hasFallen = last !== null && hasFallenBefore(bucket, last.share);
    if (last !== null && isGap(buckets, [last.place, place], minGapMs, distances)) {
      points.push([last.at, null]);
    } else if (last !== null && hasFallen) {
      points.push([firstAt, last.share], [firstAt, firstShare(bucket)]);
    }
    const high = bucket.shareHigh ?? share;
    if (high > share) {
      points.push([peakAt(bucket), high]);
      // After a peak that ended in a reset, the line must not slope down to the next value.
      if (bucket.resets > 0 && !hasFallen) points.push([peakAt(bucket), bucket.shareLow]);
    }
    points.push([lastAt, share]);
    last = { place, at: lastAt, share };
  }
  return points;
}

/** Reports whether a bucket's reset lies between it and the previous bucket, which ended at `share`. */
function hasFallenBefore(bucket: Bucket, share: number): boolean {
  const first = firstShare(bucket);
  return bucket.resets > 0 && first !== null && first < share;
}

function firstShare({ first, limit }: Bucket): number | null {
  return computeShare(first, limit);
}

/** Estimates the time of a bucket's peak, which is not stored: it lies before the end, so take the middle. */
function peakAt(bucket: Bucket): number {
  return Math.floor((bucket.firstAt + bucket.lastAt) / 2);
}

/**
 * A reading as a line needs it; `reset` marks the end of a cycle between the previous reading and this one.
 */
export interface PlainReading {
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  /** Nothing left means all is used, whatever else is known. */
  readonly remaining?: number | null;
  readonly reset?: boolean;
}

const COUNTED: Window = { kind: "fixed", seconds: null };

/**
 * Builds the points of a line from raw readings in time order, like `buildPoints`; a reset is a vertical step.
 *
 * @param window the quota's window: a balance has no whole
 */
export function pointsFromReadings(
  readings: readonly PlainReading[],
  minGapMs: number,
  distances: readonly number[] = [],
  window: Window = COUNTED,
): readonly Point[] {
  const points: Point[] = [];
  const marks = readings.map(({ at }): Mark => ({ firstAt: at, lastAt: at, count: 1 }));
  let last: { readonly place: number; readonly at: number; readonly share: number } | null = null;
  for (const [place, { at, used, limit, remaining = null, reset }] of readings.entries()) {
    const share = readingShare({ used, limit, remaining, window });
    if (share === null) continue;
    if (last !== null && isGap(marks, [last.place, place], minGapMs, distances)) {
      points.push([last.at, null]);
    } else if (last !== null && reset && last.share !== share) points.push([at, last.share]);
    points.push([at, share]);
    last = { place, at, share };
  }
  return points;
}

/**
 * Returns the longest pause that is never a gap, whatever the
 * polling interval: the chart's step cannot resolve it.
 */
export function computeMinGap({ step, showMs }: Grain): number {
  return GAP_INTERVALS * (step === null ? showMs / 2 : Math.max(step, showMs / 2));
}
