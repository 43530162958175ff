/** Which columns of a table are shown and how wide, so that it fits a terminal. */

export interface ColumnSize {
  /** Of the widest cell, or of the title. */
  readonly width: number;
  /** The same of the short form of its cells, where they have one. */
  readonly short?: number;
  /** How narrow it may become; its cells are broken between words then. As wide as it is unless given. */
  readonly least?: number;
  /** Left out where there is no room, the highest first; never unless given. */
  readonly shed?: number;
  /** Left out before anything is said in short: a bar only repeats a figure. */
  readonly ornament?: boolean;
  /** Said in short before the others are. */
  readonly early?: boolean;
}

export interface FittedColumn {
  /** Which of the columns it is. */
  readonly at: number;
  readonly width: number;
  readonly isShort: boolean;
}

export const COLUMN_GAP = 2;
/** A column that may not become narrower does, down to this, before a line becomes wider than the terminal. */
const LEAST_OF_ALL = 6;

/**
 * Leaves out a column at a time, the least important first, until the others fit: as they are, in their short
 * forms, or narrowed.
 *
 * @param room columns of the terminal; without end where nothing has to fit
 */
export function fitColumns(sizes: readonly ColumnSize[], room: number): readonly FittedColumn[] {
  let shown = sizes.map((size, at) => ({ size, at }));
  const leastOf = (size: ColumnSize) => size.least ?? Infinity;
  for (const form of ["long", "early"] as const) {
    const fitted = narrowed(shown, form, room, leastOf);
    if (fitted) return fitted;
    shown = shown.filter(({ size }) => !size.ornament);
    const bare = narrowed(shown, form, room, leastOf);
    if (bare) return bare;
  }
  for (;;) {
    for (const form of ["early", "short"] as const) {
      const fitted = narrowed(shown, form, room, leastOf);
      if (fitted) return fitted;
    }
    const least = shown.reduce((worst, one) => Math.max(worst, one.size.shed ?? 0), 0);
    if (least === 0) break;
    shown = shown.filter(({ size }) => size.shed !== least);
  }
  // Figures are cut last of all.
  return narrowed(shown, "short", room, ({ least }) => least === undefined ? Infinity : LEAST_OF_ALL) ??
    narrowed(shown, "short", room, () => LEAST_OF_ALL) ??
    shown.map(({ size, at }) => ({ at, width: Math.min(size.width, LEAST_OF_ALL), isShort: true }));
}

type Shown = readonly { readonly size: ColumnSize; readonly at: number }[];
/** Nothing in short, what is marked for it, or whatever has a short form. */
type Form = "long" | "early" | "short";

/** Null where they do not fit however narrow they are. */
function narrowed(
  shown: Shown,
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
  // What can be narrowed gives room in turn, the widest first, so that none is much narrower than it has to be.
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
  return shown.map(({ at, size }, index) => ({ at, width: widths[index] ?? 0, isShort: isShort(size) }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
