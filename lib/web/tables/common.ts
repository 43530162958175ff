/** What all tables share: sorting by column, paging, and links that keep all other parameters. */
import { groupRowsBy, type SortKey, sortRows, takePage } from "../../model/view/table.ts";
import { isoDate, isoWeek } from "../../model/time.ts";
import type { Choice, Filter, Heading, LinkChoice, Pager, TableTools } from "../../ui/table/kinds.ts";
import { changedQuery, type QueryReader } from "./query_reader.ts";
import type { ChosenRange, TableRange } from "./range.ts";

export const SIZES = ["10", "20", "30", "50", "all"] as const;
export type Size = typeof SIZES[number];
const DEFAULT_SIZE: Size = "20";
/** Maximum for `all`: a page with more rows is of no use. */
export const MAX_ROWS = 500;
const MAX_PAGES = 1_000_000;

/** A column of a table, with its sort key. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Right-aligned figures. */
  readonly right?: boolean;
  /** Hidden in narrow windows. */
  readonly wide?: boolean;
  /** Absent when sorting by it makes no sense. */
  readonly key?: (row: Row) => SortKey;
  /** Whether the first click on its heading sorts the largest first. */
  readonly largestFirst?: boolean;
}

export interface Sorting {
  readonly sort: string;
  readonly descending: boolean;
}

/** `sort` and `dir` of a table whose first column shows the newest first. */
export function parseSorting<Row>(
  reader: QueryReader,
  columns: readonly Column<Row>[],
  fallback: string,
): Sorting {
  const ids = columns.filter(({ key }) => key).map(({ id }) => id);
  const sort = reader.word("sort", ids, fallback);
  const column = columns.find(({ id }) => id === sort);
  const usual = column?.largestFirst === false ? "asc" : "desc";
  return { sort, descending: reader.word("dir", ["asc", "desc"], usual) === "desc" };
}

export function sortTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { sort, descending }: Sorting,
): readonly Row[] {
  const key = columns.find(({ id }) => id === sort)?.key;
  return key ? sortRows(rows, key, descending) : rows;
}

export function createHeadings<Row>(
  columns: readonly Column<Row>[],
  { sort, descending }: Sorting,
  query: URLSearchParams,
): readonly Heading[] {
  return columns.map(({ id, title, right = false, wide = false, key, largestFirst = true }) => {
    const isSorted = id === sort;
    const next = isSorted ? !descending : largestFirst;
    return {
      id,
      title,
      right,
      wide,
      sorted: !isSorted ? null : descending ? "descending" : "ascending",
      href: key ? changedQuery(query, { sort: id, dir: next ? "desc" : "asc", page: null }) : null,
    };
  });
}

/** @param fixedSize rows per page of a table whose reader cannot choose it */
export function takeTablePage<Row>(
  rows: readonly Row[],
  reader: QueryReader,
  query: URLSearchParams,
  fixedSize?: number,
): { readonly rows: readonly Row[]; readonly pager: Pager } {
  const size = fixedSize ?? reader.word("size", SIZES, DEFAULT_SIZE);
  const pageNumber = reader.count("page", 1, MAX_PAGES, 1);
  const { rows: shown, ...place } = takePage(rows, pageNumber, size === "all" ? MAX_ROWS : Number(size));
  if (pageNumber > place.pages) {
    reader.note(
      place.pages === 1
        ? "There is only one page"
        : `There are only ${place.pages} pages: the last one is shown`,
    );
  }
  const to = (page: number) => changedQuery(query, { page: page === 1 ? null : page });
  return {
    rows: shown,
    pager: {
      ...place,
      sizes: typeof size === "number" ? [] : linkChoices("size", SIZES, size, query),
      previous: place.page > 1 ? to(place.page - 1) : null,
      next: place.page < place.pages ? to(place.page + 1) : null,
    },
  };
}

/** Rows under one heading; the title is null when rows are not grouped. */
export interface Section<Row> {
  readonly title: string | null;
  /** The rows on this page, and the count of the whole group. */
  readonly shown: readonly Row[];
  readonly all: readonly Row[];
}

