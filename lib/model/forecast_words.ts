/** A forecast as people read it. */
import type { ForecastReason, ForecastState } from "./forecast.ts";

/** Three words are read better than a number; the others say why there is none of them. */
export const FORECAST_WORDS: Readonly<Record<ForecastState, string>> = {
  idle: "idle",
  analysing: "analysing",
  lasts: "safe",
  tight: "tight",
  "runs-dry": "runs dry",
  exhausted: "used up",
  unknown: "unknown",
};

/** A sentence without its full stop. */
export const REASON_WORDS: Readonly<Record<ForecastReason, string>> = {
  "no-figure": "The provider does not say how much is used",
  "no-limit": "The provider states no limit",
  "no-reset": "The provider does not say when it resets",
  "reset-passed": "The reset has passed and nothing has been read since",
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
};
