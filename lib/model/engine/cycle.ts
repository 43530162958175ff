/**
 * Decides when a cycle ends. One rule for every provider: a reset needs two signals that agree, because each
 * of them alone has been seen to lie. A value may fall in a correction, a stated reset may jitter or be
 * rolled back, and a passed reset may simply not have been applied yet.
 *
 * - A due reset ends the cycle at once, at the stated instant, when that has passed and either the value
 *   fell or the vendor states a window that began since then. A vendor that only postpones a due reset states
 *   a window that began long ago: nothing ended. One that keeps stating the old reset and level for a while may
 *   next state any level of the new window: all of it is use since the reset.
 * - An early reset is *pending* (`held`): the next reading confirms it, and then it counts from the first
 *   reading that showed it, or the value comes back, and then nothing happened.
 * - When the stated reset moves away before it has passed, the readings from then on are *provisional*
 *   (`doubt`) until it passes, for a day at most. If the vendor goes back to it and to the value of that
 *   time, they are reverted: their consumption is removed from where it was counted, cycles that began
 *   meanwhile are voided, and the old one is open again. The readings themselves stay as they were stated.
 * - An early fall whose next reset is less than a window away may be an early reset or the recovery from an
 *   incident. It counts once the previous reset has passed, or after a day, if the value stays low, or once
 *   the use since then exceeds the value before the fall.
 * - Values that are shares of different wholes (another unit, window, plan or limit) are not compared: then
 *   only a due reset, or a window that began since the last reading, ends the cycle. Use over a week and use
 *   over a month are different things, so another window also ends it.
 * - An unused window is idle: it begins with its first use, which moves the start of its cycle.
 * - A rolling window has one cycle that never ends. A balance begins a new one with each top-up, which is
 *   not a reset: it consumes nothing. A balance of zero is provisional for a moment, and reverted if the
 *   former one comes back.
 *
 * `pending_reset.ts` and `quota_step.ts` handle pending resets and
 * provisional readings; this file compares two readings.
 */
import { type BaselineReason, roundingAt } from "./mark.ts";
import { completeAmounts, divideByLimit, type QuotaKey, type Reading } from "../quota.ts";

/** The evidence for the end (or the start) of a cycle. */
export type Evidence =
  | "reset-passed"
  | "reset-moved"
  | "reset-gone"
  | "use-fell"
  | "left-rose"
  | "topped-up"
  | "plan-changed"
  | "unit-changed"
  | "window-changed";

export const EVIDENCE: readonly Evidence[] = [
  "reset-passed",
  "reset-moved",
  "reset-gone",
  "use-fell",
  "left-rose",
  "topped-up",
  "plan-changed",
  "unit-changed",
  "window-changed",
];

/** The use of one quota between two resets, or top-ups. */
export interface Cycle {
  readonly quota: QuotaKey;
  /** Epoch milliseconds: the reset or top-up that began it, or the first reading ever seen. */
  readonly startedAt: number;
  /** Epoch milliseconds, or null while it is open. */
  readonly endedAt: number | null;
  /** The latest stated reset, or null when there was none. */
  readonly resetsAt: number | null;
  /** The highest `used` seen. */
  readonly peak: number | null;
  /** Sum of the rises, in the quota's unit. */
  readonly consumed: number;
  /** The latest stated limit. */
  readonly limit: number | null;
  /** Number of readings in it. */
  readonly count: number;
  readonly lastAt: number;
  /** False when it was already under way at the first reading, so that `consumed` is a lower bound. */
  readonly whole: boolean;
  readonly endedBy: readonly Evidence[];
}

/** Clock skew: a reset that moved this shortly before it was due had already passed by the vendor's clock. */
export const RESET_GRACE_MS = 2 * 60_000;
/** A stated reset that moves by no more than this is jitter. */
export const MIN_MOVE_MS = 10 * 60_000;
/** The same for long windows, as a share of their length. */
const MIN_MOVE_SHARE = 0.05;
/** The remainder of a balance may rise by this share without a top-up: vendors correct their charges. */
const MIN_TOP_UP_SHARE = 0.01;
/** Some vendors round the beginning of a window down to the hour. */
const MAX_ROUNDED_MS = 3_600_000;
/** A month or billing period is at least this share as long as the previous one. */
const MIN_PERIOD_SHARE = 0.88;
/** Minimum length of a billing period when nothing is known about it. */
const MIN_PERIOD_MS = 20 * 86_400_000;
/** Right after a reset, at most this share of the limit is used. */
const MAX_REMNANT = 0.1;

/** What is known of a quota before its next reading. */
export interface PreviousReading {
  readonly reading: Reading;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  /** The open cycle, with the latest stated reset. */
  readonly cycle: Pick<Cycle, "startedAt" | "resetsAt"> & Partial<Pick<Cycle, "whole">>;
}

