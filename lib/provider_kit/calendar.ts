/**
 * When the day, week or month of a calendar that vendors count by begins anew; epoch milliseconds,
 * in UTC unless a zone is given. It may import the model.
 */
import { HOUR_MS } from "../model/duration.ts";
import { dayStart, midnight, wallTime, weekStart } from "../model/time.ts";

/** The next midnight, never `at` itself. */
export function nextDay(at: number, zone = "UTC"): number {
  return dayStart(at, zone, 1);
}

/** The next Monday at midnight, with which ISO weeks begin. */
export function nextWeek(at: number, zone = "UTC"): number {
  return weekStart(at, zone, 1);
}

/** The first of the next month at midnight. */
export function nextMonth(at: number, zone = "UTC"): number {
  const { year, month } = wallTime(at, zone);
  return midnight(year, month + 1, 1, zone);
}

/** When the clock on the wall next shows this full hour, never `at` itself. */
export function nextHour(at: number, hour: number, zone: string): number {
  let next = (Math.floor(at / HOUR_MS) + 1) * HOUR_MS;
  // A day has up to 25 hours, and one whose clock is put forward may lack the one looked for.
  for (let tried = 0; tried < 50 && wallTime(next, zone).hour !== hour; tried++) next += HOUR_MS;
  return next;
}

/** The same time of day `months` later in UTC; on the last day of a month that is too short. */
export function monthsLater(at: number, months: number): number {
  const { year, month, day } = wallTime(at, "UTC");
  const end = midnight(year, month + months + 1, 1, "UTC");
  const wanted = midnight(year, month + months, day, "UTC");
  return Math.min(wanted, dayStart(end - 1, "UTC")) + (at - dayStart(at, "UTC"));
}
