/** Why a forecast is what it is, in words for people. */
import type { ForecastReason } from "../forecast/forecast.ts";

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
  "refused": "The provider is refusing requests",
};
