/** The stretch of time somebody asked for, as it stands in an address: a range, or an edge and another. */
import { DAY_MS, MINUTE_MS } from "../duration.ts";
import { DEFAULT_RANGE, type RangeName, rangeOf, RANGES, type Span } from "./history.ts";
import { dayStart, instantAt, midnight } from "../time.ts";

/** A free span is no shorter than this, and no longer than the other. */
const MIN_MS = 5 * MINUTE_MS;
const MAX_MS = 3660 * DAY_MS;
/** How far back a span begins of which only the end is given. */
const DEFAULT_MS = DAY_MS;
const LAST_INSTANT = Date.UTC(9999, 11, 31);

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::\d\d)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** How edges may be written, for whoever wrote them otherwise. */
export const EDGE_HELP =
  "a date such as 2026-11-21, a time of the zone such as 2026-11-21T12:00, or an instant such as 2026-11-21T12:00:00Z";

/**
 * An edge of a span, epoch milliseconds, or null for what is none: a date (its midnight), a time on the wall
 * of `zone`, an instant with an offset, or epoch milliseconds.
 *
 * @param isEnd a date then stands for the end of its day
 */
export function edgeOf(text: string, zone: string, isEnd = false): number | null {
  if (/^\d{10,16}$/.test(text)) return boundedInstant(Number(text));
  if (!isDay(text.slice(0, 10))) return null;
  if (INSTANT.test(text)) return boundedInstant(Date.parse(text));
  const [, year = 0, month = 0, day = 0, hour, minute = 0] = (DATE.exec(text) ?? LOCAL.exec(text) ?? [])
    .map(Number);
  if (year < 1970) return null;
  if (hour === undefined) {
    return boundedInstant(dayStart(midnight(year, month, day, zone), zone, isEnd ? 1 : 0));
  }
  return hour > 23 || minute > 59
    ? null
    : boundedInstant(instantAt({ year, month, day, hour, minute }, zone));
}

/** What an address says of the time it is about, each word as it stands there. */
export interface SpanWords {
  readonly range: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

export interface TimeRangeQuery {
  readonly span: Span;
  /** What was not understood, with what stands in its place, as sentences without an end. */
  readonly problems: readonly string[];
}

/** The span that is asked for; where it makes no sense, `fallback` and why. Edges go before a range. */
export function spanOf(
  words: SpanWords,
  zone: string,
  now: number,
  fallback: RangeName = DEFAULT_RANGE,
): TimeRangeQuery {
  const { range, from, to } = words;
  if (from || to) {
    const free = freeSpan(from || null, to || null, zone, now);
    return typeof free === "string" ? { span: { range: fallback }, problems: [free] } : {
      span: free,
      problems: [],
    };
  }
  if (range === null || range === "") return { span: { range: fallback }, problems: [] };
  const known = rangeOf(range === "1d" ? "24h" : range);
  if (known) return { span: { range: known.name }, problems: [] };
  const all = RANGES.map(({ name }) => name).join(", ");
  return { span: { range: fallback }, problems: [`There is no range "${range}": there are ${all}`] };
}

function freeSpan(fromText: string | null, toText: string | null, zone: string, now: number): Span | string {
  const end = toText === null ? now : edgeOf(toText, zone, true);
  if (end === null) return `Cannot read "${toText}" as an end: expected ${EDGE_HELP}`;
  const begin = fromText === null ? end - DEFAULT_MS : edgeOf(fromText, zone);
  if (begin === null) return `Cannot read "${fromText}" as a beginning: expected ${EDGE_HELP}`;
  // Nothing is known of what is to come.
  const to = Math.min(end, now);
  if (begin >= to) return "The beginning has to lie before the end, and in the past";
  if (to - begin > MAX_MS) return "No more than ten years can be shown at once";
  return { from: Math.max(0, Math.min(begin, to - MIN_MS)), to };
}

function boundedInstant(at: number): number | null {
  return at >= 0 && at <= LAST_INSTANT ? at : null;
}

/** Whether it is a day that exists: `Date` would take February 30 for March 2. */
function isDay(text: string): boolean {
  const at = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
