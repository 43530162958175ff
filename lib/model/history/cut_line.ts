/** Cuts a line to a time range: what enters it, what leaves it, and what a gap excludes. */
import type { Point } from "./history.ts";

/** Returns a line from the last point before `from`, where it enters the range, unless a gap lies between. */
export function lineFrom(points: readonly Point[], from: number): readonly Point[] {
  const first = points.findIndex(([at]) => at >= from);
  if (first < 0) return [];
  return points.slice(first > 0 && !isGapAt(points[first - 1]) ? first - 1 : first);
}

/** Returns the points within a time range, without gap markers at its edges. */
export function pointsWithin(points: readonly Point[], from: number, to: number): readonly Point[] {
  const inside = points.filter(([at]) => at >= from && at <= to);
  const first = inside.findIndex(([, share]) => share !== null);
  return first < 0 ? [] : inside.slice(first, inside.findLastIndex(([, share]) => share !== null) + 1);
}

/** Returns the points within a time range plus the neighbours the line runs through, unless a gap lies between. */
export function pointsThrough(points: readonly Point[], from: number, to: number): readonly Point[] {
  const next = points.findIndex(([at]) => at >= from);
  const last = points.findLastIndex(([at]) => at <= to);
  if (next < 0 || last < 0) return [];
  const cut = points.slice(Math.max(0, next - 1), last + 2);
  while (cut[0] && (cut[0][1] === null || cut[0][0] < from && isGapAt(cut[1]))) cut.shift();
  while (cut.length > 0 && (isGapAt(cut.at(-1)) || cut.at(-1)![0] > to && isGapAt(cut.at(-2)))) cut.pop();
  return cut.some(([at]) => at >= from && at <= to) || cut.length > 1 ? cut : [];
}

function isGapAt(point: Point | undefined): boolean {
  return point !== undefined && point[1] === null;
}
