/** Writes iCalendar (RFC 5545): properties, their escapes, and the folding of long lines. Pure. */
import { harmless } from "../base/text.ts";

export const ICALENDAR_TYPE = "text/calendar; charset=utf-8";

/** Maximum bytes of a line, without its line break. */
export const MAX_LINE_BYTES = 75;

export interface CalendarEvent {
  /** Identifies the event in every version of the calendar. */
  readonly uid: string;
  /** Start and end, epoch milliseconds. */
  readonly at: number;
  /** When its content last changed, epoch milliseconds. */
  readonly changedAt: number;
  readonly summary: string;
  /** Lines of text. */
  readonly description: readonly string[];
  readonly categories: readonly string[];
}

export interface Calendar {
  readonly name: string;
  /** How often to read it again, as a duration of RFC 5545: `PT15M`. */
  readonly refresh: string;
  readonly events: readonly CalendarEvent[];
}

const encoder = new TextEncoder();

/** Renders a calendar. Its events are marked as free time, so that no one appears busy. */
export function calendarText({ name, refresh, events }: Calendar): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Syntrack//Syntrack//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    `NAME:${calendarValue(name)}`,
    `X-WR-CALNAME:${calendarValue(name)}`,
    `REFRESH-INTERVAL;VALUE=DURATION:${refresh}`,
    `X-PUBLISHED-TTL:${refresh}`,
    ...events.flatMap(eventLines),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join("");
}

function eventLines({ uid, at, changedAt, summary, description, categories }: CalendarEvent) {
  return [
    "BEGIN:VEVENT",
    `UID:${calendarValue(uid)}`,
    `DTSTAMP:${calendarInstant(changedAt)}`,
    `LAST-MODIFIED:${calendarInstant(changedAt)}`,
    `DTSTART:${calendarInstant(at)}`,
    `SUMMARY:${calendarValue(summary)}`,
    `DESCRIPTION:${description.map(calendarValue).join("\\n")}`,
    `CATEGORIES:${categories.map(calendarValue).join(",")}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ];
}

/** Formats an instant in UTC: `20261121T180000Z`. */
export function calendarInstant(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** Escapes one line of text, without characters that end a line or steer its direction. */
export function calendarValue(text: string): string {
  return harmless(text).replace(/[\\;,]/g, (sign) => `\\${sign}`);
}

/** Folds a line into lines of at most 75 bytes without splitting characters. */
export function foldLine(line: string): string {
  let [folded, bytes] = ["", 0];
  for (const character of line) {
    const { length } = encoder.encode(character);
    if (bytes + length > MAX_LINE_BYTES) {
      folded += "\r\n ";
      // The space that starts a continued line counts.
      bytes = 1;
    }
    folded += character;
    bytes += length;
  }
  return folded;
}
