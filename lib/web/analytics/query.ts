/** Parses the analytics page's URL. An invalid one never makes the page fail. */
import { dayStart } from "../../model/time.ts";
import { type Interval, INTERVALS } from "../../model/history/usage.ts";
import { type Grouping, GROUPINGS, type Measure, MEASURES } from "../../model/history/usage_groups.ts";
import { createQueryReader, type QueryReader } from "../tables/query_reader.ts";

export const COMPARISONS = ["none", "previous", "year"] as const;
export type Comparison = typeof COMPARISONS[number];

/** Lengths that are one click away, in days. */
export const DAY_CHOICES: readonly number[] = [1, 7, 30, 90, 365];
const DEFAULT_DAYS = 30;
export const MAX_DAYS = 366;
/** Maximum number of days by interval: more slots could not be told apart. */
const MAX_DAYS_OF: Readonly<Partial<Record<Interval, number>>> = { "5m": 1, "30m": 7, "1h": 14 };
/** Fifty-two weeks: the same days of the week, a year before. */
const YEAR_DAYS = 364;

export interface AnalyticsQuery {
  /** How many days back, today included; null when two dates were given. */
  readonly days: number | null;
  /** Whole days of the zone: includes `from` and excludes `to`. */
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly interval: Interval;
  /** Whether the URL names the interval, rather than leaving it to the page. */
  readonly isChosen: boolean;
  readonly group: Grouping;
  readonly measure: Measure;
  readonly compare: Comparison;
  /** When the other period begins, or null without a comparison. */
  readonly before: number | null;
  readonly provider: string | null;
  readonly unit: string | null;
  /** Page of the figures, from 1; 0 when they are not shown. */
  readonly page: number;
  readonly reader: QueryReader;
}

export function parseAnalyticsQuery(
  query: URLSearchParams,
  zone: string,
  now: number,
  providers: readonly string[],
): AnalyticsQuery {
  const reader = createQueryReader(query);
  const span = parseDays(reader, zone, now);
  const { from, length } = span;
  const group = reader.word("group", GROUPINGS, "provider");
  const measure = reader.word("measure", MEASURES, "share");
  const compare = reader.word("compare", COMPARISONS, "none");
  const provider = reader.word("provider", ["", ...providers], "");
  const { interval, isChosen } = parseInterval(reader, length);
  const back = compare === "previous" ? length : YEAR_DAYS;
  return {
    ...span,
    interval,
    isChosen,
    group,
    measure,
    compare,
    before: compare === "none" ? null : dayStart(from, zone, -back),
    provider: provider === "" ? null : provider,
    unit: reader.text("unit"),
    page: reader.count("page", 1, 1000, 0),
    reader,
  };
}

function parseDays(
  reader: QueryReader,
  zone: string,
  now: number,
): Pick<AnalyticsQuery, "days" | "from" | "to" | "length"> {
  const days = reader.count("days", 1, MAX_DAYS - 1, DEFAULT_DAYS);
  const usual = {
    days,
    from: dayStart(now, zone, 1 - days),
    to: dayStart(now, zone, 1),
    length: days,
  };
  const begin = reader.date("from", zone, 0);
  const end = reader.date("to", zone, 1);
  if (begin === null && end === null) return usual;
  const to = Math.min(end ?? usual.to, usual.to);
  const from = begin ?? dayStart(to, zone, -DEFAULT_DAYS);
  const length = Math.round((to - from) / 86_400_000);
  if (length < 1) reader.note("The first day has to be before the last one, and not in the future");
  else if (length > MAX_DAYS) reader.note("No more than a year can be shown at once");
  else return { days: null, from, to, length };
  return usual;
}

function parseInterval(reader: QueryReader, length: number): Pick<AnalyticsQuery, "interval" | "isChosen"> {
  const usual: Interval = length <= 2 ? "1h" : length <= 92 ? "1d" : "1w";
  const word = reader.word("interval", ["auto", ...INTERVALS], "auto");
  if (word === "auto") return { interval: usual, isChosen: false };
  const most = MAX_DAYS_OF[word];
  if (most === undefined || length <= most) return { interval: word, isChosen: true };
  const days = most === 1 ? "one day" : `${most} days`;
  reader.note(`Intervals of ${word} cover ${days} at most`);
  return { interval: usual, isChosen: false };
}
