/** Where the line of a quota would go on to, as its forecast has it. */
import type { Point } from "../history/history.ts";
import type { QuotaView } from "../view/view.ts";

/**
 * From the last reading to the reset; where all is used before it, up to the limit and along it from there.
 * Nothing is said of what comes after the reset, and nothing where there is no forecast.
 */
export function projectionOf({ forecast, share, at, resetsAt }: QuotaView): readonly Point[] {
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

/** The part of a line up to an instant; where that lies between two points, the point on the line there. */
export function until(points: readonly Point[], end: number): readonly Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const [at, share] = point;
    if (at <= end) {
      kept.push(point);
      continue;
    }
    const last = kept.at(-1);
    if (!last || last[0] === end) break;
    const [lastAt, lastShare] = last;
    if (share !== null && lastShare !== null) {
      kept.push([end, lastShare + (share - lastShare) * (end - lastAt) / (at - lastAt)]);
    }
    break;
  }
  return kept;
}

/** A chart gives what is to come so much of the length of what was. */
const FUTURE = 0.18;
/** Less than this could not be told from the end. */
const MIN_FUTURE = 0.02;

/** Where the axis of a chart ends that shows `from` to `to` and these projections: at `to`, or somewhat later. */
export function axisEnd(from: number, to: number, projections: readonly (readonly Point[])[]): number {
  const length = to - from;
  const latest = projections.reduce((end, points) => Math.max(end, points.at(-1)?.[0] ?? to), to);
  const future = Math.min(latest - to, length * FUTURE);
  return future < length * MIN_FUTURE ? to : to + Math.round(future);
}
