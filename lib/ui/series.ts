/** How the lines of a chart are told apart: by colour, and by dashes for whom colours are not enough. */

/** Colours there are; `base.css` names them `series-0` to `series-11`. */
export const SERIES_COLOURS = 12;
/** After so many lines the dashes change, before colours come again. */
const PER_DASH = 6;
const DASHES = 3;

/**
 * The classes of the line with a number, from 0 on; all differ up to 36. They set the custom property
 * `--series` to its colour, and `stroke-dasharray` on whatever has a stroke.
 */
export function seriesClass(series: number): string {
  const dash = dashOf(series);
  return `series-${series % SERIES_COLOURS}${dash === 0 ? "" : ` series-dash-${dash}`}`;
}

/** Which dashes the line with a number has: 0 is none. */
export function dashOf(series: number): number {
  const turn = Math.floor(series / SERIES_COLOURS);
  return (turn + Math.floor(series % SERIES_COLOURS / PER_DASH)) % DASHES;
}
