/** The table of cycles: what `/cycles` shows and what an export of it holds. */
import type { Cycle, Evidence } from "../../model/cycle.ts";
import { shareOf } from "../../model/quota.ts";
import { statusBounds, statusOf, type StatusWord } from "../../model/status.ts";
import { groupedRows } from "../../model/table.ts";
import { isoDate, isoWeek } from "../../model/time.ts";
import type { DashboardView } from "../../model/view.ts";
import type { Services } from "../../services.ts";
import { accountTitle } from "../../ui/words.ts";
import { type AskedReader, readerOf } from "./asked.ts";
import {
  type Column,
  type Heading,
  headingsOf,
  paged,
  type Pager,
  type RangeLink,
  rangeLinks,
  sorted,
  type Sorting,
  sortingOf,
} from "./common.ts";
import { type Stretch, stretchOf, TABLE_RANGES } from "./range.ts";
import {
  type Choice,
  type Choices,
  type Subject,
  type Subjects,
  subjectsOf,
  subjectTitle,
} from "./subjects.ts";

/** At most so many cycles are looked at for one table. */
export const MOST_CYCLES = 5000;

export interface CycleRow {
  readonly cycle: Cycle;
  readonly subject: Subject;
  /** Of the quota, with that of its account where there are several. */
  readonly title: string;
  readonly share: number | null;
  readonly status: StatusWord;
  /** Up to now where it is open, in milliseconds. */
  readonly lengthMs: number;
}

const STATES = ["all", "open", "over"] as const;
const STATE_WORDS = { all: "Open and over", open: "Open", over: "Over" } as const;
const FULL = ["any", "50", "80", "95", "100"] as const;
const GROUPS = ["none", "quota", "account", "provider", "day", "week", "month"] as const;
export type CycleGrouping = typeof GROUPS[number];

const COLUMNS: readonly Column<CycleRow>[] = [
  { id: "quota", title: "Quota", key: ({ title }) => title, largestFirst: false },
  { id: "started", title: "Started", key: ({ cycle }) => cycle.startedAt },
  { id: "ended", title: "Ended", key: ({ cycle }) => cycle.endedAt ?? Number.MAX_SAFE_INTEGER },
  { id: "length", title: "Length", right: true, wide: true, key: ({ lengthMs }) => lengthMs },
  { id: "peak", title: "Peak", right: true, key: ({ share }) => share },
  { id: "consumed", title: "Consumed", right: true, key: ({ cycle }) => cycle.consumed },
  { id: "readings", title: "Readings", right: true, wide: true, key: ({ cycle }) => cycle.count },
  { id: "evidence", title: "How it ended", wide: true },
];

/** What was asked for, read from an address. */
export interface CyclesAsked {
  readonly reader: AskedReader;
  readonly stretch: Stretch;
  readonly subjects: Subjects;
  readonly sorting: Sorting;
  readonly state: typeof STATES[number];
  readonly full: typeof FULL[number];
  readonly group: CycleGrouping;
}

export function cyclesAsked(
  query: URLSearchParams,
  view: DashboardView,
  zone: string,
): CyclesAsked {
  const reader = readerOf(query);
  return {
    reader,
    stretch: stretchOf(reader, TABLE_RANGES, "7d", view.at, zone),
    subjects: subjectsOf(reader, view),
    state: reader.word("state", STATES, "all"),
    full: reader.word("full", FULL, "any"),
    group: reader.word("group", GROUPS, "none"),
    sorting: sortingOf(reader, COLUMNS, "started"),
  };
}

export interface FoundCycles {
  /** In the order that was asked for. */
  readonly rows: readonly CycleRow[];
  /** Whether the oldest were left out. */
  readonly more: boolean;
}

/** Every row that passes the filters. */
export async function findCycles(
  { analysis, settings }: Pick<Services, "analysis" | "settings">,
  { stretch, subjects, sorting, state, full }: CyclesAsked,
  now: number,
): Promise<FoundCycles> {
  const byKey = new Map<string, Subject>(subjects.quotas.map((one) => [one.quota.key, one]));
  const { items, more } = await analysis.cyclesUnder(
    subjects.quotas.map(({ quota }) => quota.key),
    { ...stretch, limit: MOST_CYCLES },
  );
  const withAccount = new Set(subjects.quotas.map(({ account }) => account.key)).size > 1;
  const bounds = statusBounds(settings.current.thresholds);
  const least = full === "any" ? null : Number(full) / 100;
  const rows = items.flatMap((cycle): readonly CycleRow[] => {
    const subject = byKey.get(cycle.quota);
    const share = shareOf(cycle.peak, cycle.limit);
    if (!subject || (least !== null && (share === null || share < least))) return [];
    if (state !== "all" && (cycle.endedAt === null) !== (state === "open")) return [];
    return [{
      cycle,
      subject,
      title: subjectTitle(subject, withAccount),
      share,
      status: statusOf(share, bounds),
      lengthMs: Math.max(0, (cycle.endedAt ?? now) - cycle.startedAt),
    }];
  });
  return { rows: sorted(rows, COLUMNS, sorting), more };
}

