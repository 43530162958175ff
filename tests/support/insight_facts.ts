/** Facts for insights, with figures that are easy to compute by hand. The clock shows noon, UTC. */
import {
  findInsights,
  type InsightAccount,
  type InsightBucket,
  type InsightCycle,
  type InsightFacts,
  type InsightQuota,
  type InsightType,
} from "../../lib/model/insights/insight.ts";
import type { Insight } from "../../lib/model/insights/insight.ts";
import { DAY_MS, FIVE_HOURS, HOUR_MS, utc } from "./readings.ts";

export const NOW = utc("2026-11-21 12:00");

export function quota(fields: Partial<InsightQuota> = {}): InsightQuota {
  const id = fields.quota ?? "five-hour";
  return {
    key: `acme/work/${id}`,
    quota: id,
    label: "Five hours",
    unit: "requests",
    window: FIVE_HOURS,
    used: null,
    limit: 100,
    remaining: null,
    resetsAt: null,
    parts: [],
    gone: false,
    firstAt: null,
    cycles: [],
    days: [],
    hours: [],
    forecast: null,
    ...fields,
  };
}

export function account(fields: Partial<InsightAccount> = {}): InsightAccount {
  return { account: "acme/work", providerName: "Acme", plan: null, quotas: [], sessions: [], ...fields };
}

export function facts(fields: Partial<InsightFacts> = {}): InsightFacts {
  return { now: NOW, zone: "UTC", range: "7d", accounts: [], hidden: [], ...fields };
}

export function factsOf(quotas: readonly InsightQuota[], fields: Partial<InsightFacts> = {}): InsightFacts {
  return facts({ accounts: [account({ quotas })], ...fields });
}

/** Returns the insight of a type; there must be at most one. */
export function only(given: InsightFacts, type: InsightType): Insight | undefined {
  const found = findInsights(given).filter((insight) => insight.type === type);
  if (found.length > 1) throw new Error(`Expected one ${type} at most, got ${found.length}`);
  return found[0];
}

/** Returns consecutive whole cycles of `hours`, the last of which ended `endedAgo` before now; each consumes its peak. */
export function cycles(
  peaks: readonly (number | null)[],
  { hours = 5, endedAgo = HOUR_MS, limit = 100 }: { hours?: number; endedAgo?: number; limit?: number } = {},
): readonly InsightCycle[] {
  return peaks.map((peak, index) => {
    const endedAt = NOW - endedAgo - (peaks.length - 1 - index) * hours * HOUR_MS;
    const consumed = peak ?? 0;
    return {
      startedAt: endedAt - hours * HOUR_MS,
      endedAt,
      resetsAt: endedAt,
      peak,
      consumed,
      limit,
      whole: true,
    };
  });
}

/** Returns days until today (12 hours of which have passed), read every hour, with the consumption of each. */
export function days(consumed: readonly number[], shareHigh: number | null = null): readonly InsightBucket[] {
  return consumed.map((amount, index) => {
    const start = utc("2026-11-21") - (consumed.length - 1 - index) * DAY_MS;
    const lastAt = Math.min(start + 23 * HOUR_MS, NOW);
    return bucket(start, lastAt, amount, { shareHigh, count: (lastAt - start) / HOUR_MS + 1 });
  });
}

/** Returns hours until the current one, which begins now. */
export function hours(
  consumed: readonly number[],
  shareHigh: number | null = null,
): readonly InsightBucket[] {
  return consumed.map((amount, index) => {
    const start = NOW - (consumed.length - 1 - index) * HOUR_MS;
    return bucket(start, Math.min(start + 50 * 60_000, NOW), amount, { shareHigh, count: 6 });
  });
}

function bucket(
  start: number,
  lastAt: number,
  consumed: number,
  more: Pick<InsightBucket, "shareHigh" | "count">,
): InsightBucket {
  return { start, firstAt: start, lastAt, consumed, high: consumed, leftHigh: null, ...more };
}

export function repeat<T>(count: number, value: T): readonly T[] {
  return Array.from({ length: count }, () => value);
}
