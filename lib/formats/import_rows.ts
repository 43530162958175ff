/** Reads exported rows back. Checks every field, because anyone can write such a file. Pure. */
import { countPhrase } from "../model/insights/words.ts";
import { type Bucket, STEPS } from "../model/engine/bucket.ts";
import { type Cycle, EVIDENCE, type Evidence } from "../model/engine/cycle.ts";
import {
  type AccountKey,
  accountKey,
  quotaKey,
  type Reading,
  type Unit,
  UNITS,
  type Window,
} from "../model/quota.ts";
import type { QuotaKey } from "../model/quota.ts";
import { WINDOW_KINDS } from "../model/quota.ts";
import type { SessionQuota } from "../model/engine/session.ts";
import {
  BUCKET_COLUMNS,
  CYCLE_COLUMNS,
  NOTE_COLUMNS,
  READING_COLUMNS,
  SESSION_COLUMNS,
  textOfCell,
} from "./export.ts";
import {
  type Fields,
  maybeInstant,
  name,
  parseAmount,
  parseBoolean,
  parseInstant,
  parseText,
  parseWhole,
  parseWord,
  readNumber,
  RowError,
  rowError,
} from "./import_fields.ts";
import { type ImportedNote, noteRow } from "./import_note.ts";

/** One reading from a file. */
export interface ImportedReading {
  readonly what: "readings";
  readonly account: AccountKey;
  readonly plan: string | null;
  readonly at: number;
  readonly reading: Reading;
}

export interface ImportedBucket {
  readonly what: "buckets";
  readonly account: AccountKey;
  readonly quota: QuotaKey;
  readonly bucket: Bucket;
}

export interface ImportedCycle {
  readonly what: "cycles";
  readonly account: AccountKey;
  readonly quota: QuotaKey;
  readonly cycle: Cycle;
}

/** One quota's part of a session. */
export interface ImportedSession {
  readonly what: "sessions";
  readonly account: AccountKey;
  readonly quota: QuotaKey;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly lastRiseAt: number;
  readonly readings: number;
  readonly sessionQuota: SessionQuota;
}

/** A row of data derived from readings. */
export type ImportedPast = ImportedBucket | ImportedCycle | ImportedSession;
export type ImportedRow = ImportedReading | ImportedPast | ImportedNote;
export type ImportedKind = ImportedRow["what"];

const MAX_LABEL = 1000;
const MAX_SOURCE = 100;

interface Kind {
  /** Columns an import requires. */
  readonly needed: readonly string[];
  /** Columns read when present: files of older versions lack them. */
  readonly optional?: readonly string[];
  /** What messages call one row of it. */
  readonly one: string;
  readonly rowOf: (fields: Fields) => ImportedRow;
}

/** Optional columns: those derived from the readings, and those only some readings have. */
const DERIVED: readonly string[] = ["consumed", "reset", "baseline"];
const OPTIONAL: readonly string[] = ["source", "startedAt", "refillPerHour", "allowed", "currency"];
const KINDS: Readonly<Record<ImportedKind, Kind>> = {
  readings: {
    needed: READING_COLUMNS.filter((name) => !DERIVED.includes(name) && !OPTIONAL.includes(name)),
    optional: OPTIONAL,
    one: "reading",
    rowOf: readingRow,
  },
  buckets: { needed: BUCKET_COLUMNS.filter((name) => name !== "unit"), one: "bucket", rowOf: bucketRow },
  cycles: { needed: CYCLE_COLUMNS.filter((name) => name !== "unit"), one: "cycle", rowOf: cycleRow },
  sessions: { needed: SESSION_COLUMNS, one: "session", rowOf: sessionRow },
  notes: { needed: NOTE_COLUMNS, one: "note", rowOf: noteRow },
};

export function isImportedKind(word: string): word is ImportedKind {
  return Object.hasOwn(KINDS, word);
}

/** Infers from its columns what a row is; assumes a reading when they do not tell. */
function detectKind(has: (column: string) => boolean): ImportedKind {
  const telling = [
    ["buckets", "step"],
    ["cycles", "endedBy"],
    ["sessions", "lastUseAt"],
    ["notes", "writtenAt"],
  ] as const;
  return telling.find(([, column]) => has(column))?.[0] ?? "readings";
}

