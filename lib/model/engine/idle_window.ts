/**
 * Windows that begin with their first use. Until then they are idle: their reset slides along, always a whole window
 * away, or is left out, and what passes unused is no cycle. Pure.
 */
import { beginningOf, type Cycle, isIdle, isUnused, moveTolerance } from "./cycle.ts";
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
  const began = beginningOf(after);
  const hasUse = after.used === null ? after.remaining !== null && !isUnused(after) : after.used > 0;
  if (began === null || !hasUse || after.window.kind === "rolling") return null;
  const tolerance = moveTolerance(after);
  if (began < before.at - tolerance || began > at + tolerance) return null;
  const startedAt = Math.min(Math.max(began, before.at), at);
  return startedAt - cycle.startedAt > tolerance ? startedAt : null;
}

/**
 * Whether a window passed before anybody used it, so that no cycle ended: it waited for its first use, and what
 * follows is that use, or it waits still.
 */
export function hasPassedUnused(cycle: Cycle, before: ReadingAt, after: Reading, at: number): boolean {
  if (!isUnused(before.reading) || cycle.consumed > 0 || (cycle.peak ?? 0) > 0) return false;
  if (before.reading.resetsAt !== null && !isIdle(before.reading, before.at)) return false;
  return isUnused(after) || firstUseAt(cycle, before, after, at) !== null;
}
