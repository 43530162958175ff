/**
 * The conclusions about a quota, in the field names of `syntrack query`. In a file of their own, because
 * forecasting loads much code that the other answers do not need. Pure.
 */
import type { Forecast, ForecastReason, ForecastState } from "../model/forecast/forecast.ts";
import type { Unit } from "../model/quota.ts";
import { isoInstant } from "../model/time.ts";
import { roundAmount } from "../base/text.ts";
import { type CurrentJson, currentJson } from "./query.ts";

/** The conclusions about one quota. */
export interface QueryAnalysis {
  readonly quota: {
    readonly view: { readonly key: string; readonly unit: Unit; readonly currency?: string };
    readonly forecast: Forecast;
  };
  readonly completedCycles: number;
  readonly averagePerCycle: number | null;
  readonly peak: number | null;
  readonly consumed: number;
  readonly since: number | null;
}

export interface OutlookJson {
  /** The forecast every surface shows: lasts, tight, runs-dry, or why there is none. */
  readonly forecast: ForecastState;
  readonly forecast_reason: ForecastReason;
  /** Expected rate until the reset; `rate_per_hour` is the measured one. */
  readonly forecast_rate_per_hour: number | null;
  readonly projected_usage: number | null;
  readonly projected_percent: number | null;
  /** Present only when it runs out before its reset. */
  readonly runs_dry_at: string | null;
  readonly run_out_probability: number | null;
}

/** Returns an empty object before the first reading. */
export function outlookJson(analysis: QueryAnalysis | null): OutlookJson | Record<string, never> {
  if (!analysis) return {};
  const { state, reason, ratePerHour, projectedUsed, projectedShare, emptyAt, runOutProbability } =
    analysis.quota.forecast;
  return {
    forecast: state,
    forecast_reason: reason,
    forecast_rate_per_hour: ratePerHour,
    projected_usage: projectedUsed,
    projected_percent: projectedShare === null ? null : projectedShare * 100,
    runs_dry_at: isoInstant(emptyAt),
    run_out_probability: runOutProbability,
  };
}

export interface SummaryJson extends CurrentJson {
  readonly quota: string | null;
  readonly unit: Unit | null;
  /** Of amounts that are money. */
  readonly currency?: string;
  readonly consumed_today: number;
  readonly consumed_this_week: number;
  readonly completed_cycles: number;
  readonly avg_per_cycle: number | null;
  readonly peak: number | null;
  readonly total_consumed: number;
  readonly tracking_since: string | null;
}

/** Everything about one quota in one object. */
export function summaryJson(
  reading: Parameters<typeof currentJson>[0],
  analysis: QueryAnalysis | null,
  consumed: { readonly today: number; readonly thisWeek: number },
  now: number,
): SummaryJson & Partial<OutlookJson> {
  const currency = analysis?.quota.view.currency;
  return {
    quota: analysis?.quota.view.key ?? null,
    unit: analysis?.quota.view.unit ?? null,
    ...currency !== undefined && { currency },
    ...currentJson(reading, now),
    ...outlookJson(analysis),
    consumed_today: roundAmount(consumed.today),
    consumed_this_week: roundAmount(consumed.thisWeek),
    completed_cycles: analysis?.completedCycles ?? 0,
    avg_per_cycle: analysis && analysis.averagePerCycle !== null
      ? roundAmount(analysis.averagePerCycle)
      : null,
    peak: analysis?.peak ?? null,
    total_consumed: roundAmount(analysis?.consumed ?? 0),
    tracking_since: isoInstant(analysis?.since ?? null),
  };
}
