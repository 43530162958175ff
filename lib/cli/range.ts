/** The time range of a list: `--days`, or `--from` and `--to`. */
import { DAY_MS } from "../model/duration.ts";
import type { OpenRange } from "../read/take_pages.ts";
import { dayStart, midnight } from "../model/time.ts";
import { usageError } from "./io.ts";
import type { Typed } from "./table.ts";
import { parseTypedText, readInstant, wholeNumber } from "./values.ts";

export type Range = OpenRange;

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
export const MAX_LISTED = 100_000;

/** @throws {CliError} */
export function readRange(typed: Typed, now: number, zone: string): Range {
  const [from, to] = [parseTypedText(typed, "from"), parseTypedText(typed, "to")];
  if (parseTypedText(typed, "days") !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw usageError("--days and --from or --to say the same thing: use only one of them");
    }
    return { from: now - wholeNumber(typed, "days", 7, 1, 366) * DAY_MS };
  }
  const range = {
    ...from === undefined ? {} : { from: parseEdge("from", from, zone, 0) },
    // A date is a whole day, so the range includes the day it ends with.
    ...to === undefined ? {} : { to: parseEdge("to", to, zone, 1) },
  };
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to) {
    throw usageError(`--from has to be before --to, got ${JSON.stringify(from)} and ${JSON.stringify(to)}`);
  }
  return range;
}

/** Returns what `--limit` says; null without it. @throws {CliError} */
export function readLimitIfAny(typed: Typed): number | null {
  return parseTypedText(typed, "limit") === undefined ? null : readLimit(typed, MAX_LISTED);
}

/** Parses `--limit`. @throws {CliError} */
export function readLimit(typed: Typed, byDefault: number): number {
  return wholeNumber(typed, "limit", byDefault, 0, MAX_LISTED);
}

function parseEdge(name: string, text: string, zone: string, moveDays: number): number {
  const at = DATE.test(text) ? startOfDate(text, zone, moveDays) : readInstant(text);
  if (at !== null) return at;
  throw usageError(
    `--${name} takes a date such as 2026-11-21, an instant such as 2026-11-21T12:00:00Z or epoch milliseconds, got ${
      JSON.stringify(text)
    }`,
  );
}

function startOfDate(text: string, zone: string, moveDays: number): number | null {
  const [, year = 0, month = 0, day = 0] = (DATE.exec(text) ?? []).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  // `Date` would accept February 30 as March 2, and zones have no data for years before the epoch.
  if (year < 1970 || date.toISOString().slice(0, 10) !== text) return null;
  return dayStart(midnight(year, month, day, zone), zone, moveDays);
}
