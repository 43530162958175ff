/**
 * Rows that were read from pieces, for as long as those do not change: an overview asks for the same ones each time, and
 * only the account itself has to be asked whether they still hold.
 */
import { kindOf, type Row, windowOf } from "./series.ts";
import type { Range } from "./pieces.ts";

/** Some MB. */
const MAX_ROWS = 60_000;

export class RowsCache {
  readonly #known = new Map<string, readonly Row[]>();
  #rows = 0;

  get(key: string): readonly Row[] | undefined {
    const rows = this.#known.get(key);
    if (rows) {
      this.#known.delete(key);
      this.#known.set(key, rows);
    }
    return rows;
  }

  put(key: string, rows: readonly Row[]): void {
    if (rows.length > MAX_ROWS / 4) return;
    this.#drop(key);
    this.#known.set(key, rows);
    // An empty series takes its key.
    this.#rows += rows.length + 1;
    for (const oldest of this.#known.keys()) {
      if (this.#rows <= MAX_ROWS) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const rows = this.#known.get(key);
    if (!rows) return;
    this.#rows -= rows.length + 1;
    this.#known.delete(key);
  }
}

/** The range that the next readers will ask for as well: whole stretches of time. */
export function wholeWindows(series: string, { from, to }: Range): Range {
  const { windowMs } = kindOf(series);
  const end = windowOf(series, to - 1) + windowMs;
  return { from: windowOf(series, from), to: Number.isSafeInteger(end) ? end : to };
}
