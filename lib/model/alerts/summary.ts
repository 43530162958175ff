/**
 * Decides when a channel gets a summary: daily or weekly, at an hour of the user's zone. Pure. The last summary is
 * remembered by its date, so no restart, clock change or reset clock repeats one.
 */
import { DAY_MS, HOUR_MS, WEEK_MS } from "../duration.ts";
import { instantAt, isoDate, wallTime } from "../time.ts";
import type { DecisionReason } from "./alert.ts";
import { dayMinuteText, parseDayMinute } from "./day_minute.ts";
import { instantWords } from "./message.ts";

export const SUMMARY_INTERVALS = ["daily", "weekly"] as const;
export type SummaryInterval = typeof SUMMARY_INTERVALS[number];

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** The schedule of a channel's summaries: `minute` of the day, 0 to 1439; `weekday` 0 is Monday. */
export interface SummaryTimes {
  readonly daily?: { readonly minute: number };
  readonly weekly?: { readonly minute: number; readonly weekday: number };
}

/** Includes `from` and excludes `to`, epoch milliseconds. */
export interface SummaryPeriod {
  readonly interval: SummaryInterval;
  readonly from: number;
  readonly to: number;
  /** The local date of `to`: `2026-11-29`. */
  readonly date: string;
}

/** What is remembered of a channel's last summary, per interval. */
export interface SummaryMark {
  /** Its date. */
  readonly date: string;
  readonly reason: DecisionReason;
}

export type SummaryMemory = Readonly<Partial<Record<SummaryInterval, SummaryMark>>>;

export interface SummaryDecision {
  readonly interval: SummaryInterval;
  readonly reason: DecisionReason;
  /** Present when the reason is `raised`. */
  readonly period?: SummaryPeriod;
  /** When the next one is due: `next on 2026-11-30 at 08:00 (in 19h)`. */
  readonly figure: string;
}

/** Summaries later than this are skipped. */
export const MAX_LATE_MS: Readonly<Record<SummaryInterval, number>> = {
  daily: 12 * HOUR_MS,
  weekly: 3 * DAY_MS,
};

/**
 * Decides which summaries of a channel are due. A channel evaluated for the first time starts with the next one.
 *
 * @param memory null before the first evaluation
 * @param zone IANA zone of the times
 */
export function decideSummaries(
  times: SummaryTimes,
  memory: SummaryMemory | null,
  now: number,
  zone: string,
): { readonly decisions: readonly SummaryDecision[]; readonly memory: SummaryMemory } {
  const decisions: SummaryDecision[] = [];
  const after: Partial<Record<SummaryInterval, SummaryMark>> = {};
  for (const interval of SUMMARY_INTERVALS) {
    const time = times[interval];
    if (time === undefined) continue;
    const remembered = memory?.[interval];
    // A date more than a week ahead comes from a wrong clock.
    const known = remembered !== undefined && remembered.date > isoDate(now + WEEK_MS, zone)
      ? undefined
      : remembered;
    const period = lastPeriod(interval, time, now, zone);
    const figure = `next ${instantWords(nextTime(interval, time, now, zone), now, zone)}`;
    const reason = known === undefined
      ? "not-due"
      : period.date <= known.date
      ? known.reason === "raised" ? "already-raised" : known.reason
      : now - period.to > MAX_LATE_MS[interval]
      ? "missed"
      : "raised";
    decisions.push({ interval, reason, figure, ...reason === "raised" && { period } });
    after[interval] = known !== undefined && period.date <= known.date
      ? known
      : { date: period.date, reason };
  }
  return { decisions, memory: after };
}

/** Returns the last completed period: from one scheduled time to the next, 23 to 25 hours for a day. */
export function lastPeriod(
  interval: SummaryInterval,
  time: { readonly minute: number; readonly weekday?: number },
  now: number,
  zone: string,
): SummaryPeriod {
  const today = wallTime(now, zone);
  const at = (moveDays: number) => timeOn(today, moveDays, time.minute, zone);
  const step = interval === "daily" ? 1 : 7;
  // Days until the weekday of this week, negative when it is past.
  const ahead = time.weekday === undefined ? 0 : time.weekday - findWeekday(today);
  const last = at(ahead).instant <= now ? ahead : ahead - step;
  const { instant: to, date } = at(last);
  return { interval, from: at(last - step).instant, to, date };
}

function nextTime(
  interval: SummaryInterval,
  time: { readonly minute: number; readonly weekday?: number },
  now: number,
  zone: string,
): number {
  const { to } = lastPeriod(interval, time, now, zone);
  const { instant } = timeOn(wallTime(to, zone), interval === "daily" ? 1 : 7, time.minute, zone);
  return instant;
}

interface WallDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function timeOn({ year, month, day }: WallDate, moveDays: number, minute: number, zone: string) {
  const date = new Date(Date.UTC(year, month - 1, day + moveDays));
  const wall = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  const instant = instantAt({ ...wall, hour: Math.floor(minute / 60), minute: minute % 60 }, zone);
  return { instant, date: date.toISOString().slice(0, 10) };
}

/** Returns the weekday, 0 for Monday. */
function findWeekday({ year, month, day }: WallDate): number {
  return (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
}

/** Parses `08:00` for a daily, `mon-08:00` for a weekly summary; null when invalid. */
export function parseDaily(text: string): { readonly minute: number } | null {
  const minute = parseDayMinute(text);
  // `24:00` would belong to two dates.
  return minute === null || /^\s*24:/.test(text) ? null : { minute };
}

export function parseWeekly(text: string): { readonly minute: number; readonly weekday: number } | null {
  const [word = "", clock = "", ...more] = text.trim().toLowerCase().split(/[\s-]+/);
  const weekday = WEEKDAYS.findIndex((one) => word.length >= 3 && word.startsWith(one));
  const time = parseDaily(clock);
  return weekday < 0 || time === null || more.length > 0 ? null : { ...time, weekday };
}

/** Formats the times: `daily 08:00`, `weekly mon-08:00`. */
export function summaryTimesWords({ daily, weekly }: SummaryTimes): readonly string[] {
  return [
    ...daily ? [`daily ${dayMinuteText(daily.minute)}`] : [],
    ...weekly ? [`weekly ${weeklyText(weekly)}`] : [],
  ];
}

/** Formats `mon-08:00`. */
export function weeklyText({ minute, weekday }: NonNullable<SummaryTimes["weekly"]>): string {
  return `${WEEKDAYS[weekday] ?? WEEKDAYS[0]}-${dayMinuteText(minute)}`;
}
