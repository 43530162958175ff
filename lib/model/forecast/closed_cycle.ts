/**
 * Closed cycles with their stored points: which ones the forecast can learn from, and what it then remembers.
 * The forecast and its back-test share this, so both know the same past.
 */
import { type Bucket, FIVE_MINUTES, HOUR, type Step } from "../engine/bucket.ts";
import type { Cycle } from "../engine/cycle.ts";
import { computeCurve, type CurvePoint, type PastCycle } from "./past_cycles.ts";
import { computeShare, type Window } from "../quota.ts";

/** What was known of a quota at an instant, with the consumption since the previous point. */
export interface HistoryPoint {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly consumed: number;
  /** The reset stated at that time; without it, the one the cycle ended with. */
  readonly resetsAt?: number | null;
}

/** The stored past of one quota. The store's readings are valid points. */
export interface QuotaHistory {
  readonly window: Window;
  /** The usual distance between points, in milliseconds. */
  readonly intervalMs: number;
  /** In time order. */
  readonly points: readonly HistoryPoint[];
  /** In any order; open ones are skipped. */
  readonly cycles: readonly Cycle[];
}

/** Whether the forecast can learn from a closed cycle, or why not. */
export type CycleFate = "used" | "not-whole" | "no-reset" | "no-limit" | "ended-early" | "end-unseen";

/** The window of a cycle, epoch milliseconds. */
export interface CycleRange {
  readonly from: number;
  readonly to: number;
}

/**
 * When a cycle's last reading is further before its reset than this share of the window, its end is unknown.
 */
const UNSEEN_END = 0.1;
/** A cycle that ended earlier than this share of the window before its reset was not foreseeable. */
const EARLY_END = 0.05;

/** Returns the bucket step that resolves a window: hours suffice for a day or more. */
export function historyStep(window: Window): Step {
  return window.seconds !== null && window.seconds < 86_400 ? FIVE_MINUTES : HOUR;
}

/** Converts buckets in time order to points, one at the end of each. */
export function pointsFromBuckets(buckets: readonly Bucket[]): readonly HistoryPoint[] {
  return buckets.map(({ lastAt, last, limit, leftLow, consumed }) => ({
    at: lastAt,
    used: last,
    limit,
    remaining: leftLow,
    consumed,
  }));
}

/** Returns when a window began and ended by its reset; null when no reset was known. */
export function findSpan(cycle: Cycle, window: Window): CycleRange | null {
  if (window.kind === "rolling" || window.kind === "balance" || cycle.resetsAt === null) return null;
  const from = window.seconds === null ? cycle.startedAt : cycle.resetsAt - window.seconds * 1000;
  return from < cycle.resetsAt ? { from, to: cycle.resetsAt } : null;
}

export function cycleFate(cycle: Cycle, span: CycleRange | null): CycleFate {
  if (span === null) return "no-reset";
  if (!cycle.whole) return "not-whole";
  if (computeShare(cycle.peak, cycle.limit) === null) return "no-limit";
  const length = span.to - span.from;
  if ((cycle.endedAt ?? Infinity) < span.to - length * EARLY_END) return "ended-early";
  return cycle.lastAt < span.to - length * UNSEEN_END ? "end-unseen" : "used";
}

/** Returns the points of a cycle within its window: from index `first` up to but excluding `end`. */
export function ownPoints(
  points: readonly HistoryPoint[],
  cycle: Cycle,
  span: CycleRange,
): { readonly first: number; readonly end: number } {
  // A reading at the exact end of a cycle belongs to the next one, so use the last reading's own instant.
  const first = firstAfter(points, Math.max(span.from, cycle.startedAt) - 1);
  return { first, end: Math.max(first, firstAfter(points, cycle.lastAt)) };
}

/** Returns what the forecast remembers of a closed cycle. */
export function summarizePastCycle(points: readonly HistoryPoint[], span: CycleRange): PastCycle {
  return { startedAt: span.from, curve: computeCurve(sharesOf(points), span.from, span.to) };
}

/** Returns the cycles the forecast can learn from, newest first, at most `max`. */
export function selectPastCycles(
  { window, points, cycles }: Omit<QuotaHistory, "intervalMs">,
  max: number,
): readonly PastCycle[] {
  const past: PastCycle[] = [];
  const closed = cycles.filter((cycle) => cycle.endedAt !== null);
  for (const cycle of closed.toSorted((a, b) => b.startedAt - a.startedAt)) {
    if (past.length >= max) break;
    const span = findSpan(cycle, window);
    if (span === null || cycleFate(cycle, span) !== "used") continue;
    const { first, end } = ownPoints(points, cycle, span);
    // Its points have expired.
    if (first === end) break;
    past.push(summarizePastCycle(points.slice(first, end), span));
  }
  return past;
}

function* sharesOf(points: readonly HistoryPoint[]): Iterable<CurvePoint> {
  for (const { at, used, limit } of points) {
    const share = computeShare(used, limit);
    if (share !== null) yield { at, share };
  }
}

/** Returns the index of the first point after an instant. */
function firstAfter(points: readonly HistoryPoint[], at: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
