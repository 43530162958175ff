/** Reads and checks typed options: every error says what is allowed. */
import { usageError } from "./io.ts";
import type { Typed } from "./table.ts";

const ISO = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)$/;
const DATE_ONLY = /^\d{4}-\d\d-\d\d$/;
/** The first and last instant whose date has a four-digit year and is not before the epoch. */
const LAST_INSTANT = Date.UTC(9999, 11, 31);

/** Returns the text of an option, or undefined when it was not typed. */
export function parseTypedText(typed: Typed, name: string): string | undefined {
  const value = typed.options[name];
  return typeof value === "string" ? value : undefined;
}

export function hasFlag(typed: Typed, name: string): boolean {
  return typed.options[name] === true;
}

/** Parses a whole number between two bounds, or returns the default. @throws {CliError} */
export function wholeNumber(
  typed: Typed,
  name: string,
  byDefault: number,
  min: number,
  max: number,
): number {
  const text = parseTypedText(typed, name);
  if (text === undefined) return byDefault;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw usageError(`--${name} takes a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`);
}

export const daysOf = (typed: Typed): number => wholeNumber(typed, "days", 7, 1, 366);
export const weeksOf = (typed: Typed, byDefault: number): number =>
  wholeNumber(typed, "weeks", byDefault, 1, 53);

/** Parses `--now` into epoch milliseconds, or undefined. @throws {CliError} */
export function parseTypedInstant(typed: Typed): number | undefined {
  const text = parseTypedText(typed, "now");
  if (text === undefined) return undefined;
  const at = readInstant(text);
  if (at !== null) return at;
  const allowed = "an instant such as 2026-11-21T12:00:00Z, 2026-11-21T13:00:00+01:00 or epoch milliseconds";
  const missing = DATE_ONLY.test(text) ? " (the time and the zone are missing)" : "";
  throw usageError(`--now takes ${allowed}, got ${JSON.stringify(text)}${missing}`);
}

/** Parses a typed instant into epoch milliseconds; null when it is invalid. */
export function readInstant(text: string): number | null {
  const at = /^\d+$/.test(text) ? Number(text) : isIso(text) ? Date.parse(text.replace(" ", "T")) : NaN;
  return at >= 0 && at <= LAST_INSTANT ? at : null;
}

/**
 * Reports whether the text is an instant with a day that exists: `Date` would accept February 30 as March 2.
 */
function isIso(text: string): boolean {
  if (!ISO.test(text)) return false;
  const day = text.slice(0, 10);
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}
