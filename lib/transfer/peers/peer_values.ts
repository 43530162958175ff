/**
 * Values as other trackers store them: times in several text forms, names with underscores, zeros for
 * nothing.
 */
import type { Reading, Unit, Window } from "../../model/quota.ts";
import { slug } from "../../model/slug.ts";

export type Row = Readonly<Record<string, unknown>>;

const ISO =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?(?:\s+[A-Z]{1,5})?(?: m=[+-][\d.]+)?$/;
const MAX_INSTANT = Date.UTC(9999, 11, 31);

/**
 * Parses a stored time into epoch milliseconds: ISO text with or without a zone (then UTC), Go's own text, or
 * a number of seconds, milliseconds, microseconds or nanoseconds. Null for anything else, and for Go's zero
 * time.
 */
export function instantOfPeer(value: unknown): number | null {
  if (typeof value === "bigint") return instantOfPeer(Number(value));
  if (typeof value === "number") {
    if (!Number.isFinite(value) || value <= 0) return null;
    const scale = value < 1e11 ? 1000 : value < 1e14 ? 1 : value < 1e17 ? 1e-3 : 1e-6;
    return inRange(Math.round(value * scale));
  }
  if (typeof value !== "string") return null;
  return plainInstant(value) ?? instantOfText(value.trim());
}

function instantOfText(text: string): number | null {
  if (/^\d{9,19}$/.test(text)) return instantOfPeer(Number(text));
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return inRange(Date.parse(`${text}T00:00:00Z`));
  const [whole, date, time, fraction = "", zone = "Z"] = ISO.exec(text) ?? [];
  if (whole === undefined) return null;
  const offset = zone === "Z" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const second = Date.parse(`${date}T${time}${offset}`);
  return inRange(second + Number(fraction.padEnd(3, "0").slice(0, 3)));
}

/**
 * Parses the usual text, such as `2026-11-29T12:00:00.123456789Z`, in a tenth of the time of a regular
 * expression; null for any other, and for days and hours that may not exist.
 */
function plainInstant(text: string): number | null {
  const { length } = text;
  if (length < 19 || text[4] !== "-" || text[7] !== "-" || text[13] !== ":" || text[16] !== ":") return null;
  if (text[10] !== "T" && text[10] !== " ") return null;
  const year = parseDigits(text, 0, 4);
  const [month, day] = [parseDigits(text, 5, 7), parseDigits(text, 8, 10)];
  const [hour, minute, second] = [
    parseDigits(text, 11, 13),
    parseDigits(text, 14, 16),
    parseDigits(text, 17, 19),
  ];
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60)) {
    return null;
  }
  let end = length;
  if (text[end - 1] === "Z") end--;
  if (end > 29 || end === 20 || end > 19 && text[19] !== ".") return null;
  // Cut to milliseconds; the other characters must still be digits.
  const fraction = end === 19 ? 0 : Math.trunc(parseDigits(text, 20, end) * 1000 / 10 ** (end - 20));
  const instant = Date.UTC(year, month - 1, day, hour, minute, second) + fraction;
  return Number.isNaN(instant) ? null : inRange(instant);
}

