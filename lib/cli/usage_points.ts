/** The points of a usage chart: readings, or the peaks and ends of buckets when there are many. */
import { DAY_MS } from "../model/duration.ts";
import { FIVE_MINUTES, HOUR } from "../model/engine/bucket.ts";
import type { Bucket } from "../model/engine/bucket.ts";
import { isGap } from "../model/engine/interval.ts";
import type { QuotaKey } from "../model/quota.ts";
import type { Store, StoredReading } from "../store/store.ts";
import { readDistancesBefore } from "../read/distances_before.ts";
import { readingsInUnit, seriesInUnit, unitHistory } from "../read/units.ts";
import type { PlotPoint } from "./plot.ts";

export interface UsagePoints {
  /** Number of readings they represent. */
  readonly readings: number;
  readonly used: readonly PlotPoint[];
  readonly left: readonly PlotPoint[];
  /** The highest limit in this time. */
  readonly limit: number | null;
}

/** Longer ranges use buckets: each dot would cover many readings anyway. */
const MAX_RAW_MS = 2 * DAY_MS;
const MAX_FINE_MS = 14 * DAY_MS;
/** However frequent the polls, a shorter pause does not count as a gap. */
const MIN_GAP_MS = 5 * 60_000;

/** Returns the points from `from` to `now`, both included, in the current unit. */
export async function readPoints(
  store: Store,
  quota: QuotaKey,
  from: number,
  now: number,
): Promise<UsagePoints> {
  const units = await unitHistory(store, quota, now);
  const range = { quota, from, to: now + 1 };
  if (now - from <= MAX_RAW_MS) {
    return await createPoints(store, quota, (await readingsInUnit(store, range, units)).map(ofReading));
  }
  const step = now - from <= MAX_FINE_MS ? FIVE_MINUTES : HOUR;
  const buckets = await seriesInUnit(store, { ...range, step }, now, units);
  return await createPoints(store, quota, buckets.map(ofBucket));
}

/** One reading or one bucket, as points in time order. */
interface Piece {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly used: readonly PlotPoint[];
  readonly left: readonly PlotPoint[];
  readonly limit: number | null;
}

function ofReading({ at, used, remaining, limit }: StoredReading): Piece {
  return {
    count: 1,
    firstAt: at,
    lastAt: at,
    used: keepKnown([[at, used]]),
    left: keepKnown([[at, remaining]]),
    limit,
  };
}

function ofBucket(bucket: Bucket): Piece {
  const { firstAt, lastAt, first, last, low, high, leftLow, leftHigh, limit } = bucket;
  const third = (lastAt - firstAt) / 3;
  // The times of the extremes are not stored; a bucket is narrower than one dot.
  const placeExtremes = (
    a: number | null,
    b: number | null,
  ): PlotPoint[] => [[firstAt + third, a], [lastAt - third, b]];
  const fell = first !== null && last !== null && last < first;
  return {
    count: bucket.count,
    firstAt,
    lastAt,
    used: keepKnown([[firstAt, first], ...placeExtremes(fell ? high : low, fell ? low : high), [
      lastAt,
      last,
    ]]),
    left: keepKnown(placeExtremes(fell ? leftLow : leftHigh, fell ? leftHigh : leftLow)),
    limit,
  };
}

function keepKnown(points: readonly PlotPoint[]): readonly PlotPoint[] {
  return points.filter(([, value]) => value !== null);
}

async function createPoints(store: Store, quota: QuotaKey, pieces: readonly Piece[]): Promise<UsagePoints> {
  const known = await readDistancesBefore(store, quota, pieces.map(({ firstAt }) => firstAt), MIN_GAP_MS);
  const used: PlotPoint[] = [];
  const left: PlotPoint[] = [];
  let limit: number | null = null;
  let before: Piece | undefined;
  for (const [place, piece] of pieces.entries()) {
    if (before && isGap(pieces, [place - 1, place], MIN_GAP_MS, known)) {
      used.push([before.lastAt, null]);
      left.push([before.lastAt, null]);
    }
    used.push(...piece.used);
    left.push(...piece.left);
    if (piece.limit !== null) limit = Math.max(limit ?? 0, piece.limit);
    before = piece;
  }
  const omitEmpty = (points: readonly PlotPoint[]) =>
    points.some(([, value]) => value !== null) ? points : [];
  const readings = pieces.reduce((sum, piece) => sum + piece.count, 0);
  return { readings, used: omitEmpty(used), left: omitEmpty(left), limit };
}
