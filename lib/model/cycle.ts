/**
 * When a cycle ends. One rule for every provider: a reset needs two signals that
 * agree, because each of them alone has been seen to lie. A value may fall in a
 * correction, an advertised reset may wobble or be rolled back, and a passed reset
 * may simply not have been applied yet.
 */
import type { QuotaKey, Reading } from "./quota.ts";

/** How the end (or the start) of a cycle was known. */
export type Evidence =
  | "reset-passed"
  | "reset-moved"
  | "reset-gone"
  | "use-fell"
  | "left-rose";

/** The stretch of one quota between two resets. */
export interface Cycle {
  readonly quota: QuotaKey;
  /** Epoch milliseconds: the reset that began it, or the first reading ever seen. */
  readonly startedAt: number;
  /** Epoch milliseconds, or null while it is open. */
  readonly endedAt: number | null;
  /** The reset as last advertised, or null where none was. */
  readonly resetsAt: number | null;
  /** The highest `used` seen. */
  readonly peak: number | null;
  /** Sum of the rises, in the quota's unit. */
  readonly consumed: number;
  /** The limit as last stated. */
  readonly limit: number | null;
  /** Readings seen in it. */
  readonly count: number;
  readonly lastAt: number;
  /** False when it was already under way at the first reading, so that `consumed` is a lower bound. */
  readonly whole: boolean;
  readonly endedBy: readonly Evidence[];
}

/** A stored reset counts as passed when it lies this far back: clocks differ a little. */
export const RESET_GRACE_MS = 2 * 60_000;
/** An advertised reset that moves by no more than this only wobbles. */
const LEAST_MOVE_MS = 10 * 60_000;
/** The same for long windows, as a share of their length. */
const LEAST_MOVE_SHARE = 0.05;
/** Falls smaller than this share of the limit (or of the value before) are rounding. */
const ROUNDING = 1e-9;

/** What two readings of one quota that follow each other say. */
export interface Verdict {
  readonly reset: boolean;
  readonly evidence: readonly Evidence[];
  /** When the cycle before ended; only meaningful when `reset`. */
  readonly endedAt: number;
}

const NO_RESET: Verdict = { reset: false, evidence: [], endedAt: 0 };

/**
 * Decides whether a reset lies between two readings.
 *
 * @param before the reading before, seen at `beforeAt`
 * @param after the reading now, seen at `at`, later than `beforeAt`
 */
export function judge(before: Reading, beforeAt: number, after: Reading, at: number): Verdict {
  if (after.window.kind === "rolling" || after.window.kind === "balance") return NO_RESET;

  const evidence: Evidence[] = [];
  const known = before.resetsAt;
  const passed = known !== null && at >= known + RESET_GRACE_MS;
  if (passed) evidence.push("reset-passed");
  // A due reset within the grace time counts only together with a fall.
  const due = known !== null && !passed && at >= known;

  const moved = known !== null && after.resetsAt !== null &&
    after.resetsAt - known > moveTolerance(after);
  if (moved) evidence.push("reset-moved");
  const gone = known !== null && after.resetsAt === null;
  if (gone) evidence.push("reset-gone");

  const fell = hasFallen(before, after);
  if (fell === "used") evidence.push("use-fell");
  if (fell === "left") evidence.push("left-rose");

  // The vendor may keep showing a reset that is over; until something else changes, nothing was reset.
  const reset = (passed && (moved || gone || fell !== null)) ||
    ((moved || gone || due) && fell !== null) ||
    (known === null && fell !== null && fellByHalf(before, after));
  if (!reset) return NO_RESET;

  const endedAt = known !== null && known <= at && known > beforeAt ? known : at;
  return { reset: true, evidence, endedAt };
}

/** How far an advertised reset may wander without meaning anything. */
export function moveTolerance(reading: Reading): number {
  return Math.max(LEAST_MOVE_MS, (reading.window.seconds ?? 0) * 1000 * LEAST_MOVE_SHARE);
}

function hasFallen(before: Reading, after: Reading): "used" | "left" | null {
  if (before.used !== null && after.used !== null) {
    return after.used < before.used - slack(before.used, after.limit) ? "used" : null;
  }
  if (before.remaining !== null && after.remaining !== null) {
    return after.remaining > before.remaining + slack(before.remaining, after.limit) ? "left" : null;
  }
  return null;
}

function slack(value: number, limit: number | null): number {
  return ROUNDING * Math.max(Math.abs(value), limit ?? 0, 1);
}

/** Where no reset is advertised, only a fall by more than half is taken for one: smaller falls are corrections. */
function fellByHalf(before: Reading, after: Reading): boolean {
  if (before.used !== null && after.used !== null) return after.used < before.used / 2;
  return true;
}
