/**
 * Parses the text of settings. Pure: text in, a value or a problem out.
 *
 * Imports only the rule for schedules, from `lib/poll`.
 */
import { DAY_MS, MINUTE_MS } from "../model/duration.ts";
import { wholeNumber } from "./idle.ts";
import type { Parsed } from "./option.ts";
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS, type Schedule, scheduleProblem } from "../poll/schedule.ts";

const INTERVAL_WANTED = "10 to 3600 seconds, or a cron expression such as */5 * * * *";

/** Parses seconds, or a cron expression in `zone`. */
export function parseSchedule(text: string, zone: string): Parsed<Schedule> {
  const seconds = wholeNumber(text.replace(/\s*s$/, ""));
  if (seconds !== null) {
    const ms = seconds * 1000;
    if (ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS) return { value: { kind: "every", ms } };
    return { problem: "out of range", wanted: INTERVAL_WANTED };
  }
  const expression = text.trim().split(/\s+/).join(" ");
  const schedule: Schedule = { kind: "cron", expression, zone };
  // A single word may be a cron alias such as @hourly; without the @ it is neither.
  const looksLikeCron = expression.startsWith("@") || expression.includes(" ");
  if (!looksLikeCron) return { problem: "not an interval", wanted: INTERVAL_WANTED };
  if (scheduleProblem(schedule) === null) return { value: schedule };
  return {
    problem: "not a cron expression of five fields that matches some day",
    wanted: INTERVAL_WANTED,
  };
}

const REFRESH_WANTED = "1 to 60 minutes, 10s to 3600s, or a cron expression such as */5 * * * *";

/** Like `parseSchedule`, in the format of other trackers: a bare number is minutes, `90s` seconds. */
export function parseRefreshInterval(text: string, zone: string): Parsed<Schedule> {
  const minutes = wholeNumber(text.replace(/\s*m(?:in)?$/i, ""));
  if (minutes === null) {
    const parsed = parseSchedule(text, zone);
    return "value" in parsed ? parsed : { ...parsed, wanted: REFRESH_WANTED };
  }
  const ms = minutes * MINUTE_MS;
  if (ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS) return { value: { kind: "every", ms } };
  return { problem: "out of range", wanted: REFRESH_WANTED };
}

export function scheduleText(schedule: Schedule): string {
  return schedule.kind === "every" ? String(schedule.ms / 1000) : schedule.expression;
}

const PORT_WANTED = "1024 to 65535, or 0 for any free port";

export function parsePort(text: string): Parsed<number> {
  const port = wholeNumber(text);
  if (port === null) return { problem: "not a port", wanted: PORT_WANTED };
  if (port === 0 || (port >= 1024 && port <= 65_535)) return { value: port };
  return { problem: "out of range", wanted: PORT_WANTED };
}

/** Parses a retention in days into milliseconds; 0 means forever. */
export function parseDays(text: string): Parsed<number> {
  const wanted = "1 to 36500 days, or 0 for no limit";
  const days = wholeNumber(text);
  if (days === null) return { problem: "not a number of days", wanted };
  return days <= 36_500 ? { value: days * DAY_MS } : { problem: "out of range", wanted };
}

export function daysText(ms: number): string {
  return String(ms / DAY_MS);
}

const HOUR_MS = 3_600_000;
const MAX_BACKUPS = 1000;

/** Parses hours or days between backups into milliseconds; 0 means none. */
export function parseBackupEvery(text: string): Parsed<number> {
  const wanted = "hours or days such as 6h or 1d, at most 366d, or off";
  if (/^(?:off|0)$/i.test(text)) return { value: 0 };
  const [, count = "", unit = ""] = /^(\d{1,4})(h|d)$/i.exec(text) ?? [];
  const ms = Number(count) * (unit.toLowerCase() === "h" ? HOUR_MS : DAY_MS);
  if (unit === "" || ms === 0) return { problem: "not a time between backups", wanted };
  return ms <= 366 * DAY_MS ? { value: ms } : { problem: "out of range", wanted };
}

export function backupEveryText(ms: number): string {
  return ms === 0 ? "off" : ms % DAY_MS === 0 ? `${ms / DAY_MS}d` : `${ms / HOUR_MS}h`;
}

export function parseBackupKeep(text: string): Parsed<number> {
  const wanted = `a whole number from 1 to ${MAX_BACKUPS}`;
  const count = wholeNumber(text);
  if (count === null) return { problem: "not a number of backups", wanted };
  return count >= 1 && count <= MAX_BACKUPS ? { value: count } : { problem: "out of range", wanted };
}

/** Returns a parser for one of several words, in upper or lower case. */
export function parseWord<Word extends string>(words: readonly Word[]): (text: string) => Parsed<Word> {
  return (text) => {
    const word = words.find((one) => one === text.toLowerCase());
    return word === undefined ? { problem: "unknown word", wanted: words.join(", ") } : { value: word };
  };
}

/** Parses `on` and `off`. */
export function parseSwitch(text: string): Parsed<boolean> {
  const word = parseWord(["on", "off"])(text);
  return "value" in word ? { value: word.value === "on" } : word;
}

export function switchText(on: boolean): string {
  return on ? "on" : "off";
}
