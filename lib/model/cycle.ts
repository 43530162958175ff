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

/** Clocks differ: a reset that moved on so shortly before its time was reached by the vendor's clock. */
export const RESET_GRACE_MS = 2 * 60_000;
/** An advertised reset that moves by no more than this only wobbles. */
const LEAST_MOVE_MS = 10 * 60_000;
/** The same for long windows, as a share of their length. */
const LEAST_MOVE_SHARE = 0.05;
/** Falls smaller than this share of the limit (or of the value before) are rounding. */
const ROUNDING = 1e-9;

/** What is known of a quota when its next reading comes. */
export interface Before {
  readonly reading: Reading;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  /** The open cycle, with the reset as last advertised. */
  readonly cycle: Pick<Cycle, "startedAt" | "resetsAt">;
}

/** What two readings of one quota that follow each other say. */
export interface Verdict {
  readonly reset: boolean;
  readonly evidence: readonly Evidence[];
  /** When the cycle before ended, in `(before.at, at]`; only meaningful when `reset`. */
  readonly endedAt: number;
  /** When the new one began, in `[endedAt, at]`; only meaningful when `reset`. */
  readonly startedAt: number;
}

const NO_RESET: Verdict = { reset: false, evidence: [], endedAt: 0, startedAt: 0 };

/**
 * Decides whether a reset lies between two readings.
 *
 * @param before the reading before and the cycle it belongs to
 * @param after the reading now, seen at `at`, later than `before.at`
 */
export function judge(before: Before, after: Reading, at: number): Verdict {
  if (after.window.kind === "rolling" || after.window.kind === "balance") return NO_RESET;
  // Some vendors let the reset of an unused window slide along, always a whole window away: nothing ended.
  if (isIdle(before.reading, before.at) && isIdle(after, at)) return NO_RESET;

  const known = standingReset(before.cycle);
  const moved = known !== null && after.resetsAt !== null && after.resetsAt - known > moveTolerance(after);
  const gone = known !== null && after.resetsAt === null;
  const passed = known !== null && at >= known - (moved ? RESET_GRACE_MS : 0);
  const fell = hasFallen(before.reading, after);

  // A passed reset alone says nothing: the vendor may keep showing it until it is applied. One that is
  // merely left out says nothing either while there is use.
  const due = passed && (moved || fell !== null || gone && isUnused(after));
  // Before its time, a reset begins a new window. A fall with a reset that only goes back to what it was
  // before an incident does not: that window began long ago.
  const early = moved && fell !== null && beganSince(before.at, after, at);
  // Where no reset is advertised, smaller falls are corrections.
  const unannounced = (known === null || gone) && fell !== null && hasFallenByHalf(before.reading, after);
  if (!due && !early && !unannounced) return NO_RESET;

  const evidence: Evidence[] = [];
  if (passed) evidence.push("reset-passed");
  if (moved) evidence.push("reset-moved");
  if (gone) evidence.push("reset-gone");
  if (fell === "used") evidence.push("use-fell");
  if (fell === "left") evidence.push("left-rose");
  const endedAt = known !== null && known <= at && known > before.at ? known : at;
  return { reset: true, evidence, endedAt, startedAt: startAfter(endedAt, after, at) };
}

/**
 * The reset that will end a cycle. One at or before its start has ended a cycle already (or was stale
 * when first seen), so a vendor that goes on showing it, or replaces it late, resets nothing twice.
 */
function standingReset(cycle: Before["cycle"]): number | null {
  return cycle.resetsAt !== null && cycle.resetsAt > cycle.startedAt ? cycle.resetsAt : null;
}

/** Whole windows may have passed unseen: the new cycle begins with the one its first reading belongs to. */
function startAfter(endedAt: number, after: Reading, at: number): number {
  const began = Math.min(beginningOf(after) ?? endedAt, at);
  return began - endedAt > moveTolerance(after) ? began : endedAt;
}

/** Whether the window of `after` began between two readings, or its beginning cannot be known. */
function beganSince(beforeAt: number, after: Reading, at: number): boolean {
  const began = beginningOf(after);
  const tolerance = moveTolerance(after);
  return began === null || (began > beforeAt - tolerance && began <= at + tolerance);
}

function beginningOf(reading: Reading): number | null {
  const { seconds } = reading.window;
  return seconds === null || reading.resetsAt === null ? null : reading.resetsAt - seconds * 1000;
}

/** Unused, with a reset a whole window away. */
function isIdle(reading: Reading, at: number): boolean {
  const began = beginningOf(reading);
  return began !== null && began >= at - moveTolerance(reading) && isUnused(reading);
}

function isUnused(reading: Reading): boolean {
  if (reading.used !== null) return reading.used <= 0;
  return reading.remaining !== null && reading.limit !== null && reading.remaining >= reading.limit;
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

function hasFallenByHalf(before: Reading, after: Reading): boolean {
  if (before.used !== null && after.used !== null) return after.used < before.used / 2;
  return true;
}
