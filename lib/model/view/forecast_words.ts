/** A forecast in words for people. */
import type { Forecast, ForecastState } from "../forecast/forecast.ts";
import { formatAbout } from "./format.ts";
import type { Window } from "../quota.ts";
import { isRunOutUnlikely } from "./status.ts";

/** Three words read better than a number; the others say why there is no number. */
export const FORECAST_WORDS: Readonly<Record<ForecastState, string>> = {
  idle: "idle",
  analysing: "analysing",
  lasts: "safe",
  tight: "tight",
  "runs-dry": "runs out",
  exhausted: "used up",
  blocked: "blocked",
  unknown: "unknown",
};

/**
 * Returns the word of a forecast: its state's, or a better one when it is uncertain or will never be known.
 */
export function forecastWord(forecast: Pick<Forecast, "state" | "reason" | "runOutProbability">): string {
  if (isRunOutUnlikely(forecast)) return "may run out";
  if (forecast.state !== "unknown") return FORECAST_WORDS[forecast.state];
  if (forecast.reason === "no-limit") return "no limit";
  return forecast.reason === "set-aside" ? "set aside" : FORECAST_WORDS.unknown;
}

/**
 * Describes how long the remainder lasts, by the kind of window: a balance ends when it is empty, a sliding
 * window refills, and only the others last until a reset. Empty when there is nothing to say.
 */
export function outlookWords(
  forecast: Pick<Forecast, "state" | "reason" | "emptyAt" | "runOutProbability">,
  kind: Window["kind"],
  now: number,
): string {
  const { state, reason, emptyAt } = forecast;
  if (state === "blocked") return "blocked by its vendor";
  if (kind === "allocation") return "";
  if (kind === "balance") {
    if (state === "exhausted") return "empty";
    if (emptyAt !== null && emptyAt > now) return `lasts about ${formatAbout(emptyAt - now)}`;
    return state === "lasts" ? "lasts more than a year" : state === "runs-dry" ? "about to run out" : "";
  }
  switch (state) {
    case "exhausted":
      return kind === "rolling" ? "used up until it refills" : "used up";
    case "runs-dry":
      return forecastWord(forecast);
    case "tight":
      return kind === "rolling" ? "tight" : "tight until its reset";
    case "lasts":
      if (kind !== "rolling") return "lasts until its reset";
      return reason === "refills-faster" ? "refills faster than it is used" : "lasts at this rate";
    default:
      return "";
  }
}
