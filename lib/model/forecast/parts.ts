/** The types of a forecast, and helpers for all kinds of forecasts. */
import { HOUR_MS, MINUTE_MS } from "../duration.ts";
export { HOUR_MS } from "../duration.ts";
import type { Slot } from "../engine/advance.ts";
import type { PastCycle } from "./past_cycles.ts";
import {
  completeAmounts as statedAmounts,
  isUsedUp,
  readingShare,
  type StatedAmounts,
  type Window,
} from "../quota.ts";

/**
 * - `idle`: nothing is used.
 * - `analysing`: too little data to say anything.
 * - `lasts`, `tight`, `runs-dry`: enough until the reset, barely enough, not enough.
 * - `exhausted`: nothing is left.
 * - `blocked`: the vendor refuses work on it, so how long it would last does not matter.
 * - `unknown`: impossible to tell, even with more data; `reason` says why.
 */
export type ForecastState =
  | "idle"
  | "analysing"
  | "lasts"
  | "tight"
  | "runs-dry"
  | "exhausted"
  | "blocked"
  | "unknown";

export const FORECAST_STATES: readonly ForecastState[] = [
  "idle",
  "analysing",
  "lasts",
  "tight",
  "runs-dry",
  "exhausted",
  "blocked",
  "unknown",
];

export type ForecastReason =
  | "no-figure"
  | "no-limit"
  | "no-reset"
  | "reset-passed"
  | "reset-overdue"
  | "in-future"
  | "stale"
  | "no-longer-reported"
  | "refill-unknown"
  | "too-early"
  | "too-few-steps"
  | "no-use"
  | "all-used"
  | "empty-before-reset"
  | "near-limit"
  | "past-cycles-ran-out"
  | "room-left"
  | "empty-within-a-day"
  | "empty-within-a-week"
  | "refills-faster"
  | "empty-before-refill"
  | "set-aside"
  | "refused";

export type Confidence = "low" | "medium" | "high";

/** The weights of the three sources; they add up to 1. */
export interface Basis {
  readonly cycle: number;
  readonly recent: number;
  readonly past: number;
}

export interface ForecastInput {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly kind: Window["kind"];
  /** Length of the window; null when it varies or there is none. */
  readonly windowMs: number | null;
  /** Epoch milliseconds, as stated. */
  readonly resetsAt: number | null;
  /** The reading and its time. */
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** The vendor's own verdict, if it gives one. */
  readonly allowed?: boolean | undefined;
  /** True when the vendor no longer mentions the quota. */
  readonly isGone?: boolean | undefined;
  /** The smallest change the provider states; derived from `used` by default. */
  readonly step?: number | undefined;
  /**
   * Maximum age of a usable reading, in milliseconds.
   * @default {1800000}
   */
  readonly staleAfterMs?: number | undefined;
  /**
   * The open cycle: when it began (or was first seen), its
   * consumption, and whether it was seen from its beginning.
   */
  readonly cycle: { readonly startedAt: number; readonly consumed: number; readonly whole: boolean };
  /** Consumption of the last hour, oldest first. */
  readonly recent: readonly Slot[];
  /** For a balance: the consumption over a longer time than since its last top-up, if known. */
  readonly watched?: { readonly from: number; readonly consumed: number } | undefined;
  /** Closed cycles, newest first; only the newest of many count. */
  readonly past: readonly PastCycle[];
  /** Amount a rolling window refills per hour, if the provider states it. */
  readonly refillPerHour?: number | null | undefined;
  /** Number of working days counted from Monday, 2 to 6, for weekly windows; otherwise all days count. */
  readonly workDays?: number | undefined;
  /** IANA zone of the days; without one all days count. */
  readonly zone?: string | undefined;
}

