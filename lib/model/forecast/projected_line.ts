/** The line of a chart continued according to the forecast. */
import type { Point } from "../history/history.ts";
import { findReset } from "../quota.ts";
import type { QuotaView } from "../view/view.ts";

/**
 * Returns the line from the last reading to the reset; when the quota runs out before, up to the limit and
 * along it from there. It ends at the reset, and is empty without a forecast.
 */
export function projectLine(quota: QuotaView): readonly Point[] {
  const { forecast, share, at } = quota;
  const resetsAt = findReset(quota);
  if (!forecast || share === null || share >= 1) return [];
  const { state, emptyAt, projectedShare } = forecast;
  if (state !== "lasts" && state !== "tight" && state !== "runs-dry") return [];
  if (emptyAt !== null && emptyAt > at && (resetsAt === null || emptyAt < resetsAt)) {
    const along: readonly Point[] = resetsAt === null ? [] : [[resetsAt, 1]];
    return [[at, share], [emptyAt, 1], ...along];
  }
  if (resetsAt === null || projectedShare === null || resetsAt <= at) return [];
  return [[at, share], [resetsAt, Math.max(share, projectedShare)]];
}

/** Returns the part of a line up to an instant, interpolating the last point if needed. */
export function clipLine(points: readonly Point[], end: number): readonly Point[] {
  const clipped: Point[] = [];
  for (const point of points) {
    const [at, share] = point;
    if (at <= end) {
      clipped.push(point);
      continue;
    }
    const last = clipped.at(-1);
    if (!last || last[0] === end) break;
    const [lastAt, lastShare] = last;
    if (share !== null && lastShare !== null) {
      clipped.push([end, lastShare + (share - lastShare) * (end - lastAt) / (at - lastAt)]);
    }
    break;
  }
  return clipped;
}

/** Returns the share of a projection at an instant, between its points; null outside of it. */
export function findProjectedShare(points: readonly Point[], at: number): number | null {
  if (points.length === 0 || at < points[0]![0]) return null;
  const cut = clipLine(points, at);
  const last = cut.at(-1)!;
  return last[0] === at ? last[1] : null;
}

/** Maximum share of the past's length that a chart adds for the future. */
export const FUTURE = 0.18;
/** A shorter future would be indistinguishable from the edge. */
const MIN_FUTURE = 0.02;

/**
 * Returns where the axis of a chart of `from` to `to` ends
 * with these projections: at `to`, or somewhat later.
 */
export function axisEnd(from: number, to: number, projections: readonly (readonly Point[])[]): number {
  const length = to - from;
  const latest = projections.reduce((end, points) => Math.max(end, points.at(-1)?.[0] ?? to), to);
  const future = Math.min(latest - to, length * FUTURE);
  return future < length * MIN_FUTURE ? to : to + Math.round(future);
}
