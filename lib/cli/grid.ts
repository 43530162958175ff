/** Text in columns: titles, rows, and what lines up where. */
import type { Paint } from "./paint.ts";
import { pad, widthOf } from "./width.ts";

export interface Column {
  readonly title: string;
  /** Figures line up on the right. */
  readonly right?: boolean;
}

/** Lines of a table with its titles over a rule, indented. Nothing is cut: whoever pipes it wants all of it. */
export function grid(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  indent = "",
): readonly string[] {
  const widths = columns.map((column, at) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[at] ?? "")), widthOf(column.title))
  );
  const line = (cells: readonly string[]) =>
    columns.map((column, at) => pad(cells[at] ?? "", widths[at] ?? 0, column.right ? "right" : "left"))
      .join("  ").trimEnd();
  const total = widths.reduce((sum, width) => sum + width, 0) + 2 * Math.max(0, columns.length - 1);
  return [
    indent + paint.bold(line(columns.map((column) => column.title))),
    indent + paint.dim("─".repeat(total)),
    ...rows.map((row) => indent + line(row)),
  ];
}

/** Lines of names and values, the values lined up. */
export function pairs(
  rows: readonly (readonly [string, string])[],
  paint: Paint,
  indent = "",
): readonly string[] {
  const width = rows.reduce((most, [name]) => Math.max(most, widthOf(name)), 0);
  return rows.map(([name, value]) => `${indent}${paint.dim(pad(name, width))}  ${value}`.trimEnd());
}
