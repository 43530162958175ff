/** Text in columns: titles, rows, and alignment. */
import { COLUMN_GAP, fitColumns, type FittedColumn } from "./fit_columns.ts";
import type { Paint } from "./paint.ts";
import { measureWidth, pad } from "./width.ts";
import { cutStyled, wrapWhole, wrapWords } from "./wrap.ts";

export interface Column {
  readonly title: Cell;
  /** Aligned right, for figures. */
  readonly right?: boolean;
  /**
   * Its cells are cut instead of wrapped when they do not fit, for tables with one line per row; those that would
   * look alike are wrapped.
   */
  readonly cut?: boolean;
  /** Minimum width; cells wrap between words when narrowed. Default: its full width. */
  readonly minWidth?: number;
  /** Dropped before any column is shortened: a bar only repeats a figure. */
  readonly ornament?: boolean;
  /** Shortened before the others are. */
  readonly early?: boolean;
  /** Dropped on a terminal without room for it, the highest first; never by default. */
  readonly dropOrder?: number;
}

/** The text of a cell, or that and its short form. */
export type Cell = string | readonly [long: string, short: string];

/** Where a table is drawn. Without a width nothing is cut or dropped: piped output is complete. */
export interface GridPlace {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width?: number;
  readonly indent?: string;
  /** Without titles. */
  readonly isBare?: boolean;
}

/** Formats a table as indented lines, with its titles above a rule. */
export function formatGrid(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  place: GridPlace,
): readonly string[] {
  const { titles, rows: lines } = gridRows(columns, rows, place);
  return place.isBare ? lines.flat() : [...titles, ...lines.flat()];
}

/** The lines of a table, those of each row together: a cell that wraps makes its row higher. */
export interface GridRows {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function gridRows(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { paint, width = Infinity, indent = "" }: Omit<GridPlace, "isBare">,
): GridRows {
  const sizes = columns.map((column, at) => {
    const findWidest = (form: (cell: Cell) => string) =>
      rows.reduce(
        (most, row) => Math.max(most, measureWidth(form(row[at] ?? ""))),
        measureWidth(form(column.title)),
      );
    return { ...column, width: findWidest(longForm), short: findWidest(shortForm) };
  });
  const shown = fitColumns(sizes, width - indent.length);
  const textAt = (cells: readonly Cell[], { at, isShort }: FittedColumn) => {
    const cell = cells[at] ?? "";
    return isShort ? shortForm(cell) : longForm(cell);
  };
  const fitCell = (text: string, { at, width }: FittedColumn) =>
    columns[at]?.cut ? [cutStyled(text, width)] : wrapWords(text, width);
  const twins = shown.map((column) =>
    // Without a width nothing is cut.
    findTwins(width === Infinity ? [] : rows.map((cells) => textAt(cells, column)), (text) =>
      fitCell(text, column).join("\n"))
  );
  const formatLines = (cells: readonly Cell[]): readonly string[] => {
    const parts = shown.map((column, index) => {
      const text = textAt(cells, column);
      return twins[index]!.has(text) ? wrapWhole(text, column.width) : fitCell(text, column);
    });
    const height = Math.max(1, ...parts.map((part) => part.length));
    return Array.from({ length: height }, (_, line) =>
      indent + shown.map(({ at, width }, index) => {
        const side = columns[at]?.right ? "right" : "left";
        return pad(cutStyled(parts[index]?.[line] ?? "", width), width, side);
      }).join(" ".repeat(COLUMN_GAP)).trimEnd());
  };
  const total = shown.reduce((sum, { width }) => sum + width, COLUMN_GAP * Math.max(0, shown.length - 1));
  const titles = formatLines(columns.map((column) => column.title))
    .map((line) => indent + paint.bold(line.slice(indent.length)));
  return { titles: [...titles, indent + paint.dim("─".repeat(total))], rows: rows.map(formatLines) };
}

/** Returns the texts that look like another one when they are made to fit: cut, two names would be one. */
function findTwins(texts: readonly string[], fit: (text: string) => string): ReadonlySet<string> {
  const firsts = new Map<string, string>();
  const twins = new Set<string>();
  for (const text of texts) {
    const short = fit(text);
    const first = firsts.get(short) ?? text;
    firsts.set(short, first);
    if (first !== text) twins.add(first).add(text);
  }
  return twins;
}

/** Formats rows with a tab between cells, nothing dropped, for programs that split them into fields. */
export function tabLines(rows: readonly (readonly Cell[])[]): readonly string[] {
  return rows.map((row) => row.map(longForm).join("\t"));
}

function longForm(cell: Cell): string {
  return typeof cell === "string" ? cell : cell[0];
}

function shortForm(cell: Cell): string {
  return typeof cell === "string" ? cell : cell[1];
}

/** Formats names and values, with the values aligned, and wrapped between words when there is no room. */
export function formatPairs(
  rows: readonly (readonly [string, string])[],
  { paint, width = Infinity, indent = "" }: GridPlace,
): readonly string[] {
  const longest = rows.reduce((most, [name]) => Math.max(most, measureWidth(name)), 0);
  // Long names are wrapped too when they would leave no room for their values.
  const names = Math.min(longest, Math.max(12, Math.floor((width - indent.length) / 2)));
  const room = Math.max(8, width - indent.length - names - 2);
  return rows.flatMap(([name, value]) => {
    const left = wrapWords(name, names);
    const right = wrapWords(value, room);
    return Array.from(
      { length: Math.max(left.length, right.length) },
      (_, line) => `${indent}${paint.dim(pad(left[line] ?? "", names))}  ${right[line] ?? ""}`.trimEnd(),
    );
  });
}