/** Returns a page of rows with groups kept together; groups in the order of their first sorted row. */
export function inGroups<Row>(
  rows: readonly Row[],
  groupOf: ((row: Row) => string) | null,
  reader: QueryReader,
  query: URLSearchParams,
): { readonly sections: readonly Section<Row>[]; readonly pager: Pager } {
  const groups = groupOf === null ? [{ key: null, rows }] : groupRowsBy(rows, groupOf);
  const { rows: shown, pager } = takeTablePage(groups.flatMap(({ rows }) => rows), reader, query);
  const isShown = new Set(shown);
  const sections = groups.map(({ key, rows }) => ({
    title: key,
    shown: rows.filter((row) => isShown.has(row)),
    all: rows,
  }));
  return { sections: sections.filter(({ shown }) => shown.length > 0), pager };
}

export const PERIODS = ["day", "week", "month"] as const;
export type Period = typeof PERIODS[number];

/** `2026-11-21`, `2026-W47` or `2026-11`. */
export function formatPeriod(at: number, period: Period, zone: string): string {
  if (period === "week") return isoWeek(at, zone);
  return isoDate(at, zone).slice(0, period === "month" ? 7 : undefined);
}

export function linkChoices(
  name: string,
  words: readonly string[],
  chosen: string | null,
  query: URLSearchParams,
  also: Readonly<Record<string, null>> = {},
): readonly LinkChoice[] {
  return words.map((word) => ({
    text: word,
    href: changedQuery(query, { [name]: word, page: null, ...also }),
    chosen: word === chosen,
  }));
}

/** The part above a table. @param file URL of the same data as a file */
export function buildTools(
  query: URLSearchParams,
  { ranges, timeRange, filters, file, zone }: {
    readonly ranges: readonly TableRange[];
    readonly timeRange: ChosenRange;
    readonly filters: readonly Filter[];
    readonly file: string;
    readonly zone: string;
  },
): TableTools {
  const shown = filters.filter(({ choices }) => choices.length > 1);
  const own = new Set([...shown.map(({ name }) => name), "page", "from", "to"]);
  const isFree = timeRange.range === null;
  const buildExportHref = (format: string) =>
    `${file}${changedQuery(query, { format, page: null, size: null, group: null })}`;
  const isFiltered = filters.some(({ name }) => query.get(name)) || isFree;
  const reset = Object.fromEntries([...own].map((name) => [name, null]));
  return {
    ranges: linkChoices("range", ranges, timeRange.range, query, { from: null, to: null }),
    filters: shown,
    kept: [...query].filter(([name, value]) => !own.has(name) && value !== ""),
    from: isFree && timeRange.from > 0 ? isoDate(timeRange.from, zone) : "",
    to: isFree ? isoDate(timeRange.to - 1, zone) : "",
    reset: isFiltered ? changedQuery(query, reset) : null,
    exports: [
      { text: "CSV", href: buildExportHref("csv") },
      { text: "JSON", href: buildExportHref("json") },
    ],
  };
}

/** A filter list whose first entry means no filter. */
export function createFilter(name: string, label: string, all: string, choices: readonly Choice[]): Filter {
  const isAny = !choices.some(({ selected }) => selected);
  return {
    name,
    label,
    choices: choices.length < 2 && isAny ? [] : [{ value: "", text: all, selected: isAny }, ...choices],
  };
}

/** A list of words. The first is the default, which may be absent from the URL. */
export function wordFilter<Word extends string>(
  name: string,
  label: string,
  words: readonly Word[],
  chosen: Word,
  textOf: (word: Word) => string,
): Filter {
  const choices = words.map((word, place) => ({
    value: place === 0 ? "" : word,
    text: textOf(word),
    selected: word === chosen,
  }));
  return { name, label, choices };
}

/** Joins notes to one text; empty when there are none. */
export function noteText({ notes }: QueryReader): string {
  return notes.map((note) => `${note}.`).join(" ");
}
