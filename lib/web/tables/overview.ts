/** Cycles of one quota beside all quotas of its account, each at its peak, as shown at `/cycle-overview`. */
import { displayUnit, earlierDisplayUnit, formatQuantity } from "../../model/view/format.ts";
import { quotaKey, splitQuotaKey } from "../../model/quota.ts";
import { statusBounds, statusFromShare } from "../../model/view/status.ts";
import type { AccountView, QuotaView } from "../../model/view/view.ts";
import type { AppContext } from "../../app/context.ts";
import type { OverviewRow, OverviewTableView } from "../../ui/table/OverviewTable.tsx";
import { quotaTitle } from "../../ui/words.ts";
import { createQueryReader, type QueryReader } from "./query_reader.ts";
import {
  buildTools,
  type Column,
  createHeadings,
  parseSorting,
  type Sorting,
  sortTable,
  takeTablePage,
} from "./common.ts";
import { type ChosenRange, parseTimeRange, TABLE_RANGES } from "./range.ts";
import { subjectsIn, subjectTitle } from "./subjects.ts";
import type { TableContext } from "./table_context.ts";

/** Maximum number of cycles side by side. */
const MAX_CYCLES = 500;

export interface CycleOverviewQuery {
  readonly reader: QueryReader;
  readonly timeRange: ChosenRange;
  /** Null when no quota was ever read. */
  readonly account: AccountView | null;
  readonly quota: QuotaView | null;
  readonly columns: readonly Column<OverviewRow>[];
  readonly sorting: Sorting;
}

export function parseCycleOverviewQuery(
  query: URLSearchParams,
  { view, zone }: TableContext,
): CycleOverviewQuery {
  const reader = createQueryReader(query);
  const all = subjectsIn(view.accounts);
  // A balance and a sliding window have one cycle that never ends.
  const usual = all.find(({ quota }) => quota.window.kind === "fixed" || quota.window.kind === "calendar") ??
    all[0];
  const wanted = reader.word("quota", all.map(({ quota }) => quota.key), usual?.quota.key ?? "");
  const chosen = all.find(({ quota }) => quota.key === wanted) ?? null;
  const columns: readonly Column<OverviewRow>[] = [
    { id: "started", title: "Started", key: ({ cycle }) => cycle.startedAt },
    {
      id: "ended",
      title: "Ended",
      wide: true,
      key: ({ cycle }) => cycle.endedAt ?? Number.MAX_SAFE_INTEGER,
    },
    { id: "peak-at", title: "Peak at", wide: true, key: ({ peakAt }) => peakAt },
    ...(chosen?.account.quotas ?? []).map((quota): Column<OverviewRow> => ({
      id: quota.quota,
      title: quotaTitle(quota),
      right: true,
      key: ({ quotas }) => {
        const own = quotas.find((one) => one.quota === quota.quota);
        return own?.share ?? own?.used ?? null;
      },
    })),
  ];
  return {
    reader,
    timeRange: parseTimeRange(reader, TABLE_RANGES, "30d", view.at, zone),
    account: chosen?.account ?? null,
    quota: chosen?.quota ?? null,
    columns,
    sorting: parseSorting(reader, columns, "started"),
  };
}

/** In the requested order. */
export async function findOverview(
  { analysis, settings }: Pick<AppContext, "analysis" | "settings">,
  { account, quota, timeRange, columns, sorting }: CycleOverviewQuery,
): Promise<readonly OverviewRow[]> {
  if (!account || !quota) return [];
  const bounds = statusBounds(settings.current.thresholds);
  const cycles = await analysis.cycleOverview({ quota: quota.key, limit: MAX_CYCLES });
  const rows = cycles.filter(({ cycle }) =>
    cycle.startedAt < timeRange.to && (cycle.endedAt ?? Number.POSITIVE_INFINITY) > timeRange.from
  ).map(({ cycle, peakAt, quotas }): OverviewRow => ({
    cycle,
    peakAt,
    quotas: account.quotas.flatMap((view) => {
      const own = quotas.find((one) => one.quota === view.quota);
      if (!own) return [];
      const { used, limit, share, risen, earlier } = own;
      const isSubject = quotaKey(account.key, view.quota) === quota.key;
      return [{
        quota: view.quota,
        unit: displayUnit(view),
        used,
        ...earlier && { earlier: formatQuantity(earlier.used, earlierDisplayUnit(view, earlier.unit)) },
        limit,
        share,
        rise: risen,
        isSubject,
        status: statusFromShare(share, bounds),
      }];
    }),
  }));
  return sortTable(rows, columns, sorting);
}

export async function overviewTable(
  services: AppContext,
  tableContext: TableContext,
  query: URLSearchParams,
): Promise<{ readonly table: OverviewTableView; readonly reader: QueryReader }> {
  const selection = parseCycleOverviewQuery(query, tableContext);
  const { reader, timeRange, quota, columns, sorting } = selection;
  const rows = await findOverview(services, selection);
  const { rows: shown, pager } = takeTablePage(rows, reader, query);
  const all = subjectsIn(tableContext.view.accounts);
  const several = tableContext.view.accounts.length > 1;
  const table: OverviewTableView = {
    headings: createHeadings(columns, sorting, query),
    rows: shown,
    pager,
    subject: quota === null ? "" : quotaTitle(quota),
    tools: buildTools(query, {
      ranges: TABLE_RANGES,
      timeRange,
      zone: tableContext.zone,
      file: "/api/v1/tables/cycle-overview",
      filters: [{
        name: "quota",
        label: "Cycles of",
        choices: all.map((one) => ({
          value: one.quota.key,
          text: subjectTitle(one, several),
          selected: one.quota.key === quota?.key,
        })),
      }],
    }),
  };
  return { table, reader };
}

export const OVERVIEW_COLUMNS = [
  "provider",
  "account",
  "cycleOf",
  "startedAt",
  "endedAt",
  "peakAt",
  "key",
  "used",
  "limit",
  "utilization",
  "rise",
] as const;

/** Which quota's cycles to list for an account, for rows of a file. */
export function parseCycleQuota({ quota }: CycleOverviewQuery): string {
  return quota ? splitQuotaKey(quota.key).quota : "";
}
