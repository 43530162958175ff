/** Rows of a series that are no longer stored with the account, in pieces small enough for one value. */
import {
  deleteValue,
  type Entry,
  type KvDatabase,
  MAX_TEXT_BYTES,
  type Mutation,
  putText,
} from "./database.ts";
import { type Key, KEYS } from "./keys.ts";
import { findKind, inRange, isRemoved, parseRows, type Row, windowStart, withRows } from "./series.ts";

interface Piece {
  readonly start: number;
  readonly entry: Entry | null;
  readonly rows: readonly Row[];
}

/** Long texts, such as a vendor's answer, fill a piece before its number of rows does. */
const MAX_PIECE_LENGTH = 4 * MAX_TEXT_BYTES;

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface RangeOptions {
  /** Stops at this many rows. */
  readonly enough?: number;
  readonly newestFirst?: boolean;
}

/** Returns rows in time order; null when pieces were replaced while they were read. */
export async function readPieces(
  database: KvDatabase,
  id: string,
  series: string,
  { from, to }: Range,
  { enough = Number.MAX_SAFE_INTEGER, newestFirst = false }: RangeOptions = {},
): Promise<readonly Row[] | null> {
  if (from >= to || enough < 1) return [];
  const pieces: (readonly Row[])[] = [];
  let length = 0;
  for await (const entry of database.list(createSelector(id, series, from, to), { reverse: newestFirst })) {
    const text = await database.textOf(entry.value);
    if (text === null) return null;
    const rows = inRange(parseRows(text), from, to);
    pieces.push(rows);
    length += rows.length;
    if (length >= enough) break;
  }
  return (newestFirst ? pieces.reverse() : pieces).flat();
}

function createSelector(id: string, series: string, from: number, to: number): Deno.KvListSelector {
  const base = KEYS.rows(id, series);
  return { start: [...base, windowStart(series, from)], end: [...base, to] };
}

/**
 * Plans inserting rows into the pieces of a series; null when pieces were replaced while they were read.
 * @param rows sorted; removed ones leave nothing behind
 */
export async function putRows(
  database: KvDatabase,
  id: string,
  series: string,
  rows: readonly Row[],
): Promise<readonly Mutation[] | null> {
  const mutations: Mutation[] = [];
  for (let from = 0; from < rows.length;) {
    const window = windowStart(series, rows[from]![0]);
    const end = window + findKind(series).windowMs;
    let to = from;
    while (to < rows.length && rows[to]![0] < end) to++;
    const own = await putIntoWindow(database, { id, series, window, end }, rows.slice(from, to));
    if (own === null) return null;
    mutations.push(...own);
    from = to;
  }
  return mutations;
}

interface Window {
  readonly id: string;
  readonly series: string;
  readonly window: number;
  readonly end: number;
}

async function putIntoWindow(
  database: KvDatabase,
  { id, series, window, end }: Window,
  rows: readonly Row[],
): Promise<readonly Mutation[] | null> {
  const pieces: Piece[] = [];
  for await (const entry of database.list(createSelector(id, series, window, end))) {
    const text = await database.textOf(entry.value);
    if (text === null) return null;
    pieces.push({ start: entry.key.at(-1) as number, entry, rows: parseRows(text) });
  }
  if (pieces[0]?.start !== window) pieces.unshift({ start: window, entry: null, rows: [] });
  return pieces.flatMap((piece, index) => {
    const next = pieces[index + 1]?.start ?? end;
    const own = rows.filter(([at]) => at >= piece.start && at < next);
    return own.length === 0 ? [] : putPiece(id, series, piece, own);
  });
}

function putPiece(id: string, series: string, piece: Piece, own: readonly Row[]): readonly Mutation[] {
  const rows = withRows(piece.rows, own).filter((row) => !isRemoved(row));
  const before = piece.entry?.value ?? null;
  const keyOf = (start: number): Key => [...KEYS.rows(id, series), start];
  if (rows.length === 0) return piece.entry ? deleteValue(keyOf(piece.start), before) : [];
  return split(rows, findKind(series).maxRows).flatMap(({ rows, text }, index) =>
    index === 0 ? putText(keyOf(piece.start), {}, text, before) : putText(keyOf(rows[0]![0]), {}, text, null)
  );
}

interface Text {
  readonly rows: readonly Row[];
  readonly text: string;
}

/** Fills pieces in order, so that the last one is the one that grows. */
function split(rows: readonly Row[], maxRows: number): readonly Text[] {
  const texts: Text[] = [];
  for (let from = 0; from < rows.length; from += maxRows) {
    texts.push(...splitIntoTexts(rows.slice(from, from + maxRows)));
  }
  return texts;
}

function splitIntoTexts(rows: readonly Row[]): readonly Text[] {
  const text = JSON.stringify(rows);
  if (text.length <= MAX_PIECE_LENGTH || rows.length === 1) return [{ rows, text }];
  const half = rows.length >> 1;
  return [...splitIntoTexts(rows.slice(0, half)), ...splitIntoTexts(rows.slice(half))];
}

/** Plans writing a series to an empty location. @param rows sorted */
export function writeSeries(id: string, series: string, rows: readonly Row[]): readonly Mutation[] {
  const mutations: Mutation[] = [];
  for (let from = 0; from < rows.length;) {
    const window = windowStart(series, rows[from]![0]);
    const end = window + findKind(series).windowMs;
    let to = from;
    while (to < rows.length && rows[to]![0] < end) to++;
    mutations.push(...putPiece(id, series, { start: window, entry: null, rows: [] }, rows.slice(from, to)));
    from = to;
  }
  return mutations;
}
