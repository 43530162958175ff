/**
 * The log of readings of one account: single readings, or aggregates of five minutes, an hour or a day. It is
 * paged by position, so a year is no slower than an hour.
 */
import { displayUnit, earlierDisplayUnit } from "../../model/view/format.ts";
import { type Bucket, DAY, FIVE_MINUTES, HOUR, type Step } from "../../model/engine/bucket.ts";
import { type QuotaKey, readingShare, type Unit } from "../../model/quota.ts";
import { unitAt } from "../../model/engine/terms.ts";
import { statusBounds, statusFromShare } from "../../model/view/status.ts";
import type { AccountView, QuotaView } from "../../model/view/view.ts";
import type { AppContext } from "../../app/context.ts";
import type { HistoryRow, HistoryTableView, LoggedQuota } from "../../ui/table/HistoryTable.tsx";
import { accountTitle, quotaTitle } from "../../ui/words.ts";
import { changedQuery, createQueryReader, type QueryReader } from "./query_reader.ts";
import { buildTools, linkChoices, SIZES, wordFilter } from "./common.ts";
import { type ChosenRange, parseTimeRange, TABLE_RANGES } from "./range.ts";
import type { TableContext } from "./table_context.ts";

const EVERY = ["raw", "5m", "1h", "1d"] as const;
const STEPS: Readonly<Record<typeof EVERY[number], Step | null>> = {
  raw: null,
  "5m": FIVE_MINUTES,
  "1h": HOUR,
  "1d": DAY,
};
const EVERY_WORDS = { raw: "Each reading", "5m": "5 minutes", "1h": "1 hour", "1d": "1 day (UTC)" } as const;
const MAX_ROWS = 500;
/** Maximum number of readings or aggregates of one quota in a file. */
export const MAX_IN_FILE = 50_000;

export interface HistoryQuery {
  readonly reader: QueryReader;
  readonly timeRange: ChosenRange;
  /** Null before the first account. */
  readonly account: AccountView | null;
  readonly quotas: readonly QuotaView[];
  readonly every: typeof EVERY[number];
  readonly descending: boolean;
  readonly size: number;
  /** The instant after which the page continues, in its direction; null for the first page. */
  readonly after: number | null;
}

export function parseHistoryQuery(query: URLSearchParams, { view, zone }: TableContext): HistoryQuery {
  const reader = createQueryReader(query);
  const { accounts } = view;
  const provider = reader.text("provider");
  const usual = accounts.find((one) => one.provider === provider) ?? accounts[0];
  const wanted = reader.text("quota");
  const ofQuota = accounts.find(({ quotas }) => quotas.some(({ key }) => key === wanted));
  const name = reader.word("account", accounts.map(({ key }) => key), ofQuota?.key ?? usual?.key ?? "");
  const account = accounts.find(({ key }) => key === name) ?? null;
  const keys = account?.quotas.map(({ key }) => key) ?? [];
  const quota = reader.word("quota", [...keys, "all"], "all");
  const size = reader.word("size", SIZES, "20");
  return {
    reader,
    timeRange: parseTimeRange(reader, TABLE_RANGES, "24h", view.at, zone),
    account,
    quotas: account?.quotas.filter(({ key }) => quota === "all" || key === quota) ?? [],
    every: reader.word("every", EVERY, "raw"),
    descending: reader.word("dir", ["desc", "asc"], "desc") === "desc",
    size: size === "all" ? MAX_ROWS : Number(size),
    after: reader.text("after") === null ? null : reader.count("after", 0, Number.MAX_SAFE_INTEGER, 0),
  };
}

/** A reading as stored. */
type StoredReading = Awaited<ReturnType<AppContext["store"]["readings"]>>[number];

/** The stored data of a quota at an instant, a reading or an aggregate of several. */
export type HistorySource =
  | { readonly kind: "reading"; readonly at: number; readonly reading: StoredReading }
  | { readonly kind: "bucket"; readonly at: number; readonly bucket: Bucket };

/** Returns the stored data of one quota in the range, in the requested direction, up to a limit. */
export async function readHistoryRows(
  { store }: Pick<AppContext, "store">,
  quota: QuotaKey,
  { timeRange, every, descending, after }: Pick<HistoryQuery, "timeRange" | "every" | "descending" | "after">,
  limit: number,
): Promise<readonly HistorySource[]> {
  const from = after !== null && !descending ? Math.max(timeRange.from, after + 1) : timeRange.from;
  const to = after !== null && descending ? Math.min(timeRange.to, after) : timeRange.to;
  const step = STEPS[every];
  if (step !== null) return await readBuckets(store, quota, step, from, to, descending, limit);
  const readings = await store.readings({ quota, from, to, limit, newestFirst: descending });
  return readings.map((reading) => ({ kind: "reading", at: reading.at, reading }));
}

