/**
 * Days and weeks in an IANA zone. The program uses epoch
 * milliseconds everywhere; only here do they become local dates.
 */
import { DAY_MS } from "./duration.ts";

/** Tolerated difference between two clocks; an instant further ahead is in the future. */
export const CLOCK_TOLERANCE_MS = 5000;

/** Reports whether a recorded instant is still in the future, so that its age is unknown. */
export function isFuture(at: number, now: number): boolean {
  return at - now > CLOCK_TOLERANCE_MS;
}

/**
 * By canonical zone name, for runtimes without `Temporal`: the first formatter of a process loads the data of
 * all languages, which takes as long as starting the runtime. Each takes 30 kB, and only a few are in use;
 * offsets such as `+05:45` add many more zones.
 */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATTERS = 100;
/** The runtime's names of zones by spelling. */
const spellings = new Map<string, string>();
const MAX_SPELLINGS = 1000;

/** The local time of an instant in a zone. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Deno has it since 2.7, and not every browser does. */
function findTemporal(): typeof Temporal | undefined {
  return typeof Temporal === "undefined" ? undefined : Temporal;
}

/** Reports whether the runtime knows the zone, for example `Europe/Berlin` or `UTC`. */
export function isZone(zone: string): boolean {
  try {
    nameZone(zone);
    return true;
  } catch {
    return false;
  }
}

/** Reports whether two names mean the same zone, such as `Asia/Kolkata` and `Asia/Calcutta`. */
export function isSameZone(a: string, b: string): boolean {
  if (a === b) return true;
  if (!isZone(a) || !isZone(b)) return false;
  const temporal = findTemporal();
  if (temporal === undefined) return nameZone(a) === nameZone(b);
  return new temporal.ZonedDateTime(0n, a).equals(new temporal.ZonedDateTime(0n, b));
}

/**
 * Returns the runtime's spelling of a zone's name: names are case-insensitive. Without `Temporal`, an old name
 * becomes the new one.
 * @throws {RangeError} when the zone is unknown
 */
export function nameZone(zone: string): string {
  let name = spellings.get(zone);
  if (name === undefined) {
    const temporal = findTemporal();
    name = temporal === undefined
      ? new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone
      : new temporal.ZonedDateTime(0n, zone).timeZoneId;
    remember(spellings, zone, name, MAX_SPELLINGS);
  }
  return name;
}

/** @throws {RangeError} when the zone is unknown */
export function wallTime(at: number, zone: string): WallTime {
  const wall = new Date(at + offsetAt(at, zone));
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    second: wall.getUTCSeconds(),
  };
}

/**
 * Caches offsets by day: calendar arithmetic takes about seven times as long as adding an offset, and pages
 * format hundreds of instants.
 */
const steady = new Map<string, Map<number, number | null>>();
const MAX_STEADY_DAYS = 4000;
const MAX_STEADY_ZONES = 20;
/** Earlier clock changes are too irregular to matter. */
const REGULAR_SINCE = Date.UTC(1973, 0, 1);
const REGULAR_UNTIL = Date.UTC(2200, 0, 1);

/** Returns a zone's offset for the whole UTC day of an instant; null when it may change within it. */
function steadyOffset(at: number, zone: string): number | null {
  // NaN fails both comparisons.
  if (!(at >= REGULAR_SINCE && at < REGULAR_UNTIL)) return null;
  const name = nameZone(zone);
  let days = steady.get(name);
  if (!days) remember(steady, name, days = new Map(), MAX_STEADY_ZONES);
  const day = Math.floor(at / DAY_MS);
  let offset = days.get(day);
  if (offset === undefined) {
    const [first, last] = [day * DAY_MS, (day + 1) * DAY_MS].map((edge) => findExactOffset(edge, zone));
    offset = first === last ? first! : null;
    if (days.size >= MAX_STEADY_DAYS) days.clear();
    days.set(day, offset);
  }
  return offset;
}

/**
 * Returns when a date begins in `zone`; the day may overflow (day 0, day 32). When the clock is turned back
 * over midnight, that is the first midnight; when midnight is skipped, the end of the gap.
 */
export function midnight(year: number, month: number, day: number, zone: string): number {
  return findReachedAt({ year, month, day, hour: 0, minute: 0 }, zone);
}

/**
 * Returns the first instant at which the clock of `zone` shows a time of a day or a later one: when that time is skipped,
 * the end of the gap.
 */
export function findReachedAt(
  { year, month, day, hour, minute }: Omit<WallTime, "second">,
  zone: string,
): number {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  // The offsets before and after a clock change near it; there is at most one such change.
  const before = offsetAt(wanted - DAY_MS, zone);
  const after = offsetAt(wanted + DAY_MS, zone);
  const first = wanted - before;
  const second = wanted - after;
  if (offsetAt(first, zone) === before) return first;
  if (offsetAt(second, zone) === after) return second;
  return findOffsetChange(second, first, before, zone);
}

