/** Extends a chart's lines with live readings, without loading the history again. */
import {
  computeMinGap,
  findRange,
  type Grain,
  type HistoryView,
  type Line,
  type Point,
} from "../../model/history/history.ts";
import { GAP_INTERVALS } from "../../model/engine/interval.ts";
import type { DashboardView, QuotaView } from "../../model/view/view.ts";

export interface ExtendedLines {
  /** The same object when nothing is new. */
  readonly history: HistoryView;
  /**
   * True when a reading is so far past the end of its line that the page may have missed others in between.
   */
  readonly missed: boolean;
}

/**
 * Appends the readings of `view` to the lines of the history. The result stays bounded: points that left the
 * range are dropped, and a rising line gets one point per step of the range.
 */
export function extend(history: HistoryView, view: DashboardView): ExtendedLines {
  const range = history.range === null ? undefined : findRange(history.range);
  // A fixed range does not move on.
  if (!range) return { history, missed: false };
  const quotas = view.accounts.flatMap((account) => account.quotas).filter(({ share }) => share !== null);
  const to = quotas.reduce((latest, quota) => Math.max(latest, quota.at), Math.max(history.to, view.at));
  const from = to - range.lengthMs;
  const minGapMs = computeMinGap(range);
  const lines = new Map(history.lines.map((line) => [line.key, line]));
  let changed = false;
  let missed = false;
  for (const quota of quotas) {
    const { key, at } = quota;
    const gapMs = Math.max(minGapMs, GAP_INTERVALS * (quota.intervalMs ?? 0));
    const points = lines.get(key)?.points ?? [];
    const end = points.at(-1)?.[0] ?? -Infinity;
    if (at <= end) continue;
    changed = true;
    missed ||= points.length > 0 && at - end > gapMs;
    lines.set(key, { key, points: appendPoint(keepSince(points, from), quota, range, gapMs) });
  }
  return { history: changed ? { ...history, from, to, lines: [...lines.values()] } : history, missed };
}

/**
 * Returns the share of a line at an instant: that of the last reading before it, or null in a gap or outside.
 */
export function shareAt(line: Line, at: number): number | null {
  return line.points[countUntil(line.points, at) - 1]?.[1] ?? null;
}

function appendPoint(
  points: readonly Point[],
  { at, share, cycle }: QuotaView,
  grain: Grain,
  gapMs: number,
): readonly Point[] {
  const point: Point = [at, share];
  const last = points.at(-1);
  if (!last) return [point];
  const before = points.at(-2);
  const [lastAt, lastShare] = last;
  if (at - lastAt > gapMs) return [...points, [lastAt, null], point];
  if (cycle.startedAt > lastAt && share !== null && lastShare !== null && share < lastShare) {
    return [...points, [at, lastShare], point];
  }
  // Within a step, keep only the newest point of a rise, or the peak before a fall.
  const rising = share !== null && lastShare !== null && share >= lastShare &&
    before !== undefined && before[1] !== null && lastShare >= before[1];
  return rising && at - before[0] < grain.showMs ? [...points.slice(0, -1), point] : [...points, point];
}

/** Returns the points from `from` on, and the last one before them, from which the line enters the chart. */
function keepSince(points: readonly Point[], from: number): readonly Point[] {
  const first = countUntil(points, from) - 1;
  return first > 0 ? points.slice(first) : points;
}

/**
 * Walks the points of all lines from an instant, backwards where `steps` is negative, and stops at the last
 * point inside the axis.
 */
export function instantAfterSteps(
  lines: readonly Line[],
  at: number,
  steps: number,
  { from, end, minMs }: { readonly from: number; readonly end: number; readonly minMs: number },
): number {
  const direction = steps < 0 ? -1 : 1;
  let instant = at;
  for (let i = 0; i < Math.abs(steps); i++) {
    const next = nextInstant(lines, instant, direction, minMs);
    if (next === null || next < from || next > end) break;
    instant = next;
  }
  return instant;
}

/**
 * Finds the next point of any line in a direction, at least `minMs` away from `at`, so that points side by
 * side count as one step; null when there is none.
 */
function nextInstant(
  lines: readonly Line[],
  at: number,
  direction: 1 | -1,
  minMs: number,
): number | null {
  let best: number | null = null;
  for (const { points } of lines) {
    const place = direction > 0
      ? countUntil(points, at + Math.max(1, minMs) - 1)
      : countUntil(points, at - Math.max(1, minMs)) - 1;
    const found = points[place]?.[0];
    if (found === undefined) continue;
    if (best === null || (direction > 0 ? found < best : found > best)) best = found;
  }
  return best;
}

/** Counts the points at `at` or before. */
function countUntil(points: readonly Point[], at: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]![0] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the view without the quotas a chart does not show; null stands for all. */
export function onlyQuotas(view: DashboardView, quotas: readonly string[] | null): DashboardView {
  if (quotas === null) return view;
  const accounts = view.accounts.map((account) => ({
    ...account,
    quotas: account.quotas.filter(({ key }) => quotas.includes(key)),
  }));
  return { ...view, accounts };
}
