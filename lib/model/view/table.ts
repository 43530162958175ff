/** Sorts and pages rows, the same for every table. Pure. */
import { compareNames } from "../quota.ts";

/** The sort value of a row; null sorts last in both directions. */
export type SortKey = string | number | null;

/** Sorts rows, those with texts as names are sorted; equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => SortKey,
  descending: boolean,
): readonly Row[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    const order = compareKeys(a.key, b.key);
    return descending ? -order : order;
  });
  return keyed.map(({ row }) => row);
}

function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === "string" || typeof b === "string") return compareNames(String(a), String(b));
  return Number(a > b) - Number(a < b);
}

/** One page of rows, and its position among all. */
export interface PageOfRows<Row> {
  readonly rows: readonly Row[];
  /** Counted from 1; clamped to the last page. */
  readonly page: number;
  readonly pages: number;
  /** Number of the first row among all, counted from 1; 0 when there are none. */
  readonly first: number;
  readonly last: number;
  readonly total: number;
}

/** @param size rows per page, at least 1 */
export function takePage<Row>(rows: readonly Row[], requested: number, size: number): PageOfRows<Row> {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(Math.max(1, requested), pages);
  const start = (page - 1) * size;
  const shown = rows.slice(start, start + size);
  return {
    rows: shown,
    page,
    pages,
    first: shown.length === 0 ? 0 : start + 1,
    last: start + shown.length,
    total: rows.length,
  };
}

/** Rows that belong together; groups are in order of first appearance. */
export interface RowGroup<Row> {
  readonly key: string;
  readonly rows: readonly Row[];
}

export function groupRowsBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): readonly RowGroup<Row>[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return [...groups].map(([key, rows]) => ({ key, rows }));
}
