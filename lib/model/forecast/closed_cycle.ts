/**
 * Closed cycles with the points stored of them: which can be learnt from, and what is then
 * remembered. The forecast and its back-test share this, so both know the same past.
 */
import { type Bucket, FIVE_MINUTES, HOUR, type Step } from "../engine/bucket.ts";
import type { Cycle } from "../engine/cycle.ts";
import { curveOf, type CurvePoint, type PastCycle } from "./past_cycles.ts";
import { shareOf, type Window } from "../quota.ts";

/** What was known of a quota at an instant, with what was consumed since the point before. */
export interface HistoryPoint {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly consumed: number;
  /** The reset advertised then; without it, the one the cycle ended with. */
  readonly resetsAt?: number | null;
}

/** The stored past of one quota. Readings as the store gives them are points. */
export interface QuotaHistory {
  readonly window: Window;
  /** How far apart points usually are, in milliseconds. */
  readonly intervalMs: number;
  /** In order of time. */
  readonly points: readonly HistoryPoint[];
  /** In any order; open ones are passed over. */
  readonly cycles: readonly Cycle[];
}

/** Whether a closed cycle can be learnt from, and why not. */
export type CycleFate = "used" | "not-whole" | "no-reset" | "no-limit" | "ended-early" | "end-unseen";

/** The window a cycle belongs to, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Of a cycle whose last reading lies farther before its reset than this share of the window, the end is unknown. */
const UNSEEN_END = 0.1;
/** One that ended by more than this share of the window before its reset could not be foreseen. */
const EARLY_END = 0.05;

/** Which buckets tell enough of a window: a day or more is told by hours. */
export function historyStep(window: Window): Step {
  return window.seconds !== null && window.seconds < 86_400 ? FIVE_MINUTES : HOUR;
}

/** Buckets in order of time as points: where each of them ended. */
export function pointsOfBuckets(buckets: readonly Bucket[]): readonly HistoryPoint[] {
  return buckets.map(({ lastAt, last, limit, leftLow, consumed }) => ({
    at: lastAt,
    used: last,
    limit,
    remaining: leftLow,
    consumed,
  }));
}

/** Where a window began and ended by its reset, or null where none was known. */
export function spanOf(cycle: Cycle, window: Window): Span | null {
  if (window.kind === "rolling" || window.kind === "balance" || cycle.resetsAt === null) return null;
  const from = window.seconds === null ? cycle.startedAt : cycle.resetsAt - window.seconds * 1000;
  return from < cycle.resetsAt ? { from, to: cycle.resetsAt } : null;
}

export function cycleFate(cycle: Cycle, span: Span | null): CycleFate {
  if (span === null) return "no-reset";
  if (!cycle.whole) return "not-whole";
  if (shareOf(cycle.peak, cycle.limit) === null) return "no-limit";
  const length = span.to - span.from;
  if ((cycle.endedAt ?? Infinity) < span.to - length * EARLY_END) return "ended-early";
  return cycle.lastAt < span.to - length * UNSEEN_END ? "end-unseen" : "used";
}

/** The points of a cycle in its window: from index `first` up to but without `end`. */
export function ownPoints(
  points: readonly HistoryPoint[],
  cycle: Cycle,
  span: Span,
): { readonly first: number; readonly end: number } {
  // A reading at the very end of a cycle belongs to the next one, so the last is told by its own instant.
  const first = firstAfter(points, Math.max(span.from, cycle.startedAt) - 1);
  return { first, end: Math.max(first, firstAfter(points, cycle.lastAt)) };
}

/** What is remembered of a closed cycle. */
export function pastCycleOf(points: readonly HistoryPoint[], span: Span): PastCycle {
  return { startedAt: span.from, curve: curveOf(sharesOf(points), span.from, span.to) };
}

/** What a forecast needs of the past: the cycles that can be learnt from, newest first, at most `most`. */
export function pastCyclesOf(
  { window, points, cycles }: Omit<QuotaHistory, "intervalMs">,
  most: number,
): readonly PastCycle[] {
  const past: PastCycle[] = [];
  const closed = cycles.filter((cycle) => cycle.endedAt !== null);
  for (const cycle of closed.toSorted((a, b) => b.startedAt - a.startedAt)) {
    if (past.length >= most) break;
    const span = spanOf(cycle, window);
    if (span === null || cycleFate(cycle, span) !== "used") continue;
    const { first, end } = ownPoints(points, cycle, span);
    // Older than what is kept of the points.
    if (first === end) break;
    past.push(pastCycleOf(points.slice(first, end), span));
  }
  return past;
}

function* sharesOf(points: readonly HistoryPoint[]): Iterable<CurvePoint> {
  for (const { at, used, limit } of points) {
    const share = shareOf(used, limit);
    if (share !== null) yield { at, share };
  }
}

/** Index of the first point after an instant. */
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
