/** Time ranges as sets: overlapping activity of several accounts counts once. */
import type { Stretch } from "./history.ts";

/** Merges ranges into an ordered list that neither overlaps nor has gaps shorter than `minGapMs`. */
export function mergeStretches(stretches: readonly Stretch[], minGapMs = 0): readonly Stretch[] {
  const merged: (readonly [number, number])[] = [];
  for (const [from, to] of stretches.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from - last[1] <= minGapMs) merged[merged.length - 1] = [last[0], Math.max(last[1], to)];
    else merged.push([from, to]);
  }
  return merged;
}
