/**
 * Windows that begin with their first use. Until then they are idle: their reset slides along, always a whole
 * window away, or is omitted, and an unused window is not a cycle. Pure.
 */
import { type Cycle, findBeginning, isIdle, isUnused, moveTolerance } from "./cycle.ts";
import { completeAmounts, type Reading } from "../quota.ts";

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
  // Use seen before the reset slid along again was not use.
  if (wasUsed(cycle) && !isIdle(before.reading, before.at)) return null;
  // An unstated value is not known to be zero.
  if (!isUnused(before.reading)) return null;
  if ((completeAmounts(after).used ?? 0) <= 0 || after.window.kind === "rolling") return null;
  const began = findBeginning(after) ?? NaN;
  const tolerance = moveTolerance(after);
  // Some vendors round the beginning down to the hour, or state a first use late.
  const isWaiting = before.reading.resetsAt === null || isIdle(before.reading, before.at);
  const earliest = isWaiting ? cycle.startedAt : before.at;
  if (!(began >= earliest - tolerance && began <= at + tolerance)) return null;
  const startedAt = Math.min(Math.max(began, before.at), at);
  return startedAt - cycle.startedAt > tolerance ? startedAt : null;
}

/**
 * Reports whether a window passed unused, so that no cycle ended: it waited for its first use, and the next
 * reading is that use, or it still waits.
 */
export function hasPassedUnused(cycle: Cycle, before: ReadingAt, after: Reading, at: number): boolean {
  if (!isUnused(before.reading) || wasUsed(cycle)) return false;
  if (before.reading.resetsAt !== null && !isIdle(before.reading, before.at)) return false;
  return isUnused(after) || firstUseAt(cycle, before, after, at) !== null;
}

function wasUsed({ consumed, peak }: Cycle): boolean {
  return consumed > 0 || (peak ?? 0) > 0;
}
