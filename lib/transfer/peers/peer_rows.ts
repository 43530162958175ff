/** Another tracker's rows in the true order of their times, read in batches. */
import type { PeerDatabase } from "./peer_database.ts";
import type { PeerSource } from "./peer_source.ts";
import type { Row } from "./peer_values.ts";

/** A row of a table, with its sort key. */
export interface PeerRow {
  readonly source: PeerSource;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly row: Row;
  /** Rows of the table of values that belong to it, if its source has one. */
  readonly values: readonly Row[];
}

/** The place of a row: its instant, its source by number, its own number in the table. */
export interface Place {
  readonly at: number;
  readonly source: number;
  readonly id: number;
}

/** Places as plain numbers: half a million take 12 MB, and a tracker may have more. */
export class Order {
  #numbers = new Float64Array(3 * 4096);
  #length = 0;
  #isSorted = true;

  get length(): number {
    return this.#length;
  }

  add({ at, source, id }: Place): void {
    const from = 3 * this.#length;
    if (from === this.#numbers.length) {
      const larger = new Float64Array(2 * from);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers.set([at, source, id], from);
    if (this.#isSorted && this.#length > 0) {
      this.#isSorted = this.#compare(this.#length - 1, this.#length) <= 0;
    }
    this.#length++;
  }

  /** Returns all places by time, then in the order in which they were stored. */
  *sorted(): Generator<Place> {
    // Rows stored in time order, as most are, need no list of their own.
    const order = this.#isSorted
      ? null
      : Uint32Array.from({ length: this.#length }, (_, at) => at).sort((a, b) => this.#compare(a, b));
    for (let at = 0; at < this.#length; at++) yield this.#place(order ? order[at]! : at);
  }

  #place(index: number): Place {
    const [at, source, id] = this.#numbers.subarray(3 * index, 3 * index + 3);
    return { at: at!, source: source!, id: id! };
  }

  #compare(a: number, b: number): number {
    const [numbers, x, y] = [this.#numbers, 3 * a, 3 * b];
    return numbers[x]! - numbers[y]! || numbers[x + 2]! - numbers[y + 2]!;
  }
}

/** Rows read at once. */
const BLOCK = 512;

/** @param sources as numbered in `order` */
export function* rowsInOrder(
  db: PeerDatabase,
  sources: readonly PeerSource[],
  order: Order,
): Generator<PeerRow> {
  let block: Place[] = [];
  for (const place of order.sorted()) {
    if (block.push(place) < BLOCK) continue;
    yield* blockRows(db, sources, block);
    block = [];
  }
  yield* blockRows(db, sources, block);
}

function* blockRows(
  db: PeerDatabase,
  sources: readonly PeerSource[],
  block: readonly Place[],
): Generator<PeerRow> {
  const tables = sources.map(({ table, values }, number) => {
    const ids = block.filter(({ source }) => source === number).map(({ id }) => id);
    const rows = db.rowsById(table, ids);
    const keys = values === undefined ? [] : [...rows.values()].map(({ id }) => id);
    return { rows, values: values === undefined ? null : db.related(values.table, values.column, keys) };
  });
  for (const { at, source, id } of block) {
    const { rows, values } = tables[source]!;
    const row = rows.get(id);
    // The other tracker deleted it in the meantime.
    if (row) yield { source: sources[source]!, at, row, values: values?.get(row.id) ?? [] };
  }
}
