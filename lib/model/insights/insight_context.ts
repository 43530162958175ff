/** The facts, sorted once so that every rule finds them in the same order. */
import { DAY_MS } from "../duration.ts";
import { bucketStart } from "../engine/bucket.ts";
import { rejoinCycles } from "../history/billing.ts";
import { compareNames } from "../quota.ts";
import { dayStart, isoDate } from "../time.ts";
import {
  type InsightAccount,
  type InsightBucket,
  type InsightFacts,
  type InsightQuota,
  type InsightRange,
  MAX_CYCLES,
} from "./facts.ts";

export interface InsightContext {
  readonly now: number;
  readonly zone: string;
  readonly range: InsightRange;
  readonly accounts: readonly InsightAccount[];
  /** Formats the date of an instant in the zone, `2026-11-21`. */
  date(at: number): string;
  /** Returns the start of the last 1, 7 or 30 days, including today. */
  daysFrom(days: 1 | 7 | 30): number;
  /** Returns the start of the day that contains an instant. */
  dayOf(at: number): number;
}

/** Every zone changes its date on a quarter of an hour. */
const QUARTER_MS = 900_000;

export const RANGE_DAYS: Readonly<Record<InsightRange, 1 | 7 | 30>> = { "1d": 1, "7d": 7, "30d": 30 };

export function rangeMs(range: InsightRange): number {
  return RANGE_DAYS[range] * DAY_MS;
}

/** Names a range for the middle of a sentence: "the last 24 hours", "the last 7 days". */
export function rangeWords(range: InsightRange): string {
  return range === "1d" ? "the last 24 hours" : `the last ${RANGE_DAYS[range]} days`;
}

/** @throws {RangeError} when the zone is unknown */
export function createInsightContext(
  facts: Pick<InsightFacts, "now" | "zone" | "range" | "accounts">,
): InsightContext {
  const { now, zone, range } = facts;
  const dates = new Map<number, string>();
  const starts = new Map<number, number>();
  const days = new Map<number, number>();
  return {
    now,
    zone,
    range,
    accounts: facts.accounts.map((account) => orderAccount(account, now))
      .sort((a, b) => compareNames(a.account, b.account)),
    date(at) {
      return remember(dates, bucketStart(at, QUARTER_MS), (slot) => isoDate(slot, zone));
    },
    daysFrom(days) {
      return remember(starts, days, () => dayStart(now, zone, 1 - days));
    },
    dayOf(at) {
      return remember(days, at, () => dayStart(at, zone));
    },
  };
}

function orderAccount(account: InsightAccount, now: number): InsightAccount {
  return {
    ...account,
    // An allocation has no consumption, so no rule applies to it.
    quotas: account.quotas.filter(({ window }) => window.kind !== "allocation")
      .map((quota) => orderQuota(quota, now)).sort((a, b) => compareNames(a.key, b.key)),
    sessions: [...account.sessions].filter((session) => session.startedAt <= now).sort((a, b) =>
      a.startedAt - b.startedAt
    ),
  };
}

function orderQuota(quota: InsightQuota, now: number): InsightQuota {
  const cycles = [...quota.cycles].filter((cycle) => cycle.startedAt <= now)
    .sort((a, b) => a.startedAt - b.startedAt);
  return {
    ...quota,
    cycles: rejoinCycles(cycles.slice(-MAX_CYCLES), quota.window),
    days: bucketsBefore(quota.days, now),
    hours: bucketsBefore(quota.hours, now),
  };
}

/**
 * Returns the buckets in time order. Leaves out buckets
 * without data, which do not mean that nothing was used.
 */
function bucketsBefore(buckets: readonly InsightBucket[], now: number): readonly InsightBucket[] {
  return buckets
    .filter((bucket) => bucket.start <= now && (bucket.high !== null || bucket.leftHigh !== null))
    .sort((a, b) => a.start - b.start);
}

function remember<K, V>(map: Map<K, V>, key: K, make: (key: K) => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make(key);
  map.set(key, value);
  return value;
}
