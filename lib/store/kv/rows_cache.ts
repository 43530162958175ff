/**
 * Caches rows read from pieces until those change: an overview requests the same rows each time, and only the account
 * itself must be read to know whether they are current.
 */
import { findKind, type Row, windowStart } from "./series.ts";
import type { Range } from "./pieces.ts";

/** A few megabytes. */
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
    // Even an empty series takes space for its key.
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

/** Extends the range to whole windows, which the next readers will request as well. */
export function wholeWindows(series: string, { from, to }: Range): Range {
  const { windowMs } = findKind(series);
  const end = windowStart(series, to - 1) + windowMs;
  return { from: windowStart(series, from), to: Number.isSafeInteger(end) ? end : to };
}
