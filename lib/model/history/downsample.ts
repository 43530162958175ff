/**
 * Reduces the points of a line while keeping everything a chart of its width can show: peaks, ends and gaps.
 */
import type { Point } from "./history.ts";

/** Maximum number of points of a chart line. */
export const MAX_POINTS = 500;

/**
 * Returns at most `max` of the points (no fewer than 8), in time order, or all of them
 * if there are no more. Divides time into equal slots and keeps the highest and the last
 * point of each. Keeps the first and the last point of the line, and bridges no gap:
 * between two points with a gap between them, one gap marker stays.
 */
export function downsamplePoints(points: readonly Point[], max: number = MAX_POINTS): readonly Point[] {
  if (points.length <= max) return points;
  for (let slots = Math.floor(max / 2);;) {
    const thinned = thinOut(points, slots);
    if (thinned.length <= max) return thinned;
    // Fewer each time, because there were more points than asked for.
    slots = Math.floor(slots * max / thinned.length);
  }
}

/** Keeps the chosen points, and a gap where there is one between two of them. */
function thinOut(points: readonly Point[], slots: number): readonly Point[] {
  const places = choosePoints(points, slots);
  return places.flatMap((place, i) => {
    const gap = points.slice(places[i - 1] ?? place, place).find(([, share]) => share === null);
    return gap ? [gap, points[place]!] : [points[place]!];
  });
}

/**
 * Returns the indexes of the first point and of each slot's highest and last point, in order, each once. A
 * slot includes its end.
 */
function choosePoints(points: readonly Point[], slots: number): readonly number[] {
  const known = [...points.keys()].filter((place) => points[place]![1] !== null);
  const [first] = known;
  if (first === undefined) return [];
  const from = points[first]![0];
  const slotMs = (points[known.at(-1)!]![0] - from) / slots;
  const chosen = new Map<number, { readonly high: number; readonly last: number }>();
  for (const place of known) {
    const [at, share] = points[place]!;
    const slot = Math.ceil((at - from) / slotMs);
    const high = chosen.get(slot)?.high;
    chosen.set(slot, {
      high: high === undefined || share! > points[high]![1]! ? place : high,
      last: place,
    });
  }
  return [...new Set([first, ...[...chosen.values()].flatMap(({ high, last }) => [high, last])])];
}
