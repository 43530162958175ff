/**
 * Paged reports and optional parts of a poll, shared by the providers of API platforms.
 *
 * May import the contracts of context and provider, and decode. Knows no vendor.
 */
import * as v from "valibot";
import type { ProviderContext } from "../provider/context.ts";
import { amountOrNull, badResponseError, member, tidy } from "./decode.ts";
import type { Part } from "../model/quota.ts";
import type { Gathering } from "./readings.ts";
import { dayStart } from "../model/time.ts";

/** No month has more pages: a vendor that never ends is a bad response. */
const MAX_PAGES = 100;
/** Parts of an amount shown separately; the rest is summed. */
const MAX_PARTS = 12;

/**
 * Returns all pages of a report, first to last.
 *
 * @param page requests one page, with the cursor from the previous one or null for the first
 * @param next returns the cursor after a page; null after the last; undefined when one was announced but is
 * missing
 * @throws {ProviderError} `bad_response` when the cursors lead nowhere or in a circle: half a report is
 * worthless
 */
export async function readAllPages(
  page: (cursor: string | null) => Promise<unknown>,
  next: (page: unknown) => string | null | undefined,
): Promise<readonly unknown[]> {
  const pages: unknown[] = [];
  const seen = new Set<string>();
  for (let cursor: string | null = null; pages.length < MAX_PAGES;) {
    const one = await page(cursor);
    pages.push(one);
    const after = next(one);
    if (after === null) return pages;
    if (after === undefined || seen.has(after)) {
      throw badResponseError("The report is incomplete: its next page cannot be requested", one);
    }
    seen.add(after);
    cursor = after;
  }
  throw badResponseError(`The report has more than ${MAX_PAGES} pages`, null);
}

/** Returns the cursor of reports with `has_more` and `next_page`. */
export function nextPage(page: unknown): string | null | undefined {
  const more = member(page, "has_more");
  const cursor = member(page, "next_page");
  if (typeof cursor === "string" && cursor !== "" && more !== false) return cursor;
  return more === true ? undefined : null;
}

/**
 * Returns the result of an optional part of the poll, or null when it fails. A vendor's rate limit still ends
 * the poll.
 *
 * @param quotas patterns of the quotas the part states
 * @param found told that they are unread, and that there was a response that could not be parsed
 * @throws {ProviderError} `rate_limited`
 */
export async function readUnlessFailed<T>(
  ctx: Pick<ProviderContext, "log">,
  what: string,
  part: () => Promise<T>,
  quotas: readonly string[],
  found: Pick<Gathering, "drop" | "miss">,
): Promise<T | null> {
  try {
    return await part();
  } catch (error) {
    const kind = kindOfFailure(error);
    if (kind === "rate_limited" || !(error instanceof Error)) throw error;
    ctx.log.debug("Left out a part of the answer", { part: what, kind: kind ?? "none", why: error.message });
    if (isContentFailure(error)) found.drop(what, NOT_UNDERSTOOD);
    found.miss(error, ...quotas);
    return null;
  }
}

export const NOT_UNDERSTOOD = "an unexpected answer";

/**
 * Reports whether a part failed because of its content, rather than
 * because the vendor could not or would not send it.
 */
export function isContentFailure(error: unknown): boolean {
  const kind = kindOfFailure(error);
  return kind === undefined || kind === "bad_response";
}

/** Returns the kind of a failed read, or undefined for other errors. */
export function kindOfFailure(error: unknown): string | undefined {
  const kind: unknown = error instanceof Error ? Reflect.get(error, "kind") : undefined;
  return typeof kind === "string" ? kind : undefined;
}

/**
 * Returns the UTC month that contains an instant, in epoch milliseconds; `end` is the first instant after it.
 */
export function utcMonth(at: number): { readonly start: number; readonly end: number } {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { start: Date.UTC(year, month, 1), end: Date.UTC(year, month + 1, 1) };
}

/**
 * Returns the day of an IANA zone that contains an instant; it lasts
 * 23 to 25 hours. `end` is the first instant after it.
 */
export function zoneDay(at: number, zone: string): { readonly start: number; readonly end: number } {
  return { start: dayStart(at, zone), end: dayStart(at, zone, 1) };
}

/**
 * Reads a count from one row of a report. Null when it is missing, unreadable or negative: a sum with a
 * missing part is unknown.
 */
export function countIn(row: unknown, name: string, gathering: Pick<Gathering, "drop">): number | null {
  const count = v.parse(amountOrNull, member(row, name));
  if (count === null) gathering.drop(name, "a sum that lacks a part");
  return count;
}

/** Adds up parts; the sum is unknown when a part is. */
export function sumOrUnknown(...parts: readonly (number | null)[]): number | null {
  return parts.reduce((sum, part) => sum === null || part === null ? null : sum + part, 0);
}

/** Credits and costs this large may cancel each other in a sum. */
const LARGE_COST = 1e5;

function tidySum(sum: number): number {
  return tidy(sum, Math.max(Math.abs(sum), LARGE_COST));
}

/**
 * Returns a sum of money spent; null when credits make it negative, because then it says nothing about use.
 */
export function sumOrNull(sum: number): number | null {
  const tidied = tidySum(sum);
  return tidied < 0 ? null : tidied;
}

/** Why a sum of money is unknown. */
export const NEGATIVE_SUM = "credits exceed what was spent";
export const NO_DAYS = "the report has no days of this month";

/** Formats `2026-11-01T00:00:00Z`, as reports expect it. */
export function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Reads a figure a user set for a provider, such as a budget; null unless it is above 0. */
export function setAmount(ctx: Pick<ProviderContext, "env">, name: string): number | null {
  const value = Number(ctx.env(name) ?? "");
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** Reports whether a user turned a setting on. */
export function isOn(ctx: Pick<ProviderContext, "env">, name: string): boolean {
  return /^(?:1|true|yes|on)$/i.test(ctx.env(name) ?? "");
}

/** Lists the named parts of an amount, the largest first; negative parts are credits and are left out. */
export function largestParts(sums: ReadonlyMap<string, number>): readonly Part[] {
  const parts = [...sums].map(([name, used]) => ({ name: name.slice(0, 80), used: tidySum(used) }))
    .filter((part) => part.used > 0).sort((a, b) => b.used - a.used);
  const rest = tidySum(parts.slice(MAX_PARTS).reduce((sum, part) => sum + part.used, 0));
  return [...parts.slice(0, MAX_PARTS), ...rest > 0 ? [{ name: "The rest", used: rest }] : []];
}
