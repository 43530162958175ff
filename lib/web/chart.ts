/** What the history chart of a page needs, as the address of the page asks for it. */
import { DEFAULT_RANGE, type RangeName } from "../model/history/history.ts";
import type { QuotaKey } from "../model/quota.ts";
import { spanOf, type TimeRangeQuery } from "../model/history/time_range.ts";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { otherParameters, type QueryParameters } from "../ui/chart/address.ts";
import { type PackedHistory, packHistory } from "../ui/chart/packed_history.ts";

/** The property `chart` of `islands/HistoryChart.tsx`. */
export interface ChartData {
  readonly history: PackedHistory;
  /** Keys of the quotas it is about; all where it is null. */
  readonly quotas: readonly QuotaKey[] | null;
  /** Page of the table, or 0 where it is not shown. */
  readonly table: number;
  /** Keys of quotas that are hidden. */
  readonly hidden: readonly string[];
  /** What else the address says. */
  readonly kept: QueryParameters;
}

export interface ChartQuery {
  readonly chart: ChartData;
  /** What the page has to say about the address; empty where all was understood. */
  readonly note: string;
}

export interface ChartOptions {
  /** Quotas the chart is about; all unless given. */
  readonly quotas?: readonly QuotaKey[];
  readonly zone: string;
  /** What is shown where nothing is asked for. */
  readonly range?: RangeName;
}

const MAX_WORD = 40;

/**
 * The span, the lines and the table a page shows by its address (`range`, or `from` and `to`, and `table`).
 * What is not understood is said in `note`, and the usual span shown instead.
 */
export async function chartOf(
  services: Pick<AppContext, "history" | "clock">,
  { searchParams }: URL,
  { quotas, zone, range = DEFAULT_RANGE }: ChartOptions,
): Promise<ChartQuery> {
  const { span, problems } = parseSpan(searchParams, zone, services.clock.now(), range);
  const history = await services.history({ ...span, ...quotas && { quotas }, sessions: true });
  const table = /^[1-9]\d{0,2}$/.exec(searchParams.get("table") ?? "")?.[0] ?? "0";
  return {
    chart: {
      history: packHistory(history),
      quotas: quotas ?? null,
      table: Number(table),
      hidden: searchParams.getAll("hide").filter((key) => history.lines.some((line) => line.key === key)),
      kept: otherParameters(searchParams),
    },
    note: problems.map((problem) => `${problem}. The last ${range} are shown.`).join(" "),
  };
}

/** The span a query asks for, its words cut to what may be shown again. */
export function parseSpan(
  query: URLSearchParams,
  zone: string,
  now: number,
  fallback: RangeName = DEFAULT_RANGE,
): TimeRangeQuery {
  const word = (name: string) => {
    const text = query.get(name);
    return text === null ? null : plain(text, MAX_WORD);
  };
  return spanOf({ range: word("range"), from: word("from"), to: word("to") }, zone, now, fallback);
}
