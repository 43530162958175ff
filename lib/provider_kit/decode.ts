/**
 * Valibot schemas shared by providers, for undocumented responses: numbers as text, money with a sign in
 * front, instants in three notations, names in two.
 *
 * May import valibot, the model and the provider error; knows no vendor. Decoding is strict on
 * required values and reports what it leaves out; a figure that cannot be trusted becomes `null` or a
 * failure, never 0 and never NaN.
 */
import * as v from "valibot";
import type { Dropped } from "../model/quota.ts";
import { ProviderError } from "../provider/contract.ts";

export { slug } from "../model/slug.ts";

/** Larger figures lose precision, and no quota is that large. */
const MAX_FIGURE = 1e15;
/** 2000-01-01 and 2100-01-01: instants outside are errors, such as 0 for "none". */
const MIN_INSTANT_MS = 946_684_800_000;
const MAX_INSTANT_MS = 4_102_444_800_000;
/** Smaller epoch numbers are seconds: as milliseconds they would lie before 1974. */
const SECONDS_BELOW = 1e11;
/** Real responses nest a few levels; a deeper one is malicious. */
const MAX_DEPTH = 32;
const ANSWER_CHARACTERS = 16_384;

const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** Parses a number, or text that holds one. */
export const lenientNumber = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => typeof value === "number" ? value : parseNumber(value.trim())),
  v.check((value) => Number.isFinite(value) && Math.abs(value) <= MAX_FIGURE, "Expected a finite number"),
);

function parseNumber(text: string): number {
  return NUMBER_TEXT.test(text) ? Number(text) : Number.NaN;
}

const MONEY_TEXT = /^([+-]?)\s*(?:US)?\$?\s*([+-]?)\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?:USD)?$/i;

/** Parses dollars as text, such as `$24.00` or `-$1,200.5`, or as a number. */
export const moneyText = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => typeof value === "number" ? value : parseMoney(value.trim())),
  v.check(
    (value) => Number.isFinite(value) && Math.abs(value) <= MAX_FIGURE,
    "Expected an amount in dollars",
  ),
);

function parseMoney(text: string): number {
  const match = MONEY_TEXT.exec(text);
  if (!match) return Number.NaN;
  const [, before = "", after = "", digits = ""] = match;
  if (before && after) return Number.NaN;
  const amount = Number(digits.replaceAll(",", ""));
  return before === "-" || after === "-" ? -amount : amount;
}

/**
 * Parses an instant as ISO 8601 (UTC when it names no zone) or as
 * epoch seconds or milliseconds; yields epoch milliseconds.
 */
export const instant = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => typeof value === "number" ? toEpochMs(value) : parseInstant(value.trim())),
  v.check(
    (value) => value >= MIN_INSTANT_MS && value < MAX_INSTANT_MS,
    "Expected an instant of this century",
  ),
);

function toEpochMs(value: number): number {
  return Math.trunc(Math.abs(value) < SECONDS_BELOW ? value * 1000 : value);
}

const ISO_TEXT =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

function parseInstant(text: string): number {
  if (NUMBER_TEXT.test(text)) return toEpochMs(Number(text));
  const match = ISO_TEXT.exec(text);
  if (!match) return Number.NaN;
  const [, date = "", time = "00:00:00", fraction = "", zone = "Z"] = match;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const milliseconds = `${fraction}000`.slice(0, 3);
  return Date.parse(`${date}T${seconds}.${milliseconds}${normalizeOffset(zone)}`);
}

