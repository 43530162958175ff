/** Time ranges as sets: overlapping activity of several accounts counts once. */
import type { RangeBounds } from "./history.ts";

/** Merges ranges into an ordered list that neither overlaps nor has gaps shorter than `minGapMs`. */
export function mergeRanges(ranges: readonly RangeBounds[], minGapMs = 0): readonly RangeBounds[] {
  const merged: (readonly [number, number])[] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from - last[1] <= minGapMs) merged[merged.length - 1] = [last[0], Math.max(last[1], to)];
    else merged.push([from, to]);
  }
  return merged;
}
