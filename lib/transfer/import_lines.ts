/**
 * Yields the rows of an exported file, each with its last line's number, as many at a time as arrive at once:
 * awaiting each would take longer than reading it.
 */
import { RowError } from "../formats/import_fields.ts";
import { csvReader, type ImportedRow, isImportedKind, jsonRows } from "../formats/import_rows.ts";
import { TransferError } from "./transfer_error.ts";

export interface ImportedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly row: ImportedRow;
}

/** Longer than any line of an export. */
const MAX_CHARACTERS = 1_000_000;

/** @throws {TransferError} with the line and the reason; or the reason `signal` was aborted with */
export async function* readImportedLines(
  file: string,
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): AsyncIterable<readonly ImportedLine[]> {
  let line = 0;
  let rows: ImportedLine[] = [];
  // An error before a line is yielded concerns the next one.
  let reading = true;
  try {
    let reader: LineReader | undefined;
    for await (const texts of readLines(bytes)) {
      signal.throwIfAborted();
      for (const text of texts) {
        line++;
        reading = false;
        reader ??= readerFor(text);
        const row = reader.read(text);
        if (row) rows.push({ line, row });
        reading = true;
      }
      yield rows;
      rows = [];
    }
    if (!reader) throw new RowError("is missing: the file is empty");
    reader.end();
  } catch (error) {
    // Report an error in an earlier row first.
    yield rows;
    throw error instanceof RowError ? lineFailure(file, reading ? line + 1 : line, error.message) : error;
  }
}

export function lineFailure(file: string, line: number, reason: string): Error {
  return new TransferError(
    `Cannot import ${JSON.stringify(file)}: line ${line} ${reason}`,
    "Nothing was imported. Use a file that `syntrack export` wrote",
  );
}

interface LineReader {
  /** Returns the row that ends with this line, or null. */
  read(line: string): ImportedRow | null;
  /** Throws when the file may not end here. */
  end(): void;
}

function readerFor(first: string): LineReader {
  if (/^\{.*"rows":\[$/.test(first)) return jsonReader();
  return first.startsWith("{") ? { read: jsonRows(), end: () => {} } : csvLines();
}

/** Our own JSON has one row per line, between its head and its tail. */
function jsonReader(): LineReader {
  let place: "head" | "rows" | "over" = "head";
  let first = true;
  let rowOf = jsonRows();
  return {
    read(line) {
      if (place === "over") throw new RowError("comes after the end of the export");
      if (place === "head") {
        const what = /"what":"(\w+)"/.exec(line)?.[1] ?? "nothing";
        if (!isImportedKind(what)) {
          throw new RowError(`says it contains ${what}, not readings, buckets, cycles, sessions or notes`);
        }
        rowOf = jsonRows(what);
        place = "rows";
        return null;
      }
      if (line === "]}") {
        place = "over";
        return null;
      }
      if (!line.startsWith(first ? " " : ",")) throw new RowError("is not a row of an export");
      first = false;
      return rowOf(line.slice(1));
    },
    end() {
      if (place !== "over") throw new RowError("is missing: the file is truncated");
    },
  };
}

function csvLines(): LineReader {
  let reader: ((cells: readonly string[]) => ImportedRow) | undefined;
  /** The lines so far of a row whose text contains line breaks. */
  let pending: string[] = [];
  let length = 0;
  let isOpen = false;
  return {
    read(line) {
      pending.push(line);
      length += line.length + 1;
      if (length > MAX_CHARACTERS + 1) {
        throw new RowError("belongs to an unfinished row: a quote is not closed");
      }
      // Scan each line once, however many a row has: a quote is open after an odd number.
      if (countQuotes(line) % 2 === 1) isOpen = !isOpen;
      if (isOpen) return null;
      const cells = splitCells(pending.join("\n"));
      if (!cells) return null;
      pending = [];
      length = 0;
      if (reader) return reader(cells);
      reader = csvReader(cells);
      return null;
    },
    end() {
      if (pending.length > 0) throw new RowError("is missing: a quote is not closed");
    },
  };
}

function countQuotes(line: string): number {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count++;
  return count;
}

/** Splits a row into cells; null while a quote in it is open. @throws {RowError} */
function splitCells(text: string): readonly string[] | null {
  if (!text.includes('"')) return text.replace(/\r$/, "").split(",");
  const cells: string[] = [];
  let at = 0;
  while (true) {
    if (text[at] === '"') {
      let cell = "";
      let close = text.indexOf('"', at + 1);
      let from = at + 1;
      while (close >= 0 && text[close + 1] === '"') {
        cell += text.slice(from, close + 1);
        from = close + 2;
        close = text.indexOf('"', from);
      }
      if (close < 0) return null;
      cells.push(cell + text.slice(from, close));
      at = close + 1;
      if (at === text.length || text.slice(at) === "\r") return cells;
      if (text[at] !== ",") throw new RowError("has text after a closing quote");
      at++;
    } else {
      const comma = text.indexOf(",", at);
      const cell = comma < 0 ? text.slice(at).replace(/\r$/, "") : text.slice(at, comma);
      if (cell.includes('"')) throw new RowError("has a quote inside an unquoted cell");
      cells.push(cell);
      if (comma < 0) return cells;
      at = comma + 1;
    }
  }
}

/**
 * Yields lines without line breaks, as many at once as arrive together. A file that ends within a
 * line was truncated, and so may be its last figure.
 */
async function* readLines(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncIterable<readonly string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const chunk of bytes) {
    const lines = `${rest}${decode(decoder, chunk)}`.split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines;
    if (rest.length > MAX_CHARACTERS) throw new RowError("is longer than any line of an export");
  }
  rest += decode(decoder);
  if (rest !== "") throw new RowError("is incomplete: the file is truncated");
}

function decode(decoder: TextDecoder, chunk?: Uint8Array<ArrayBuffer>): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    throw new RowError("or one after it is not UTF-8 text");
  }
}
