/** What analyses are asked for and what they give. Times are epoch milliseconds. */
import type { Bucket } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { Forecast } from "../model/forecast/forecast.ts";
import type { Insight, InsightRange, InsightStat } from "../model/insights/insight.ts";
import type { Pace } from "../model/forecast/pace.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";
import type { ShownCycle } from "../model/view/shown_cycle.ts";
import type { QuotaView } from "../model/view/view.ts";
import type { DayRate } from "./memory.ts";
import type { Page, PageQuery } from "./pages.ts";

/** A quota with all that is concluded about it. */
export interface QuotaAnalysis {
  readonly account: AccountKey;
  readonly view: QuotaView;
  readonly forecast: Forecast;
  readonly pace: Pace | null;
  /** Those that are over, newest first, at most 200; the open one is in `open`. */
  readonly cycles: readonly Cycle[];
  readonly open: Cycle;
}

export interface InsightsQuery {
  readonly range: InsightRange;
  /** Keys, or types, that are not to be shown. */
  readonly hidden?: readonly string[];
  /** All unless given. */
  readonly accounts?: readonly AccountKey[];
  /** The sums are of these quotas; of all unless given. */
  readonly quotas?: readonly QuotaKey[];
}

export interface InsightsAnswer {
  readonly range: InsightRange;
  readonly zone: string;
  /** At most 50, the gravest first. */
  readonly insights: readonly Insight[];
  readonly stats: readonly InsightStat[];
}

export interface CyclesRequest extends PageQuery {
  readonly quotas: readonly QuotaKey[];
}

export interface SessionsRequest extends PageQuery {
  readonly accounts: readonly AccountKey[];
}

/** A cycle with those of the other quotas of its account at its peak. */
export interface OverviewCycle {
  readonly cycle: Cycle;
  /** When it stood highest, as exactly as it is kept; null where nothing is kept of it. */
  readonly peakAt: number | null;
  readonly quotas: readonly OverviewQuota[];
}

export interface OverviewQuota {
  /** Id of the quota within its account. */
  readonly quota: string;
  readonly used: number | null;
  readonly limit: number | null;
  /** Used share of the limit then, and at the start of the cycle; not clamped. */
  readonly share: number | null;
  readonly startShare: number | null;
  /** What was consumed between the two as a share of the limit, over resets of its own; null where that is not known. */
  readonly risen: number | null;
}

/** Everything that was ever used of a quota. */
export interface QuotaSummary {
  readonly quota: QuotaAnalysis;
  /** Cycles that are over. */
  readonly completedCycles: number;
  /** What a cycle that is over consumed on average; null before the first. */
  readonly averagePerCycle: number | null;
  /** The highest that was ever used at once. */
  readonly peak: number | null;
  readonly consumed: number;
  /** The first reading, or null before it. */
  readonly since: number | null;
}

/** Sums of one quota as they stand now. */
export interface QuotaSums {
  readonly quota: QuotaAnalysis;
  /** The last 62 days of the zone, in order of time; days without readings are left out. */
  readonly days: readonly Bucket[];
  readonly lifetime: Bucket | null;
  /** Over the last 24 hours. */
  readonly rate: DayRate;
}

export type CyclePage = Page<ShownCycle>;
export type SessionPage = Page<Session>;

export function summaryOf(quota: QuotaAnalysis, lifetime: Bucket | null): QuotaSummary {
  const completedCycles = lifetime?.resets ?? 0;
  const consumed = lifetime?.consumed ?? 0;
  return {
    quota,
    completedCycles,
    averagePerCycle: completedCycles === 0
      ? null
      : Math.max(0, consumed - quota.open.consumed) / completedCycles,
    peak: lifetime?.high ?? null,
    consumed,
    since: lifetime?.firstAt ?? null,
  };
}
