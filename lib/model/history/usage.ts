/**
 * Consumption by calendar slot. Quotas count in units that must never be added together; their shares of
 * their own limits can be: 1 is one whole limit, however often it was reset meanwhile.
 */
import { MINUTE_MS } from "../duration.ts";
import type { Bucket } from "../engine/bucket.ts";
import { divideByLimit, type QuotaKey } from "../quota.ts";
import { dayStart, midnight, wallTime, weekStart } from "../time.ts";

export const INTERVALS = ["5m", "30m", "1h", "1d", "1w", "1mo"] as const;
export type Interval = typeof INTERVALS[number];

/** Includes `from` and excludes `to`, epoch milliseconds. */
export interface Slot {
  readonly from: number;
  readonly to: number;
}

/** The readings of a quota in one slot, summed up. */
export interface Use {
  /** In the quota's unit. */
  readonly consumed: number;
  /** The same in limits, 1 for a whole one; null when no limit was known. */
  readonly share: number | null;
  /** The highest used share of the limit; null when it was never known. */
  readonly high: number | null;
  readonly resets: number;
}

/** A slot without readings is null. */
export interface QuotaUses {
  readonly key: QuotaKey;
  readonly uses: readonly (Use | null)[];
  /** The first reading of the quota ever: what it consumed before is unknown. Null or absent when that is not known. */
  readonly since?: number | null;
}

/** Returns how long a slot was watched up to now, in milliseconds: not before the first reading. */
export function watchedMs({ from, to }: Slot, now: number, since: number | null | undefined): number {
  return Math.max(0, Math.min(to, now) - Math.max(from, since ?? from));
}

const SHORT: Readonly<Partial<Record<Interval, number>>> = {
  "5m": 5 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
};

/** Reports whether slots of the interval are parts of days. */
export function isShort(interval: Interval): boolean {
  return interval in SHORT;
}

/**
 * Returns the slots of an interval that cover `[from, to)`, on the
 * zone's calendar; the first and the last are complete.
 */
export function listSlots(interval: Interval, from: number, to: number, zone: string): readonly Slot[] {
  const stepMs = SHORT[interval];
  const first = dayStart(from, zone);
  if (stepMs !== undefined) {
    const begin = first + Math.floor((from - first) / stepMs) * stepMs;
    let dayEnd = dayStart(from, zone, 1);
    return divideRange(begin, to, (at) => {
      if (at >= dayEnd) dayEnd = dayStart(at, zone, 1);
      // Where the clock changes by half an hour, the last hour of that day is half of one.
      return Math.min(at + stepMs, dayEnd);
    });
  }
  if (interval === "1d") return divideRange(first, to, (at) => dayStart(at, zone, 1));
  if (interval === "1w") return divideRange(weekStart(from, zone), to, (at) => weekStart(at, zone, 1));
  const { year, month } = wallTime(from, zone);
  return divideRange(midnight(year, month, 1, zone), to, (_, i) => midnight(year, month + i + 1, 1, zone));
}

function divideRange(
  begin: number,
  to: number,
  next: (at: number, place: number) => number,
): readonly Slot[] {
  const all: Slot[] = [];
  for (let from = begin, i = 0; from < to; i++) {
    const end = next(from, i);
    all.push({ from, to: end });
    from = end;
  }
  return all;
}

/** Converts a bucket. */
function convertBucket({ consumed, limit, shareHigh, resets }: Bucket): Use {
  return { consumed, share: divideByLimit(consumed, limit), high: shareHigh, resets };
}

/** Merges two uses of one quota. */
export function mergeUse(one: Use, other: Use): Use {
  return {
    consumed: one.consumed + other.consumed,
    share: one.share === null ? other.share : one.share + (other.share ?? 0),
    high: one.high === null ? other.high : Math.max(one.high, other.high ?? 0),
    resets: one.resets + other.resets,
  };
}

/**
 * Builds the uses of a quota from its buckets, both in time
 * order; a bucket counts in the slot of its last reading.
 */
export function sumIntoSlots(buckets: readonly Bucket[], slots: readonly Slot[]): readonly (Use | null)[] {
  let next = 0;
  return slots.map(({ from, to }) => {
    while (next < buckets.length && buckets[next]!.lastAt < from) next++;
    let sum: Use | null = null;
    for (; next < buckets.length && buckets[next]!.lastAt < to; next++) {
      const use = convertBucket(buckets[next]!);
      sum = sum === null ? use : mergeUse(sum, use);
    }
    return sum;
  });
}

/** Sums uses of short slots into longer ones, both in time order; none begins before the first longer one. */
export function sumUses(
  uses: readonly (Use | null)[],
  from: readonly Slot[],
  into: readonly Slot[],
): readonly (Use | null)[] {
  let next = 0;
  return into.map((slot) => {
    let sum: Use | null = null;
    for (; next < from.length && from[next]!.from < slot.to; next++) {
      const use = uses[next] ?? null;
      if (use !== null) sum = sum === null ? use : mergeUse(sum, use);
    }
    return sum;
  });
}
