/** Queries and results of analyses. Times are epoch milliseconds. */
import type { Bucket } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { Forecast } from "../model/forecast/forecast.ts";
import type { Insight, InsightRange, InsightStat, InsightType } from "../model/insights/insight.ts";
import type { Pace } from "../model/forecast/pace.ts";
import type { AccountKey, QuotaKey, Unit } from "../model/quota.ts";
import type { DisplayCycle } from "../model/view/display_cycle.ts";
import type { DisplaySession } from "../model/view/display_session.ts";
import type { QuotaView } from "../model/view/view.ts";
import type { DayRate } from "./memory.ts";
import type { Page, PageQuery } from "./pages.ts";

/** A quota with all its conclusions. */
export interface QuotaAnalysis {
  readonly account: AccountKey;
  readonly view: QuotaView;
  readonly forecast: Forecast;
  readonly pace: Pace | null;
  readonly open: Cycle;
}

export interface InsightsQuery {
  readonly range: InsightRange;
  /** Keys or types to leave out. */
  readonly hidden?: readonly string[];
  /** The only type, of which all are returned, however many. */
  readonly type?: InsightType;
  /** All by default. */
  readonly accounts?: readonly AccountKey[];
  /** The quotas to sum over; all by default. */
  readonly quotas?: readonly QuotaKey[];
}

export interface InsightsAnswer {
  readonly range: InsightRange;
  readonly zone: string;
  /** At most 50 unless a type was named, most severe first. */
  readonly insights: readonly Insight[];
  readonly stats: readonly InsightStat[];
}

export interface CyclesRequest extends PageQuery {
  readonly quotas: readonly QuotaKey[];
}

export interface SessionsRequest extends PageQuery {
  readonly accounts: readonly AccountKey[];
}

/** A cycle beside the account's other quotas at its peak. */
export interface OverviewCycle {
  readonly cycle: Cycle;
  /** Time of the peak, as precisely as stored; null when its readings are gone. */
  readonly peakAt: number | null;
  readonly quotas: readonly OverviewQuota[];
}

export interface OverviewQuota {
  /** Id of the quota within its account. */
  readonly quota: string;
  /** In the quota's current unit; null when an earlier one cannot be converted. */
  readonly used: number | null;
  readonly limit: number | null;
  /** What was used in the unit of its time, when that cannot be converted. */
  readonly earlier?: { readonly used: number | null; readonly unit: Unit };
  /** Used share of the limit at the peak, and at the start of the cycle; not clamped. */
  readonly share: number | null;
  readonly startShare: number | null;
  /** Consumed between the two as a share of the limit, across its own resets; null when unknown. */
  readonly risen: number | null;
}

/** All-time usage of a quota. */
export interface QuotaSummary {
  readonly quota: QuotaAnalysis;
  /** Number of closed cycles. */
  readonly completedCycles: number;
  /** Average consumption of a closed cycle that was read from its beginning; null before the first. */
  readonly averagePerCycle: number | null;
  /** The highest use ever read. */
  readonly peak: number | null;
  readonly consumed: number;
  /** The first reading, or null before it. */
  readonly since: number | null;
}

/** Totals of one quota at present. */
export interface QuotaSums {
  readonly quota: QuotaAnalysis;
  /** The last 62 days of the zone, in time order; days without readings are left out. */
  readonly days: readonly Bucket[];
  readonly lifetime: Bucket | null;
  /** Averaged over the last 24 hours. */
  readonly rate: DayRate;
}

export type CyclePage = Page<DisplayCycle>;
export type SessionPage = Page<DisplaySession>;

/** @param partial what the first closed cycle consumed, if readings began within it; null if they did not, or it is open */
export function summarizeQuota(
  quota: QuotaAnalysis,
  lifetime: Bucket | null,
  partial: number | null,
): QuotaSummary {
  const completedCycles = lifetime?.resets ?? 0;
  const consumed = lifetime?.consumed ?? 0;
  const wholeCycles = completedCycles - (partial === null ? 0 : 1);
  return {
    quota,
    completedCycles,
    averagePerCycle: wholeCycles <= 0
      ? null
      : Math.max(0, consumed - quota.open.consumed - (partial ?? 0)) / wholeCycles,
    peak: lifetime?.high ?? null,
    consumed,
    since: lifetime?.firstAt ?? null,
  };
}