/** The conclusion from two consecutive readings of one quota. */
export interface Verdict {
  /** `early`: a reset before its time, or an unstated one; the next reading has to confirm it. */
  readonly kind: "none" | "reset" | "early" | "top-up";
  readonly evidence: readonly Evidence[];
  /** When the previous cycle ended, in `(before.at, at]`; only meaningful when one did. */
  readonly endedAt: number;
  /** When the new one began, in `[endedAt, at]`; only meaningful when one did. */
  readonly startedAt: number;
}

/** Nothing ended. */
export const NO_RESET: Verdict = { kind: "none", evidence: [], endedAt: NaN, startedAt: NaN };

/**
 * Decides whether a reset lies between two readings.
 *
 * @param before the previous reading and the cycle it belongs to
 * @param after the current reading, taken at `at`, later than `before.at`
 * @param changed why `after` is a share of another whole than `before`, or null
 */
export function decideReset(
  before: PreviousReading,
  after: Reading,
  at: number,
  changed: Exclude<BaselineReason, "source"> | null = null,
): Verdict {
  if (after.window.kind === "rolling") return NO_RESET;
  if (after.window.kind === "balance") {
    if (!isToppedUp(before.reading, after)) return NO_RESET;
    return { kind: "top-up", evidence: ["topped-up"], endedAt: at, startedAt: at };
  }
  // Some vendors let the reset of an unused window slide along, always a whole window away: nothing ended.
  if (isIdle(before.reading, before.at) && isIdle(after, at)) return NO_RESET;

  const known = findExpectedReset(before.cycle) ?? staleReset(before);
  const moved = known !== null && after.resetsAt !== null && after.resetsAt - known > moveTolerance(after);
  const gone = known !== null && after.resetsAt === null;
  const passed = known !== null && at >= known - (moved ? RESET_GRACE_MS : 0);
  // A changed limit does not prevent comparing amounts.
  const fell = changed === null || changed === "limit" ? hasFallen(before.reading, after) : null;
  const began = moved && windowBeganSince(before, known, after, at);

  // A passed reset alone says nothing: the vendor may keep showing it until it is applied, or postpone it. A
  // reset that is merely omitted says nothing either while there is use.
  const due = passed && (
    began ||
    fell !== null && (!moved || hasFallenByHalf(before.reading, after)) ||
    gone && isUnused(after)
  );
  // An early reset starts a new window. A fall whose reset only returns to its value before an incident does
  // not: that window began long ago.
  const early = fell !== null && (
    began || moved && findBeginning(after) === null ||
    !moved && hasFallenByHalf(before.reading, after) && windowBeginsAnew(before, known, after, at)
  );
  // A new plan often starts new windows, whose values cannot be compared with the old ones.
  const restarted = began && changed === "plan" && before.reading.window.seconds !== null;
  // Without a stated reset, smaller falls are corrections.
  const unannounced = (known === null || gone) && fell !== null && hasFallenByHalf(before.reading, after);
  if (!due && !early && !unannounced && !restarted) return NO_RESET;

  const evidence: Evidence[] = [];
  if (passed) evidence.push("reset-passed");
  if (moved) evidence.push("reset-moved");
  if (gone) evidence.push("reset-gone");
  if (fell === "used") evidence.push("use-fell");
  if (fell === "left") evidence.push("left-rose");
  if (restarted && !due) evidence.push("plan-changed");
  const endedAt = known !== null && known > before.at ? Math.min(known, at) : endedUnseen(before, after, at);
  return {
    kind: due || restarted ? "reset" : "early",
    evidence,
    endedAt,
    startedAt: startAfter(endedAt, after, at),
  };
}

/**
 * Returns the reset that will end a cycle. A reset at or before the cycle's start has already ended one (or
 * was stale when first seen), so a vendor that keeps showing it, or replaces it late, resets nothing twice.
 */
export function findExpectedReset(cycle: PreviousReading["cycle"]): number | null {
  return cycle.resetsAt !== null && cycle.resetsAt > cycle.startedAt ? cycle.resetsAt : null;
}

/**
 * Returns a reset that had passed when the quota was first read: a vendor that states it late states the use of that
 * window, and what it states next is use since.
 */
function staleReset({ reading, cycle }: PreviousReading): number | null {
  return cycle.whole === false && !isUnused(reading) ? cycle.resetsAt : null;
}

/**
 * Returns when a cycle ended whose reset had passed before its last reading. The window that is stated now may be over
 * as well; then the new cycle begins before its reset, which is still to end it.
 */
function endedUnseen(before: PreviousReading, after: Reading, at: number): number {
  const began = findBeginning(after);
  if (began === null || after.resetsAt! > at || after.resetsAt! - before.at <= 1) return at;
  return Math.max(began, before.at + 1);
}

/**
 * Returns the start of the new cycle. Whole windows may have passed
 * unobserved: it begins with the window of its first reading.
 */
function startAfter(endedAt: number, after: Reading, at: number): number {
  const began = Math.min(findBeginning(after) ?? endedAt, at);
  return began - endedAt > moveTolerance(after) ? began : endedAt;
}

/**
 * Reports whether a balance was topped up. It relies on the granted amount if the vendor states it; otherwise
 * on a rise of the remainder larger than a refund of cents.
 */
