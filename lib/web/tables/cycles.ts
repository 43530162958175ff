/** The table of cycles, as shown at `/cycles` and exported. */
import { earlierDisplayUnit } from "../../model/view/format.ts";
import { statusBounds, statusFromShare } from "../../model/view/status.ts";
import type { AppContext } from "../../app/context.ts";
import type { CycleRow, CyclesTableView, CycleSum } from "../../ui/table/CyclesTable.tsx";
import { accountTitle } from "../../ui/words.ts";
import type { QueryReader } from "./query_reader.ts";
import {
  buildTools,
  type Column,
  createHeadings,
  formatPeriod,
  inGroups,
  PERIODS,
  sortTable,
  wordFilter,
} from "./common.ts";
import { groupFilter, isInState, type ListQuery, parseListQuery, stateFilter } from "./listed.ts";
import { TABLE_RANGES } from "./range.ts";
import { subjectTitle } from "./subjects.ts";
import type { TableContext } from "./table_context.ts";

/** Maximum number of cycles read for one table. */
export const MAX_CYCLES = 5000;

const FULL = ["any", "50", "80", "95", "100"] as const;
const GROUPS = ["none", "quota", "account", "provider", ...PERIODS] as const;
export type CycleGrouping = typeof GROUPS[number];

const COLUMNS: readonly Column<CycleRow>[] = [
  { id: "quota", title: "Quota", key: ({ title }) => title, largestFirst: false },
  { id: "started", title: "Started", key: ({ cycle }) => cycle.startedAt },
  { id: "ended", title: "Ended", wide: true, key: ({ cycle }) => cycle.endedAt ?? Number.MAX_SAFE_INTEGER },
  { id: "length", title: "Length", right: true, wide: true, key: ({ lengthMs }) => lengthMs },
  { id: "peak", title: "Peak used", right: true, key: ({ share }) => share },
  { id: "consumed", title: "Consumed", right: true, key: ({ cycle }) => cycle.consumed },
  { id: "readings", title: "Readings", right: true, wide: true, key: ({ cycle }) => cycle.count },
  { id: "evidence", title: "How it ended", wide: true },
];

/** The query, parsed from a URL. */
export interface CyclesQuery extends ListQuery {
  readonly full: typeof FULL[number];
  readonly group: CycleGrouping;
}

export function parseCyclesQuery(query: URLSearchParams, tableContext: TableContext): CyclesQuery {
  const list = parseListQuery(query, tableContext, COLUMNS);
  const { reader } = list;
  return {
    ...list,
    full: reader.word("full", FULL, "any"),
    group: reader.word("group", GROUPS, "none"),
  };
}

export interface FoundCycles {
  /** In the requested order. */
  readonly rows: readonly CycleRow[];
  /** Whether the oldest were left out. */
  readonly more: boolean;
}

/** Returns every row that passes the filters. */
export async function findCycles(
  { analysis, settings }: Pick<AppContext, "analysis" | "settings">,
  query: CyclesQuery,
  now: number,
): Promise<FoundCycles> {
  const { timeRange, subjects, sorting, full } = query;
  const { items, more } = await analysis.cyclesInRange(
    subjects.quotas.map(({ quota }) => quota.key),
    { ...timeRange, limit: MAX_CYCLES },
  );
  const withAccount = new Set(subjects.quotas.map(({ account }) => account.key)).size > 1;
  const byKey = new Map<string, Pick<CycleRow, "subject" | "title">>(
    subjects.quotas.map((subject) =>
      [subject.quota.key, { subject, title: subjectTitle(subject, withAccount) }] as const
    ),
  );
  const bounds = statusBounds(settings.current.thresholds);
  const least = full === "any" ? null : Number(full) / 100;
  const rows = items.flatMap((cycle): readonly CycleRow[] => {
    const known = byKey.get(cycle.quota);
    const share = cycle.peakShare;
    if (!known || (least !== null && (share === null || share < least))) return [];
    if (!isInState(query, cycle.endedAt)) return [];
    return [{
      ...known,
      cycle,
      share,
      status: statusFromShare(share, bounds),
      lengthMs: Math.max(0, (cycle.endedAt ?? now) - cycle.startedAt),
    }];
  });
  return { rows: sortTable(rows, COLUMNS, sorting), more };
}

export async function cyclesTable(
  services: AppContext,
  tableContext: TableContext,
  query: URLSearchParams,
): Promise<{ readonly table: CyclesTableView; readonly reader: QueryReader }> {
  const selection = parseCyclesQuery(query, tableContext);
  const { zone } = tableContext;
  const { reader, group, sorting, full, timeRange, subjects } = selection;
  const { rows, more } = await findCycles(services, selection, tableContext.view.at);
  if (more) reader.note(`Only the newest ${MAX_CYCLES} cycles are read: choose a shorter range`);
  const { sections, pager } = inGroups(
    rows,
    group === "none" ? null : (row) => createGroup(row, group, zone),
    reader,
    query,
  );
  const table: CyclesTableView = {
    headings: createHeadings(COLUMNS, sorting, query),
    sections: sections.map(({ title, shown, all }) => ({
      title,
      sum: title === null ? null : sumCycles(all),
      rows: shown,
    })),
    pager,
    tools: buildTools(query, {
      ranges: TABLE_RANGES,
      timeRange,
      zone,
      file: "/api/v1/tables/cycles",
      filters: [
        ...subjects.filters,
        stateFilter(selection),
        wordFilter("full", "Peak", FULL, full, fullText),
        groupFilter(GROUPS, group),
      ],
    }),
  };
  return { table, reader };
}

function createGroup(
  { cycle, subject, title }: CycleRow,
  group: Exclude<CycleGrouping, "none">,
  zone: string,
): string {
  switch (group) {
    case "quota":
      return title;
    case "account":
      return accountTitle(subject.account);
    case "provider":
      return subject.account.providerName;
    default:
      return formatPeriod(cycle.startedAt, group, zone);
  }
}

function sumCycles(rows: readonly CycleRow[]): CycleSum {
  // Credits of two vendors are no more alike than two currencies.
  const kinds = new Map(rows.map(({ cycle, subject: { account, quota } }) => {
    const unit = earlierDisplayUnit(quota, cycle.unit);
    return [unit === "credits" ? `${unit} of ${account.provider}` : unit, unit];
  }));
  const [unit = null] = kinds.size === 1 ? kinds.values() : [];
  const shares = rows.map(({ share }) => share).filter((share) => share !== null);
  return {
    cycles: rows.length,
    consumed: unit === null ? null : rows.reduce((sum, { cycle }) => sum + (cycle.consumed ?? 0), 0),
    unit,
    averagePeak: shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length,
    full: shares.filter((share) => share >= 1).length,
  };
}

function fullText(word: typeof FULL[number]): string {
  return word === "any" ? "Any" : word === "100" ? "Used up" : `${word}% or more`;
}