/** Rows under one heading; the heading is null where rows are not grouped. */
export interface CycleSection {
  readonly title: string | null;
  readonly sum: CycleSum | null;
  readonly rows: readonly CycleRow[];
}

/** Of all rows of a group, those on other pages as well. */
export interface CycleSum {
  readonly cycles: number;
  /** Null where the quotas are not counted in the same unit. */
  readonly consumed: number | null;
  readonly unit: Subject["quota"]["unit"] | null;
  readonly averagePeak: number | null;
  /** How many reached their limit. */
  readonly full: number;
}

export interface CyclesTable {
  readonly headings: readonly Heading[];
  readonly sections: readonly CycleSection[];
  readonly pager: Pager;
  readonly ranges: readonly RangeLink[];
  readonly stretch: Stretch;
  readonly choices: Choices;
  readonly states: readonly Choice[];
  readonly fulls: readonly Choice[];
  readonly groups: readonly Choice[];
}

export async function cyclesTable(
  services: Services,
  view: DashboardView,
  query: URLSearchParams,
  zone: string,
): Promise<{ readonly table: CyclesTable; readonly reader: AskedReader }> {
  const asked = cyclesAsked(query, view, zone);
  const { reader, group, sorting, state, full, stretch, subjects } = asked;
  const { rows, more } = await findCycles(services, asked, view.at);
  if (more) reader.note(`Only the newest ${MOST_CYCLES} cycles are looked at: choose a shorter range`);
  const groups = group === "none" ? [] : groupedRows(rows, (row) => groupOf(row, group, zone));
  const place = new Map(groups.flatMap(({ key, rows }) => rows.map((row) => [row, key] as const)));
  const ordered = group === "none" ? rows : groups.flatMap(({ rows }) => rows);
  const { rows: shown, pager } = paged(ordered, reader, query);
  const sections = group === "none"
    ? [{ title: null, sum: null, rows: shown }]
    : groupedRows(shown, (row) => place.get(row) ?? "").map(({ key, rows }) => ({
      title: key,
      sum: sumOf(groups.find((one) => one.key === key)?.rows ?? rows),
      rows,
    }));
  const table: CyclesTable = {
    headings: headingsOf(COLUMNS, sorting, query),
    sections,
    pager,
    ranges: rangeLinks(TABLE_RANGES, stretch.range, query),
    stretch,
    choices: subjects.choices,
    states: STATES.map((one) => ({ value: one, text: STATE_WORDS[one], selected: one === state })),
    fulls: FULL.map((one) => ({
      value: one,
      text: one === "any" ? "Any peak" : one === "100" ? "Used up" : `${one}% or more`,
      selected: one === full,
    })),
    groups: GROUPS.map((one) => ({
      value: one,
      text: one === "none" ? "Not grouped" : `By ${one}`,
      selected: one === group,
    })),
  };
  return { table, reader };
}

function groupOf({ cycle, subject, title }: CycleRow, group: CycleGrouping, zone: string): string {
  switch (group) {
    case "quota":
      return title;
    case "account":
      return accountTitle(subject.account);
    case "provider":
      return subject.account.providerName;
    case "week":
      return isoWeek(cycle.startedAt, zone);
    case "month":
      return isoDate(cycle.startedAt, zone).slice(0, 7);
    default:
      return isoDate(cycle.startedAt, zone);
  }
}

function sumOf(rows: readonly CycleRow[]): CycleSum {
  const units = new Set(rows.map(({ subject }) => subject.quota.unit));
  const [unit = null] = units.size === 1 ? units : [];
  const shares = rows.map(({ share }) => share).filter((share) => share !== null);
  return {
    cycles: rows.length,
    consumed: unit === null ? null : rows.reduce((sum, { cycle }) => sum + cycle.consumed, 0),
    unit,
    averagePeak: shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length,
    full: shares.filter((share) => share >= 1).length,
  };
}

const EVIDENCE_WORDS: Readonly<Record<Evidence, string>> = {
  "reset-passed": "its reset passed",
  "reset-moved": "the reset moved on",
  "reset-gone": "no reset was stated any more",
  "use-fell": "use fell",
  "left-rose": "what is left rose",
  "topped-up": "topped up",
};

/** How the end of a cycle was known, as a sentence without its stop; empty while it is open. */
export function evidenceText({ endedBy, endedAt }: Pick<Cycle, "endedBy" | "endedAt">): string {
  if (endedAt === null) return "";
  const words = endedBy.map((one) => EVIDENCE_WORDS[one]);
  return words.length === 0 ? "not known" : words.join(", ");
}
