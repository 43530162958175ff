/**
 * Parses the URL parameters of a table. A page never fails because of its URL: invalid values are replaced by
 * the default and reported in a note. For programs, the same notes are the refusal.
 */
import { HttpError } from "fresh";
import { nearest } from "../../base/nearest.ts";
import { dayStart, isoDate, midnight } from "../../model/time.ts";
import { plain } from "../../base/text.ts";

export interface QueryReader {
  /** What could not be parsed, in words for people; empty when all could. */
  readonly notes: readonly string[];
  note(text: string): void;
  /** Returns the text of a parameter, or null when it is absent or empty. */
  text(name: string): string | null;
  /** Returns one of the allowed words. */
  word<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word;
  /** Returns an integer within bounds. */
  count(name: string, least: number, most: number, fallback: number): number;
  /** Returns the start of a date in the zone (`2026-11-21`), moved by whole days, or null. */
  date(name: string, zone: string, moveDays: number): number | null;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
/** A URL full of errors need not be reported in full. */
const MAX_NOTES = 5;

export function createQueryReader(query: URLSearchParams): QueryReader {
  const notes: string[] = [];

  function note(text: string) {
    if (notes.length < MAX_NOTES && !notes.includes(text)) notes.push(text);
  }

  function readText(name: string): string | null {
    const value = query.get(name);
    return value === null || value.trim() === "" ? null : value;
  }

  return {
    notes,
    note,
    text: readText,
    word(name, words, fallback) {
      const value = readText(name);
      if (value === null) return fallback;
      const known = words.find((word) => word === value);
      if (known !== undefined) return known;
      const suggestion = nearest(value, words);
      const hint = suggestion === null ? "" : `, did you mean ${suggestion}?`;
      note(`There is no ${name} "${plain(value, 40)}"${hint}`);
      return fallback;
    },
    count(name, least, most, fallback) {
      const value = readText(name);
      if (value === null) return fallback;
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= least && number <= most) return number;
      note(`Cannot read ${name} "${plain(value, 40)}": expected a whole number from ${least} to ${most}`);
      return fallback;
    },
    date(name, zone, moveDays) {
      const value = readText(name);
      if (value === null) return null;
      const [, year = 0, month = 0, day = 0] = (DATE.exec(value) ?? []).map(Number);
      const at = year < 1970 ? null : midnight(year, month, day, zone);
      // The calendar would take February 30 for March 2.
      if (at !== null && isoDate(at, zone) === value) return dayStart(at, zone, moveDays);
      note(`Cannot read ${name} "${plain(value, 40)}": expected a date such as 2026-11-21`);
      return null;
    },
  };
}

/** @throws {HttpError} 400 with everything that could not be parsed */
export function refuseNotes({ notes }: QueryReader): void {
  if (notes.length > 0) throw new HttpError(400, notes.join("; "));
}

/** Returns the URL of a page with some parameters changed; null removes one. */
export function changedQuery(
  query: URLSearchParams,
  changes: Readonly<Record<string, string | number | null>>,
): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, String(value));
  }
  // An empty form field counts as absent.
  for (const [name, value] of [...next]) if (value === "") next.delete(name);
  return `?${next}`;
}
