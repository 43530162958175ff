/**
 * The core types of the project: provider, account, quota, window, reading, snapshot.
 *
 * `lib/model` is pure and safe in browsers. It imports nothing
 * outside itself, reads no clock, and does no input or output.
 */

/** The unit a quota counts in. */
export type Unit = "percent" | "requests" | "tokens" | "credits" | "usd" | "seconds";

export const UNITS: readonly Unit[] = ["percent", "requests", "tokens", "credits", "usd", "seconds"];

export type WindowKind = "fixed" | "calendar" | "rolling" | "balance" | "allocation";

export const WINDOW_KINDS: readonly WindowKind[] = ["fixed", "calendar", "rolling", "balance", "allocation"];

/**
 * The time a quota counts over.
 *
 * - `fixed`: `seconds` long, ends at a reset.
 * - `calendar`: also ends at a reset, but its length varies
 *   (months, billing periods), so `seconds` is null.
 * - `rolling`: slides or refills continuously; it never resets as a whole.
 * - `balance`: no window; it only falls and is topped up. `seconds` is null.
 * - `allocation`: a share of a reserved capacity, such as deployed tokens per minute. Nothing is consumed,
 *   nothing resets and nothing runs out by itself. `seconds` is null.
 */
export interface Window {
  readonly kind: WindowKind;
  readonly seconds: number | null;
}

/**
 * Returns the length of the current window in milliseconds: its fixed length, or the time between the two
 * bounds a vendor states. Null when neither is known.
 */
export function windowLengthMs(
  { window, startedAt, resetsAt }: Pick<Reading, "window" | "startedAt" | "resetsAt">,
): number | null {
  if (window.seconds !== null) return window.seconds * 1000;
  const ms = (resetsAt ?? NaN) - (startedAt ?? NaN);
  return ms > 0 ? ms : null;
}

/**
 * Returns when a window resets as a whole; null when it never does. What a rolling window states is when it will be
 * full again if nothing is used until then: some of it is back long before, and none of it at once.
 */
export function findReset({ window, resetsAt }: Pick<Reading, "window" | "resetsAt">): number | null {
  return window.kind === "rolling" ? null : resetsAt;
}

/** A rolling window this short is over before the next poll. */
const MAX_GAUGE_SECONDS = 300;

/**
 * Reports whether a quota only states a momentary level, like per-minute limits and allocations. Its use
 * between two readings is unknown, so nothing of it can be added up.
 */
export function isGauge({ kind, seconds }: Window): boolean {
  return kind === "allocation" || kind === "rolling" && seconds !== null && seconds <= MAX_GAUGE_SECONDS;
}

/** A named part of the use, for example one of several tools; for a balance, a part of what is left. */
export interface Part {
  readonly name: string;
  readonly used: number;
}

/** One quota at one instant, as its provider states it. Unknown and unlimited are `null`, never 0. */
export interface Reading {
  /** Kebab-case id of the quota within its account, for example `five-hour`. */
  readonly quota: string;
  /** For people. Comes from outside: treat as hostile text. */
  readonly label: string;
  readonly unit: Unit;
  /** Consumed so far, never below 0, possibly above `limit`. */
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly window: Window;
  /** When the window ends, epoch milliseconds; as received, so it may be in the past. */
  readonly resetsAt: number | null;
  /**
   * When the current window began, epoch milliseconds, if the vendor states it or its
   * calendar tells: calendar windows differ in length.
   */
  readonly startedAt?: number;
  /**
   * Amount a rolling window refills per hour while some of it is used, in `unit`, if the provider states it.
   */
  readonly refillPerHour?: number;
  /** What `used` is made of, or for a balance what is left, if the provider says so. */
  readonly parts?: readonly Part[];
  /** ISO 4217 code of amounts whose unit is not a currency: amounts in `credits` may be yuan. */
  readonly currency?: string;
  /** `used` and `limit` in dollars, if the vendor states both a share and money for the same use. */
  readonly usd?: { readonly used: number | null; readonly limit: number | null };
  /** The source of the figure when it is not the vendor's endpoint, for example `statusline`. */
  readonly source?: string;
  /**
   * The vendor's own verdict: false while it refuses work on this quota, whatever share is used, true while
   * it permits work. Absent without a verdict.
   */
  readonly allowed?: boolean;
}

