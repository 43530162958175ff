/**
 * Forecast: where a quota will stand at its reset, and whether and when it is empty before.
 *
 * Three things speak: the mean rate since the window began, the rate of the last hour, and
 * past cycles of the same quota. None is trusted alone, nothing is said before it has a
 * meaning, and nothing is ever said about the time after the reset.
 */
import { balanceForecast, rollingForecast } from "./open_forecast.ts";
import { exhausted, type Forecast, type ForecastInput, nothing, TUNING, type Tuning } from "./parts.ts";
import { GAP_INTERVALS } from "../engine/interval.ts";
import { windowForecast } from "./window_forecast.ts";
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

export const STALE_AFTER_MS = 30 * 60_000;

/** After how long a reading says nothing any more of where it is heading, where they are so far apart. */
export function forecastStaleMs(intervalMs: number): number {
  return Math.max(STALE_AFTER_MS, GAP_INTERVALS * intervalMs);
}

/**
 * Total: it throws for nothing but a zone that is not known.
 *
 * @throws {RangeError} when working days are asked for in a zone that is not known
 */
export function forecast(input: ForecastInput, tuning: Tuning = TUNING): Forecast {
  // Of an instant that has not come nobody knows how old it is.
  if (isFuture(input.at, input.now)) return nothing("unknown", "in-future");
  if (input.now - input.at > (input.staleAfterMs ?? STALE_AFTER_MS)) return nothing("unknown", "stale");
  if (input.allowed === false) return refused(input);
  switch (input.kind) {
    case "balance":
      return balanceForecast(input);
    case "allocation":
      return nothing("unknown", "set-aside");
    case "rolling":
      return rollingForecast(input);
    default:
      return windowForecast(input, tuning);
  }
}

/** Of what its vendor refuses; a verdict from before a reset that has passed since says nothing of now. */
function refused(input: ForecastInput): Forecast {
  const { kind, resetsAt, at, now } = input;
  const ends = kind === "fixed" || kind === "calendar";
  if (ends && resetsAt !== null && at < resetsAt && resetsAt <= now) {
    return nothing("unknown", "reset-passed");
  }
  return exhausted(input) ?? nothing("blocked", "refused");
}