/** Parses the digits in a part of a text; NaN when it contains another character. */
function parseDigits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** Returns null for unusable instants; one before 2000 is a zero that was written as a time. */
function inRange(instant: number): number | null {
  return instant >= Date.UTC(2000, 0, 1) && instant <= MAX_INSTANT ? instant : null;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Returns a figure, also one that is stored as text, or null when there is none. */
export function parseNumber(value: unknown): number | null {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && NUMBER.test(value.trim())) return parseNumber(Number(value));
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Reports whether there is something that is no figure: `NaN`, infinity, other text. */
export function isUnreadable(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "" && parseNumber(value) === null;
}

export function parseText(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

/**
 * Converts `five_hour` and `Five Hour` to the id of a quota or the name of an account; null when nothing
 * remains. Depends on nothing but the text: a second import must find the same account.
 */
export function parseId(text: unknown): string | null {
  const id = slug(String(text ?? "").normalize("NFKD"));
  return id === "" ? null : id;
}

/**
 * Returns a name for each account of one vendor, by the peer's own ids: those whose names are equal or empty carry their
 * id, so that no order and no account that is added or removed later gives one the history of another.
 */
export function nameAccounts(
  accounts: readonly { readonly id: string; readonly name: unknown }[],
  unnamed: string,
): ReadonlyMap<string, string> {
  const named = accounts.map(({ id, name }) => ({ id, own: parseId(name) }));
  return new Map(named.map(({ id, own }) => {
    const isShared = own !== null && named.filter((one) => one.own === own).length > 1;
    // Of a long random id, the end is enough.
    const suffix = (parseId(id) ?? "0").slice(-12).replace(/^-+/, "");
    return [id, own === null || isShared ? `${(own ?? unnamed).slice(0, 48)}-${suffix}` : own];
  }));
}

const HOUR = 3600;
export const FIVE_HOURS: Window = { kind: "fixed", seconds: 5 * HOUR };
export const ONE_HOUR: Window = { kind: "fixed", seconds: HOUR };
export const ONE_DAY: Window = { kind: "fixed", seconds: 24 * HOUR };
export const ONE_WEEK: Window = { kind: "fixed", seconds: 7 * 24 * HOUR };
export const CALENDAR: Window = { kind: "calendar", seconds: null };
export const BALANCE: Window = { kind: "balance", seconds: null };

/** Returns the window that the name of a quota implies. */
export function windowNamed(id: string): Window {
  if (/^(?:five-hour|5h)/.test(id)) return FIVE_HOURS;
  if (/^(?:seven-day|weekly|7d)/.test(id)) return ONE_WEEK;
  if (/^(?:daily|one-day)/.test(id)) return ONE_DAY;
  // Money that is topped up, not counted from zero each month.
  if (/(?:^|-)balance(?:-|$)/.test(id)) return BALANCE;
  return CALENDAR;
}

/** Why a row yields no reading, in words. */
export type SkippedRow = { readonly left: string };

export const VANISHED: SkippedRow = {
  left: "limit and usage are both 0, which means that the metric was missing",
};
export const NEGATIVE: SkippedRow = { left: "a negative figure" };
export const NO_FIGURE: SkippedRow = { left: "no figure" };
export const UNREADABLE: SkippedRow = { left: "an unreadable figure" };

export interface Counter {
  readonly quota: string;
  readonly label: string;
  readonly unit: Unit;
  readonly window: Window;
  readonly used: unknown;
  readonly limit: unknown;
  readonly resetsAt?: unknown;
  readonly remaining?: unknown;
}

/** Converts a count of usage and its limit. */
export function counterReading(counter: Counter): Reading | SkippedRow {
  const { quota, label, unit, window } = counter;
  const [used, limit, left] = [counter.used, counter.limit, counter.remaining].map(parseNumber);
  if (isUnreadable(counter.used)) return UNREADABLE;
  if (used === null && limit === null && left == null) return NO_FIGURE;
  if ((used ?? 0) < 0 || (limit ?? 0) < 0) return NEGATIVE;
  if ((used ?? 0) === 0 && (limit ?? 0) === 0 && (left ?? 0) === 0) return VANISHED;
  const known = limit === 0 ? null : limit ?? null;
  const remaining = left ?? (known === null || used === null ? null : known - (used ?? 0));
  return {
    quota,
    label,
    unit,
    used: used ?? null,
    limit: known,
    remaining,
    window,
    resetsAt: instantOfPeer(counter.resetsAt),
  };
}

/** Converts a share. */
export function shareReading(
  quota: string,
  label: string,
  percent: number | null,
  resetsAt: unknown,
): Reading | SkippedRow {
  if (percent === null) return NO_FIGURE;
  if (percent < 0) return NEGATIVE;
  const used = Math.round(percent * 1e6) / 1e6;
  return {
    quota,
    label,
    unit: "percent",
    used,
    limit: 100,
    remaining: Math.max(0, 100 - used),
    window: windowNamed(quota),
    resetsAt: instantOfPeer(resetsAt),
  };
}
