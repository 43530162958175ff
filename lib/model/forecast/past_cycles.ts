/**
 * What past cycles say about the rest of the current one: how much similar cycles still rose from here on,
 * and how many of them would have run out.
 */
import { DAY_MS } from "../duration.ts";

/** A closed cycle, as the forecast remembers it. */
export interface PastCycle {
  /** When its window began, epoch milliseconds. */
  readonly startedAt: number;
  /**
   * Used share of its limit (1 for all) at equal steps through the window, from its beginning to its reset,
   * as `computeCurve` computes it; at least two values.
   */
  readonly curve: Curve;
}

/** Numbers, as an array or as read from a file, which needs few of them. */
export interface Curve {
  readonly length: number;
  at(step: number): number | undefined;
}

/**
 * Increased with each change of how curves are learnt from cycles, so that what an earlier version learnt and stored is
 * learnt again: versions under development have the same number of the program.
 */
export const LEARNING_VERSION = 2;
/** Steps of a curve: an hour each in a week. */
export const CURVE_STEPS = 168;
/** A curve is extrapolated past its limit up to here. */
const CURVE_TOP = 1.5;

/** A point of a line: epoch milliseconds and used share. */
export interface CurvePoint {
  readonly at: number;
  readonly share: number;
}

/**
 * Computes the curve of a cycle from its points in time order; only those in `[from, to]` count. It starts at
 * 0 and holds each value until the next. At the limit the counter stops although the work was not done, so
 * from there on the curve continues at its mean speed until then.
 */
export function computeCurve(
  points: Iterable<CurvePoint>,
  from: number,
  to: number,
  steps: number = CURVE_STEPS,
): readonly number[] {
  const curve: number[] = [];
  const stepMs = (to - from) / steps;
  let share = 0;
  for (const point of points) {
    if (point.at < from) continue;
    if (point.at > to) break;
    const reached = Math.ceil((point.at - from) / stepMs - 1e-9);
    while (curve.length < reached) curve.push(share);
    share = point.share;
  }
  while (curve.length <= steps) curve.push(share);
  const full = curve.findIndex((value) => value >= 1);
  const first = Math.max(1, full);
  for (let step = first; full >= 0 && step <= steps; step++) {
    curve[step] = Math.min(CURVE_TOP, step / first);
  }
  return curve;
}

/** Returns the share at a fraction of the window, interpolated between the neighbouring steps. */
export function shareAt({ curve }: PastCycle, fraction: number): number {
  const place = Math.min(1, Math.max(0, fraction)) * (curve.length - 1);
  const step = Math.floor(place);
  const before = curve.at(step)!;
  const after = curve.at(step + 1) ?? before;
  return before + (after - before) * (place - step);
}

/** The state of the current cycle. */
export interface PastLevel {
  /** Fraction of the window that has passed, 0..1. */
  readonly fraction: number;
  /** Used share of the limit. */
  readonly share: number;
  /** When the window began, epoch milliseconds, and its length. */
  readonly startedAt: number;
  readonly windowMs: number;
}

export interface Outlook {
  /** Number of past cycles used. */
  readonly cycles: number;
  /** Total weight of the past cycles, each by its similarity to this one. */
  readonly weight: number;
  /** The remaining rise of the share until the reset. */
  readonly rise: number;
  /** The weighted share of them that would run out from here, between 0 and 1. */
  readonly runOut: number;
}

export interface Similarity {
  /** A cycle whose share differs by this much at the same fraction counts half. */
  readonly share: number;
  /** One that began this much earlier or later in the day counts half, for windows shorter than a day. */
  readonly timeOfDayMs: number;
}

/** Returns the outlook from past cycles, or null when there are none. */
export function estimateOutlook(
  past: readonly PastCycle[],
  now: PastLevel,
  similarity: Similarity,
): Outlook | null {
  const { fraction, share, startedAt, windowMs } = now;
  const hasTimeOfDay = windowMs < DAY_MS;
  let weight = 0;
  let rise = 0;
  let runOut = 0;
  for (const cycle of past) {
    const then = shareAt(cycle, fraction);
    const rose = Math.max(0, cycle.curve.at(cycle.curve.length - 1)! - then);
    let like = weighDistance((then - share) / similarity.share);
    if (hasTimeOfDay) like *= weighDistance(dayDistance(cycle.startedAt, startedAt) / similarity.timeOfDayMs);
    weight += like;
    rise += like * rose;
    if (share + rose >= 1) runOut += like;
  }
  return weight > 0 ? { cycles: past.length, weight, rise: rise / weight, runOut: runOut / weight } : null;
}

/** Returns 1 at distance 0, one half at distance 1. */
function weighDistance(distance: number): number {
  return 1 / (1 + distance * distance);
}

/** Returns the difference between two times of day, in milliseconds. */
function dayDistance(a: number, b: number): number {
  const apart = Math.abs(a - b) % DAY_MS;
  return Math.min(apart, DAY_MS - apart);
}
