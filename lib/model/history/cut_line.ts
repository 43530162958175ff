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
  return trim(points.filter(([at]) => at >= from && at <= to), ([, share]) => share !== null);
}

/** Returns the points within a time range plus the neighbours the line runs through, unless a gap lies between. */
export function pointsThrough(points: readonly Point[], from: number, to: number): readonly Point[] {
  const next = points.findIndex(([at]) => at >= from);
  const last = points.findLastIndex(([at]) => at <= to);
  if (next < 0 || last < 0) return [];
  const cut = points.slice(Math.max(0, next - 1), last + 2);
  return trim(cut, ([at, share], place) => {
    const inward = at < from ? cut[place + 1] : at > to ? cut[place - 1] : undefined;
    return share !== null && !isGapAt(inward);
  });
}

/** Returns the points from the first to the last one that may be at an edge. */
function trim(
  points: readonly Point[],
  isEdge: (point: Point, place: number) => boolean,
): readonly Point[] {
  const first = points.findIndex(isEdge);
  return first < 0 ? [] : points.slice(first, points.findLastIndex(isEdge) + 1);
}

function isGapAt(point: Point | undefined): boolean {
  return point !== undefined && point[1] === null;
}
