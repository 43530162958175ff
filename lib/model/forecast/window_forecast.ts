/** The forecast of a window that ends at a reset. */
import {
  type Basis,
  completeAmounts,
  type Confidence,
  createForecastWithout,
  type Forecast,
  forecastExhausted,
  type ForecastInput,
  HOUR_MS,
  type RecentUse,
  sumRecentUse,
  type Tuning,
} from "./parts.ts";
import { divideByLimit, isNoQuota } from "../quota.ts";
import { estimateOutlook, type Outlook } from "./past_cycles.ts";
import { type WindowProgress, windowProgress } from "./work_week.ts";

/** From this projected share on, it is tight. */
const TIGHT_SHARE = 0.8;
/** From this run-out probability on, it is tight, whatever the projection. */
const TIGHT_PROBABILITY = 0.5;
/** Amounts closer together than this share of the limit are equal. */
const ROUNDING = 1e-9;

/** The current window as of its reading. */
interface WindowFacts {
  readonly startedAt: number;
  readonly resetsAt: number;
  readonly at: number;
  /** Used since `startedAt`. */
  readonly since: number;
  readonly used: number;
  readonly limit: number | null;
  readonly progress: WindowProgress;
}

type Chances = Pick<Forecast, "runOutProbability" | "pastCycles">;

export function windowForecast(input: ForecastInput, tuning: Tuning): Forecast {
  const { now, resetsAt } = input;
  // The clock may have been set back since.
  const at = Math.min(now, input.at);
  const { used, limit } = completeAmounts(input);
  if (isNoQuota({ used, limit })) return createForecastWithout("unknown", "no-limit");
  // A reading from before the reset belongs to a closed cycle; one from after it is what the vendor says now.
  if (resetsAt !== null && at < resetsAt && resetsAt <= now) {
    return createForecastWithout("unknown", "reset-passed");
  }
  const usedUp = forecastExhausted(input);
  if (usedUp) return usedUp;
  if (used === null) return createForecastWithout("unknown", "no-figure");
  if (resetsAt !== null && resetsAt <= now) {
    return used > 0
      ? createForecastWithout("unknown", "reset-overdue")
      : createForecastWithout("idle", "no-use");
  }
  if (resetsAt === null) {
    return used > 0 ? createForecastWithout("unknown", "no-reset") : createForecastWithout("idle", "no-use");
  }

  const began = findBeginning(input, resetsAt);
  const { workDays, zone } = input;
  const facts: WindowFacts = {
    startedAt: began.at,
    resetsAt,
    at,
    since: began.known ? used : input.cycle.consumed,
    used,
    limit,
    progress: windowProgress({ from: began.at, to: resetsAt, now: at, workDays, zone }),
  };
  const outlook = began.known ? findOutlook(input, facts, tuning) : null;
  const chances: Chances = {
    runOutProbability: outlook && outlook.cycles >= tuning.minPastCycles ? outlook.runOut : null,
    pastCycles: outlook?.cycles ?? 0,
  };
  if (used <= 0) return createForecastWithout("idle", "no-use", chances);
  const quiet = explainTooSoon(input, facts, tuning);
  if (quiet !== null) return createForecastWithout("analysing", quiet, chances);
  return projectUse(input, facts, outlook, chances, tuning);
}

/** Returns when the window began, or when it was first seen if that is unknown. */
function findBeginning(
  input: ForecastInput,
  resetsAt: number,
): { readonly at: number; readonly known: boolean } {
  if (input.windowMs) return { at: resetsAt - input.windowMs, known: true };
  return { at: input.cycle.startedAt, known: input.cycle.whole };
}

/** Returns why there can be no forecast yet, or null. */
function explainTooSoon(
  input: ForecastInput,
  { progress, since, limit, used }: WindowFacts,
  tuning: Tuning,
): "too-early" | "too-few-steps" | null {
  const whole = progress.elapsedMs + progress.leftMs;
  if (progress.elapsedMs < whole * tuning.minElapsed) return "too-early";
  const step = input.step ?? guessStep(used);
  // Projected, an error of one step grows to this. If that is small, few steps suffice.
  const grown = step * whole / progress.elapsedMs;
  const matters = limit === null || grown > limit * tuning.smallStep;
  return matters && !hasSteps(since, step, tuning) ? "too-few-steps" : null;
}

/** Reports whether an amount has enough steps to have a rate. */
function hasSteps(amount: number, step: number, { minSteps }: Tuning): boolean {
  // Three tenths are three steps, although their quotient is a little less.
  return amount >= minSteps * step * (1 - ROUNDING);
}

