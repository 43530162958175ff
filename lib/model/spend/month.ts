/** The calendar months by which money is summed up. */
import { isoDate, midnight, wallTime } from "../time.ts";

export interface Month {
  /** For example `2026-11`. */
  readonly label: string;
  /** Epoch milliseconds; the month includes `from` and excludes `to`. */
  readonly from: number;
  readonly to: number;
}

/** Returns the month that contains an instant, in a zone. @throws {RangeError} when the zone is unknown */
export function findMonth(at: number, zone: string): Month {
  const { year, month } = wallTime(at, zone);
  return monthOf(year, month, zone);
}

/** Returns the month that contains an instant and those before it, newest first. @throws {RangeError} */
export function lastMonths(at: number, zone: string, count: number): readonly Month[] {
  const { year, month } = wallTime(at, zone);
  return Array.from({ length: count }, (_, back) => monthOf(year, month - back, zone));
}

/** @param month may overflow into other years */
function monthOf(year: number, month: number, zone: string): Month {
  const from = midnight(year, month, 1, zone);
  return { label: isoDate(from, zone).slice(0, 7), from, to: midnight(year, month + 1, 1, zone) };
}
