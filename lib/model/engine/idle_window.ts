/**
 * Windows that begin with their first use. Until then they are idle: their reset slides along, always a whole
 * window away, or is omitted, and an unused window is not a cycle. Pure.
 */
import { type Cycle, findBeginning, isIdle, isUnused, moveTolerance } from "./cycle.ts";
import type { Reading } from "../quota.ts";

interface ReadingAt {
  readonly reading: Reading;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
}

/** Returns when an idle window began with its first use, or null when it had begun before. */
export function firstUseAt(
  cycle: Cycle,
  before: ReadingAt,
  after: Reading,
  at: number,
): number | null {
  const wasUsed = cycle.consumed > 0 || (cycle.peak ?? 0) > 0;
  // Use seen before the reset slid along again was not use.
  if (wasUsed && !isIdle(before.reading, before.at)) return null;
  // An unstated value is not known to be zero.
  if (!isUnused(before.reading)) return null;
  const began = findBeginning(after);
  const hasUse = after.used === null ? after.remaining !== null && !isUnused(after) : after.used > 0;
  if (began === null || !hasUse || after.window.kind === "rolling") return null;
  const tolerance = moveTolerance(after);
  if (began < before.at - tolerance || began > at + tolerance) return null;
  const startedAt = Math.min(Math.max(began, before.at), at);
  return startedAt - cycle.startedAt > tolerance ? startedAt : null;
}

/**
 * Reports whether a window passed unused, so that no cycle ended: it waited for its first use, and the next
 * reading is that use, or it still waits.
 */
export function hasPassedUnused(cycle: Cycle, before: ReadingAt, after: Reading, at: number): boolean {
  if (!isUnused(before.reading) || cycle.consumed > 0 || (cycle.peak ?? 0) > 0) return false;
  if (before.reading.resetsAt !== null && !isIdle(before.reading, before.at)) return false;
  return isUnused(after) || firstUseAt(cycle, before, after, at) !== null;
}
