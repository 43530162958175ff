/** A forecast in words for people. */
import type { Forecast, ForecastReason, ForecastState } from "../forecast/forecast.ts";
import { formatAbout } from "./format.ts";
import type { Window } from "../quota.ts";
import { isDoubtful } from "./status.ts";

/** Three words read better than a number; the others say why there is none. */
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

/** Sentences without a full stop. */
export const REASON_WORDS: Readonly<Record<ForecastReason, string>> = {
  "no-figure": "The provider does not say how much is used",
  "no-limit": "The provider states no limit",
  "no-reset": "The provider does not say when it resets",
  "reset-passed": "The reset has passed and nothing has been read since",
  "reset-overdue": "The reset it names has passed, and the provider has begun no new cycle",
  "in-future": "The last reading is dated in the future: a clock was wrong",
  "stale": "The last reading is too old",
  "refill-unknown": "It refills as it goes, and the provider does not say how fast",
  "too-early": "Too little time has passed to tell",
  "too-few-steps": "Too little has been used to tell",
  "no-use": "Nothing is being used",
  "all-used": "Nothing is left",
  "empty-before-reset": "At this rate it is empty before the reset",
  "near-limit": "It should last, but with little to spare",
  "past-cycles-ran-out": "Most cycles that stood like this one ran out",
  "room-left": "At this rate enough is left",
  "empty-within-a-day": "At this rate it is empty within a day",
  "empty-within-a-week": "At this rate it is empty within a week",
  "refills-faster": "It refills faster than it is used",
  "empty-before-refill": "It is used faster than it refills",
  "set-aside": "It is a capacity that is set aside: nothing of it is consumed",
  "refused": "The provider refuses work on it at present",
};

/**
 * Returns the word of a forecast: its state's, or a better one when it is uncertain or will never be known.
 */
export function forecastWord(forecast: Pick<Forecast, "state" | "reason" | "runOutProbability">): string {
  if (isDoubtful(forecast)) return "may run out";
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
  if (state === "blocked") return "blocked by its provider";
  if (kind === "allocation") return "";
  if (kind === "balance") {
    if (state === "exhausted") return "empty";
    if (emptyAt !== null && emptyAt > now) return `lasts about ${formatAbout(emptyAt - now)}`;
    return state === "lasts" ? "lasts more than a year" : state === "runs-dry" ? "about to be empty" : "";
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
