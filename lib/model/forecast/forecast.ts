/**
 * Forecast: the level of a quota at its reset, and whether and when it runs out before.
 *
 * It combines three sources: the mean rate since the window began, the rate of the last hour, and past cycles
 * of the same quota. It trusts none of them alone, says nothing before that is meaningful, and never says
 * anything about the time after the reset.
 */
import { MINUTE_MS } from "../duration.ts";
import { balanceForecast, rollingForecast } from "./open_forecast.ts";
import {
  createForecastWithout,
  type Forecast,
  forecastExhausted,
  type ForecastInput,
  TUNING,
  type Tuning,
} from "./parts.ts";
import { GAP_INTERVALS } from "../engine/interval.ts";
import { windowForecast } from "./window_forecast.ts";
import { isUnlimited } from "../quota.ts";
import { isFuture } from "../time.ts";

export {
  type Basis,
  type Confidence,
  type Forecast,
  FORECAST_STATES,
  type ForecastInput,
  type ForecastReason,
  type ForecastState,
  TUNING,
  type Tuning,
} from "./parts.ts";

export const STALE_AFTER_MS = 30 * MINUTE_MS;

/** Returns the age from which a reading no longer supports a forecast, for readings that far apart. */
export function forecastStaleMs(intervalMs: number): number {
  return Math.max(STALE_AFTER_MS, GAP_INTERVALS * intervalMs);
}

/**
 * Computes the forecast. Total, except for unknown zones.
 *
 * @throws {RangeError} when working days are requested in an unknown zone
 */
export function forecast(input: ForecastInput, tuning: Tuning = TUNING): Forecast {
  // The age of a reading from the future is unknown.
  if (isFuture(input.at, input.now)) return createForecastWithout("unknown", "in-future");
  if (input.isGone) return createForecastWithout("unknown", "no-longer-reported");
  if (input.now - input.at > (input.staleAfterMs ?? STALE_AFTER_MS)) {
    return createForecastWithout("unknown", "stale");
  }
  if (input.allowed === false) return forecastBlocked(input);
  if (isUnlimited(input)) return createForecastWithout("unknown", "no-limit");
  switch (input.kind) {
    case "balance":
      return balanceForecast(input);
    case "allocation":
      return createForecastWithout("unknown", "set-aside");
    case "rolling":
      return rollingForecast(input);
    default:
      return windowForecast(input, tuning);
  }
}

/**
 * Returns the forecast of a quota its vendor refuses; a verdict from before a passed reset no longer counts.
 */
function forecastBlocked(input: ForecastInput): Forecast {
  const { kind, resetsAt, at, now } = input;
  const ends = kind === "fixed" || kind === "calendar";
  if (ends && resetsAt !== null && at < resetsAt && resetsAt <= now) {
    return createForecastWithout("unknown", "reset-passed");
  }
  return forecastExhausted(input) ?? createForecastWithout("blocked", "refused");
}
