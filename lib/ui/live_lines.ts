/** Carries a chart's lines on with what a live view brings, without asking for the history anew. */
import { gapOf, type HistoryView, type Line, type Point, type Range, rangeOf } from "../model/history.ts";
import type { DashboardView, QuotaView } from "../model/view.ts";

/**
 * The history with the readings of `view` at the ends of its lines; the same object when nothing is new.
 * It does not grow without end: what has left the range is dropped, and a line that rises gets one point per
 * step of the range.
 */
export function extend(history: HistoryView, view: DashboardView, intervalMs: number): HistoryView {
  const range = rangeOf(history.range);
  if (!range) return history;
  const quotas = view.accounts.flatMap((account) => account.quotas).filter(({ share }) => share !== null);
  const to = quotas.reduce((latest, quota) => Math.max(latest, quota.at), Math.max(history.to, view.at));
  const from = to - range.lengthMs;
  const gapMs = gapOf(range, intervalMs);
  const known = new Map(history.lines.map((line) => [line.key, line]));
  let changed = false;
  const grown = new Map(quotas.map((quota) => {
    const line: Line = known.get(quota.key) ?? { key: quota.key, points: [] };
    if (quota.at <= (line.points.at(-1)?.[0] ?? -Infinity)) return [quota.key, line];
    changed = true;
    return [quota.key, { key: quota.key, points: appended(since(line.points, from), quota, range, gapMs) }];
  }));
  if (!changed) return history;
  const lines = history.lines.map((line) => grown.get(line.key) ?? line);
  const added = [...grown.values()].filter(({ key }) => !known.has(key));
  return { ...history, from, to, lines: [...lines, ...added] };
}

/**
 * Whether more has happened than the view can tell: a reading lies so far behind the end of its line that
 * others may have come between them.
 */
export function hasMissed(history: HistoryView, view: DashboardView, intervalMs: number): boolean {
  const range = rangeOf(history.range);
  if (!range) return false;
  const gapMs = gapOf(range, intervalMs);
  const lines = new Map(history.lines.map((line) => [line.key, line]));
  return view.accounts.some((account) =>
    account.quotas.some(({ key, at, share }) => {
      const end = lines.get(key)?.points.at(-1);
      return share !== null && end !== undefined && at - end[0] > gapMs;
    })
  );
}

/** The share of a line at an instant: that of the last reading before it, or null in a gap or outside. */
export function shareAt(line: Line, at: number): number | null {
  return line.points[countUntil(line.points, at) - 1]?.[1] ?? null;
}

function appended(
  points: readonly Point[],
  { at, share }: QuotaView,
  range: Range,
  gapMs: number,
): readonly Point[] {
  const point: Point = [at, share];
  const last = points.at(-1);
  if (!last) return [point];
  const before = points.at(-2);
  const [lastAt, lastShare] = last;
  if (at - lastAt > gapMs) return [...points, [lastAt, null], point];
  // Within a step only the newest point of a rise is worth keeping; where it falls, the peak is.
  const rising = share !== null && lastShare !== null && share >= lastShare &&
    before !== undefined && before[1] !== null && lastShare >= before[1];
  return rising && at - before[0] < range.showMs ? [...points.slice(0, -1), point] : [...points, point];
}

/** The points from `from` on, and the last one before them, where the line comes in. */
function since(points: readonly Point[], from: number): readonly Point[] {
  const first = countUntil(points, from) - 1;
  return first > 0 ? points.slice(first) : points;
}

/** How many points lie at `at` or before. */
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
