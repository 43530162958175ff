/** The nouns of a forecast, and what its kinds share. */
export { HOUR_MS } from "../duration.ts";
import type { Slot } from "../engine/advance.ts";
import type { PastCycle } from "./past_cycles.ts";
import { amountsOf as statedAmounts, isUsedUp, readingShare, type Stated, type Window } from "../quota.ts";

/**
 * - `idle`: nothing is used.
 * - `analysing`: too little has been seen to say anything.
 * - `lasts`, `tight`, `runs-dry`: enough until the reset, just so, not enough.
 * - `exhausted`: nothing is left.
 * - `blocked`: the vendor refuses work on it, so how long it would last is beside the point.
 * - `unknown`: it cannot be told, whatever is still seen; `reason` says why.
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

/** How much each of the three speakers counts for; they add up to 1. */
export interface Basis {
  readonly cycle: number;
  readonly recent: number;
  readonly past: number;
}

export interface ForecastInput {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly kind: Window["kind"];
  /** Length of the window, or null where it varies or there is none. */
  readonly windowMs: number | null;
  /** Epoch milliseconds, as advertised. */
  readonly resetsAt: number | null;
  /** The reading, and when it was taken. */
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** The vendor's own verdict, where it gives one. */
  readonly allowed?: boolean | undefined;
  /** The smallest change the provider states; found from `used` unless given. */
  readonly step?: number | undefined;
  /** A reading older than this says nothing; 30 minutes unless given. */
  readonly staleAfterMs?: number | undefined;
  /** The open cycle: when it began (or was first seen), what was consumed in it, and whether from its beginning. */
  readonly cycle: { readonly startedAt: number; readonly consumed: number; readonly whole: boolean };
  /** Consumption of the last hour, oldest first. */
  readonly recent: readonly Slot[];
  /** Of a balance, what was consumed over a longer time than since its last top-up, where it is known. */
  readonly watched?: { readonly from: number; readonly consumed: number } | undefined;
  /** Cycles that are over, newest first; of many the newest count. */
  readonly past: readonly PastCycle[];
  /** What a rolling window gives back per hour, where the provider says so. */
  readonly refillPerHour?: number | null | undefined;
  /** Days from Monday on that are worked, 2 to 6, for windows of a week; otherwise all days count. */
  readonly workDays?: number | undefined;
  /** IANA zone in which days begin; without one all days count. */
  readonly zone?: string | undefined;
}

/** Every figure is null where it would mean nothing, and finite otherwise; amounts are in the quota's unit. */
export interface Forecast {
  readonly state: ForecastState;
  readonly reason: ForecastReason;
  /** Mean consumption per hour since the window began. */
  readonly cyclePerHour: number | null;
  /** The same over the last hour. */
  readonly recentPerHour: number | null;
  /** What is expected from the reading to the reset, on the mean: `projectedUsed` follows from it. */
  readonly ratePerHour: number | null;
  readonly basis: Basis | null;
  /** At the reset, not capped at the limit. */
  readonly projectedUsed: number | null;
  /** The same as a share of the limit, 1 is all of it. */
  readonly projectedShare: number | null;
  /** Epoch milliseconds, in `[now, resetsAt)`; null when it is not empty before the reset. */
  readonly emptyAt: number | null;
  /** How long before the reset it is empty. */
  readonly marginMs: number | null;
  /** How likely it is to run out before the reset, from past cycles, 0..1; null when they are too few. */
  readonly runOutProbability: number | null;
  /** Past cycles behind it. */
  readonly pastCycles: number;
  readonly confidence: Confidence | null;
}

/** What the rule weighs with. The figures were chosen on made-up histories; `docs/backtest.md` has the results. */
export interface Tuning {
  /** Nothing is said before this share of the window has passed. */
  readonly leastElapsed: number;
  /** Nothing is said of fewer steps than these, unless a step would hardly matter. */
  readonly leastSteps: number;
  /** A step hardly matters when, projected, it is at most this share of the limit. */
  readonly smallStep: number;
  /** So many times as far ahead as the last hour is long, it counts as much as the cycle does. */
  readonly recentReach: number;
  /** Whether the last hour may only lower the rate: nearly every large miss promised too much use. */
  readonly capped: boolean;
  /** So many past cycles just like this one count as much as the rates do. */
  readonly pastHalf: number;
  /** A past cycle whose share differs by this much at the same fraction counts half. */
  readonly likeShare: number;
  /** One that began this much earlier or later in the day counts half, for windows shorter than a day. */
  readonly likeTimeOfDayMs: number;
  /** At most so many past cycles are looked at; 0 leaves them out. */
  readonly mostPast: number;
  /** Fewer past cycles give no probability. */
  readonly leastPast: number;
}

export const TUNING: Tuning = {
  leastElapsed: 0.05,
  leastSteps: 3,
  smallStep: 0.1,
  recentReach: 3,
  capped: true,
  pastHalf: 1,
  likeShare: 0.15,
  likeTimeOfDayMs: 2 * 3_600_000,
  mostPast: 60,
  leastPast: 3,
};

/** A forecast without figures, besides those given. */
export function nothing(
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
const MIN_SPAN_MS = 15 * 60_000;

/** Consumption of the recent past, and the span of it. */
export interface RecentUse {
  readonly spanMs: number;
  readonly consumed: number;
}

/** Null while the span is too short. */
export function recentUse(slots: readonly Slot[]): RecentUse | null {
  const first = slots[0];
  const last = slots.at(-1);
  if (!first || !last || last.to - first.from < MIN_SPAN_MS) return null;
  let consumed = 0;
  for (const slot of slots) consumed += slot.consumed;
  return { spanMs: last.to - first.from, consumed };
}

type Amounts = Pick<ForecastInput, "used" | "limit" | "remaining" | "kind">;

/** What is known of used, limit and remaining when any two of them are. */
export function amountsOf(input: Amounts): ReturnType<typeof statedAmounts> {
  return statedAmounts(statedOf(input));
}

/** A quota of which nothing is left, however that is known. */
export function exhausted(input: Amounts, known: Partial<Forecast> = {}): Forecast | null {
  const stated = statedOf(input);
  if (!isUsedUp(stated)) return null;
  return nothing("exhausted", "all-used", {
    projectedUsed: statedAmounts(stated).used,
    projectedShare: readingShare(stated),
    ...known,
  });
}

function statedOf({ used, limit, remaining, kind }: Amounts): Stated {
  return { used, limit, remaining, window: { kind, seconds: null } };
}