/** Returns the first instant in `(early, late]` at which `zone` no longer has the offset `before`. */
function findOffsetChange(early: number, late: number, before: number, zone: string): number {
  while (late - early > 1) {
    const middle = early + ((late - early) >> 1);
    if (offsetAt(middle, zone) === before) early = middle;
    else late = middle;
  }
  return late;
}

/**
 * Returns the instant of a local time in `zone`, to the minute. If it occurs twice, because the clock is
 * turned back, the first; if it is skipped, as if the clock had not been turned forward.
 */
export function instantAt(wall: Omit<WallTime, "second">, zone: string): number {
  const wanted = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  const first = wanted - offsetAt(wanted - DAY_MS, zone);
  const second = wanted - offsetAt(wanted + DAY_MS, zone);
  return [first, second].find((at) => wanted - at === offsetAt(at, zone)) ?? first;
}

/** Returns midnight of the day that contains `at`, moved by whole calendar days. */
export function dayStart(at: number, zone: string, moveDays = 0): number {
  const { year, month, day } = wallTime(at, zone);
  return midnight(year, month, day + moveDays, zone);
}

/** Returns when the last `count` days began, today first; a date that a zone left out is none of them. */
export function lastDayStarts(now: number, zone: string, count: number): readonly number[] {
  const starts: number[] = [];
  for (let at = now; starts.length < count;) {
    const start = dayStart(at, zone);
    starts.push(start);
    at = start - 1;
  }
  return starts;
}

/** Returns midnight of the Monday of the week that contains `at`, moved by whole weeks. */
export function weekStart(at: number, zone: string, moveWeeks = 0): number {
  const { year, month, day } = wallTime(at, zone);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return midnight(year, month, day - (weekday + 6) % 7 + moveWeeks * 7, zone);
}

/** Formats `2026-11-21`. */
export function isoDate(at: number, zone: string): string {
  const { year, month, day } = wallTime(at, zone);
  return `${String(year).padStart(4, "0")}-${padTwo(month)}-${padTwo(day)}`;
}

/**
 * Formats an ISO week, `2026-W47`: weeks begin on Monday, the first one contains the year's first Thursday.
 */
export function isoWeek(at: number, zone: string): string {
  const { year, month, day } = wallTime(at, zone);
  const date = Date.UTC(year, month - 1, day);
  const thursday = date + (4 - (new Date(date).getUTCDay() || 7)) * DAY_MS;
  const weekYear = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(weekYear, 0, 1)) / (7 * DAY_MS)) + 1;
  return `${weekYear}-W${padTwo(week)}`;
}

/** Formats `2026-11-21 13:05`. */
export function wallText(at: number, zone: string): string {
  const { hour, minute } = wallTime(at, zone);
  return `${isoDate(at, zone)} ${padTwo(hour)}:${padTwo(minute)}`;
}

/** Formats `13:05`. */
export function clockText(at: number, zone: string): string {
  const { hour, minute } = wallTime(at, zone);
  return `${padTwo(hour)}:${padTwo(minute)}`;
}

/** Formats UTC with milliseconds, `2026-11-21T12:00:00.000Z`; null stays null. */
export function isoInstant(at: number): string;
export function isoInstant(at: number | null): string | null;
export function isoInstant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Returns the milliseconds by which `zone` is ahead of UTC at an instant. */
export function offsetAt(at: number, zone: string): number {
  return steadyOffset(at, zone) ?? findExactOffset(at, zone);
}

/** @throws {RangeError} when the zone is unknown, or the instant is no number */
function findExactOffset(at: number, zone: string): number {
  const temporal = findTemporal();
  return temporal === undefined ? deriveOffset(at, zone) : temporal.Instant
    .fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
}

/** Derives the offset from the local time a formatter writes. @throws {RangeError} as {@link findExactOffset} */
export function deriveOffset(at: number, zone: string): number {
  const fields = {} as Record<Intl.DateTimeFormatPartTypes, number>;
  for (const part of findFormatter(zone).formatToParts(at)) {
    if (part.type !== "literal") fields[part.type] = Number(part.value);
  }
  const { year, month, day, hour, minute, second } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function findFormatter(zone: string): Intl.DateTimeFormat {
  const name = nameZone(zone);
  let formatter = formatters.get(name);
  if (!formatter) remember(formatters, name, formatter = newFormatter(name), MAX_FORMATTERS);
  return formatter;
}

/** Stores a value, evicting the oldest one when the map is full. */
function remember<T>(cache: Map<string, T>, name: string, value: T, max: number): void {
  if (cache.size >= max) cache.delete(cache.keys().next().value!);
  cache.set(name, value);
}

function newFormatter(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

function padTwo(value: number): string {
  return String(value).padStart(2, "0");
}
