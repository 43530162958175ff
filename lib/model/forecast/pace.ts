/**
 * Pace: the used share of a window beside the share of it that has passed. A straight line
 * through the beginning of the window and now, and where it leads; what is likely is the
 * business of the forecast.
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
  /** Used share of the limit, 1 is all of it; null where it cannot be known. */
  readonly share: number | null;
  /** Length of the window in milliseconds. */
  readonly windowMs: number | null;
  /** Epoch milliseconds. */
  readonly resetsAt: number | null;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Days from Monday on that are worked, 2 to 6, for windows of a week; otherwise all days count. */
  readonly workDays?: number | undefined;
  /** IANA zone in which days begin; without one all days count. */
  readonly zone?: string | undefined;
}

export interface Pace {
  /** The share of the window (of its worked time) that has passed, 0..1. */
  readonly expected: number;
  /** Used share minus expected; positive is too fast. */
  readonly delta: number;
  readonly stage: PaceStage;
  /** Milliseconds until nothing is left at the mean speed so far, or null when it lasts. */
  readonly emptyInMs: number | null;
  /** Whether what is left lasts until the reset at the mean speed so far. */
  readonly lasts: boolean;
  /**
   * By what the speed has to be multiplied to end with exactly nothing left; null where nothing is used,
   * nothing is left, or no time is left.
   */
  readonly multiplier: number | null;
  /** Days of the week that count; 7 is all. */
  readonly workDays: number;
}

/** Upper bounds of the stages, in shares. */
const ON_TRACK = 0.02;
const SLIGHTLY = 0.06;
const PLAIN = 0.12;
/** Arithmetic may miss a bound by this much. */
const ROUNDING = 1e-9;

/**
 * Null where there is no answer: figures unknown, the reset in the past or farther away than the window is
 * long, or use before any (worked) time has passed.
 *
 * @throws {RangeError} when working days are asked for in a zone that is not known
 */
export function paceOf(input: PaceInput): Pace | null {
  const { share, windowMs, resetsAt, now, workDays, zone } = input;
  if (share === null || windowMs === null || resetsAt === null) return null;
  if (!Number.isFinite(share) || share < 0 || !(windowMs > 0)) return null;
  if (!(resetsAt > now) || resetsAt - now > windowMs) return null;

  const course = windowProgress({ from: resetsAt - windowMs, to: resetsAt, now, workDays, zone });
  const { elapsedMs, leftMs } = course;
  if (elapsedMs <= 0 && share > 0) return null;
  const expected = elapsedMs / (elapsedMs + leftMs);
  const delta = share - expected;
  // At the mean speed all is used when the share of the time that has passed is the share that is used.
  const lasts = share < 1 && delta <= ROUNDING;
  return {
    expected,
    delta,
    stage: stageOf(delta),
    emptyInMs: lasts ? null : course.after(Math.max(0, 1 - share) / share * elapsedMs) - now,
    lasts,
    multiplier: share < 1 && leftMs > 0 ? finite((1 - share) * elapsedMs / (share * leftMs)) : null,
    workDays: course.workDays,
  };
}

/** Of next to nothing used, any speed would do. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** @param delta used share minus expected */
export function stageOf(delta: number): PaceStage {
  const distance = Math.abs(delta) - ROUNDING;
  if (distance <= ON_TRACK) return "on-track";
  if (delta > 0) return distance <= SLIGHTLY ? "slightly-ahead" : distance <= PLAIN ? "ahead" : "far-ahead";
  return distance <= SLIGHTLY ? "slightly-behind" : distance <= PLAIN ? "behind" : "far-behind";
}

/** `slightly ahead`: the stage as people read it. */
export function stageWords(stage: PaceStage): string {
  return stage.replace("-", " ");
}
