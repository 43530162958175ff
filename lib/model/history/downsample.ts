/**
 * Reduces the points of a line while keeping everything a chart of its width can show: peaks, ends and gaps.
 */
import type { Point } from "./history.ts";

/** Maximum number of points of a chart line. */
export const MAX_POINTS = 500;

/**
 * Returns at most `most` of the points (no fewer than 8), in time order, or all of them
 * if there are no more. Divides time into equal slots and keeps the highest and the last
 * point of each. Keeps the first and the last point of the line, and bridges no gap:
 * between two points with a gap between them, one gap marker stays.
 */
export function downsamplePoints(points: readonly Point[], most: number = MAX_POINTS): readonly Point[] {
  if (points.length <= most) return points;
  let slots = Math.floor(most / 2);
  for (;;) {
    const thinned = chosen(points, slots);
    if (thinned.length <= most || slots <= 1) return thinned;
    // Fewer each time, because there were more points than asked for.
    slots = Math.max(1, Math.floor(slots * most / thinned.length));
  }
}

function chosen(points: readonly Point[], slots: number): readonly Point[] {
  const result: Point[] = [];
  let before = -1;
  for (const place of choosePoints(points, slots)) {
    // Keep a gap between this point and the last one kept.
    for (let between = before + 1; before >= 0 && between < place; between++) {
      if (points[between]![1] !== null) continue;
      result.push(points[between]!);
      break;
    }
    result.push(points[place]!);
    before = place;
  }
  return result;
}

/** Returns the indexes of the first point and of each slot's highest and last point, in order, each once. */
function choosePoints(points: readonly Point[], slots: number): readonly number[] {
  const from = points[0]![0];
  const slotMs = Math.max(1, (points.at(-1)![0] - from) / slots);
  const places: number[] = [];
  const keep = (place: number) => place >= 0 && place > (places.at(-1) ?? -1) && places.push(place);
  let slot = -1;
  let high = -1;
  let last = -1;
  points.forEach(([at, share], place) => {
    if (share === null) return;
    if (last < 0 && slot < 0) keep(place);
    const own = Math.min(slots - 1, Math.floor((at - from) / slotMs));
    if (own !== slot) {
      keep(high);
      keep(last);
      high = -1;
      slot = own;
    }
    if (high < 0 || share > points[high]![1]!) high = place;
    last = place;
  });
  keep(high);
  keep(last);
  return places;
}