/** Every figure is finite, or null when it would be meaningless; amounts are in the quota's unit. */
export interface Forecast {
  readonly state: ForecastState;
  readonly reason: ForecastReason;
  /** Mean consumption per hour since the window began. */
  readonly cyclePerHour: number | null;
  /** The same over the last hour. */
  readonly recentPerHour: number | null;
  /** The mean rate expected from the reading to the reset; determines `projectedUsed`. */
  readonly ratePerHour: number | null;
  readonly basis: Basis | null;
  /** At the reset, not capped at the limit. */
  readonly projectedUsed: number | null;
  /** The same as a share of the limit, 1 for all of it. */
  readonly projectedShare: number | null;
  /** Epoch milliseconds, in `[now, resetsAt)`; null when it does not run out before the reset. */
  readonly emptyAt: number | null;
  /** Time between running out and the reset. */
  readonly marginMs: number | null;
  /** Probability of running out before the reset, from past cycles, 0..1; null with too few of them. */
  readonly runOutProbability: number | null;
  /** Number of past cycles it is based on. */
  readonly pastCycles: number;
  readonly confidence: Confidence | null;
}

/**
 * The parameters of the forecast. The values were chosen on
 * synthetic histories; `docs/backtest.md` has the results.
 */
export interface Tuning {
  /** No forecast before this share of the window has passed. */
  readonly minElapsed: number;
  /** No forecast with fewer steps than this, except when a step hardly matters. */
  readonly minSteps: number;
  /** A step hardly matters when, projected, it is at most this share of the limit. */
  readonly smallStep: number;
  /** At this multiple of the last hour's length ahead, the last hour weighs as much as the cycle. */
  readonly recentReach: number;
  /** Whether the last hour may only lower the rate: nearly every large miss projected too much use. */
  readonly capped: boolean;
  /** This many identical past cycles weigh as much as the rates. */
  readonly pastHalf: number;
  /** A past cycle whose share differs by this much at the same fraction counts half. */
  readonly likeShare: number;
  /** One that began this much earlier or later in the day counts half, for windows shorter than a day. */
  readonly likeTimeOfDayMs: number;
  /** Maximum number of past cycles used; 0 disables them. */
  readonly maxPastCycles: number;
  /** With fewer past cycles there is no probability. */
  readonly minPastCycles: number;
}

export const TUNING: Tuning = {
  minElapsed: 0.05,
  minSteps: 3,
  smallStep: 0.1,
  recentReach: 3,
  capped: true,
  pastHalf: 1,
  likeShare: 0.15,
  likeTimeOfDayMs: 2 * HOUR_MS,
  maxPastCycles: 60,
  minPastCycles: 3,
};

/** Builds a forecast without figures, except those in `known`. */
export function createForecastWithout(
  state: ForecastState,
  reason: ForecastReason,
  known: Partial<Forecast> = {},
): Forecast {
  return {
    state,
    reason,
    cyclePerHour: null,
    recentPerHour: null,
    ratePerHour: null,
    basis: null,
    projectedUsed: null,
    projectedShare: null,
    emptyAt: null,
    marginMs: null,
    runOutProbability: null,
    pastCycles: 0,
    confidence: null,
    ...known,
  };
}

/** A rate needs readings that span at least this long. */
const MIN_SPAN_MS = 15 * MINUTE_MS;

/** Consumption of the recent past, and its time span. */
export interface RecentUse {
  readonly spanMs: number;
  readonly consumed: number;
}

/** Returns null while the span is too short. */
export function sumRecentUse(slots: readonly Slot[]): RecentUse | null {
  const [first] = slots;
  if (!first) return null;
  const spanMs = slots.at(-1)!.to - first.from;
  if (spanMs < MIN_SPAN_MS) return null;
  let consumed = 0;
  for (const slot of slots) consumed += slot.consumed;
  return { spanMs, consumed };
}

type Amounts = Pick<ForecastInput, "used" | "limit" | "remaining" | "kind">;

/** Derives used, limit and remaining from any two of them. */
export function completeAmounts(input: Amounts): ReturnType<typeof statedAmounts> {
  return statedAmounts(selectStated(input));
}

/** Returns the forecast of a quota with nothing left, in whatever way that is known; otherwise null. */
export function forecastExhausted(input: Amounts, known: Partial<Forecast> = {}): Forecast | null {
  const stated = selectStated(input);
  if (!isUsedUp(stated)) return null;
  return createForecastWithout("exhausted", "all-used", {
    projectedUsed: statedAmounts(stated).used,
    projectedShare: readingShare(stated),
    ...known,
  });
}

function selectStated({ used, limit, remaining, kind }: Amounts): StatedAmounts {
  return { used, limit, remaining, window: { kind, seconds: null } };
}
