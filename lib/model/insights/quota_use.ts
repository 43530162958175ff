/**
 * Sums over one quota: the use of a range, the completed cycles behind it, and how many windows fit into it.
 */
import { computeShare, divideByLimit } from "../quota.ts";
import { DAY_MS } from "../duration.ts";
import { bucketStart, HOUR } from "../engine/bucket.ts";
import type { InsightBucket, InsightCycle, InsightQuota } from "./facts.ts";
import { type InsightContext, rangeMs } from "./insight_context.ts";

/** Returns when a quota was first read; null when it never was. */
export function findFirstReading(quota: InsightQuota): number | null {
  if (quota.firstAt !== null) return quota.firstAt;
  const candidates = [quota.days[0]?.firstAt, quota.hours[0]?.firstAt, quota.cycles[0]?.startedAt]
    .filter((at) => at !== undefined);
  return candidates.length === 0 ? null : Math.min(...candidates);
}

/** Consumption over some days or hours. */
export interface UseInRange {
  /** The first instant that counts: the start of the range, or the first reading if that came later. */
  readonly from: number;
  /** The last reading in it. */
  readonly to: number;
  readonly consumed: number;
  /** Days or hours with readings. */
  readonly seen: number;
  readonly buckets: readonly InsightBucket[];
}

/** Returns the use of the last days, or of the last 24 hours for one day; null without data. */
export function measureUse(
  quota: InsightQuota,
  context: InsightContext,
  days: 1 | 7 | 30,
): UseInRange | null {
  return days === 1
    ? useSince(quota, quota.hours, bucketStart(context.now, HOUR) - 23 * HOUR)
    : useSince(quota, quota.days, context.daysFrom(days));
}

export function useSince(
  quota: InsightQuota,
  buckets: readonly InsightBucket[],
  start: number,
): UseInRange | null {
  const inside = buckets.filter((bucket) => bucket.start >= start);
  const last = inside.at(-1);
  const first = findFirstReading(quota);
  if (!last || first === null) return null;
  return {
    from: Math.max(start, first),
    to: last.lastAt,
    consumed: sum(inside.map((bucket) => bucket.consumed)),
    seen: inside.length,
    buckets: inside,
  };
}

/** A complete, closed cycle; for a window that never resets, a complete day. */
export interface CycleSummary {
  readonly from: number;
  readonly to: number;
  /** Its peak as a share of the limit, not clamped; null when unknown. */
  readonly share: number | null;
  readonly consumed: number;
}

export interface CycleSummaries {
  /** `whole cycle` or `day`. */
  readonly word: string;
  /** In time order. */
  readonly cycles: readonly CycleSummary[];
}

/** Minimum number of windows to look back, however short the range. */
const MIN_WINDOWS = 6;
const MONTH_MS = 31 * DAY_MS;

/** Returns a quota's cycles that ended within the range, or within six of its windows if those are longer. */
export function summarizeCycles(quota: InsightQuota, context: InsightContext): CycleSummaries {
  const { kind, seconds } = quota.window;
  const windowMs = seconds === null ? kind === "calendar" ? MONTH_MS : 0 : seconds * 1000;
  const since = context.now - Math.max(rangeMs(context.range), MIN_WINDOWS * windowMs);
  if (kind === "balance") return { word: "day", cycles: [] };
  if (kind === "rolling") return { word: "day", cycles: summarizeDays(quota, context, since) };
  const cycles = quota.cycles.flatMap((cycle) => {
    const summary = summarizeCycle(cycle);
    return summary && summary.to > since && summary.to <= context.now ? [summary] : [];
  });
  return { word: "whole cycle", cycles };
}

function summarizeCycle(cycle: InsightCycle): CycleSummary | null {
  if (!cycle.whole || cycle.endedAt === null) return null;
  const { peak, limit, consumed } = cycle;
  return { from: cycle.startedAt, to: cycle.endedAt, share: computeShare(peak, limit), consumed };
}

/** Leaves out today, which is not over, and the first day, which began before the first reading. */
function summarizeDays(quota: InsightQuota, context: InsightContext, since: number): readonly CycleSummary[] {
  const first = findFirstReading(quota) ?? context.now;
  const today = context.daysFrom(1);
  return quota.days.filter((day) => day.start < today && day.start > first && day.lastAt > since)
    .map((day) => ({ from: day.start, to: day.lastAt, share: day.shareHigh, consumed: day.consumed }));
}

/** Returns how many of a quota's windows fit into a duration; null for a window of unknown length. */
export function windowsIn(quota: InsightQuota, ms: number): number | null {
  const { kind, seconds } = quota.window;
  if (kind === "balance") return null;
  if (seconds !== null) return seconds > 0 ? ms / (seconds * 1000) : null;
  const lengths = quota.cycles.filter((cycle) => cycle.whole)
    .flatMap((cycle) => measureLength(cycle)).filter((length) => length > 0);
  return lengths.length === 0 ? null : ms / computeMean(lengths);
}

function measureLength(cycle: InsightCycle): readonly number[] {
  const end = cycle.endedAt ?? cycle.resetsAt;
  return end === null ? [] : [end - cycle.startedAt];
}

/** Converts an amount to a share of the limit, to compare quotas; 0 without a limit. */
export function computePortion(quota: InsightQuota, amount: number): number {
  return divideByLimit(amount, quota.limit) ?? 0;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Needs at least one value. */
export function computeMean(values: readonly number[]): number {
  return roundDigits(sum(values) / values.length);
}

/**
 * Rounds to twelve digits: more than any provider states, and few
 * enough to make 0.95 equal however it was computed.
 */
export function roundDigits(value: number): number {
  return Number(value.toPrecision(12));
}

/** Buckets of two quotas for the same time. */
export type BucketPair = readonly [InsightBucket, InsightBucket];

/** Returns pairs of buckets of two quotas, in time order. */
export function sharedBuckets(
  one: readonly InsightBucket[],
  other: readonly InsightBucket[],
): readonly BucketPair[] {
  const byStart = new Map(other.map((bucket) => [bucket.start, bucket]));
  return one.flatMap((bucket) => {
    const match = byStart.get(bucket.start);
    return match ? [[bucket, match] as const] : [];
  });
}

/** Returns the time of the first and of the last reading in pairs of buckets; needs at least one pair. */
export function measureSpan(pairs: readonly BucketPair[]): { readonly from: number; readonly to: number } {
  const buckets = pairs.flat();
  return {
    from: Math.min(...buckets.map(({ firstAt }) => firstAt)),
    to: Math.max(...buckets.map(({ lastAt }) => lastAt)),
  };
}
