/** Forecasts of quotas that never reset as a whole: balances and sliding windows. */
import { DAY_MS } from "../duration.ts";
import {
  completeAmounts,
  type Confidence,
  createForecastWithout,
  type Forecast,
  forecastExhausted,
  type ForecastInput,
  HOUR_MS,
  sumRecentUse,
} from "./parts.ts";

/** A balance observed for less supports no forecast: a day has quiet and busy hours. */
const MIN_OBSERVED_MS = 6 * HOUR_MS;
/** Beyond this, the mean rate of a balance covers working days and days off. */
const WELL_OBSERVED_MS = 7 * DAY_MS;
/** A balance that ends within this time runs out. */
const SOON_MS = DAY_MS;
/** One that ends within this time is tight. */
const NEAR_MS = 7 * DAY_MS;
/** No end is reported further ahead than this. */
const MAX_AHEAD_MS = 365 * DAY_MS;

/**
 * Forecasts a balance, which has no reset: it ends when it is
 * empty, at the mean rate since it was first observed.
 */
export function balanceForecast(input: ForecastInput): Forecast {
  const { now, at, cycle } = input;
  const usedUp = forecastExhausted(input, { projectedUsed: null, projectedShare: null });
  if (usedUp) return usedUp;
  const left = computeLeft(input);
  if (left === null) return createForecastWithout("unknown", "no-figure");

  const since = cycle.startedAt;
  const watched = input.watched && input.watched.from < since
    ? input.watched
    : { from: since, consumed: cycle.consumed };
  const watchedMs = at - watched.from;
  const recent = sumRecentUse(input.recent);
  const recentPerHour = recent && recent.consumed / recent.spanMs * HOUR_MS;
  if (watchedMs < MIN_OBSERVED_MS) return createForecastWithout("analysing", "too-early", { recentPerHour });
  const cyclePerHour = watched.consumed / watchedMs * HOUR_MS;
  const known = { cyclePerHour, recentPerHour, ratePerHour: cyclePerHour };
  if (cyclePerHour <= 0) return createForecastWithout("idle", "no-use", known);

  const basis = { cycle: 1, recent: 0, past: 0 };
  const confidence: Confidence = watchedMs >= WELL_OBSERVED_MS ? "medium" : "low";
  const emptyInMs = left / cyclePerHour * HOUR_MS;
  const withBasis = { ...known, basis, confidence };
  if (emptyInMs > MAX_AHEAD_MS) return createForecastWithout("lasts", "room-left", withBasis);
  const withEnd = { ...withBasis, emptyAt: Math.max(now, Math.floor(at + emptyInMs)) };
  if (emptyInMs <= SOON_MS) return createForecastWithout("runs-dry", "empty-within-a-day", withEnd);
  if (emptyInMs <= NEAR_MS) return createForecastWithout("tight", "empty-within-a-week", withEnd);
  return createForecastWithout("lasts", "room-left", withEnd);
}

/**
 * Forecasts a sliding window, which refills what was used;
 * without a known refill rate it has no projected end.
 */
export function rollingForecast(input: ForecastInput): Forecast {
  const { now, at, refillPerHour, windowMs } = input;
  const usedUp = forecastExhausted(input, { projectedUsed: null, projectedShare: null });
  if (usedUp) return usedUp;
  const left = computeLeft(input);
  if (left === null) return createForecastWithout("unknown", input.used === null ? "no-figure" : "no-limit");
  const { used } = completeAmounts(input);
  if (used !== null && used <= 0) return createForecastWithout("idle", "no-use");

  const recent = sumRecentUse(input.recent);
  if (!recent) return createForecastWithout("analysing", "too-early");
  const recentPerHour = recent.consumed / recent.spanMs * HOUR_MS;
  const known = { recentPerHour, ratePerHour: recentPerHour };
  if (refillPerHour === null || refillPerHour === undefined) {
    return createForecastWithout("unknown", "refill-unknown", { recentPerHour });
  }
  const net = recentPerHour - refillPerHour;
  if (net <= 0) return createForecastWithout("lasts", "refills-faster", known);
  const emptyInMs = left / net * HOUR_MS;
  // The last hour says nothing about a time more than a window away.
  if (windowMs === null || emptyInMs > windowMs) return createForecastWithout("lasts", "room-left", known);
  return createForecastWithout("runs-dry", "empty-before-refill", {
    ...known,
    basis: { cycle: 0, recent: 1, past: 0 },
    emptyAt: Math.max(now, Math.floor(at + emptyInMs)),
    confidence: "low",
  });
}

function computeLeft(input: ForecastInput): number | null {
  if (input.remaining !== null) return input.remaining;
  return input.limit === null || input.used === null ? null : input.limit - input.used;
}
