/** The lines of the history chart as paths, and their values at an instant. */
import { DAY_MS } from "../../model/duration.ts";
import { findProjectedShare } from "../../model/forecast/projected_line.ts";
import type { Line, Point, RangeBounds } from "../../model/history/history.ts";
import { chooseTop } from "./axes.ts";
import { shareAt } from "./live_lines.ts";

/** A path that draws nothing: an attribute without a value is not valid XML. */
export const NOTHING = "M0 0";

/** A line with the index of its colour, and its projection. */
export interface DrawnLine {
  readonly line: Line;
  readonly series: number;
  readonly projection: readonly Point[];
  /** Its points in the period before, moved into this one. */
  readonly earlier?: Line | undefined;
}

/** Draws level from the last reading of a line without a projection to the edge, where its name is. */
export function leaderPath({ line, projection }: DrawnLine, end: number, origin: number): string {
  if (projection.length > 0) return "";
  const last = line.points.findLast(([, share]) => share !== null);
  return last && last[0] < end ? draw([last, [end, last[1]]], origin) : "";
}

/** Returns the share of a line at an instant: read until `to`, forecast after it; null where it is unknown. */
export function valueAt({ line, projection }: DrawnLine, at: number, to: number): number | null {
  return at > to ? findProjectedShare(projection, at) : shareAt(line, at);
}

export function topOfLines(lines: readonly DrawnLine[], left: boolean): number {
  if (left) return 1;
  return chooseTop(lines.reduce((most, { line, projection, earlier }) => {
    const heading = projection.reduce((high, [, share]) => Math.max(high, share ?? 0), 0);
    // A projection counts only up to its limit: usage cannot go beyond.
    return Math.max(most, findHighest(line), earlier ? findHighest(earlier) : 0, Math.min(1, heading));
  }, 0));
}

/** Returns the fixed origin of paths, so that they stay the same while the range moves on. */
export function chooseOrigin(from: number): number {
  return Math.floor(from / DAY_MS) * DAY_MS;
}

/** Builds rectangles over the whole height of the plot. */
export function bandsPath(bands: readonly RangeBounds[], from: number, end: number, top: number): string {
  const origin = chooseOrigin(from);
  let d = "";
  for (const [begin, until] of bands) {
    const x = Math.max(begin, from);
    const width = Math.min(until, end) - x;
    if (width > 0) {
      d += `M${Math.round((x - origin) / 1000)} 0h${Math.round(width / 1000)}v${-top * 1000}h${-Math.round(
        width / 1000,
      )}z`;
    }
  }
  return d;
}

/** Lines are immutable, so each path is cached for as long as its line exists. */
const drawn = new WeakMap<Line, { readonly origin: number; readonly d: string }>();

export function buildPath(line: Line, origin: number): string {
  const known = drawn.get(line);
  if (known?.origin === origin) return known.d;
  const d = draw(line.points, origin);
  drawn.set(line, { origin, d });
  return d;
}

/**
 * Builds path commands: seconds from `origin` on x, thousandths of the limit on y; a gap lifts the pen.
 * Rounds, so that a line draws the same before and after packing.
 */
export function draw(points: readonly Point[], origin: number): string {
  let d = "";
  let down = false;
  for (const [at, share] of points) {
    if (share === null) {
      down = false;
      continue;
    }
    d += `${down ? "L" : "M"}${Math.ceil((at - origin) / 1000)} ${-Math.round(
      Math.round(share * 10_000) / 10,
    )}`;
    down = true;
  }
  return d;
}

const highs = new WeakMap<Line, number>();

function findHighest(line: Line): number {
  let highest = highs.get(line);
  if (highest === undefined) {
    highest = line.points.reduce((most, [, share]) => Math.max(most, share ?? 0), 0);
    highs.set(line, highest);
  }
  return highest;
}

/** Returns a line, and its forecast as another. */
export function withForecast({ line, projection }: DrawnLine): readonly Line[] {
  return [line, { key: line.key, points: projection }];
}