/** Part of a response that should have become a reading but did not. */
export interface Dropped {
  /** What it was, in the vendor's words: a field, a row, a model. Comes from outside: treat as hostile text. */
  readonly what: string;
  /** Why not, in a few words for people: `no figure`, `another row is fuller`. */
  readonly why: string;
}

/** Describes a reset that was left out because it must be the end of something else. */
export function describeFarReset({ quota }: Pick<Reading, "quota">): Dropped {
  return { what: `reset of ${quota}`, why: "further ahead than its window is long" };
}

/** Something countable a response says about an account that is not a quota, for example reset credits. */
export interface AccountFact {
  /** Kebab-case id, for example `banked-resets`. */
  readonly key: string;
  /** For people. */
  readonly label: string;
  readonly count: number;
  /** When the first of them expires, epoch milliseconds; null when unknown or never. */
  readonly expiresAt: number | null;
}

/** All readings of one account from one successful poll. */
export interface Snapshot {
  readonly account: AccountKey;
  /** When the response arrived, epoch milliseconds. */
  readonly at: number;
  readonly readings: readonly Reading[];
  /** The provider's own name for the plan. */
  readonly plan?: string;
  /** True when it covers only some quotas and says nothing about the others. */
  readonly partial?: true;
  /**
   * The known quotas that could not be read this time, because a part of the poll failed: it says nothing about
   * them, nor about a plan or facts it lacks. Absent when the poll was complete.
   */
  readonly unread?: readonly string[];
  /**
   * The known quotas that it leaves out and that may be in it under another name: they count as unread, but what else it
   * states is complete. Absent when there are none.
   */
  readonly vanished?: readonly string[];
  /** What the response contained besides quotas; absent when nothing. */
  readonly facts?: readonly AccountFact[];
  /** Parts of the response that yielded no reading; absent when there are none. */
  readonly dropped?: readonly Dropped[];
}

/** `provider/name` */
export type AccountKey = `${string}/${string}`;
/** `provider/name/quota` */
export type QuotaKey = `${string}/${string}/${string}`;

export function accountKey(provider: string, name: string): AccountKey {
  return `${provider}/${name}`;
}

export function quotaKey(account: AccountKey, quota: string): QuotaKey {
  return `${account}/${quota}`;
}

