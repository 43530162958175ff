/** The data of a page's history chart, as the page's URL requests it. */
import { previousPeriodMs, previousPeriodRange, shiftLines } from "../model/history/earlier.ts";
import { DEFAULT_RANGE, type HistoryView, type Line, type RangeName } from "../model/history/history.ts";
import type { QuotaKey } from "../model/quota.ts";
import { resolveSpan, type TimeRangeQuery } from "../model/history/time_range.ts";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { chartNotes } from "./notes.ts";
import { otherParameters, type QueryParameters } from "../ui/chart/address.ts";
import { type PackedHistory, type PackedLine, packHistory, packLine } from "../ui/chart/packed_history.ts";

/** The property `chart` of `islands/HistoryChart.tsx`. */
export interface ChartData {
  readonly history: PackedHistory;
  /** Keys of its quotas; all when null. */
  readonly quotas: readonly QuotaKey[] | null;
  /** Page of the table, or 0 when it is not shown. */
  readonly table: number;
  /** Keys of quotas that are hidden. */
  readonly hidden: readonly string[];
  /** The lines of the period before, moved into this one; null unless the URL asks for them. */
  readonly earlier: readonly PackedLine[] | null;
  /** Other parameters of the URL. */
  readonly kept: QueryParameters;
}

export interface ChartQuery {
  readonly chart: ChartData;
  /** The page's note about its URL; empty when all was understood. */
  readonly note: string;
}

export interface ChartOptions {
  /** Quotas of the chart; default: all. */
  readonly quotas?: readonly QuotaKey[];
  readonly zone: string;
  /** The default range. */
  readonly range?: RangeName;
}

const MAX_WORD = 40;

/**
 * Returns the range, the lines and the table that a page's URL names (`range`, or `from` and `to`, and
 * `table`). Whatever is invalid is reported in `note`, and the default range shown instead.
 */
export async function readChart(
  services: Pick<AppContext, "history" | "clock" | "notes" | "dashboard">,
  { searchParams }: URL,
  { quotas, zone, range = DEFAULT_RANGE }: ChartOptions,
): Promise<ChartQuery> {
  const { span, problems } = parseSpan(searchParams, zone, services.clock.now(), range);
  const read = await services.history({ ...span, ...quotas && { quotas }, sessions: true });
  const history = { ...read, notes: await chartNotes(services, read, quotas ?? null) };
  const table = /^[1-9]\d{0,2}$/.exec(searchParams.get("table") ?? "")?.[0] ?? "0";
  const earlier = searchParams.get("earlier") === "1" ? await readEarlier(services, history, quotas) : null;
  return {
    chart: {
      history: packHistory(history),
      earlier: earlier && earlier.map(packLine),
      quotas: quotas ?? null,
      table: Number(table),
      hidden: searchParams.getAll("hide").filter((key) => history.lines.some((line) => line.key === key)),
      kept: otherParameters(searchParams),
    },
    note: problems.map((problem) => `${problem}. The last ${range} are shown.`).join(" "),
  };
}

/** Reads the lines of the period before a history, moved into it. */
export async function readEarlier(
  services: Pick<AppContext, "history">,
  { from, to }: Pick<HistoryView, "from" | "to">,
  quotas?: readonly QuotaKey[],
): Promise<readonly Line[]> {
  const { lines } = await services.history({ ...previousPeriodRange(from, to), ...quotas && { quotas } });
  return shiftLines(lines, previousPeriodMs(from, to));
}

/** Parses the range of a query, with its words cut to a length safe to repeat. */
export function parseSpan(
  query: URLSearchParams,
  zone: string,
  now: number,
  fallback: RangeName = DEFAULT_RANGE,
): TimeRangeQuery {
  const readWord = (name: string) => {
    const text = query.get(name);
    return text === null ? null : plain(text, MAX_WORD);
  };
  return resolveSpan(
    { range: readWord("range"), from: readWord("from"), to: readWord("to") },
    zone,
    now,
    fallback,
  );
}
