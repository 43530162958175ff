/** The audit log: as shown at `/audit`, downloaded, and returned to programs. */
import type { Audit, AuditQuery, AuditRow, AuditVerdict } from "../access/access.ts";
import { plain } from "../base/text.ts";
import { detailText } from "../formats/audit.ts";
import { MINUTE_MS } from "../model/duration.ts";
import { formatCount } from "../model/view/format.ts";
import { wallText } from "../model/time.ts";
import type { AuditPageRow, AuditView } from "../ui/access/AuditPage.tsx";
import type { Choice } from "../ui/table/kinds.ts";
import { changedQuery, createQueryReader, type QueryReader } from "./tables/query_reader.ts";
import {
  buildTools,
  type Column,
  createFilter,
  createHeadings,
  noteText,
  takeTablePage,
} from "./tables/common.ts";
import { type ChosenRange, parseTimeRange, TABLE_RANGES } from "./tables/range.ts";
import { pageZone } from "./preferences.ts";
import type { State } from "./state.ts";

/** Maximum number of entries read for one page, and in one file. */
export const MAX_AUDIT_ROWS = 5000;
export const MAX_AUDIT_FILE_ROWS = 100_000;
/** Minimum time between two verifications of the chain. */
const CHECK_CACHE_MS = MINUTE_MS;
const OUTCOMES = ["done", "refused"] as const;
/** Prefixes of credentials, and what they mean. */
const CREDENTIALS = [
  ["sign-in", "a sign-in"],
  ["password", "name and password"],
  ["key", "an API key"],
  ["token", "a token"],
  ["proxy", "the proxy in front"],
  ["local", "this machine"],
] as const;
/** Filters, by parameter name. */
const FILTERS = ["who", "what", "credential", "outcome", "target"] as const;
const COLUMNS: readonly Column<AuditRow>[] = [
  { id: "time", title: "Time" },
  { id: "who", title: "Who" },
  { id: "what", title: "Did" },
  { id: "target", title: "To what" },
  { id: "credential", title: "With", wide: true },
  { id: "address", title: "From", wide: true },
];

export interface AuditPageQuery {
  readonly reader: QueryReader;
  readonly timeRange: ChosenRange;
  /** Without limits on the number of rows. */
  readonly query: Omit<AuditQuery, "limit">;
}

/** Parses the parameters of the page and of the file, which are the same. */
export function parseAuditQuery(query: URLSearchParams, now: number, zone: string): AuditPageQuery {
  const reader = createQueryReader(query);
  const timeRange = parseTimeRange(reader, TABLE_RANGES, "30d", now, zone);
  const outcome = reader.word("outcome", [...OUTCOMES, "any"], "any");
  return {
    reader,
    timeRange,
    query: {
      from: timeRange.from,
      to: timeRange.to,
      name: reader.text("who"),
      action: reader.text("what"),
      credential: reader.text("credential"),
      outcome: outcome === "any" ? null : outcome,
      target: reader.text("target"),
    },
  };
}

export async function auditView(state: State, query: URLSearchParams): Promise<AuditView> {
  const { audit, now } = state.services.access;
  const zone = pageZone(state);
  const { reader, timeRange, query: filter } = parseAuditQuery(query, now(), zone);
  const [rows, { names, actions }, check] = await Promise.all([
    audit.list({ ...filter, limit: MAX_AUDIT_ROWS }),
    audit.words(),
    checkChain(audit, now()),
  ]);
  if (rows.length === MAX_AUDIT_ROWS) {
    reader.note(`Only the newest ${formatCount(MAX_AUDIT_ROWS)} rows are read: choose a shorter range`);
  }
  const { rows: shown, pager } = takeTablePage(rows, reader, query);
  const tools = buildTools(query, {
    ranges: TABLE_RANGES,
    timeRange,
    zone,
    file: "/api/v1/tables/audit",
    filters: [
      createFilter("who", "Who", "Anybody", createChoices(names, filter.name)),
      createFilter("what", "Did", "Anything", createChoices(actions, filter.action)),
      createFilter("credential", "With", "Anything", credentialChoices(filter.credential)),
      createFilter("outcome", "Outcome", "Any", createChoices(OUTCOMES, filter.outcome)),
    ],
  });
  const isFiltered = FILTERS.some((name) => query.get(name)) || timeRange.range === null;
  return {
    headings: createHeadings(COLUMNS, { sort: "", descending: true }, query),
    rows: shown.map((row) => pageRow(row)),
    pager,
    tools: {
      ...tools,
      kept: tools.kept.filter(([name]) => name !== "target"),
      reset: isFiltered
        ? changedQuery(
          query,
          Object.fromEntries([...FILTERS, "from", "to", "page"].map((name) => [name, null])),
        )
        : null,
    },
    target: filter.target ?? "",
    check: {
      isWhole: check.verdict.state === "whole",
      text: checkText(check.verdict),
      at: wallText(check.at, zone),
    },
    note: noteText(reader),
    zone,
  };
}

/** Keeps the selected value in the list, whether any such row exists or not. */
function createChoices(words: readonly string[], chosen: string | null | undefined): readonly Choice[] {
  const all = chosen && !words.includes(chosen) ? [...words, chosen] : words;
  return all.map((word) => ({ value: word, text: plain(word, 64), selected: word === chosen }));
}

function credentialChoices(chosen: string | null | undefined): readonly Choice[] {
  const known = CREDENTIALS.map(([value, text]) => ({ value, text, selected: value === chosen }));
  const isKnown = !chosen || known.some(({ selected }) => selected);
  return isKnown ? known : [...known, { value: chosen, text: plain(chosen, 64), selected: true }];
}

function pageRow(row: AuditRow): AuditPageRow {
  const { id, at, name, action, target, credential, outcome, address } = row;
  return {
    id,
    at,
    name: plain(name, 80),
    action: plain(action, 80),
    target: plain(target ?? "", 200),
    detail: plain(detailText(row), 300),
    credential: plain(credential ?? "", 80),
    address: plain(address ?? "", 64),
    isRefused: outcome === "refused",
  };
}

interface ChainCheck {
  readonly verdict: AuditVerdict;
  /** When it was made, epoch milliseconds. */
  readonly at: number;
}

const checks = new WeakMap<Audit, { readonly since: number; readonly check: Promise<ChainCheck> }>();

/** Verifies the whole chain, or returns a recent result, so that loading the page often costs no more. */
export function checkChain(audit: Audit, now: number): Promise<ChainCheck> {
  const known = checks.get(audit);
  if (known && now - known.since < CHECK_CACHE_MS) return known.check;
  const check = audit.verify().then((verdict) => ({ verdict, at: now }));
  checks.set(audit, { since: now, check });
  check.catch(() => checks.delete(audit));
  return check;
}

function checkText(verdict: AuditVerdict): string {
  if (verdict.state === "broken") return `The record was changed: ${verdict.reason}`;
  const { rows, last } = verdict;
  return `The record is intact: ${formatCount(rows)} ${rows === 1 ? "row" : "rows"}, the last one ${last}`;
}
