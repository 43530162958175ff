/**
 * Forecast: where a quota will stand at its reset, and whether and when it is empty before.
 *
 * Three things speak: the mean rate since the window began, the rate of the last hour, and
 * past cycles of the same quota. None is trusted alone, nothing is said before it has a
 * meaning, and nothing is ever said about the time after the reset.
 */
import { balanceForecast, rollingForecast } from "./forecast_open.ts";
import { type Forecast, type ForecastInput, nothing, TUNING, type Tuning } from "./forecast_parts.ts";
import { windowForecast } from "./forecast_window.ts";

export {
  type Basis,
  type Confidence,
  type Forecast,
  type ForecastInput,
  type ForecastReason,
  type ForecastState,
  TUNING,
  type Tuning,
} from "./forecast_parts.ts";

export const STALE_AFTER_MS = 30 * 60_000;

/**
 * Total: it throws for nothing but a zone that is not known.
 *
 * @throws {RangeError} when working days are asked for in a zone that is not known
 */
export function forecast(input: ForecastInput, tuning: Tuning = TUNING): Forecast {
  if (input.now - input.at > (input.staleAfterMs ?? STALE_AFTER_MS)) return nothing("unknown", "stale");
  switch (input.kind) {
    case "balance":
      return balanceForecast(input);
    case "rolling":
      return rollingForecast(input);
    default:
      return windowForecast(input, tuning);
  }
}
