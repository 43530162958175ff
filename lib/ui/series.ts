/**
 * How chart lines differ: by colour, and by dashes for readers who cannot rely on colours. A chart counts the
 * series it shows from 0, because the first ones differ most.
 */

/** Number of colours; `base.css` names them `series-0` to `series-11`. */
export const SERIES_COLOURS = 12;
/** The dashes change after this many lines, before colours repeat. */
export const PER_DASH = 8;
const DASHES = 3;

/**
 * Returns the classes of a line by its number, from 0; all differ up to 36. They set the custom property
 * `--series` to its colour, and `stroke-dasharray` on elements with a stroke.
 */
export function seriesClass(series: number): string {
  const dash = chooseDash(series);
  return `series-${series % SERIES_COLOURS}${dash === 0 ? "" : ` series-dash-${dash}`}`;
}

/** Returns the dash pattern of a line by its number; 0 means solid. */
export function chooseDash(series: number): number {
  const turn = Math.floor(series / SERIES_COLOURS);
  return (turn + Math.floor(series % SERIES_COLOURS / PER_DASH)) % DASHES;
}