function normalizeOffset(zone: string): string {
  if (/^z$/i.test(zone)) return "Z";
  const digits = zone.replace(":", "").padEnd(5, "0");
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

/**
 * Makes a schema yield `null` for a value that is absent, null or invalid: for figures that may be unknown.
 */
export function orNull<Schema extends v.GenericSchema>(schema: Schema) {
  return v.fallback(v.nullish(schema, null), null);
}

/**
 * Parses an amount that cannot be negative: a negative figure cannot be trusted, so it is unknown, never 0.
 */
export const amountOrNull = v.pipe(
  orNull(lenientNumber),
  v.transform((value) => value === null || value < 0 ? null : value + 0),
);

/** Parses a limit: vendors write "none" as a negative number, so it becomes `null`. */
export const limitOrNull = v.pipe(
  orNull(lenientNumber),
  v.transform((value) => value === null || value < 0 ? null : value),
);

export const instantOrNull = orNull(instant);

/** Amounts are rounded to as many decimals or digits, whichever shows more. */
const DIGITS = 6;
/** Numbers have this many digits without an error, with one to spare for a calculation. */
const EXACT_DIGITS = 14;
/** Smaller amounts are the error of a vendor's own difference. */
const MAX_DECIMALS = 12;

/**
 * Rounds away the floating-point error of a calculation: 48 - 35.16 is 12.84. Keeps what a call costs, which may be a
 * fraction of a millionth.
 *
 * @param size the largest amount it was computed from, which determines the error of a difference
 */
export function tidy(value: number, size = value): number {
  const kept = DIGITS - 1 - order(value);
  const exact = EXACT_DIGITS - 1 - order(size);
  const decimals = Math.min(Math.max(DIGITS, Math.min(kept, exact)), MAX_DECIMALS);
  const rounded = Number(value.toFixed(decimals));
  return rounded === 0 ? 0 : rounded;
}

/** Returns the power of ten of the first digit: 1 for 48, -7 for 0.0000005. */
function order(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
}

/** Computes what is left of a limit: 0 when use exceeds it; null when either is unknown. */
export function computeRest(limit: number | null, used: number | null): number | null {
  return limit === null || used === null ? null : Math.max(0, tidy(limit - used, Math.max(limit, used)));
}

const HAIR = 1e-3;

/**
 * Computes what was used of a limit from what is left; null when
 * either is unknown, or more is left than the limit.
 */
export function computeUsed(limit: number | null, remaining: number | null): number | null {
  if (limit === null || remaining === null) return null;
  const used = tidy(limit - remaining, Math.max(limit, remaining));
  // Pools that refill continuously exceed their limit slightly.
  return used >= 0 ? used : used >= -limit * HAIR ? 0 : null;
}

/**
 * Renames all fields to camelCase, for vendors that switch between `renewsAt` and `renews_at`. When both are
 * present, the camelCase one wins. The resulting objects have no prototype, so a field called `__proto__` is
 * an ordinary one.
 */
export function camelNames(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => camelNames(item, depth + 1));
  const result: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    const camel = name.replace(
      /(?<=[A-Za-z0-9])_+([A-Za-z0-9])/g,
      (_, letter: string) => letter.toUpperCase(),
    );
    if (camel !== name && (Object.hasOwn(value, camel) || Object.hasOwn(result, camel))) continue;
    result[camel] = camelNames(member, depth + 1);
  }
  return result;
}

/** Parses JSON text; undefined when it is invalid. Ignores a leading byte order mark. */
export function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

/**
 * The known fields of a response: true for a field whose whole content is known, irrelevant, or reported by its decoder
 * when it is unreadable. The other words are for fields that decoders silently read as unknown, which is reported here.
 * `"*"` matches variable names. Lists are checked element by element.
 */
export interface KnownMembers {
  readonly [name: string]: true | FieldKind | KnownMembers;
}

/**
 * `figure`: a number; `amount`: one that cannot be negative; `unsigned`: the same, of which the decoder itself reports what
 * is no number; `instant`: a time.
 */
export type FieldKind = "figure" | "amount" | "unsigned" | "instant";

const NO_BLOCK = "no block of figures";
const NO_FIGURE = "no readable figure";
const NO_TIME = "no readable time";
/** Why a known field cannot be read, without knowing its vendor. */
export const UNREAD_REASONS: readonly string[] = [NO_BLOCK, NO_FIGURE, NO_TIME];

/** Listing more unread fields adds no information. */
const MAX_UNREAD_FIELDS = 20;

/**
 * Lists the fields of a response that cannot be read: unknown ones that contain a figure, because a vendor renamed or
 * added them, and known ones that do not hold what they should. Reports their names, never their values.
 */
