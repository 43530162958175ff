/** Fewer points of a line that still shows all a chart of its width can: peaks, ends and gaps. */
import type { Point } from "./history.ts";

/** No line of a chart has more points than this. */
export const MAX_POINTS = 500;

/**
 * At most `most` of the points (no fewer than 8), in order of time; all of them where they are no more.
 * Time is cut into slots of equal length, of each of which the highest and the last point stay. The first
 * and the last point of the line stay, and no gap is bridged: between two points with a gap between them
 * one stays.
 */
export function downsamplePoints(points: readonly Point[], most: number = MAX_POINTS): readonly Point[] {
  if (points.length <= most) return points;
  let slots = Math.floor(most / 2);
  for (;;) {
    const thinned = chosen(points, slots);
    if (thinned.length <= most || slots <= 1) return thinned;
    slots = Math.max(1, Math.min(slots - 1, Math.floor(slots * most / thinned.length)));
  }
}

function chosen(points: readonly Point[], slots: number): readonly Point[] {
  const kept: Point[] = [];
  let before = -1;
  for (const place of placesOf(points, slots)) {
    // Where the pen was lifted since the point that was kept before, it is lifted still.
    for (let between = before + 1; before >= 0 && between < place; between++) {
      if (points[between]![1] !== null) continue;
      kept.push(points[between]!);
      break;
    }
    kept.push(points[place]!);
    before = place;
  }
  return kept;
}

/** Places of the first point and of the highest and the last of each slot, in order, each once. */
function placesOf(points: readonly Point[], slots: number): readonly number[] {
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
