/** Rows of exported readings, read back: every field is checked, since anybody can write a file. Pure. */
import { type AccountKey, accountKey, type Reading, type Unit, UNITS, type Window } from "../model/quota.ts";
import { READING_COLUMNS, textOfCell } from "./export.ts";

/** One reading of a file. */
export interface ImportedRow {
  readonly account: AccountKey;
  readonly plan: string | null;
  readonly at: number;
  readonly reading: Reading;
}

/** What is wrong with a row, for people. */
export class RowError extends Error {
  override readonly name = "RowError";
}

type Fields = Readonly<Record<string, unknown>>;

const WINDOW_KINDS: readonly Window["kind"][] = ["fixed", "calendar", "rolling", "balance"];
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const LAST_INSTANT = Date.UTC(9999, 11, 31);
/** As long as a name may be. */
const MOST_NAME = 200;
const MOST_LABEL = 1000;

/** Columns without which nothing can be read back; what follows from readings need not be there. */
const NEEDED = READING_COLUMNS.filter((name) => name !== "consumed" && name !== "reset");

/** @throws {RowError} */
export function rowOf(fields: Fields): ImportedRow {
  const provider = name(fields, "provider");
  const account = name(fields, "account");
  const window = windowOf(fields);
  const reading: Reading = {
    quota: name(fields, "key"),
    label: text(fields, "label", MOST_LABEL),
    unit: oneOf<Unit>(fields, "unit", UNITS),
    used: amount(fields, "used", 0),
    limit: amount(fields, "limit", 0),
    remaining: amount(fields, "remaining", Number.NEGATIVE_INFINITY),
    window,
    resetsAt: fields["resetsAt"] === null ? null : instant(fields, "resetsAt"),
  };
  return {
    account: accountKey(provider, account),
    plan: fields["plan"] === null ? null : text(fields, "plan", MOST_LABEL),
    at: instant(fields, "at"),
    reading,
  };
}

/** A line of JSON as a row. @throws {RowError} */
export function rowOfJson(line: string): ImportedRow {
  const fields = parsed(line);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new RowError("is no JSON object");
  }
  const missing = NEEDED.filter((name) => !Object.hasOwn(fields, name));
  if (missing.length > 0) {
    throw new RowError(`is no exported reading: ${missing.map((name) => `"${name}"`).join(", ")} missing`);
  }
  return rowOf(fields as Fields);
}

/** How to read the cells of a CSV file with this head. @throws {RowError} */
export function csvReader(head: readonly string[]): (cells: readonly string[]) => ImportedRow {
  const missing = NEEDED.filter((name) => !head.includes(name));
  if (missing.length > 0) {
    throw new RowError(
      `names no columns of exported readings: ${missing.map((name) => `"${name}"`).join(", ")} missing`,
    );
  }
  const twice = head.find((name, at) => head.indexOf(name) !== at);
  if (twice !== undefined) throw new RowError(`names the column ${JSON.stringify(twice)} twice`);
  const places = NEEDED.map((name) => [name, head.indexOf(name)] as const);
  return (cells) => {
    if (cells.length !== head.length) {
      throw new RowError(`has ${cells.length} cells, expected ${head.length}`);
    }
    const fields: Record<string, unknown> = {};
    for (const [name, place] of places) fields[name] = csvField(name, cells[place]!);
    return rowOf(fields);
  };
}

const NUMBERS: ReadonlySet<string> = new Set(["windowSeconds", "used", "limit", "remaining"]);
const NEVER_NULL: ReadonlySet<string> = new Set([
  "provider",
  "account",
  "key",
  "label",
  "unit",
  "window",
  "at",
]);

function csvField(name: string, cell: string): unknown {
  if (cell === "" && !NEVER_NULL.has(name)) return null;
  if (!NUMBERS.has(name)) return textOfCell(cell);
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : cell;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new RowError("is not JSON");
  }
}

function windowOf(fields: Fields): Window {
  const kind = oneOf(fields, "window", WINDOW_KINDS);
  const seconds = amount(fields, "windowSeconds", 0);
  if (seconds === 0) throw wrong("windowSeconds", "more than 0, or nothing", 0);
  return { kind, seconds };
}

/** A part of a key. */
function name(fields: Fields, field: string): string {
  const value = text(fields, field, MOST_NAME);
  // deno-lint-ignore no-control-regex
  if (value === "" || /[\/\u0000-\u001f\u007f]/.test(value)) {
    throw wrong(field, "a name without slashes and control characters", value);
  }
  return value;
}

function text(fields: Fields, field: string, most: number): string {
  const value = fields[field];
  if (typeof value !== "string" || value.length > most || !value.isWellFormed()) {
    throw wrong(field, `text of at most ${most} characters`, value);
  }
  return value;
}

function oneOf<T extends string>(fields: Fields, field: string, allowed: readonly T[]): T {
  const value = fields[field];
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw wrong(field, allowed.join(", "), value);
  return found;
}

function amount(fields: Fields, field: string, least: number): number | null {
  const value = fields[field];
  if (value === null) return null;
  if (typeof value === "number" && Number.isFinite(value) && value >= least) return value;
  throw wrong(field, least === 0 ? "a number of at least 0, or nothing" : "a number, or nothing", value);
}

function instant(fields: Fields, field: string): number {
  const value = fields[field];
  const at = typeof value === "string" && INSTANT.test(value) ? Date.parse(value) : NaN;
  if (at >= 0 && at <= LAST_INSTANT) return at;
  throw wrong(field, "an instant such as 2026-11-21T12:00:00.000Z", value);
}

function wrong(field: string, wanted: string, got: unknown): RowError {
  const shown = JSON.stringify(got) ?? String(got);
  return new RowError(`has a wrong "${field}": expected ${wanted}, got ${shown.slice(0, 80)}`);
}
