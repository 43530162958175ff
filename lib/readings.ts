/**
 * Readings that look the same whoever the vendor is: a balance, and a percentage that is used.
 *
 * It may import the nouns of the model and decode.
 */
import * as v from "valibot";
import { limitOrNull, restOf, tidy } from "./decode.ts";
import type { Reading, Unit, Window } from "./model/quota.ts";

export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

/** A bucket of tokens that refills all the time. */
export const ONE_MINUTE: Window = { kind: "rolling", seconds: 60 };
export const FIVE_HOURS: Window = { kind: "fixed", seconds: 5 * HOUR_SECONDS };
export const ONE_DAY: Window = { kind: "fixed", seconds: DAY_SECONDS };
export const ONE_WEEK: Window = { kind: "fixed", seconds: 7 * DAY_SECONDS };
/** A month or a billing period. */
export const CALENDAR: Window = { kind: "calendar", seconds: null };
export const BALANCE: Window = { kind: "balance", seconds: null };
export const ALLOCATION: Window = { kind: "allocation", seconds: null };

/** What a purse holds, a debt where it is negative. Money without a unit of its own counts in credits. */
export function balanceReading(quota: string, label: string, remaining: number, currency = "USD"): Reading {
  return {
    quota,
    label,
    unit: currency === "USD" ? "usd" : "credits",
    used: null,
    limit: null,
    remaining,
    window: BALANCE,
    resetsAt: null,
    currency,
  };
}

/** @param used percent of the allowance, possibly above 100; below 0 is taken for 0 */
export function percentReading(
  quota: string,
  label: string,
  used: number | null,
  window: Window,
  resetsAt: number | null,
): Reading {
  const part = used === null ? null : tidy(Math.max(0, used));
  return {
    quota,
    label,
    unit: "percent",
    used: part,
    limit: 100,
    remaining: restOf(100, part),
    window,
    resetsAt,
  };
}

/** How full a quota is, for the choice between two figures of one: what is not known is less than nothing. */
export function fullnessOf(
  { used, limit, remaining }: Pick<Reading, "used" | "limit" | "remaining">,
): number {
  if (used === null || limit === null) return remaining === 0 ? 1 : -1;
  return limit > 0 ? used / limit : used > 0 ? 1 : 0;
}

/**
 * A limit of a minute as the headers of an answer tell it: what is left of how much. Vendors write -1 for
 * what they do not know; without both figures there is no reading.
 */
export function minuteReading(
  quota: string,
  label: string,
  unit: Unit,
  headers: { readonly limit: string | null; readonly remaining: string | null },
  resetsAt: number | null,
): Reading | undefined {
  const limit = v.parse(limitOrNull, headers.limit);
  const remaining = v.parse(limitOrNull, headers.remaining);
  if (remaining === null) return undefined;
  const used = restOf(limit, remaining);
  return { quota, label, unit, used, limit, remaining, window: ONE_MINUTE, resetsAt };
}