/** Splits an account key into its two parts. Neither the provider's id nor the name contains a slash. */
export function splitAccountKey(key: AccountKey): { readonly provider: string; readonly name: string } {
  const slash = key.indexOf("/");
  return { provider: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Splits a quota key into its account and the quota's own id. */
export function splitQuotaKey(key: QuotaKey): { readonly account: AccountKey; readonly quota: string } {
  const slash = key.lastIndexOf("/");
  return { account: key.slice(0, slash) as AccountKey, quota: key.slice(slash + 1) };
}

/** Returns the used share of a limit, not clamped: 1.2 is 20 percent over. `null` when unknown. */
export function computeShare(used: number | null, limit: number | null): number | null {
  if (used === null || limit === null) return null;
  return limit <= 0 && used > 0 ? 1 : divideByLimit(used, limit);
}

/** Returns an amount as a share of a limit, for amounts that are not levels, such as a rate; null without a limit. */
export function divideByLimit(amount: number, limit: number | null): number | null {
  // Without a positive limit this divides by 0, and a tiny limit overflows: such figures are meaningless.
  const part = amount / Math.max(0, limit ?? 0);
  return Number.isFinite(part) ? part : null;
}

/** Reports a limit of 0 without use, which is not a quota. */
export function isNoQuota({ used, limit }: Pick<Reading, "used" | "limit">): boolean {
  return limit !== null && limit <= 0 && (used ?? 0) <= 0;
}

/** Like `computeShare`, clamped to 0..1, as for every public figure called utilization. */
export function computeUtilization(used: number | null, limit: number | null): number | null {
  const share = computeShare(used, limit);
  return share === null ? null : Math.min(1, Math.max(0, share));
}

/** The amounts of a reading, which determine its share. */
export type StatedAmounts = Pick<Reading, "used" | "limit" | "remaining" | "window">;

/**
 * Derives used and limit when any two of the three amounts are known. A balance has only a stated limit:
 * what was used of it and what is left may not add up to a whole.
 */
export function completeAmounts(
  { used, limit, remaining, window }: StatedAmounts,
): { readonly used: number | null; readonly limit: number | null } {
  if (used === null) {
    return { used: limit === null || remaining === null ? null : Math.max(0, limit - remaining), limit };
  }
  const whole = remaining === null || window.kind === "balance" ? null : used + remaining;
  return { used, limit: limit ?? whole };
}

/** Reports whether a vendor sets no limit: it permits work and states no figure. */
export function isUnlimited(
  { used, limit, remaining, allowed }: Omit<StatedAmounts, "window"> & {
    readonly allowed?: boolean | undefined;
  },
): boolean {
  return allowed === true && used === null && limit === null && remaining === null;
}

/**
 * Reports whether nothing is left, even when only that is known, and for a balance that is empty or
 * overdrawn.
 */
export function isUsedUp(stated: StatedAmounts): boolean {
  const { remaining } = stated;
  if (isNoQuota(stated)) return false;
  const { used, limit } = completeAmounts(stated);
  return remaining !== null && remaining <= 0 || used !== null && limit !== null && used >= limit;
}

/** Reports whether the vendor allows work though this balance may be spent: there are others. */
export function isPaidOtherwise({ window, allowed }: Pick<Reading, "window" | "allowed">): boolean {
  return window.kind === "balance" && allowed === true;
}

/**
 * Returns the used share of a reading, not clamped, as every surface shows it: when a vendor states that
 * nothing is left, all is used, whatever else it says or omits.
 */
export function readingShare(stated: StatedAmounts): number | null {
  const { used, limit } = completeAmounts(stated);
  const share = computeShare(used, limit);
  // A balance has no whole, and so no used share; its status says when it is empty.
  if (stated.window.kind === "balance" && limit === null) return null;
  return isUsedUp(stated) ? Math.max(1, share ?? 1) : share;
}

/**
 * Like `readingShare`, clamped to 0..1. A balance without a stated limit has none, even when it is empty,
 * because it is no part of a whole.
 */
export function readingUtilization(stated: StatedAmounts): number | null {
  if (stated.window.kind === "balance" && completeAmounts(stated).limit === null) return null;
  const share = readingShare(stated);
  return share === null ? null : Math.min(1, Math.max(0, share));
}

/**
 * Reports whether consumption can be counted between such readings. That nothing is left of an unstated whole
 * is a state, not an amount: it yields neither a rate nor a consumption, not even 0.
 */
export function statesAmount({ used, limit, remaining, window }: StatedAmounts): boolean {
  if (isGauge(window)) return false;
  if (used !== null) return true;
  return remaining !== null && (limit !== null || remaining !== 0 || window.kind === "balance");
}

// The order of names for people: `team-2` before `team-10`, and upper case beside lower case. It is the same in every
// language, on the server and in browsers, and needs no `Intl`, whose first use takes longer than a short command has.

/** A number without its leading zeros. */
const NUMBER = /0*(\d+)/g;

/** Sorts by name. Computes once for each item what is compared: fleets have hundreds of accounts. */
export function sortByName<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  return items.map((item) => ({ item, key: makeKey(nameOf(item)) }))
    .sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

/** Compares names for `sort`; 0 only for equal ones. */
export function compareNames(a: string, b: string): number {
  return compare(makeKey(a), makeKey(b));
}

/** Puts its length before each number, so that a longer number is a larger text; last, the name itself decides. */
function makeKey(name: string): string {
  const counted = name.toLowerCase()
    .replace(NUMBER, (_, digits: string) => String.fromCharCode(47 + digits.length) + digits);
  return `${counted}\0${name}`;
}

function compare(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

/** What amounts are stated in; dollars have a unit of their own. */
export interface Amounts {
  readonly unit: Unit;
  readonly currency?: string | null | undefined;
}

/** Returns the currency of amounts of money; null when they count something else, or in an unknown currency. */
export function findCurrency({ unit, currency }: Amounts): string | null {
  return currency ?? (unit === "usd" ? "USD" : null);
}
