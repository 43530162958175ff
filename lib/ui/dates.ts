/** Formats days and instants in a zone's local time. */
import { clockText, isoDate, wallTime } from "../model/time.ts";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEK_MS = 6 * 86_400_000;

/** `19 Nov` */
export function dayText(at: number, zone: string): string {
  const { month, day } = wallTime(at, zone);
  return `${day} ${MONTHS[month - 1]}`;
}

/** `Nov 2026` */
export function monthText(at: number, zone: string): string {
  const { month, year } = wallTime(at, zone);
  return `${MONTHS[month - 1]} ${year}`;
}

/** `Thu 19 Nov` */
export function dateText(at: number, zone: string): string {
  return `${weekdayText(at, zone)} ${dayText(at, zone)}`;
}

/** `Thu 19 Nov 15:22` */
export function momentText(at: number, zone: string): string {
  return `${weekdayText(at, zone)} ${dayText(at, zone)} ${clockText(at, zone)}`;
}

/**
 * Formats as briefly as possible at `now`: `15:22` on the same day, `Sun 10:42` within a week, `28 Nov 17:00`
 * beyond.
 */
export function instantText(at: number, now: number, zone: string): string {
  const clock = clockText(at, zone);
  if (isoDate(at, zone) === isoDate(now, zone)) return clock;
  const day = Math.abs(at - now) < WEEK_MS ? weekdayText(at, zone) : dayText(at, zone);
  return `${day} ${clock}`;
}

function weekdayText(at: number, zone: string): string {
  const { year, month, day } = wallTime(at, zone);
  return WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]!;
}
