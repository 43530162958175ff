/** Checks the fields of an imported row, and names the wrong one. Pure. */

/** Says what is wrong with a row, for people. */
export class RowError extends Error {
  override readonly name = "RowError";
}

export type Fields = Readonly<Record<string, unknown>>;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const LAST_INSTANT = Date.UTC(9999, 11, 31);
/** Maximum length of a name. */
const MAX_NAME = 200;

/** Reads one part of a key. */
export function name(fields: Fields, field: string): string {
  const value = parseText(fields, field, MAX_NAME);
  if (value === "" || /[\/\p{Cc}\u2028\u2029]/u.test(value)) {
    throw rowError(field, "a name without slashes and control characters", value);
  }
  return value;
}

export function parseText(fields: Fields, field: string, max: number): string {
  const value = fields[field];
  if (typeof value !== "string" || value.length > max || !value.isWellFormed()) {
    throw rowError(field, `text of at most ${max} characters`, value);
  }
  return value;
}

export function parseWord<T extends string>(fields: Fields, field: string, allowed: readonly T[]): T {
  const value = fields[field];
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw rowError(field, allowed.join(", "), value);
  return found;
}

export function parseAmount(fields: Fields, field: string, min: number): number | null {
  const value = fields[field];
  if (value === null) return null;
  if (typeof value === "number" && Number.isFinite(value) && value >= min) return value;
  throw rowError(field, min === 0 ? "a number of at least 0, or nothing" : "a number, or nothing", value);
}

export function readNumber(fields: Fields, field: string, min: number): number {
  const value = parseAmount(fields, field, min);
  if (value === null) throw rowError(field, "a number", value);
  return value;
}

export function parseWhole(fields: Fields, field: string): number {
  const value = readNumber(fields, field, 0);
  if (!Number.isSafeInteger(value)) throw rowError(field, "a whole number", value);
  return value;
}

export function parseBoolean(fields: Fields, field: string): boolean {
  const value = fields[field];
  if (typeof value !== "boolean") throw rowError(field, "true or false", value);
  return value;
}

export function maybeInstant(fields: Fields, field: string): number | null {
  return fields[field] === null ? null : parseInstant(fields, field);
}

export function parseInstant(fields: Fields, field: string): number {
  const value = fields[field];
  const at = typeof value === "string" && INSTANT.test(value) ? Date.parse(value) : NaN;
  // `Date` turns a day that does not exist into another: 30 February into 2 March.
  const isDay = at >= 0 && new Date(at).toISOString().slice(0, 10) === (value as string).slice(0, 10);
  if (isDay && at <= LAST_INSTANT) return at;
  throw rowError(field, "an instant such as 2026-11-21T12:00:00.000Z", value);
}

export function rowError(field: string, wanted: string, got: unknown): RowError {
  // JSON writes a number that is too large as null.
  const shown = typeof got === "number" ? String(got) : JSON.stringify(got) ?? String(got);
  return new RowError(`has an invalid "${field}": expected ${wanted}, got ${shown.slice(0, 80)}`);
}
