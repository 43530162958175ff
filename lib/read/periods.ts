/** Days and weeks of a zone, and the buckets that fall into them. */
import { type Bucket, FIVE_MINUTES, HOUR, sumUp } from "../model/engine/bucket.ts";
import type { QuotaKey } from "../model/quota.ts";
import { dayStart, isoDate, isoWeek, lastDayStarts, weekStart } from "../model/time.ts";
import type { Store } from "../store/store.ts";
import { seriesInUnit, type UnitHistory, unitHistory } from "./units.ts";

/** Includes `from` and excludes `to`, epoch milliseconds. */
export interface Period {
  readonly from: number;
  readonly to: number;
  /** `2026-11-21` or `2026-W47`. */
  readonly label: string;
}

/** A period with the sum of its readings, or null when it has none. */
export interface SummedPeriod extends Period {
  readonly sum: Bucket | null;
}

/** Returns the last `count` days, today first. */
export function lastDays(now: number, zone: string, count: number): readonly Period[] {
  const ends = [dayStart(now, zone, 1), ...lastDayStarts(now, zone, count)];
  return ends.slice(1).map((from, back) => ({ from, to: ends[back]!, label: isoDate(from, zone) }));
}

/** Returns the last `count` weeks, starting on Monday, this one first. */
export function lastWeeks(now: number, zone: string, count: number): readonly Period[] {
  return Array.from({ length: count }, (_, back) => {
    const from = weekStart(now, zone, -back);
    return { from, to: weekStart(now, zone, 1 - back), label: isoWeek(from, zone) };
  });
}

/** Sums a quota's readings for each period, in the order of the periods. */
export async function sumPeriods(
  store: Store,
  quota: QuotaKey,
  periods: readonly Period[],
  now: number,
): Promise<readonly SummedPeriod[]> {
  const buckets = await readBuckets(store, quota, periods, now);
  return periods.map((period) => ({ ...period, sum: sumUp(bucketsIn(buckets, period)) }));
}

/**
 * Returns buckets that cover the periods, as short as their edges need, in time order; all in the current unit.
 *
 * @param known the units up to `now`, if already read
 */
export async function readBuckets(
  store: Store,
  quota: QuotaKey,
  periods: readonly Period[],
  now: number,
  known?: UnitHistory,
): Promise<readonly Bucket[]> {
  if (periods.length === 0) return [];
  const from = Math.min(...periods.map((period) => period.from));
  const to = Math.max(...periods.map((period) => period.to));
  const units = known ?? await unitHistory(store, quota, now);
  const hours = await seriesInUnit(
    store,
    { quota, from: floorTo(from, HOUR), to, step: HOUR },
    now,
    units,
  );
  if (periods.every((period) => period.from % HOUR === 0 && period.to % HOUR === 0)) return hours;
  // In zones whose days do not start on a full hour of UTC, finer buckets separate the days. They expire; in older data, an hour
  // shared by two days counts towards the day in which it ended.
  const fine = await seriesInUnit(store, { quota, from, to, step: FIVE_MINUTES }, now, units);
  const finest = fine[0]?.start ?? Number.POSITIVE_INFINITY;
  // They expire in the middle of an hour, too: of that one only the whole is known.
  const cut = hours.find(({ start, firstAt }) =>
    start === floorTo(finest, HOUR) && firstAt < finest && firstAt >= from
  );
  const older = hours.filter((bucket) => bucket === cut || bucket.lastAt < finest && bucket.lastAt >= from);
  return [...older, ...cut ? fine.filter(({ start }) => start >= cut.start + HOUR) : fine];
}

export function bucketsIn(buckets: readonly Bucket[], { from, to }: Period): readonly Bucket[] {
  return buckets.filter((bucket) => bucket.lastAt >= from && bucket.lastAt < to);
}

function floorTo(at: number, step: number): number {
  return Math.floor(at / step) * step;
}
