/** Why a forecast is what it is, in words for people. */
import type { ForecastReason } from "../forecast/forecast.ts";

/** Sentences without a full stop. */
export const REASON_WORDS: Readonly<Record<ForecastReason, string>> = {
  "no-figure": "The vendor does not report how much is used",
  "no-limit": "The vendor reports no limit",
  "no-reset": "The vendor does not report when it resets",
  "reset-passed": "The reset has passed, with no reading since",
  "reset-overdue": "The reported reset has passed, and the vendor has started no new cycle",
  "in-future": "The last reading is dated in the future: a clock was wrong",
  "stale": "The last reading is too old",
  "no-longer-reported": "The vendor no longer reports it",
  "refill-unknown": "It refills continuously, and the vendor does not report how fast",
  "too-early": "Too little time has passed to tell",
  "too-few-steps": "Too little has been used to tell",
  "no-use": "Nothing is being used",
  "all-used": "Nothing is left",
  "empty-before-reset": "At this rate it runs out before the reset",
  "near-limit": "It should last, but with little to spare",
  "past-cycles-ran-out": "Most cycles like this one ran out",
  "room-left": "At this rate enough is left",
  "empty-within-a-day": "At this rate it runs out within a day",
  "empty-within-a-week": "At this rate it runs out within a week",
  "refills-faster": "It refills faster than it is used",
  "empty-before-refill": "It is used faster than it refills",
  "set-aside": "It is reserved capacity, which is not consumed",
  "refused": "The vendor is refusing requests",
};
