/**
 * Readings that look the same for every vendor, such as a balance or a percentage used, and the builder that
 * turns a response into readings without losing any of it silently.
 *
 * May import the model, decode, and the contract of a provider.
 */
import * as v from "valibot";
import {
  badResponseError,
  computeRest,
  computeUsed,
  limitOrNull,
  member,
  tidy,
  UNREAD_REASONS,
} from "./decode.ts";
import { describeFarReset, type Dropped, type Reading, type Unit, type Window } from "../model/quota.ts";
import type { Answer } from "../provider/contract.ts";

export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

/** A token bucket that refills continuously. */
export const ONE_MINUTE: Window = { kind: "rolling", seconds: 60 };
export const FIVE_HOURS: Window = { kind: "fixed", seconds: 5 * HOUR_SECONDS };
export const ONE_DAY: Window = { kind: "fixed", seconds: DAY_SECONDS };
export const ONE_WEEK: Window = { kind: "fixed", seconds: 7 * DAY_SECONDS };
/** A month or a billing period. */
export const CALENDAR: Window = { kind: "calendar", seconds: null };
export const BALANCE: Window = { kind: "balance", seconds: null };
export const ALLOCATION: Window = { kind: "allocation", seconds: null };

/** Builds the reading of a balance, negative for a debt. Money without a currency counts in credits. */
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

/** A share just below 0 is a floating-point 0. */
const NEARLY_NOTHING = -1e-3;

/** @param used percent of the allowance, possibly above 100; a negative value is unknown */
export function percentReading(
  quota: string,
  label: string,
  used: number | null,
  window: Window,
  resetsAt: number | null,
): Reading {
  const part = used === null || used < NEARLY_NOTHING ? null : tidy(Math.max(0, used));
  return {
    quota,
    label,
    unit: "percent",
    used: part,
    limit: 100,
    remaining: computeRest(100, part),
    window,
    resetsAt,
  };
}

/** Clocks differ, and a vendor may state the end of a window that starts now slightly late. */
const RESET_SLACK_MS = 10 * 60_000;

/** Reports whether a reset lies further ahead than its window is long: then it must be the end of something else. */
export function isResetTooFar(resetsAt: number | null, { seconds }: Window, now: number): boolean {
  return resetsAt !== null && seconds !== null && resetsAt - now > seconds * 1000 + RESET_SLACK_MS;
}

/**
 * Adds when its period began to a reading whose window has no fixed length: without it, the first cycle would
 * have neither a pace nor a forecast.
 */
export function withStart(reading: Reading, startedAt: number | null): Reading {
  const { window, resetsAt } = reading;
  const isBefore = startedAt !== null && resetsAt !== null && startedAt < resetsAt;
  return window.kind === "calendar" && isBefore ? { ...reading, startedAt } : reading;
}

/**
 * Ranks two figures of the same quota by fullness: an unknown figure
 * ranks below empty, and one the vendor refuses above full.
 */
export function countFigures(
  { used, limit, remaining, allowed }: Pick<Reading, "used" | "limit" | "remaining" | "allowed">,
): number {
  if (allowed === false) return Infinity;
  if (used === null || limit === null) return remaining === 0 ? 1 : -1;
  return limit > 0 ? used / limit : used > 0 ? 1 : 0;
}

/**
 * Builds the reading of a per-minute limit from response headers: what is left of how much. Vendors write -1
 * for unknown; without both figures there is no reading.
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
  const used = computeUsed(limit, remaining);
  return { quota, label, unit, used, limit, remaining, window: ONE_MINUTE, resetsAt };
}

/** Collects readings from a response piece by piece, and reports what it leaves out. */
export interface Gathering {
  /**
   * Adds a reading. When two readings claim one quota, the fuller wins, in any order, and the other is
   * reported unless both say the same.
   *
   * @param what the source of the reading in the vendor's words; by default the quota's id
   */
  add(reading: Reading, what?: string): void;
  /** Reports a part that yielded no reading. */
  drop(what: string, why: string): void;
  /**
   * Reports that a part of the poll failed, with patterns of the quotas it states, if any: they are unread, not
   * gone. Does nothing for a failure that says that there are none.
   */
  miss(error: unknown, ...quotas: readonly string[]): void;
  readonly readings: readonly Reading[];
  readonly dropped: readonly Dropped[];
  /** Undefined when no part failed. */
  readonly unread?: readonly string[] | undefined;
}

