/**
 * The nouns of the project: provider, account, quota, window, reading, snapshot.
 *
 * `lib/model` is pure and safe in browsers. It imports nothing outside itself,
 * reads no clock, and never does input or output.
 */

/** What a quota is counted in. */
export type Unit = "percent" | "requests" | "tokens" | "credits" | "usd" | "seconds";

export const UNITS: readonly Unit[] = ["percent", "requests", "tokens", "credits", "usd", "seconds"];

export type WindowKind = "fixed" | "calendar" | "rolling" | "balance" | "allocation";

export const WINDOW_KINDS: readonly WindowKind[] = ["fixed", "calendar", "rolling", "balance", "allocation"];

/**
 * The time a quota is counted over.
 *
 * - `fixed`: a stretch of `seconds` that ends at a reset.
 * - `calendar`: ends at a reset as well, but its length varies (months, billing periods), so `seconds` is null.
 * - `rolling`: slides or refills continuously; it never resets as a whole.
 * - `balance`: no window; it only falls and is topped up. `seconds` is null.
 * - `allocation`: a share of a capacity that is set aside, such as deployed tokens per minute. Nothing is consumed,
 *   nothing resets and nothing runs out by itself. `seconds` is null.
 */
export interface Window {
  readonly kind: WindowKind;
  readonly seconds: number | null;
}

/**
 * How long the window under way is, in milliseconds: its length, or the time between the two bounds a vendor states.
 * Null where neither is known.
 */
export function windowMsOf(
  { window, startedAt, resetsAt }: Pick<Reading, "window" | "startedAt" | "resetsAt">,
): number | null {
  if (window.seconds !== null) return window.seconds * 1000;
  if (startedAt === undefined || resetsAt === null || startedAt >= resetsAt) return null;
  return resetsAt - startedAt;
}

/** A rolling window this short is over before the next poll. */
const MAX_GAUGE_SECONDS = 300;

/**
 * Whether a quota only states a level of the moment, as limits by the minute and allocations do. What was used
 * between two readings of it is not known, so nothing of it can be added up.
 */
export function isGauge({ kind, seconds }: Window): boolean {
  return kind === "allocation" || kind === "rolling" && seconds !== null && seconds <= MAX_GAUGE_SECONDS;
}

/** A named part of what was used, for example one tool of several; of a balance, a part of what it holds. */
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
  /** When the window ends, epoch milliseconds; as received, so it may lie in the past. */
  readonly resetsAt: number | null;
  /** When the window under way began, epoch milliseconds, where the vendor states it: windows of a calendar differ in length. */
  readonly startedAt?: number;
  /** What a rolling window gives back in an hour while something of it is used, in `unit`, where the provider says so. */
  readonly refillPerHour?: number;
  /** What `used` is made of, or of a balance what is left, where the provider says so. */
  readonly parts?: readonly Part[];
  /** ISO 4217 code of amounts that have no unit of their own: those in `credits` may be yuan. */
  readonly currency?: string;
  /** What `used` and `limit` are in dollars, where the vendor states both a share and money of the same use. */
  readonly usd?: { readonly used: number | null; readonly limit: number | null };
  /** Where the figure comes from when it is not the vendor's endpoint, for example `statusline`. */
  readonly source?: string;
  /**
   * The vendor's own verdict: false while it refuses work on this quota, whatever share of it is used, true while it
   * permits work. Absent where the vendor gives no verdict.
   */
  readonly allowed?: boolean;
}

/** Something in an answer that should have become a reading and did not. */
export interface Dropped {
  /** What it was, in the vendor's words: a field, a row, a model. Comes from outside: treat as hostile text. */
  readonly what: string;
  /** Why no reading was made of it, a few words for people: `no figure`, `another row is fuller`. */
  readonly why: string;
}

/** Something countable that an answer says of an account and that is no quota, for example resets in reserve. */
export interface AccountFact {
  /** Kebab-case id, for example `banked-resets`. */
  readonly key: string;
  /** For people. */
  readonly label: string;
  readonly count: number;
  /** When the first of them lapses, epoch milliseconds; null where that is not known or never. */
  readonly expiresAt: number | null;
}

