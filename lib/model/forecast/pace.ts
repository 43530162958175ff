/**
 * Pace: the used share of a window against the share of it that has passed. It draws a straight line through
 * the start of the window and now; what is likely is up to the forecast.
 */
import { windowProgress } from "./work_week.ts";

/** How far use is ahead of time (too fast) or behind it. */
export type PaceStage =
  | "on-track"
  | "slightly-ahead"
  | "ahead"
  | "far-ahead"
  | "slightly-behind"
  | "behind"
  | "far-behind";

export interface PaceInput {
  /** Used share of the limit, 1 for all of it; null when unknown. */
  readonly share: number | null;
  /** Length of the window in milliseconds. */
  readonly windowMs: number | null;
  /** Epoch milliseconds. */
  readonly resetsAt: number | null;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Number of working days counted from Monday, 2 to 6, for weekly windows; otherwise all days count. */
  readonly workDays?: number | undefined;
  /** IANA zone of the days; without one all days count. */
  readonly zone?: string | undefined;
}

export interface Pace {
  /** The share of the window (of its working time) that has passed, 0..1. */
  readonly expected: number;
  /** Used share minus expected; positive is too fast. */
  readonly delta: number;
  readonly stage: PaceStage;
  /** Milliseconds until nothing is left at the mean speed so far; null when it lasts. */
  readonly emptyInMs: number | null;
  /** True when the remainder lasts until the reset at the mean speed so far. */
  readonly lasts: boolean;
  /**
   * The factor that makes the current speed end with exactly nothing left; null when nothing is used, nothing
   * is left, or no time is left.
   */
  readonly multiplier: number | null;
  /** Number of days of the week that count; 7 means all. */
  readonly workDays: number;
}

/** Upper bounds of the stages, in shares. */
const ON_TRACK = 0.02;
const SLIGHTLY = 0.06;
const PLAIN = 0.12;
/** Tolerance for rounding errors at a bound. */
const ROUNDING = 1e-9;

/**
 * Computes the pace. Null when there is none: unknown figures, a reset in the past or further away than the
 * window is long, or use before any (working) time has passed.
 *
 * @throws {RangeError} when working days are requested in an unknown zone
 */
export function computePace(input: PaceInput): Pace | null {
  const { now, workDays, zone } = input;
  // No comparison holds for what is unknown.
  const [share, windowMs, resetsAt] = [input.share ?? NaN, input.windowMs ?? NaN, input.resetsAt ?? NaN];
  if (!Number.isFinite(share) || share < 0) return null;
  if (!(resetsAt > now && resetsAt - now <= windowMs)) return null;

  const progress = windowProgress({ from: resetsAt - windowMs, to: resetsAt, now, workDays, zone });
  const { elapsedMs, leftMs } = progress;
  if (elapsedMs <= 0 && share > 0) return null;
  const expected = elapsedMs / (elapsedMs + leftMs);
  const delta = share - expected;
  // At the mean speed, everything is used when the passed share of time equals the used share.
  const lasts = share < 1 && delta <= ROUNDING;
  return {
    expected,
    delta,
    stage: findPaceStage(delta),
    emptyInMs: lasts ? null : progress.after(Math.max(0, 1 - share) / share * elapsedMs) - now,
    lasts,
    multiplier: share < 1 ? toFinite((1 - share) * elapsedMs / (share * leftMs)) : null,
    workDays: progress.workDays,
  };
}

/** Rejects infinity: with almost nothing used, or no time left, any speed would do. */
function toFinite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** @param delta used share minus expected */
export function findPaceStage(delta: number): PaceStage {
  const distance = Math.abs(delta) - ROUNDING;
  if (distance <= ON_TRACK) return "on-track";
  const side = delta > 0 ? "ahead" : "behind";
  return distance <= SLIGHTLY ? `slightly-${side}` : distance <= PLAIN ? side : `far-${side}`;
}

/** Returns the stage for people: `slightly ahead`. */
export function stageWords(stage: PaceStage): string {
  return stage.replace("-", " ");
}
