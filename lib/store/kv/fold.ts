/** Moves an account's newest rows into the pieces of their series before they become too many. */
import type { KvDatabase, Mutation } from "./database.ts";
import type { Head } from "./head.ts";
import { putRows } from "./pieces.ts";
import { findKind, type Row } from "./series.ts";

/** Maximum series moved at once, to fit into one commit; the others follow with the next poll. */
const MAX_SERIES = 60;
/** Rows of a series that need more than one commit. */
const MAX_COMMIT_ROWS = 2_000;

export interface FoldedHead {
  readonly head: Head;
  readonly mutations: readonly Mutation[];
}

/** Returns null when another process changed the pieces in the meantime. */
export async function fold(database: KvDatabase, head: Head): Promise<FoldedHead | null> {
  const full = Object.entries(head.fresh)
    .filter(([series, rows]) => rows.length >= findKind(series).maxFresh || isLong(rows))
    .sort(([, a], [, b]) => b.length - a.length);
  const isLarge = full.some(([, { length }]) => length >= MAX_COMMIT_ROWS);
  return await foldSeries(database, head, isLarge ? full : full.slice(0, MAX_SERIES));
}

/** Maximum text in fresh rows of a series, which are stored again with every poll. */
const MAX_FRESH_LENGTH = 8 * 1024;

function isLong(rows: readonly Row[]): boolean {
  let length = 0;
  for (const row of rows) for (const value of row) if (typeof value === "string") length += value.length;
  return length > MAX_FRESH_LENGTH;
}

async function foldSeries(
  database: KvDatabase,
  head: Head,
  series: readonly (readonly [string, readonly Row[]])[],
): Promise<FoldedHead | null> {
  if (series.length === 0) return { head, mutations: [] };
  const mutations: Mutation[] = [];
  const fresh = { ...head.fresh };
  const moved = await Promise.all(
    series.map(([name, rows]) => putRows(database, head.id, name, rows)),
  );
  for (const [index, [name]] of series.entries()) {
    const own = moved[index];
    if (!own) return null;
    mutations.push(...own);
    delete fresh[name];
  }
  return { head: { ...head, fresh, epoch: head.epoch + 1 }, mutations };
}