/** A vendor that refuses a part to this credential, or lacks it, has no such quotas for it. */
const FINAL_FAILURES: readonly unknown[] = ["auth", "missing"];

/**
 * @param exactAt now, for a vendor that states the lengths of its windows exactly: then a reset that is further ahead is
 * left out and reported. For others `validate_answer.ts` does so with more tolerance.
 */
export function createGathering(exactAt?: number): Gathering {
  const claims = new Map<string, { readonly reading: Reading; readonly what: string }>();
  const dropped: Dropped[] = [];
  let unread: readonly string[] | undefined;
  const drop = (what: string, why: string) => {
    // A decoder knows more about its own fields than the general check, which comes first.
    const general = dropped.findIndex((one) => one.what === what && UNREAD_REASONS.includes(one.why));
    if (general >= 0) dropped[general] = { what, why };
    else if (!dropped.some((one) => one.what === what && one.why === why)) dropped.push({ what, why });
  };
  const withPlausibleReset = (reading: Reading): Reading => {
    if (exactAt === undefined || !isResetTooFar(reading.resetsAt, reading.window, exactAt)) return reading;
    const { what, why } = describeFarReset(reading);
    drop(what, why);
    return { ...reading, resetsAt: null };
  };
  return {
    add(stated, what = stated.quota) {
      const reading = withPlausibleReset(stated);
      if (isContradictory(reading)) drop(`use of ${reading.quota}`, "more is left than its limit");
      const before = claims.get(reading.quota);
      if (!before) {
        claims.set(reading.quota, { reading, what });
        return;
      }
      const isFuller = countFigures(reading) > countFigures(before.reading);
      const [most, least] = isFuller ? [{ reading, what }, before] : [before, { reading, what }];
      if (!isSameReading(before.reading, reading)) {
        drop(least.what, "another figure of the same quota is fuller");
      }
      // If only one of them states a reset, keep it.
      const resetsAt = most.reading.resetsAt ?? least.reading.resetsAt;
      claims.set(reading.quota, { reading: { ...most.reading, resetsAt }, what: most.what });
    },
    drop,
    miss(error, ...quotas) {
      if (!FINAL_FAILURES.includes(member(error, "kind"))) unread = [...unread ?? [], ...quotas];
    },
    get unread() {
      return unread;
    },
    get readings() {
      return [...claims.values()].map(({ reading }) => reading);
    },
    get dropped() {
      return dropped;
    },
  };
}

/** Reports whether use is unknown because more is left than the limit: neither figure tells how much it is. */
function isContradictory({ used, limit, remaining, window }: Reading): boolean {
  return used === null && limit !== null && remaining !== null && remaining > limit &&
    window.kind !== "balance";
}

/** Vendors round one of two figures of a quota, so a difference of one percentage point does not count. */
const SAME_SHARE = 0.01;

function isSameReading(one: Reading, other: Reading): boolean {
  const [a, b] = [countFigures(one), countFigures(other)];
  return a === b || (a >= 0 && b >= 0 && Math.abs(a - b) <= SAME_SHARE);
}

/**
 * Builds the answer from what was collected.
 *
 * @param body included in the error when there is no reading
 * @throws {ProviderError} `bad_response` when the response had content but yielded no reading
 */
export function createAnswer(
  vendor: string,
  body: unknown,
  { readings, dropped, unread }: Pick<Gathering, "readings" | "dropped" | "unread">,
  more: Omit<Answer, "readings" | "dropped"> = {},
): Answer {
  if (readings.length === 0 && dropped.length > 0) {
    const what = dropped.slice(0, 3).map((one) => `"${one.what.slice(0, 60)}" (${one.why})`).join(", ");
    throw badResponseError(`${vendor} answered in an unknown format: ${what}`, body);
  }
  return { readings, ...more, ...dropped.length > 0 ? { dropped } : {}, ...unread && { unread } };
}
