/**
 * A forecast as JSON, the same in every document. Shares are 1
 * for the whole limit, instants ISO 8601 in UTC. Pure.
 */
import type { Confidence, Forecast, ForecastReason, ForecastState } from "../model/forecast/forecast.ts";
import { REASON_WORDS } from "../model/view/forecast_reasons.ts";
import { FORECAST_WORDS, forecastWord } from "../model/view/forecast_words.ts";
import { isoInstant } from "../model/time.ts";

export interface ForecastJson {
  readonly state: ForecastState;
  /** The state in a word: safe, tight, runs dry, may run out, no limit. Scripts rely on it, so it never changes. */
  readonly word: string;
  readonly reason: ForecastReason;
  readonly explanation: string;
  /** Expected rate from the reading to the reset. */
  readonly ratePerHour: number | null;
  /** Rate since the window began, and over the last hour. */
  readonly cyclePerHour: number | null;
  readonly recentPerHour: number | null;
  /** At the reset, not capped at the limit. */
  readonly projectedUsed: number | null;
  readonly projectedShare: number | null;
  /** Null when it does not run out before the reset. */
  readonly emptyAt: string | null;
  readonly emptyBeforeResetSeconds: number | null;
  readonly runOutProbability: number | null;
  readonly pastCycles: number;
  readonly confidence: Confidence | null;
}

export function forecastJson(forecast: Forecast): ForecastJson {
  const { state, reason, marginMs, emptyAt } = forecast;
  return {
    state,
    word: jsonWord(forecast),
    reason,
    explanation: REASON_WORDS[reason],
    ratePerHour: forecast.ratePerHour,
    cyclePerHour: forecast.cyclePerHour,
    recentPerHour: forecast.recentPerHour,
    projectedUsed: forecast.projectedUsed,
    projectedShare: forecast.projectedShare,
    emptyAt: isoInstant(emptyAt),
    emptyBeforeResetSeconds: marginMs === null ? null : Math.round(marginMs / 1000),
    runOutProbability: forecast.runOutProbability,
    pastCycles: forecast.pastCycles,
    confidence: forecast.confidence,
  };
}

/** Pages and commands say "runs out"; JSON keeps the older word for scripts. */
function jsonWord(forecast: Forecast): string {
  const word = forecastWord(forecast);
  return forecast.state === "runs-dry" && word === FORECAST_WORDS["runs-dry"] ? "runs dry" : word;
}