function isToppedUp(before: Reading, after: Reading): boolean {
  if (before.limit !== null && after.limit !== null) {
    return after.limit > before.limit + roundingAt(before.limit, after.limit);
  }
  if (before.remaining === null || after.remaining === null) return false;
  return after.remaining - before.remaining >
    Math.max(MIN_TOP_UP_SHARE * before.remaining, roundingAt(before.remaining, null));
}

/**
 * Reports whether the window of `after` began between two readings, or since the reset that has passed: a vendor may
 * keep stating that one, and the level before it, for hours.
 *
 * @param known the previously stated reset, epoch milliseconds
 */
function windowBeganSince(before: PreviousReading, known: number, after: Reading, at: number): boolean {
  const began = findBeginning(after);
  const tolerance = moveTolerance(after);
  if (began !== null) return began > Math.min(before.at, known) - tolerance && began <= at + tolerance;
  // A period without a fixed length has moved on by about the length of the previous one.
  const moved = (after.resetsAt ?? known) - known;
  const { startedAt, whole } = before.cycle;
  return moved >= (whole ? (known - startedAt) * MIN_PERIOD_SHARE : MIN_PERIOD_MS);
}

/**
 * Reports whether the window of `after` began between two readings, soon after the previous one began: then its reset
 * moves by less than may be jitter. So its beginning has to fit closely.
 */
function windowBeginsAnew(
  before: PreviousReading,
  known: number | null,
  after: Reading,
  at: number,
): boolean {
  const began = findBeginning(after);
  if (began === null || known === null || !(after.resetsAt! - known > MIN_MOVE_MS)) return false;
  return began > before.at - MAX_ROUNDED_MS && began <= at + MIN_MOVE_MS;
}

/**
 * Reports whether a reading looks like an early reset with a shorter window than usual: almost nothing is
 * used any more, and the stated reset has moved on.
 */
export function hasDroppedToZero(before: PreviousReading, after: Reading, at: number): boolean {
  if (after.window.kind !== "fixed" && after.window.kind !== "calendar") return false;
  const known = findExpectedReset(before.cycle);
  if (known === null || at >= known || after.resetsAt === null) return false;
  if (after.resetsAt - known <= moveTolerance(after)) return false;
  const [was, now] = [shareUsed(before.reading), shareUsed(after)];
  return was !== null && now !== null && now <= MAX_REMNANT && now < was / 2;
}

/** Returns the used share of the limit; null when not stated. */
function shareUsed(reading: Reading): number | null {
  const { used } = completeAmounts(reading);
  return used === null ? null : divideByLimit(used, reading.limit);
}

export function findBeginning(reading: Reading): number | null {
  const { seconds } = reading.window;
  return seconds === null || reading.resetsAt === null ? null : reading.resetsAt - seconds * 1000;
}

/** Reports whether a window is unused, with its reset a whole window away. */
export function isIdle(reading: Reading, at: number): boolean {
  const began = findBeginning(reading);
  return began !== null && began >= at - moveTolerance(reading) && isUnused(reading);
}

/** Reports whether a vendor states that nothing was used, or that all is left. */
export function isUnused(reading: Pick<Reading, "used" | "remaining" | "limit">): boolean {
  if (reading.used !== null) return reading.used <= 0;
  return reading.remaining !== null && reading.limit !== null && reading.remaining >= reading.limit;
}

/** Returns how far a stated reset may drift without meaning anything. */
export function moveTolerance({ window: { seconds } }: Reading): number {
  return seconds === null ? MIN_MOVE_MS : Math.max(MIN_MOVE_MS, seconds * 1000 * MIN_MOVE_SHARE);
}

/** Returns the cycle after a reading that ends nothing; `consumed` is what was counted for it. */
export function continueCycle(cycle: Cycle, reading: Reading, at: number, consumed: number): Cycle {
  const { used, remaining, resetsAt, limit } = reading;
  // Only a reading with a value shows whether a reset that moved away before it passed was an early one.
  const isOpen = used === null && remaining === null && at < (findExpectedReset(cycle) ?? at);
  return {
    ...cycle,
    // An idle window may state no reset for a while; the known one remains valid.
    resetsAt: isOpen ? cycle.resetsAt : resetsAt ?? cycle.resetsAt,
    peak: used === null ? cycle.peak : Math.max(cycle.peak ?? used, used),
    consumed: cycle.consumed + consumed,
    limit: limit ?? cycle.limit,
    count: cycle.count + 1,
    lastAt: at,
  };
}

function hasFallen(before: Reading, after: Reading): "used" | "left" | null {
  if (before.used !== null && after.used !== null) {
    return after.used < before.used - roundingAt(before.used, after.limit) ? "used" : null;
  }
  if (before.remaining !== null && after.remaining !== null) {
    return after.remaining > before.remaining + roundingAt(before.remaining, after.limit) ? "left" : null;
  }
  return null;
}

function hasFallenByHalf(before: Reading, after: Reading): boolean {
  if (before.used !== null && after.used !== null) return after.used < before.used / 2;
  return true;
}
