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
  return lastMonths(at, zone, 1)[0]!;
}

/** Returns the month that contains an instant and those before it, newest first. @throws {RangeError} */
export function lastMonths(at: number, zone: string, count: number): readonly Month[] {
  const { year, month } = wallTime(at, zone);
  return Array.from({ length: count }, (_, back) => {
    const from = midnight(year, month - back, 1, zone);
    return { label: isoDate(from, zone).slice(0, 7), from, to: midnight(year, month - back + 1, 1, zone) };
  });
}
