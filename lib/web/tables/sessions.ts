/** The table of sessions, as shown at `/sessions` and exported. */
import { earlierDisplayUnit } from "../../model/view/format.ts";
import { MINUTE_MS } from "../../model/duration.ts";
import { type AccountKey, computeShare, type QuotaKey, quotaKey } from "../../model/quota.ts";
import type { DisplaySession } from "../../model/view/display_session.ts";
import type { AppContext } from "../../app/context.ts";
import type { SessionRow, SessionsTableView, UsedQuota } from "../../ui/table/SessionsTable.tsx";
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
import type { Subjects } from "./subjects.ts";
import type { TableContext } from "./table_context.ts";

/** Maximum number of sessions read for one table. */
export const MAX_SESSIONS = 5000;

const LENGTHS = ["any", "10m", "1h", "3h"] as const;
const MIN_MS = { any: 0, "10m": 10 * MINUTE_MS, "1h": 60 * MINUTE_MS, "3h": 180 * MINUTE_MS } as const;
const LENGTH_WORDS = {
  any: "Any",
  "10m": "10 minutes or more",
  "1h": "1 hour or more",
  "3h": "3 hours or more",
} as const;
const GROUPS = ["none", "account", "provider", ...PERIODS] as const;

const COLUMNS: readonly Column<SessionRow>[] = [
  { id: "account", title: "Account", key: ({ title }) => title, largestFirst: false },
  { id: "started", title: "Started", key: ({ session }) => session.startedAt },
  {
    id: "ended",
    title: "Ended",
    wide: true,
    key: ({ session }) => session.endedAt ?? Number.MAX_SAFE_INTEGER,
  },
  { id: "length", title: "Lasted", right: true, key: ({ lengthMs }) => lengthMs },
  { id: "readings", title: "Readings", right: true, wide: true, key: ({ session }) => session.readings },
  { id: "used", title: "Used" },
];

export interface SessionsQuery extends ListQuery {
  readonly length: typeof LENGTHS[number];
  readonly group: typeof GROUPS[number];
}

export function parseSessionsQuery(query: URLSearchParams, tableContext: TableContext): SessionsQuery {
  const list = parseListQuery(query, tableContext, COLUMNS);
  const { reader } = list;
  return {
    ...list,
    length: reader.word("length", LENGTHS, "any"),
    group: reader.word("group", GROUPS, "none"),
  };
}

/** Returns every row that passes the filters, in the requested order; limited to the selected quotas. */
export async function findSessions(
  { analysis }: Pick<AppContext, "analysis">,
  query: SessionsQuery,
): Promise<{ readonly rows: readonly SessionRow[]; readonly more: boolean }> {
  const { timeRange, subjects, sorting, length } = query;
  const selected = new Set<QuotaKey>(subjects.quotas.map(({ quota }) => quota.key));
  const accounts = [...new Set(subjects.accounts.map(({ key }) => key))];
  const { items, more } = await analysis.sessionsInRange(accounts, { ...timeRange, limit: MAX_SESSIONS });
  const rows = items.flatMap((session): readonly SessionRow[] => {
    const { account, startedAt, endedAt, lastRiseAt } = session;
    const isMeant = !subjects.isNarrowed ||
      session.quotas.some(({ quota }) => selected.has(quotaKey(account, quota)));
    const lengthMs = (endedAt ?? lastRiseAt) - startedAt;
    if (!isMeant || lengthMs < MIN_MS[length]) return [];
    if (!isInState(query, endedAt)) return [];
    return [{
      session,
      title: subjects.names.account(account),
      lengthMs,
      quotas: quotasUsed(session, subjects),
    }];
  });
  return { rows: sortTable(rows, COLUMNS, sorting), more };
}

/** The most used first. */
function quotasUsed({ account, quotas }: DisplaySession, { names }: Subjects): readonly UsedQuota[] {
  const used = quotas.map((one): UsedQuota => {
    const known = names.quota(quotaKey(account, one.quota));
    const view = known?.subject.quota;
    return {
      ...one,
      title: known?.title ?? one.quota,
      unit: view ? earlierDisplayUnit(view, one.unit) : one.unit ?? null,
      startShare: computeShare(one.start, view?.limit ?? null),
      endShare: computeShare(one.end, view?.limit ?? null),
    };
  });
  // Across a reset the end may be below the start, however much was used.
  const portionOf = ({ account, quota, consumed }: UsedQuota & { readonly account: AccountKey }) =>
    computeShare(consumed, names.quota(quotaKey(account, quota))?.subject.quota.limit ?? null) ?? 0;
  return used.sort((a, b) => portionOf({ ...b, account }) - portionOf({ ...a, account }));
}

export async function sessionsTable(
  services: AppContext,
  tableContext: TableContext,
  query: URLSearchParams,
): Promise<{ readonly table: SessionsTableView; readonly reader: QueryReader }> {
  const selection = parseSessionsQuery(query, tableContext);
  const { zone } = tableContext;
  const { reader, group, sorting, length, timeRange, subjects } = selection;
  const { rows, more } = await findSessions(services, selection);
  if (more) reader.note(`Only the newest ${MAX_SESSIONS} sessions are read: choose a shorter range`);
  const { sections, pager } = inGroups(
    rows,
    group === "none" ? null : (row) => createGroup(row, group, subjects, zone),
    reader,
    query,
  );
  const table: SessionsTableView = {
    headings: createHeadings(COLUMNS, sorting, query),
    sections: sections.map(({ title, shown, all }) => ({
      title,
      sum: title === null ? null : {
        sessions: all.length,
        lengthMs: all.reduce((sum, { lengthMs }) => sum + lengthMs, 0),
      },
      rows: shown,
    })),
    pager,
    tools: buildTools(query, {
      ranges: TABLE_RANGES,
      timeRange,
      zone,
      file: "/api/v1/tables/sessions",
      filters: [
        ...subjects.filters,
        stateFilter(selection),
        wordFilter("length", "Lasted", LENGTHS, length, (word) => LENGTH_WORDS[word]),
        groupFilter(GROUPS, group),
      ],
    }),
  };
  return { table, reader };
}

function createGroup(
  { session, title }: SessionRow,
  group: Exclude<SessionsQuery["group"], "none">,
  { accounts }: Subjects,
  zone: string,
): string {
  if (group === "account") return title;
  if (group === "provider") {
    return accounts.find(({ key }) => key === session.account)?.providerName ?? session.account;
  }
  return formatPeriod(session.startedAt, group, zone);
}
