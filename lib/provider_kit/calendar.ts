/**
 * Computes when the calendar day, week or month that vendors count by starts again; epoch milliseconds, in
 * UTC by default. May import the model.
 */
import { HOUR_MS } from "../model/duration.ts";
import { dayStart, midnight, wallTime, weekStart } from "../model/time.ts";

/** Returns the next midnight, never `at` itself. */
export function nextDay(at: number, zone = "UTC"): number {
  return dayStart(at, zone, 1);
}

/** Returns the next Monday at midnight, when ISO weeks start. */
export function nextWeek(at: number, zone = "UTC"): number {
  return weekStart(at, zone, 1);
}

/** Returns the first of the next month at midnight. */
export function nextMonth(at: number, zone = "UTC"): number {
  const { year, month } = wallTime(at, zone);
  return midnight(year, month + 1, 1, zone);
}

/**
 * Returns when a monthly period that ends at an instant began: on the same day of the previous month, or its
 * last one, in UTC; null without an end.
 */
export function monthBefore(end: number | null): number | null {
  return end === null ? null : monthsLater(end, -1);
}

/** Returns the next time the local clock shows this full hour, never `at` itself. */
export function nextHour(at: number, hour: number, zone: string): number {
  let next = (Math.floor(at / HOUR_MS) + 1) * HOUR_MS;
  // A day has up to 25 hours, and a day with a clock change may lack the hour.
  for (let tried = 0; tried < 50 && wallTime(next, zone).hour !== hour; tried++) next += HOUR_MS;
  return next;
}

/** Returns the same time of day `months` later in UTC; on the last day when that month is shorter. */
export function monthsLater(at: number, months: number): number {
  const { year, month, day } = wallTime(at, "UTC");
  const end = midnight(year, month + months + 1, 1, "UTC");
  const wanted = midnight(year, month + months, day, "UTC");
  return Math.min(wanted, dayStart(end - 1, "UTC")) + (at - dayStart(at, "UTC"));
}
