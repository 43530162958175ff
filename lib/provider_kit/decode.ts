/**
 * The Valibot schemas providers share, for answers nobody promised: numbers that come as
 * text, money with a sign in front, instants in three notations, names in two.
 *
 * It may import valibot, the nouns of the model and the error of a provider, and knows no vendor.
 * Decoding is strict on what is needed and tells what it left out; a figure that cannot be trusted
 * is `null` or a failure, never 0 and never NaN.
 */
import * as v from "valibot";
import type { Dropped } from "../model/quota.ts";
import { ProviderError } from "../provider/contract.ts";

/** Figures beyond this are not exact any more, and no quota is that large. */
const MOST = 1e15;
/** 2000-01-01 and 2100-01-01: instants outside are mistakes, such as 0 for "none". */
const EARLIEST_MS = 946_684_800_000;
const LATEST_MS = 4_102_444_800_000;
/** Epoch numbers below this are seconds: as milliseconds they would lie before 1974. */
const SECONDS_BELOW = 1e11;
/** Answers nest a handful of levels; deeper ones are meant to hurt. */
const DEEPEST = 32;
const ANSWER_CHARACTERS = 16_384;

const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** A number, or text that is one. */
export const lenientNumber = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => typeof value === "number" ? value : numberOf(value.trim())),
  v.check((value) => Number.isFinite(value) && Math.abs(value) <= MOST, "Expected a finite number"),
);

function numberOf(text: string): number {
  return NUMBER_TEXT.test(text) ? Number(text) : Number.NaN;
}

const MONEY_TEXT = /^([+-]?)\s*(?:US)?\$?\s*([+-]?)\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?:USD)?$/i;

/** Dollars as text, such as `$24.00` or `-$1,200.5`, or as a number. */
export const moneyText = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => typeof value === "number" ? value : moneyOf(value.trim())),
  v.check((value) => Number.isFinite(value) && Math.abs(value) <= MOST, "Expected an amount in dollars"),
);

function moneyOf(text: string): number {
  const match = MONEY_TEXT.exec(text);
  if (!match) return Number.NaN;
  const [, before = "", after = "", digits = ""] = match;
  if (before && after) return Number.NaN;
  const amount = Number(digits.replaceAll(",", ""));
  return before === "-" || after === "-" ? -amount : amount;
}

/** An instant as ISO 8601 (UTC where it names no zone) or as seconds or milliseconds of the epoch; epoch milliseconds. */
export const instant = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform((value) => typeof value === "number" ? epochOf(value) : instantOf(value.trim())),
  v.check((value) => value >= EARLIEST_MS && value < LATEST_MS, "Expected an instant of this century"),
);

function epochOf(value: number): number {
  return Math.trunc(Math.abs(value) < SECONDS_BELOW ? value * 1000 : value);
}

const ISO_TEXT =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

function instantOf(text: string): number {
  if (NUMBER_TEXT.test(text)) return epochOf(Number(text));
  const match = ISO_TEXT.exec(text);
  if (!match) return Number.NaN;
  const [, date = "", time = "00:00:00", fraction = "", zone = "Z"] = match;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const milliseconds = `${fraction}000`.slice(0, 3);
  return Date.parse(`${date}T${seconds}.${milliseconds}${offsetOf(zone)}`);
}

