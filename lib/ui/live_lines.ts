/** Carries a chart's lines on with what a live view brings, without asking for the history anew. */
import { gapOf, type HistoryView, type Line, type Point, rangeOf } from "../model/history.ts";
import type { DashboardView } from "../model/view.ts";

/** The history with the readings of `view` at the ends of its lines; the same object when nothing is new. */
export function extend(history: HistoryView, view: DashboardView, intervalMs: number): HistoryView {
  const range = rangeOf(history.range);
  if (!range) return history;
  const gapMs = gapOf(range, intervalMs);
  const quotas = new Map(
    view.accounts.flatMap((account) => account.quotas.map((quota) => [quota.key, quota] as const)),
  );
  let to = Math.max(history.to, view.at);
  let changed = false;
  const lines = history.lines.map((line): Line => {
    const quota = quotas.get(line.key);
    const last = line.points.at(-1);
    if (!quota || quota.share === null || (last && quota.at <= last[0])) return line;
    changed = true;
    to = Math.max(to, quota.at);
    const gap: readonly Point[] = last && quota.at - last[0] > gapMs ? [[last[0], null]] : [];
    return { key: line.key, points: [...line.points, ...gap, [quota.at, quota.share]] };
  });
  return changed ? { ...history, from: to - range.lengthMs, to, lines } : history;
}

/** The share of a line at an instant: that of the last reading before it, or null in a gap or outside. */
export function shareAt(line: Line, at: number): number | null {
  let low = 0;
  let high = line.points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.points[middle]![0] <= at) low = middle + 1;
    else high = middle;
  }
  return line.points[low - 1]?.[1] ?? null;
}
