/**
 * Draws a line over time with braille characters, each with two by four dots. The time axis is to scale,
 * peaks survive however many readings share one dot, and gaps stay empty.
 */

/** A value at an instant, or null where a gap begins. Points are in time order. */
export type PlotPoint = readonly [at: number, value: number | null];

export interface PlotArea {
  /** In characters. */
  readonly width: number;
  readonly height: number;
  /** Epoch milliseconds, `from` before `to`. */
  readonly from: number;
  readonly to: number;
  /** The value of the upper edge; the lower edge is 0. */
  readonly top: number;
}

/** Dots of a braille character by row and column, as bits over U+2800. */
const DOTS: readonly (readonly [number, number])[] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/** Draws the line as rows of characters, from the top; a space where there is no dot. */
export function drawBraille(points: readonly PlotPoint[], area: PlotArea): readonly string[] {
  const { width, height } = area;
  const cells = new Uint8Array(width * height);
  const set = (x: number, y: number) => {
    const bit = DOTS[y % 4]?.[x % 2 === 0 ? 0 : 1] ?? 0;
    const cell = Math.floor(y / 4) * width + Math.floor(x / 2);
    cells[cell] = (cells[cell] ?? 0) | bit;
  };
  const place = createScale(area, width * 2, height * 4);
  let last: readonly [number, number] | null = null;
  for (const [at, value] of points) {
    if (value === null) {
      last = null;
      continue;
    }
    const here = place(at, value);
    if (here) listDots(last ?? here, here, set);
    last = here;
  }
  return formatRows(height, width, (cell) => {
    const bits = cells[cell] ?? 0;
    return bits === 0 ? " " : String.fromCodePoint(0x2800 + bits);
  });
}

/** Draws the line with one mark for each character it passes, for a second line beside a braille one. */
export function drawMarks(points: readonly PlotPoint[], area: PlotArea, mark: string): readonly string[] {
  const { width, height } = area;
  const taken = new Set<number>();
  const place = createScale(area, width, height);
  for (const [at, value] of points) {
    const here = value === null ? null : place(at, value);
    if (here) taken.add(here[1] * width + here[0]);
  }
  return formatRows(height, width, (cell) => taken.has(cell) ? mark : " ");
}

/** Returns where a point is on a raster of dots, or null outside the time range. */
function createScale({ from, to, top }: PlotArea, columns: number, rows: number) {
  return (at: number, value: number): readonly [number, number] | null => {
    if (at < from || at > to) return null;
    const x = Math.min(columns - 1, Math.floor((at - from) / (to - from) * columns));
    const share = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0;
    return [x, Math.round((1 - share) * (rows - 1))];
  };
}

/** Returns all dots between two, both included. */
function listDots(
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  set: (x: number, y: number) => void,
): void {
  const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
  for (let step = 0; step <= steps; step++) {
    set(Math.round(x0 + (x1 - x0) * step / steps), Math.round(y0 + (y1 - y0) * step / steps));
  }
}

function formatRows(height: number, width: number, character: (cell: number) => string): readonly string[] {
  return Array.from(
    { length: height },
    (_, row) => Array.from({ length: width }, (_, column) => character(row * width + column)).join(""),
  );
}
