/** Decides which columns of a table are shown and how wide, so that it fits a terminal. */

export interface ColumnSize {
  /** Of the widest cell, or of the title. */
  readonly width: number;
  /** Width of the widest short form of its cells, if they have one. */
  readonly short?: number;
  /** Minimum width; cells wrap between words when narrowed. Default: its full width. */
  readonly minWidth?: number;
  /** Dropped when there is no room, the highest first; never by default. */
  readonly dropOrder?: number;
  /** Dropped before any column is shortened: a bar only repeats a figure. */
  readonly ornament?: boolean;
  /** Shortened before the others are. */
  readonly early?: boolean;
}

export interface FittedColumn {
  /** Index of the column. */
  readonly at: number;
  readonly width: number;
  readonly isShort: boolean;
}

export const COLUMN_GAP = 2;
/** A fixed column shrinks to this before a line becomes wider than the terminal. */
const MIN_COLUMN_WIDTH = 6;

/**
 * Drops one column at a time, the least important first, until the others fit: as they are, in their short
 * forms, or narrowed.
 *
 * @param room columns of the terminal; Infinity when nothing has to fit
 */
export function fitColumns(sizes: readonly ColumnSize[], room: number): readonly FittedColumn[] {
  let shown = sizes.map((size, at) => ({ size, at }));
  const leastOf = (size: ColumnSize) => size.minWidth ?? Infinity;
  for (const form of ["long", "early"] as const) {
    const fitted = narrowColumns(shown, form, room, leastOf);
    if (fitted) return fitted;
    shown = shown.filter(({ size }) => !size.ornament);
    const bare = narrowColumns(shown, form, room, leastOf);
    if (bare) return bare;
  }
  for (;;) {
    for (const form of ["early", "short"] as const) {
      const fitted = narrowColumns(shown, form, room, leastOf);
      if (fitted) return fitted;
    }
    const least = shown.reduce((worst, one) => Math.max(worst, one.size.dropOrder ?? 0), 0);
    if (least === 0) break;
    shown = shown.filter(({ size }) => size.dropOrder !== least);
  }
  // Cut figures last of all.
  return narrowColumns(
    shown,
    "short",
    room,
    ({ minWidth }) => minWidth === undefined ? Infinity : MIN_COLUMN_WIDTH,
  ) ??
    narrowColumns(shown, "short", room, () => MIN_COLUMN_WIDTH) ??
    shown.map(({ size, at }) => ({ at, width: Math.min(size.width, MIN_COLUMN_WIDTH), isShort: true }));
}

type ShownColumns = readonly { readonly size: ColumnSize; readonly at: number }[];
/** Which columns to shorten: none, those marked `early`, or every column with a short form. */
type Form = "long" | "early" | "short";

/** Returns null when they do not fit however narrow they are. */
function narrowColumns(
  shown: ShownColumns,
  form: Form,
  room: number,
  leastOf: (size: ColumnSize) => number,
): readonly FittedColumn[] | null {
  const isShort = ({ early = false }: ColumnSize) => form === "short" || form === "early" && early;
  const wanted = shown.map(({ size }) => isShort(size) ? size.short ?? size.width : size.width);
  const least = shown.map(({ size }, index) => Math.min(wanted[index] ?? 0, leastOf(size)));
  const space = room - COLUMN_GAP * Math.max(0, shown.length - 1);
  let missing = sum(wanted) - space;
  if (sum(least) > space) return null;
  const widths = [...wanted];
  // Shrinkable columns give up room in turn, the widest first, so that none is much narrower than necessary.
  while (missing > 0) {
    const widest = widths.reduce(
      (best, width, index) =>
        width > (least[index] ?? 0) && (best < 0 || width > (widths[best] ?? 0)) ? index : best,
      -1,
    );
    if (widest < 0) return null;
    widths[widest] = (widths[widest] ?? 0) - 1;
    missing--;
  }
  return shown.map(({ at, size }, index) => {
    const width = widths[index] ?? 0;
    // A short form says more than the beginning of the long one.
    return isShort(size) || width >= size.width
      ? { at, width, isShort: isShort(size) }
      : { at, width: Math.min(width, size.short ?? width), isShort: true };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