/** Reads only as far as necessary. */
async function readBuckets(
  store: AppContext["store"],
  quota: QuotaKey,
  step: Step,
  from: number,
  to: number,
  descending: boolean,
  limit: number,
): Promise<readonly HistorySource[]> {
  const found: Bucket[] = [];
  let [low, high] = [from, to];
  for (let length = limit * step; low < high && found.length < limit; length *= 4) {
    const edge = descending ? Math.max(low, high - length) : Math.min(high, low + length);
    const part = descending ? { from: edge, to: high } : { from: low, to: edge };
    const buckets = await store.series({ quota, ...part, step });
    found.push(...descending ? buckets.toReversed() : buckets);
    if (descending) high = edge;
    else low = edge;
  }
  return found.slice(0, limit).map((bucket) => ({ kind: "bucket", at: bucket.start, bucket }));
}

export async function historyTable(
  services: AppContext,
  tableContext: TableContext,
  query: URLSearchParams,
): Promise<{ readonly table: HistoryTableView; readonly reader: QueryReader }> {
  const selection = parseHistoryQuery(query, tableContext);
  const { reader, account, quotas, every, descending, size, timeRange, after } = selection;
  const bounds = statusBounds(services.settings.current.thresholds);
  const rows = new Map<number, Map<QuotaKey, LoggedQuota>>();
  for (const view of quotas) {
    const terms = await services.store.terms(view.key);
    for (const source of await readHistoryRows(services, view.key, selection, size + 1)) {
      const row = rows.get(source.at) ?? new Map<QuotaKey, LoggedQuota>();
      row.set(
        view.key,
        createLogged(view, unitAt(terms, view.unit, lastReadingAt(source)), source),
      );
      rows.set(source.at, row);
    }
  }
  const instants = [...rows.keys()].sort((a, b) => descending ? b - a : a - b);
  const shown = instants.slice(0, size).map((at): HistoryRow => ({
    at,
    quotas: quotas.map(({ key }) => {
      const logged = rows.get(at)?.get(key);
      return logged ? { ...logged, status: statusFromShare(logged.share, bounds) } : null;
    }),
  }));
  const last = shown.at(-1)?.at;
  const table: HistoryTableView = {
    display: services.settings.current.display,
    account: account === null ? null : accountTitle(account),
    columns: quotas.map((view) => ({
      key: view.key,
      title: quotaTitle(view),
      unit: displayUnit(view),
      limit: view.limit,
    })),
    rows: shown,
    isSummed: every !== "raw",
    descending,
    turn: changedQuery(query, { dir: descending ? "asc" : null, after: null }),
    start: after === null ? null : changedQuery(query, { after: null }),
    next: instants.length > size && last !== undefined ? changedQuery(query, { after: last }) : null,
    sizes: linkChoices("size", SIZES, query.get("size") ?? "20", query, { after: null }),
    tools: buildTools(query, {
      ranges: TABLE_RANGES,
      timeRange,
      zone: tableContext.zone,
      file: "/api/v1/tables/history",
      filters: [
        {
          name: "account",
          label: "Account",
          choices: tableContext.view.accounts.map((one) => ({
            value: one.key,
            text: accountTitle(one),
            selected: one.key === account?.key,
          })),
        },
        {
          name: "quota",
          label: "Quota",
          choices: [
            { value: "", text: "All quotas", selected: quotas.length !== 1 },
            ...(account?.quotas ?? []).map((one) => ({
              value: one.key,
              text: quotaTitle(one),
              selected: quotas.length === 1 && quotas[0]?.key === one.key,
            })),
          ],
        },
        wordFilter("every", "Row for", EVERY, every, (word) => EVERY_WORDS[word]),
      ],
    }),
  };
  return { table, reader };
}

/** Returns when the last reading of an entry was taken, which determines the unit of its amounts. */
export function lastReadingAt(source: HistorySource): number {
  return source.kind === "reading" ? source.at : source.bucket.lastAt;
}

function createLogged(view: QuotaView, earlier: Unit | undefined, kept: HistorySource): LoggedQuota {
  const unit = earlierDisplayUnit(view, earlier);
  if (kept.kind === "reading") {
    const { used, limit, remaining, consumed, reset } = kept.reading;
    return {
      unit,
      used,
      limit,
      left: remaining,
      share: readingShare({ used, limit, remaining, window: view.window }),
      consumed,
      resets: reset ? 1 : 0,
      readings: 1,
      low: used,
      high: used,
      status: "unknown",
    };
  }
  const { last, limit, leftLow, shareLast, consumed, resets, count, low, high } = kept.bucket;
  return {
    unit,
    used: last,
    // A limit in another unit does not apply to this amount.
    limit: limit ?? (earlier === undefined || earlier === view.unit ? view.limit : null),
    left: leftLow,
    share: shareLast,
    consumed,
    resets,
    readings: count,
    low,
    high,
    status: "unknown",
  };
}