function readingRow(fields: Fields): ImportedReading {
  const { account } = parseOwner(fields);
  const window = parseWindow(fields);
  const reading: Reading = {
    quota: name(fields, "key"),
    label: parseText(fields, "label", MAX_LABEL),
    unit: parseWord<Unit>(fields, "unit", UNITS),
    used: parseAmount(fields, "used", 0),
    limit: parseAmount(fields, "limit", 0),
    remaining: parseAmount(fields, "remaining", Number.NEGATIVE_INFINITY),
    window,
    resetsAt: maybeInstant(fields, "resetsAt"),
    ...isStated(fields, "source") && { source: parseText(fields, "source", MAX_SOURCE) },
    ...isStated(fields, "startedAt") && { startedAt: parseInstant(fields, "startedAt") },
    ...isStated(fields, "refillPerHour") && { refillPerHour: readNumber(fields, "refillPerHour", 0) },
    ...isStated(fields, "allowed") && { allowed: parseBoolean(fields, "allowed") },
    ...isStated(fields, "currency") && { currency: parseCurrency(fields) },
  };
  return {
    what: "readings",
    account,
    plan: fields["plan"] === null ? null : parseText(fields, "plan", MAX_LABEL),
    at: parseInstant(fields, "at"),
    reading,
  };
}

function parseCurrency(fields: Fields): string {
  const code = parseText(fields, "currency", 3);
  if (!/^[A-Z]{3}$/.test(code)) throw rowError("currency", "a code such as USD, or nothing", code);
  return code;
}

function isStated(fields: Fields, column: string): boolean {
  const value = fields[column];
  return value !== undefined && value !== null && value !== "";
}

function bucketRow(fields: Fields): ImportedBucket {
  const { account, quota } = parseOwner(fields);
  const step = STEPS.find((one) => one === Number(fields["step"]) * 1000);
  if (step === undefined) throw rowError("step", STEPS.map((one) => one / 1000).join(", "), fields["step"]);
  const bucket: Bucket = {
    step,
    start: parseInstant(fields, "start"),
    firstAt: parseInstant(fields, "firstAt"),
    lastAt: parseInstant(fields, "lastAt"),
    count: parseWhole(fields, "readings"),
    first: parseAmount(fields, "first", 0),
    last: parseAmount(fields, "last", 0),
    low: parseAmount(fields, "low", 0),
    high: parseAmount(fields, "high", 0),
    leftLow: parseAmount(fields, "leftLow", LEAST),
    leftHigh: parseAmount(fields, "leftHigh", LEAST),
    leftSum: readNumber(fields, "leftSum", LEAST),
    leftCount: parseWhole(fields, "leftCount"),
    shareLast: parseAmount(fields, "shareLast", 0),
    shareLow: parseAmount(fields, "shareLow", 0),
    shareHigh: parseAmount(fields, "shareHigh", 0),
    limit: parseAmount(fields, "limit", 0),
    consumed: readNumber(fields, "consumed", 0),
    resets: parseWhole(fields, "resets"),
  };
  const { start, firstAt, lastAt } = bucket;
  if (start % step !== 0) {
    throw new RowError(`has an invalid "start": no bucket of ${step / 1000} s begins then`);
  }
  if (firstAt < start || lastAt < firstAt || lastAt >= start + step) {
    throw new RowError('has a "firstAt" or "lastAt" outside the bucket');
  }
  return { what: "buckets", account, quota, bucket };
}

function cycleRow(fields: Fields): ImportedCycle {
  const { account, quota } = parseOwner(fields);
  const endedBy = parseText(fields, "endedBy", MAX_LABEL).split(" ").filter((word) => word !== "");
  const odd = endedBy.find((word) => !EVIDENCE.includes(word as Evidence));
  if (odd !== undefined) throw rowError("endedBy", EVIDENCE.join(", "), odd);
  const cycle: Cycle = {
    quota,
    startedAt: parseInstant(fields, "startedAt"),
    endedAt: maybeInstant(fields, "endedAt"),
    resetsAt: maybeInstant(fields, "resetsAt"),
    peak: parseAmount(fields, "peak", 0),
    // Empty when the consumption could not be counted.
    consumed: parseAmount(fields, "consumed", 0) ?? 0,
    limit: parseAmount(fields, "limit", 0),
    count: parseWhole(fields, "readings"),
    lastAt: parseInstant(fields, "lastAt"),
    whole: parseBoolean(fields, "whole"),
    endedBy: endedBy as Evidence[],
  };
  if (cycle.endedAt !== null && cycle.endedAt < cycle.startedAt) {
    throw new RowError('has an "endedAt" before its "startedAt"');
  }
  return { what: "cycles", account, quota, cycle };
}

