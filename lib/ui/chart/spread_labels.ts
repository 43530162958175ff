/** Places the names at the ends of lines, as close to their lines as they can be without overlap. */

/**
 * Spreads labels over a strip, in the order of their wanted places.
 *
 * @param wanted the place of each, in pixels from the top
 * @param distance the minimum distance between two, in pixels
 * @returns a place for each, from 0 to `height`; null for the last ones that do not fit
 */
export function spreadLabels(
  wanted: readonly number[],
  distance: number,
  height: number,
): readonly (number | null)[] {
  const room = Math.floor(height / distance) + 1;
  const order = wanted.map((_, i) => i).slice(0, room).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed: (number | null)[] = wanted.map(() => null);
  const free = order.length - 1;
  let last = -distance;
  order.forEach((i, rank) => {
    // Below the one before, and high enough for those that follow.
    const highest = height - (free - rank) * distance;
    last = Math.max(last + distance, Math.min(highest, Math.max(0, wanted[i]!)));
    placed[i] = last;
  });
  // Labels that were pushed down together move up to the middle of their wanted places.
  for (let end = free; end >= 0;) {
    let start = end;
    while (start > 0 && placed[order[start]!]! - placed[order[start - 1]!]! <= distance) start--;
    const group = order.slice(start, end + 1);
    const pushed = group.reduce((sum, i) => sum + placed[i]! - wanted[i]!, 0) / group.length;
    const above = start === 0 ? 0 : placed[order[start - 1]!]! + distance;
    const move = Math.max(0, Math.min(pushed, placed[group[0]!]! - above));
    for (const i of group) placed[i] = placed[i]! - move;
    end = start - 1;
  }
  return placed;
}
