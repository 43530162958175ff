/** Usage by day, by week and in total, per quota: the figures of `syntrack stats` as tables. */
import { displayUnit } from "../../model/view/format.ts";
import { type OverallJson, overallJson } from "../../formats/listing.ts";
import { type Bucket, sumUp } from "../../model/engine/bucket.ts";
import { isoDate, isoWeek } from "../../model/time.ts";
import type { QuotaView } from "../../model/view/view.ts";
import type { AppContext } from "../../app/context.ts";
import type { PeriodRow, StatsRow, StatsView } from "../../ui/table/StatsTables.tsx";
import { createQueryReader, type QueryReader } from "./query_reader.ts";
import { buildTools, linkChoices, takeTablePage, wordFilter } from "./common.ts";
import { type Starts, startsAt } from "./starts.ts";
import { parseSubjects, type Subjects, subjectTitle } from "./subjects.ts";
import type { TableContext } from "./table_context.ts";

const DAYS = ["7", "14", "30", "60"] as const;
const WEEKS = ["4", "8"] as const;
/** More quotas than these do not stand side by side: each has a row. */
const MAX_COLUMNS = 6;
/** More quotas than most people have: only fleets turn pages. */
const QUOTAS_PER_PAGE = 100;

export interface StatsQuery {
  readonly reader: QueryReader;
  readonly subjects: Subjects;
  readonly days: number;
  readonly weeks: number;
}

export function parseStatsQuery(query: URLSearchParams, tableContext: TableContext): StatsQuery {
  const reader = createQueryReader(query);
  return {
    reader,
    subjects: parseSubjects(reader, tableContext),
    days: Number(reader.word("days", DAYS, "7")),
    weeks: Number(reader.word("weeks", WEEKS, "4")),
  };
}

/** The sums of one quota. */
export interface QuotaStats {
  readonly account: Subjects["accounts"][number];
  readonly quota: QuotaView;
  readonly perHour: number | null;
  readonly rateReadings: number;
  readonly overall: OverallJson;
  /** Newest first; null for a period without readings. */
  readonly days: readonly StatsPeriod[];
  readonly weeks: readonly StatsPeriod[];
}

export interface StatsPeriod {
  readonly label: string;
  readonly from: number;
  readonly sum: Bucket | null;
}

/** In the order of the accounts. */
export async function findStats(
  { analysis }: Pick<AppContext, "analysis">,
  { subjects, days, weeks }: StatsQuery,
  /** The periods to sum up, newest first. */
  { zone, dayStarts, weekStarts }: Starts,
): Promise<readonly QuotaStats[]> {
  const accounts = [...new Set(subjects.quotas.map(({ account }) => account.key))];
  const sums = new Map((await analysis.sums(accounts, zone)).map((one) => [one.quota.view.key, one]));
  return subjects.quotas.flatMap(({ account, quota }) => {
    const own = sums.get(quota.key);
    if (!own) return [];
    return [{
      account,
      quota,
      perHour: own.rate.perHour,
      rateReadings: own.rate.readings,
      overall: overallJson(own.lifetime),
      days: dayStarts.slice(0, days).map((from): StatsPeriod => ({
        label: isoDate(from, zone),
        from,
        sum: own.days.find(({ start }) => start === from) ?? null,
      })),
      weeks: weekStarts.slice(0, weeks).map((from, place): StatsPeriod => {
        const to = weekStarts[place - 1] ?? Number.POSITIVE_INFINITY;
        const inWeek = own.days.filter(({ start }) => start >= from && start < to);
        return { label: isoWeek(from, zone), from, sum: sumUp(inWeek) };
      }),
    }];
  });
}

export async function statsView(
  services: AppContext,
  tableContext: TableContext,
  query: URLSearchParams,
): Promise<{ readonly table: StatsView; readonly reader: QueryReader }> {
  const selection = parseStatsQuery(query, tableContext);
  const { reader, subjects, days, weeks } = selection;
  const { rows: quotas, pager } = takeTablePage(subjects.quotas, reader, query, QUOTAS_PER_PAGE);
  const found = await findStats(
    services,
    { ...selection, subjects: { ...subjects, quotas } },
    startsAt(tableContext.view.at, tableContext.zone),
  );
  const several = new Set(subjects.quotas.map(({ account }) => account.key)).size > 1;
  const titled = found.map((one) => ({ ...one, title: subjectTitle(one, several) }));
  const overall = titled.map(({ quota, title, perHour, overall, days, weeks }): StatsRow => ({
    key: quota.key,
    title,
    unit: displayUnit(quota),
    used: quota.used,
    share: quota.share,
    status: quota.status,
    perHour,
    today: days[0]?.sum?.consumed ?? null,
    week: weeks[0]?.sum?.consumed ?? null,
    perDay: overall.averagePerDay,
    consumed: overall.consumed,
    readings: overall.readings,
    since: overall.firstAt === null ? null : Date.parse(overall.firstAt),
  }));
  const [first] = titled;
  const rowsOf = (periods: (one: QuotaStats) => readonly StatsPeriod[]): readonly PeriodRow[] =>
    (first ? periods(first) : []).map(({ label, from }, place) => ({
      label,
      from,
      sums: titled.map((one) => {
        const sum = periods(one)[place]?.sum ?? null;
        return sum && {
          consumed: sum.consumed,
          leftLow: sum.leftLow,
          leftHigh: sum.leftHigh,
          readings: sum.count,
          resets: sum.resets,
        };
      }),
    }));
  const tools = buildTools(query, {
    ranges: [],
    timeRange: { range: "all", from: 0, to: tableContext.view.at },
    zone: tableContext.zone,
    file: "/api/v1/tables/stats",
    filters: [
      ...subjects.filters,
      wordFilter("days", "Days", DAYS, String(days) as typeof DAYS[number], (word) => `${word} days`),
      wordFilter("weeks", "Weeks", WEEKS, String(weeks) as typeof WEEKS[number], (word) => `${word} weeks`),
    ],
  });
  const stats: StatsView = {
    display: services.settings.current.display,
    overall,
    columns: titled.map(({ quota, title }) => ({ key: quota.key, title, unit: displayUnit(quota) })),
    isTurned: titled.length > MAX_COLUMNS,
    days: rowsOf((one) => one.days),
    weeks: rowsOf((one) => one.weeks),
    pager,
    dayLinks: linkChoices("days", DAYS, String(days), query),
    tools,
  };
  return { table: stats, reader };
}

export const STATS_COLUMNS = [
  "provider",
  "account",
  "key",
  "unit",
  "period",
  "from",
  "consumed",
  "leftLow",
  "leftHigh",
  "readings",
  "resets",
] as const;
