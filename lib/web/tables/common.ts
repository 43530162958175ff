/** What all tables share: sorting by a column, pages of a size, links that keep everything else. */
import { pageOf, type PageOfRows, sortedRows, type SortKey } from "../../model/table.ts";
import { type AskedReader, changedQuery } from "./asked.ts";

export const SIZES = ["10", "20", "30", "50", "all"] as const;
export type Size = typeof SIZES[number];
const DEFAULT_SIZE: Size = "20";
/** What `all` means at most: a page of more rows is of no use to anybody. */
export const MOST_ROWS = 500;
const MOST_PAGES = 1_000_000;

/** A column of a table, and what its rows are sorted by. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Figures stand at the right. */
  readonly right?: boolean;
  /** Left out where the window is narrow. */
  readonly wide?: boolean;
  /** Absent where sorting by it makes no sense. */
  readonly key?: (row: Row) => SortKey;
  /** Whether the first press of its heading shows the largest first. */
  readonly largestFirst?: boolean;
}

/** A heading as it is shown. */
export interface Heading {
  readonly id: string;
  readonly title: string;
  readonly right: boolean;
  readonly wide: boolean;
  readonly sorted: "ascending" | "descending" | null;
  /** Where pressing it leads, or null where it sorts nothing. */
  readonly href: string | null;
}

export interface Sorting {
  readonly sort: string;
  readonly descending: boolean;
}

/** `sort` and `dir` of a table whose first column shows the newest first. */
export function sortingOf<Row>(
  reader: AskedReader,
  columns: readonly Column<Row>[],
  fallback: string,
): Sorting {
  const ids = columns.filter(({ key }) => key).map(({ id }) => id);
  const sort = reader.word("sort", ids, fallback);
  const column = columns.find(({ id }) => id === sort);
  const usual = column?.largestFirst === false ? "asc" : "desc";
  return { sort, descending: reader.word("dir", ["asc", "desc"], usual) === "desc" };
}

export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { sort, descending }: Sorting,
): readonly Row[] {
  const key = columns.find(({ id }) => id === sort)?.key;
  return key ? sortedRows(rows, key, descending) : rows;
}

export function headingsOf<Row>(
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

/** A page of rows with where else one may go. */
export interface Pager extends Omit<PageOfRows<unknown>, "rows"> {
  readonly size: Size;
  readonly sizes: readonly { readonly size: Size; readonly href: string }[];
  readonly previous: string | null;
  readonly next: string | null;
}

export function paged<Row>(
  rows: readonly Row[],
  reader: AskedReader,
  query: URLSearchParams,
): { readonly rows: readonly Row[]; readonly pager: Pager } {
  const size = reader.word("size", SIZES, DEFAULT_SIZE);
  const asked = reader.count("page", 1, MOST_PAGES, 1);
  const { rows: shown, ...place } = pageOf(rows, asked, size === "all" ? MOST_ROWS : Number(size));
  if (asked > place.pages) reader.note(`There are only ${place.pages} pages: the last one is shown`);
  const to = (page: number) => changedQuery(query, { page: page === 1 ? null : page });
  return {
    rows: shown,
    pager: {
      ...place,
      size,
      sizes: SIZES.map((size) => ({ size, href: changedQuery(query, { size, page: null }) })),
      previous: place.page > 1 ? to(place.page - 1) : null,
      next: place.page < place.pages ? to(place.page + 1) : null,
    },
  };
}

/** Ranges as links, and which of them is chosen. */
export interface RangeLink {
  readonly range: string;
  readonly href: string;
  readonly chosen: boolean;
}

export function rangeLinks(
  ranges: readonly string[],
  chosen: string | null,
  query: URLSearchParams,
): readonly RangeLink[] {
  return ranges.map((range) => ({
    range,
    href: changedQuery(query, { range, from: null, to: null, page: null }),
    chosen: range === chosen,
  }));
}

/** Notes as one text; empty where there is nothing to note. */
export function noteText({ notes }: AskedReader): string {
  return notes.map((note) => `${note}.`).join(" ");
}