export function unknownFigures(value: unknown, known: KnownMembers): readonly Dropped[] {
  const found = new Map<string, Dropped>();
  const report = (what: string, why: string) => {
    if (found.size < MAX_UNREAD_FIELDS) found.set(what, { what, why });
  };
  const walk = (one: unknown, members: KnownMembers, path: string, depth: number) => {
    if (typeof one !== "object" || one === null || depth > MAX_DEPTH) {
      if (path !== "" && isContent(one)) report(path, NO_BLOCK);
      return;
    }
    if (Array.isArray(one)) {
      for (const item of one) {
        if (path === "" && !isBlock(item) && isContent(item)) report("a row", NO_BLOCK);
        walk(item, members, path, depth + 1);
      }
      return;
    }
    for (const [name, inner] of Object.entries(one)) {
      const what = path === "" ? name.slice(0, 80) : `${path}.${name.slice(0, 80)}`;
      const isNamed = Object.hasOwn(members, name);
      const member = isNamed ? members[name] : members["*"];
      if (member === true) continue;
      if (typeof member === "string") {
        if (isUnreadable(inner, member)) {
          report(what, member === "instant" ? NO_TIME : NO_FIGURE);
        }
      } else if (member === undefined || !isNamed && !isBlock(inner)) {
        if (containsFigure(inner)) report(what, "an unknown field");
      } else walk(inner, member, what, depth + 1);
    }
  };
  walk(value, known, "", 0);
  return [...found.values()];
}

function isBlock(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** Reports whether a vendor states anything; `false` and an empty text are ways to state nothing. */
function isContent(value: unknown): boolean {
  return isStated(value) && value !== false && value !== "" && value !== 0;
}

function isUnreadable(value: unknown, kind: FieldKind): boolean {
  if (!isContent(value)) return false;
  if (kind === "instant") return !v.is(instant, value) && !isNoInstant(value);
  const number = v.safeParse(lenientNumber, value);
  if (!number.success) return kind !== "unsigned";
  return kind !== "figure" && number.output < 0;
}

/** Vendors write "none" as the epoch, as the year 1, or as a number below 0. */
function isNoInstant(value: unknown): boolean {
  if (typeof value === "number") return value <= 0;
  return typeof value === "string" && (Number(value) <= 0 || Date.parse(value) <= 0);
}

/** Reports whether a value contains a number or an instant, also as text. */
export function containsFigure(value: unknown, depth = 0): boolean {
  if (typeof value === "number") return true;
  if (typeof value === "string") {
    const text = value.trim();
    return text.length <= 64 &&
      (/^[-+]?\$?\d[\d,.]*(?:e[-+]?\d{1,3})?\s*%?$/i.test(text) || ISO_TEXT.test(text));
  }
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return false;
  return Object.values(value).some((inner) => containsFigure(inner, depth + 1));
}

/** Reports whether a vendor states a value: absent or null is silence, not an unreadable figure. */
export function isStated(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Reports whether a value is a number below 0, which vendors use for "no limit". */
export function isNoLimit(value: unknown): boolean {
  const number = v.safeParse(lenientNumber, value);
  return number.success && number.output < 0;
}

/** Returns a field of an untrusted object, own properties only; undefined for anything else. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Decodes a response.
 *
 * @throws {ProviderError} `bad_response`, naming the field that does not fit; its `answer` is the value
 */
export function decode<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  const where = path === null ? "The answer" : `The answer's "${path}"`;
  throw badResponseError(`${where} does not fit: ${describeIssue(issue)}`, value);
}

/** Creates a `bad_response` that includes the response. */
export function badResponseError(message: string, value: unknown): ProviderError {
  return new ProviderError("bad_response", message, {
    hint: "The vendor may have changed it: check for a newer version of syntrack",
    answer: answerText(value),
  });
}

/** States the expected and the received type, never the value, which may be private. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === null) return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return `expected ${issue.expected}, got ${parseKind(issue.input)}`;
}

function parseKind(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}

function answerText(value: unknown): string {
  if (typeof value === "string") return value.slice(0, ANSWER_CHARACTERS);
  try {
    return (JSON.stringify(value) ?? "").slice(0, ANSWER_CHARACTERS);
  } catch {
    return "";
  }
}
