/** Parses the time range in an address: a named range, or two edges. */
import { DAY_MS, MINUTE_MS } from "../duration.ts";
import { DEFAULT_RANGE, findRange, type HistoryRange, type RangeName, RANGES } from "./history.ts";
import { dayStart, instantAt, midnight } from "../time.ts";

/** Minimum and maximum length of a custom range. */
const MIN_MS = 5 * MINUTE_MS;
const MAX_MS = 3660 * DAY_MS;
/** Length of a range when only its end is given. */
const DEFAULT_MS = DAY_MS;
const LAST_INSTANT = Date.UTC(9999, 11, 31);

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::\d\d)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** How to write edges, for messages. */
export const EDGE_HELP =
  "a date such as 2026-11-21, a time of the zone such as 2026-11-21T12:00, or an instant such as 2026-11-21T12:00:00Z";

/**
 * Parses an edge of a range into epoch milliseconds, or null if it is invalid: a date (its midnight), a local
 * time of `zone`, an instant with an offset, or epoch milliseconds.
 *
 * @param isEnd true to make a date stand for the end of its day
 */
export function parseEdge(text: string, zone: string, isEnd = false): number | null {
  if (/^\d{10,16}$/.test(text)) return boundedInstant(Number(text));
  if (!isDay(text.slice(0, 10))) return null;
  if (INSTANT.test(text)) return boundedInstant(Date.parse(text));
  const parts = (DATE.exec(text) ?? LOCAL.exec(text))?.slice(1).map(Number);
  if (!parts) return null;
  // Only a date has no hour, and no minute then.
  const [year, month, day, hour, minute] = parts as [number, number, number, number | undefined, number];
  if (year < 1970) return null;
  if (hour === undefined) {
    return boundedInstant(dayStart(midnight(year, month, day, zone), zone, isEnd ? 1 : 0));
  }
  return hour > 23 || minute > 59
    ? null
    : boundedInstant(instantAt({ year, month, day, hour, minute }, zone));
}

/** The words of an address that select its time range, unparsed. */
export interface SpanWords {
  readonly range: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

export interface TimeRangeQuery {
  readonly span: HistoryRange;
  /** What was not understood and what is used instead, as sentences without full stops. */
  readonly problems: readonly string[];
}

/**
 * Returns the requested range; when it is invalid, `fallback` with
 * the reason. Edges take precedence over a named range.
 */
export function resolveSpan(
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
  const known = findRange(range === "1d" ? "24h" : range);
  if (known) return { span: { range: known.name }, problems: [] };
  const all = RANGES.map(({ name }) => name).join(", ");
  return { span: { range: fallback }, problems: [`There is no range "${range}": there are ${all}`] };
}

function freeSpan(
  fromText: string | null,
  toText: string | null,
  zone: string,
  now: number,
): HistoryRange | string {
  const end = toText === null ? now : parseEdge(toText, zone, true);
  if (end === null) return `Cannot read "${toText}" as an end: expected ${EDGE_HELP}`;
  const begin = fromText === null ? end - DEFAULT_MS : parseEdge(fromText, zone);
  if (begin === null) return `Cannot read "${fromText}" as a start: expected ${EDGE_HELP}`;
  // There is no data about the future.
  const to = Math.min(end, now);
  if (begin >= to) return "The start has to be before the end, and in the past";
  if (to - begin > MAX_MS) return "No more than ten years can be shown at once";
  return { from: Math.max(0, Math.min(begin, to - MIN_MS)), to };
}

function boundedInstant(at: number): number | null {
  return at >= 0 && at <= LAST_INSTANT ? at : null;
}

/** Reports whether a day exists: `Date` would accept February 30 as March 2. */
function isDay(text: string): boolean {
  const at = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