/** All readings of one account from one successful poll. */
export interface Snapshot {
  readonly account: AccountKey;
  /** When the poll was answered, epoch milliseconds. */
  readonly at: number;
  readonly readings: readonly Reading[];
  /** The provider's own name of the plan. */
  readonly plan?: string;
  /** Only some of the quotas were read; nothing is said of the others. */
  readonly partial?: true;
  /** What the answer held besides quotas; absent where it said nothing. */
  readonly facts?: readonly AccountFact[];
  /** What the answer held and no reading was made of; absent where that is nothing. */
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

/** The two parts of an account key. The provider's id never holds a slash; the name neither. */
export function splitAccountKey(key: AccountKey): { readonly provider: string; readonly name: string } {
  const slash = key.indexOf("/");
  return { provider: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The account a quota belongs to, and the quota's own id. */
export function splitQuotaKey(key: QuotaKey): { readonly account: AccountKey; readonly quota: string } {
  const slash = key.lastIndexOf("/");
  return { account: key.slice(0, slash) as AccountKey, quota: key.slice(slash + 1) };
}

/** The share of a limit that is used, not clamped: 1.2 is 20 percent over. `null` where it cannot be known. */
export function shareOf(used: number | null, limit: number | null): number | null {
  if (used === null || limit === null) return null;
  if (limit > 0) {
    const share = used / limit;
    // A limit next to nothing overflows: such a figure says nothing.
    return Number.isFinite(share) ? share : null;
  }
  return used > 0 ? 1 : null;
}

/** The same, clamped to 0..1, as every outward figure called utilization is. */
export function utilizationOf(used: number | null, limit: number | null): number | null {
  const share = shareOf(used, limit);
  return share === null ? null : Math.min(1, Math.max(0, share));
}

/** What a reading says of amounts, and what its share follows from. */
export type Stated = Pick<Reading, "used" | "limit" | "remaining" | "window">;

/**
 * What is known of used and limit when any two of the three amounts are. A balance has no limit besides one that is
 * stated: what was used of it and what is left of it need not be parts of one whole.
 */
export function amountsOf(
  { used, limit, remaining, window }: Stated,
): { readonly used: number | null; readonly limit: number | null } {
  if (used === null) {
    return { used: limit === null || remaining === null ? null : Math.max(0, limit - remaining), limit };
  }
  const whole = remaining === null || window.kind === "balance" ? null : used + remaining;
  return { used, limit: limit ?? whole };
}

/**
 * Whether nothing is left, also where that is all that is known, and of a balance that is empty or overdrawn.
 * A limit of nothing of which nothing was used is no quota, so nothing of it is used up.
 */
export function isUsedUp(stated: Stated): boolean {
  const { remaining } = stated;
  if (stated.limit !== null && stated.limit <= 0 && (stated.used ?? 0) <= 0) return false;
  const { used, limit } = amountsOf(stated);
  return remaining !== null && remaining <= 0 || used !== null && limit !== null && used >= limit;
}

/**
 * The used share of a reading, not clamped, on every surface: where a vendor states that nothing is left, all of it
 * is used, whatever else it says or does not say.
 */
export function readingShare(stated: Stated): number | null {
  const { used, limit } = amountsOf(stated);
  const share = shareOf(used, limit);
  // A purse has no whole, so no share of it is used; that it is empty is said by its status.
  if (stated.window.kind === "balance" && limit === null) return null;
  return isUsedUp(stated) ? Math.max(1, share ?? 1) : share;
}

/** The same, clamped to 0..1. Money of which no whole is stated has none, also where it is gone: it is no part of anything. */
export function readingUtilization(stated: Stated): number | null {
  if (stated.window.kind === "balance" && amountsOf(stated).limit === null) return null;
  const share = readingShare(stated);
  return share === null ? null : Math.min(1, Math.max(0, share));
}

/**
 * Whether anything that is consumed can be counted between such readings. That nothing is left of a whole nobody
 * states is a state and no amount: neither a rate nor a consumption follows from it, not even one of 0.
 */
export function statesAmount({ used, limit, remaining, window }: Stated): boolean {
  if (isGauge(window)) return false;
  if (used !== null) return true;
  return remaining !== null && (limit !== null || remaining !== 0 || window.kind === "balance");
}