function sessionRow(fields: Fields): ImportedSession {
  const { account, quota } = parseOwner(fields);
  const row: ImportedSession = {
    what: "sessions",
    account,
    quota,
    startedAt: parseInstant(fields, "startedAt"),
    endedAt: maybeInstant(fields, "endedAt"),
    lastRiseAt: parseInstant(fields, "lastUseAt"),
    readings: parseWhole(fields, "readings"),
    sessionQuota: {
      quota: name(fields, "key"),
      startedAt: parseInstant(fields, "keyStartedAt"),
      lastRiseAt: parseInstant(fields, "keyLastUseAt"),
      start: parseAmount(fields, "start", 0),
      end: parseAmount(fields, "end", 0),
      leftStart: parseAmount(fields, "leftStart", LEAST),
      leftEnd: parseAmount(fields, "leftEnd", LEAST),
      consumed: readNumber(fields, "consumed", 0),
    },
  };
  if (row.lastRiseAt < row.startedAt || (row.endedAt ?? row.lastRiseAt) < row.lastRiseAt) {
    throw new RowError('has a "lastUseAt" that lies outside of the session');
  }
  return row;
}

function parseOwner(fields: Fields): { readonly account: AccountKey; readonly quota: QuotaKey } {
  const account = accountKey(name(fields, "provider"), name(fields, "account"));
  return { account, quota: quotaKey(account, name(fields, "key")) };
}

/** Returns a parser for lines of JSON. All are of one kind: `what`, or else that of the first line. */
export function jsonRows(what?: ImportedKind): (line: string) => ImportedRow {
  let known = what;
  return (line) => {
    const fields = parseJson(line);
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new RowError("is not a JSON object");
    }
    const { needed, one, rowOf } = KINDS[known ??= detectKind((name) => Object.hasOwn(fields, name))];
    const missing = needed.filter((name) => !Object.hasOwn(fields, name));
    if (missing.length > 0) throw new RowError(`is not an exported ${one}: ${missingText(missing)}`);
    return rowOf(fields as Fields);
  };
}

/**
 * Returns a reader for the cells of a CSV file with this head.
 * @throws {RowError}
 */
export function csvReader(head: readonly string[]): (cells: readonly string[]) => ImportedRow {
  const what = detectKind((name) => head.includes(name));
  const { needed, optional = [], rowOf } = KINDS[what];
  const missing = needed.filter((name) => !head.includes(name));
  if (missing.length > 0) {
    throw new RowError(`is not a header of exported ${what}: ${missingText(missing)}`);
  }
  const twice = head.find((name, at) => head.indexOf(name) !== at);
  if (twice !== undefined) throw new RowError(`names the column ${JSON.stringify(twice)} twice`);
  const read = [...needed, ...optional.filter((name) => head.includes(name))];
  const places = read.map((name) => [name, head.indexOf(name)] as const);
  return (cells) => {
    if (cells.length !== head.length) {
      throw new RowError(`has ${countPhrase(cells.length, "cell")}, expected ${head.length}`);
    }
    const fields: Record<string, unknown> = {};
    for (const [name, place] of places) fields[name] = csvField(name, cells[place]!);
    return rowOf(fields);
  };
}

function missingText(names: readonly string[]): string {
  return `${names.map((name) => `"${name}"`).join(", ")} missing`;
}

const LEAST = Number.NEGATIVE_INFINITY;

/** Cells that stay text; all others are numbers, booleans or instants. */
const TEXTS: ReadonlySet<string> = new Set([
  "provider",
  "account",
  "key",
  "label",
  "unit",
  "window",
  "plan",
  "endedBy",
  "source",
  "currency",
  "id",
  "text",
]);
/** Text columns for which an empty cell means empty text, not unknown. */
const NEVER_NULL: ReadonlySet<string> = new Set([
  "provider",
  "account",
  "key",
  "label",
  "unit",
  "window",
  "at",
  "endedBy",
  "id",
  "text",
]);

function csvField(name: string, cell: string): unknown {
  if (cell === "" && !NEVER_NULL.has(name)) return null;
  if (TEXTS.has(name)) return textOfCell(cell);
  if (cell === "true" || cell === "false") return cell === "true";
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : cell;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new RowError("is not JSON");
  }
}

function parseWindow(fields: Fields): Window {
  const kind = parseWord(fields, "window", WINDOW_KINDS);
  const seconds = parseAmount(fields, "windowSeconds", 0);
  if (seconds === 0) throw rowError("windowSeconds", "more than 0, or nothing", 0);
  return { kind, seconds };
}