/** Derives the step of a figure from its decimals: 1, 0.1 or 0.01. */
function guessStep(used: number): number {
  if (Number.isInteger(used)) return 1;
  return Math.abs(used * 10 - Math.round(used * 10)) < 1e-6 ? 0.1 : 0.01;
}

function findOutlook(
  input: ForecastInput,
  { at, startedAt, resetsAt, used, limit }: WindowFacts,
  tuning: Tuning,
): Outlook | null {
  const share = divideByLimit(used, limit);
  if (share === null) return null;
  const past = input.past.slice(0, tuning.maxPastCycles);
  const windowMs = resetsAt - startedAt;
  const standing = { fraction: (at - startedAt) / windowMs, share, startedAt, windowMs };
  return estimateOutlook(past, standing, { share: tuning.likeShare, timeOfDayMs: tuning.likeTimeOfDayMs });
}

function projectUse(
  input: ForecastInput,
  facts: WindowFacts,
  outlook: Outlook | null,
  chances: Chances,
  tuning: Tuning,
): Forecast {
  const { at, resetsAt, used, limit, since, progress } = facts;
  const { elapsedMs, leftMs } = progress;
  const step = input.step ?? guessStep(used);

  const mean = since / elapsedMs;
  const recent = sumRecentUse(input.recent);
  const slope = recent && recent.consumed / recent.spanMs;
  const recentWeight = recent && isRecentSignificant(recent, mean, step, tuning)
    ? computeWeight(recent, leftMs, tuning)
    : 0;
  const heard = slope === null ? mean : tuning.capped ? Math.min(mean, slope) : slope;
  const rate = (1 - recentWeight) * mean + recentWeight * heard;

  const pastWeight = outlook ? outlook.weight / (outlook.weight + tuning.pastHalf) : 0;
  // Without a limit there is no outlook.
  const pastRise = outlook ? pastWeight * (outlook.rise * limit!) : 0;
  const rise = (1 - pastWeight) * rate * leftMs + pastRise;

  const projectedUsed = used + rise;
  const share = divideByLimit(projectedUsed, limit);
  const dry = share !== null && limit !== null && share > 1 + ROUNDING;
  const emptyAt = dry ? findEmptyAt(input, facts, (limit - used) / rise) : null;
  const { runOutProbability } = chances;
  const basis: Basis = {
    cycle: (1 - pastWeight) * (1 - recentWeight),
    recent: (1 - pastWeight) * recentWeight,
    past: pastWeight,
  };
  return {
    ...chooseState(share, emptyAt, runOutProbability),
    cyclePerHour: since / (at - facts.startedAt) * HOUR_MS,
    recentPerHour: slope === null ? null : slope * HOUR_MS,
    ratePerHour: rise / (resetsAt - at) * HOUR_MS,
    basis,
    projectedUsed,
    projectedShare: share,
    emptyAt,
    marginMs: emptyAt === null ? null : resetsAt - emptyAt,
    ...chances,
    confidence: rateConfidence(elapsedMs / (elapsedMs + leftMs), pastWeight),
  };
}

/**
 * Reports whether the recent past counts: a step or two has no slope, so this much must have been used, or
 * expected at the mean rate.
 */
function isRecentSignificant(recent: RecentUse, mean: number, step: number, tuning: Tuning): boolean {
  return hasSteps(Math.max(recent.consumed, mean * recent.spanMs), step, tuning);
}

/** Weighs the last hour, which says less the further ahead the reset is. */
function computeWeight({ spanMs }: RecentUse, leftMs: number, { recentReach }: Tuning): number {
  const reach = spanMs * recentReach;
  return reach / (reach + leftMs);
}

/** Returns when a part of the remaining rise is reached, not before now and before the reset. */
function findEmptyAt(
  { now }: ForecastInput,
  { progress, resetsAt }: WindowFacts,
  part: number,
): number {
  const at = progress.leftMs > 0 ? progress.after(part * progress.leftMs) : resetsAt;
  return Math.min(resetsAt - 1, Math.max(now, Math.floor(at)));
}

function chooseState(
  share: number | null,
  emptyAt: number | null,
  probability: number | null,
): Pick<Forecast, "state" | "reason"> {
  if (share === null) return { state: "unknown", reason: "no-limit" };
  if (emptyAt !== null) return { state: "runs-dry", reason: "empty-before-reset" };
  if (share >= TIGHT_SHARE) return { state: "tight", reason: "near-limit" };
  if (probability !== null && probability >= TIGHT_PROBABILITY) {
    return { state: "tight", reason: "past-cycles-ran-out" };
  }
  return { state: "lasts", reason: "room-left" };
}

function rateConfidence(elapsed: number, pastWeight: number): Confidence {
  if (elapsed >= 0.75) return "high";
  return elapsed >= 0.4 || pastWeight >= 0.5 ? "medium" : "low";
}
