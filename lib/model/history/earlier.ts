/** The previous period of a chart, drawn under it at the same time of day, whole days back. */
import { DAY_MS } from "../duration.ts";
import { FUTURE } from "../forecast/projected_line.ts";
import type { Line } from "./history.ts";

/** Returns how far back the previous period lies: the length of the range, rounded up to whole days. */
export function previousPeriodMs(from: number, to: number): number {
  return Math.max(1, Math.ceil((to - from) / DAY_MS)) * DAY_MS;
}

/** Returns the time range to read for it: as much as the chart can show, including its future. */
export function previousPeriodRange(
  from: number,
  to: number,
): { readonly from: number; readonly to: number } {
  const by = previousPeriodMs(from, to);
  return { from: Math.max(0, from - by), to: Math.round(to + (to - from) * FUTURE - by) };
}

/** Shifts lines by a number of milliseconds; drops lines without points. */
export function shiftLines(lines: readonly Line[], byMs: number): readonly Line[] {
  return lines.filter(({ points }) => points.length > 0).map(({ key, points }) => ({
    key,
    points: points.map(([at, share]) => [at + byMs, share] as const),
  }));
}

/** Names the distance: `a day before`, `7 days before`. */
export function previousPeriodText(from: number, to: number): string {
  const days = previousPeriodMs(from, to) / DAY_MS;
  return days === 1 ? "a day before" : `${days} days before`;
}
