/** What insights are made of. Everything here was stored or viewed before; nothing is measured anew. */
import type { Bucket } from "../engine/bucket.ts";
import type { Cycle } from "../engine/cycle.ts";
import type { Forecast } from "../forecast/forecast.ts";
import type { AccountKey, Part, QuotaKey, Unit, Window } from "../quota.ts";

export type InsightRange = "1d" | "7d" | "30d";

export const INSIGHT_RANGES: readonly InsightRange[] = ["1d", "7d", "30d"];
export const DEFAULT_INSIGHT_RANGE: InsightRange = "7d";

/** Cycles regarded of one quota, the newest. */
export const MAX_CYCLES = 200;

export type InsightCycle = Pick<
  Cycle,
  "startedAt" | "endedAt" | "resetsAt" | "peak" | "consumed" | "limit" | "whole"
>;

export type InsightBucket = Pick<
  Bucket,
  "start" | "firstAt" | "lastAt" | "count" | "consumed" | "high" | "leftHigh" | "shareHigh"
>;

/** Where a quota is heading, as every other surface shows it. */
export type InsightForecast = Pick<
  Forecast,
  "state" | "ratePerHour" | "projectedShare" | "emptyAt" | "marginMs" | "runOutProbability" | "pastCycles"
>;

/** Lists may come in any order. */
export interface InsightQuota {
  readonly key: QuotaKey;
  readonly quota: string;
  /** For people. Comes from outside: treat as hostile text. */
  readonly label: string;
  readonly unit: Unit;
  readonly window: Window;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Epoch milliseconds, or null. */
  readonly resetsAt: number | null;
  readonly parts: readonly Part[];
  /** True when the provider no longer mentions it. */
  readonly gone: boolean;
  /** The first reading ever, epoch milliseconds; null for the oldest of what is given here. */
  readonly firstAt: number | null;
  /** Closed ones and the open one; the newest 200 are regarded. */
  readonly cycles: readonly InsightCycle[];
  /** Days of the zone, of the last 31 days or more: 62 let one billing period be held against the one before. */
  readonly days: readonly InsightBucket[];
  /** Hours, of the last 25 hours or more. */
  readonly hours: readonly InsightBucket[];
  /** Null while nothing can be said. */
  readonly forecast: InsightForecast | null;
}

export interface InsightSession {
  readonly startedAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
  /** What it consumed, by quota id. */
  readonly use: readonly { readonly quota: string; readonly consumed: number }[];
}

export interface InsightAccount {
  readonly account: AccountKey;
  readonly providerName: string;
  readonly plan: string | null;
  readonly quotas: readonly InsightQuota[];
  /** Those that started in the last 30 days or more. */
  readonly sessions: readonly InsightSession[];
}

export interface InsightFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  /** A zone that `isZone` knows: days and months are those of its wall clock. */
  readonly zone: string;
  readonly range: InsightRange;
  readonly accounts: readonly InsightAccount[];
  /** Keys, or types, that are not to be shown. */
  readonly hidden: readonly string[];
}
