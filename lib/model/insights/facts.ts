/** The input of insights. All of it was stored or viewed before; insights measure nothing themselves. */
import type { Bucket } from "../engine/bucket.ts";
import type { Cycle } from "../engine/cycle.ts";
import type { Forecast } from "../forecast/forecast.ts";
import type { AccountKey, Part, QuotaKey, Unit, Window } from "../quota.ts";

export type InsightRange = "1d" | "7d" | "30d";

export const INSIGHT_RANGES: readonly InsightRange[] = ["1d", "7d", "30d"];
export const DEFAULT_INSIGHT_RANGE: InsightRange = "7d";

/** Maximum number of a quota's cycles used, the newest. */
export const MAX_CYCLES = 200;

export type InsightCycle = Pick<
  Cycle,
  "startedAt" | "endedAt" | "resetsAt" | "peak" | "consumed" | "limit" | "whole"
>;

export type InsightBucket = Pick<
  Bucket,
  "start" | "firstAt" | "lastAt" | "count" | "consumed" | "high" | "leftHigh" | "shareHigh"
>;

/** Where a quota is heading, as on every other surface. */
export type InsightForecast =
  & Pick<
    Forecast,
    "state" | "ratePerHour" | "projectedShare" | "emptyAt" | "marginMs" | "runOutProbability" | "pastCycles"
  >
  & Partial<Pick<Forecast, "basis">>;

/** Lists may be in any order. */
export interface InsightQuota {
  readonly key: QuotaKey;
  readonly quota: string;
  /** For people. Comes from outside: treat as hostile text. */
  readonly label: string;
  readonly unit: Unit;
  /** ISO 4217 code of its amounts; absent when they are not money, or are dollars by default. */
  readonly currency?: string;
  readonly window: Window;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Epoch milliseconds, or null. */
  readonly resetsAt: number | null;
  readonly parts: readonly Part[];
  /** True when the provider no longer mentions it. */
  readonly gone: boolean;
  /** The first reading ever, epoch milliseconds; null means the oldest one given here. */
  readonly firstAt: number | null;
  /** The first reading on the current plan, epoch milliseconds; null or absent when no other plan is known. */
  readonly planSince?: number | null;
  /** Closed cycles and the open one; only the newest 200 count. */
  readonly cycles: readonly InsightCycle[];
  /**
   * Days of the zone, for at least the last 31 days: 62 allow
   * comparing one billing period with the previous one.
   */
  readonly days: readonly InsightBucket[];
  /** Hours, for at least the last 25. */
  readonly hours: readonly InsightBucket[];
  /** Null while there is no forecast. */
  readonly forecast: InsightForecast | null;
}

export interface InsightSession {
  readonly startedAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
  /** Its consumption, by quota id. */
  readonly use: readonly { readonly quota: string; readonly consumed: number }[];
}

export interface InsightAccount {
  readonly account: AccountKey;
  readonly providerName: string;
  readonly plan: string | null;
  readonly quotas: readonly InsightQuota[];
  /** Those that started in at least the last 30 days. */
  readonly sessions: readonly InsightSession[];
}

export interface InsightFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  /** A zone that `isZone` knows; days and months are local to it. */
  readonly zone: string;
  readonly range: InsightRange;
  readonly accounts: readonly InsightAccount[];
  /** Keys, or types, to leave out. */
  readonly hidden: readonly string[];
}