function offsetOf(zone: string): string {
  if (/^z$/i.test(zone)) return "Z";
  const digits = zone.replace(":", "").padEnd(5, "0");
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

/** The schema, or `null` for what is absent, null, or does not fit: for figures that may be unknown. */
export function orNull<Schema extends v.GenericSchema>(schema: Schema) {
  return v.fallback(v.nullish(schema, null), null);
}

/** An amount that cannot be negative: what is below 0 is no figure that can be trusted, so it is unknown, never 0. */
export const amountOrNull = v.pipe(
  orNull(lenientNumber),
  v.transform((value) => value === null || value < 0 ? null : value + 0),
);

/** A limit: negative numbers are how vendors say "none", so they become `null`. */
export const limitOrNull = v.pipe(
  orNull(lenientNumber),
  v.transform((value) => value === null || value < 0 ? null : value),
);

export const instantOrNull = orNull(instant);

/** Rounds away what floating point adds to a difference: 48 - 35.16 is 12.84. */
export function tidy(value: number): number {
  const rounded = Number(value.toFixed(6));
  return rounded === 0 ? 0 : rounded;
}

/** What is left of a limit: nothing where more than the limit was used; null where either is unknown. */
export function restOf(limit: number | null, used: number | null): number | null {
  return limit === null || used === null ? null : Math.max(0, tidy(limit - used));
}

const HAIR = 1e-3;

/** What was used of a limit of which so much is left; null where either is unknown, or more is left than there was. */
export function usedOf(limit: number | null, remaining: number | null): number | null {
  if (limit === null || remaining === null) return null;
  const used = tidy(limit - remaining);
  // Pools that refill all the time run over by a hair.
  return used >= 0 ? used : used >= -limit * HAIR ? 0 : null;
}

/**
 * The value with all names of members in camelCase, for vendors that change between
 * `renewsAt` and `renews_at`. Where both are present the camelCase one counts. The objects
 * have no prototype, so a member called `__proto__` is a member like any other.
 */
export function camelNames(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return null;
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

/** Text of a vendor as a part of a quota's id: `GPT-9 Spark` is `gpt-9-spark`; empty where nothing is left of it. */
export function slug(text: string): string {
  return text.slice(0, 200).toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60).replace(/^-+|-+$/g, "");
}

/** The value of a JSON text, or undefined where it is none. A byte order mark in front means nothing. */
export function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

/**
 * The members of an answer that are known, each with what it holds: true where all that is in it is known or is
 * of no interest. `"*"` stands for names that are not fixed. Lists are walked element by element.
 */
export interface KnownMembers {
  readonly [name: string]: true | KnownMembers;
}

/** More strangers than these say no more than these. */
const MAX_STRANGERS = 20;

/**
 * The members of an answer that nobody knows and that hold a figure: what a vendor renamed or added. Their names
 * are given, never their values.
 */
export function unknownFigures(value: unknown, known: KnownMembers): readonly Dropped[] {
  const found = new Map<string, Dropped>();
  const walk = (one: unknown, members: KnownMembers, path: string, depth: number) => {
    if (typeof one !== "object" || one === null || depth > DEEPEST) return;
    if (Array.isArray(one)) {
      for (const item of one) walk(item, members, path, depth + 1);
      return;
    }
    for (const [name, inner] of Object.entries(one)) {
      const what = path === "" ? name.slice(0, 80) : `${path}.${name.slice(0, 80)}`;
      const member = Object.hasOwn(members, name) ? members[name] : members["*"];
      if (member === true) continue;
      if (member !== undefined) walk(inner, member, what, depth + 1);
      else if (found.size < MAX_STRANGERS && containsFigure(inner)) {
        found.set(what, { what, why: "a field that is not known" });
      }
    }
  };
  walk(value, known, "", 0);
  return [...found.values()];
}

/** Whether a number or an instant, as such or as text, stands anywhere in a value. */
export function containsFigure(value: unknown, depth = 0): boolean {
  if (typeof value === "number") return true;
  if (typeof value === "string") {
    const text = value.trim();
    return text.length <= 64 &&
      (/^[-+]?\$?\d[\d,.]*(?:e[-+]?\d{1,3})?\s*%?$/i.test(text) || ISO_TEXT.test(text));
  }
  if (typeof value !== "object" || value === null || depth > DEEPEST) return false;
  return Object.values(value).some((inner) => containsFigure(inner, depth + 1));
}

/** Whether a vendor says anything at all: what is absent or null is silence, not an unreadable figure. */
export function isStated(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Whether it is a number below 0, which is how vendors write that there is no limit. */
export function isNoLimit(value: unknown): boolean {
  const number = v.safeParse(lenientNumber, value);
  return number.success && number.output < 0;
}

/** A member of an untrusted object, only its own; undefined for anything else. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Decodes an answer.
 *
 * @throws {ProviderError} `bad_response`, naming where it does not fit; its `answer` is the value
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
  throw badResponse(`${where} does not fit: ${sentence(issue)}`, value);
}

/** A `bad_response` that keeps the answer. */
export function badResponse(message: string, value: unknown): ProviderError {
  return new ProviderError("bad_response", message, {
    hint: "The vendor may have changed it: look for a newer version of syntrack",
    answer: answerText(value),
  });
}

/** Says what was expected and which kind of value came, never the value: it is not ours to show. */
function sentence(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === null) return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return `expected ${issue.expected}, got ${kindOf(issue.input)}`;
}

function kindOf(value: unknown): string {
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
