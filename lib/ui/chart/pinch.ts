/** Two fingers on a chart: the instant under each stays under it, so that spreading zooms and moving pans. */

/** The ends of a time axis, epoch milliseconds. */
export interface Axis {
  readonly from: number;
  readonly end: number;
}

/** Two fingers closer than this share of the plot cannot tell how far to zoom. */
const MIN_APART = 0.03;

/**
 * Computes the axis while two fingers move.
 *
 * @param axis as it was when the second finger came down
 * @param start where the fingers were then, 0 to 1 of the plot
 * @param now where they are
 */
export function pinchAxis(
  axis: Axis,
  start: readonly [number, number],
  now: readonly [number, number],
): Axis {
  const length = axis.end - axis.from;
  const apart = (now[1] - now[0]) * Math.sign(start[1] - start[0]);
  const scale = Math.max(MIN_APART, Math.abs(start[1] - start[0])) / Math.max(MIN_APART, apart);
  const middle = axis.from + length * (start[0] + start[1]) / 2;
  const from = middle - length * scale * (now[0] + now[1]) / 2;
  return { from: Math.round(from), end: Math.round(from + length * scale) };
}
