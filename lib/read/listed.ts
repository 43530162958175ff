/** Lists cycles and sessions that overlap a time range, for tables. Reads the present only. */
import type { Cycle } from "../model/engine/cycle.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";

/** Includes `from` and excludes `to`, epoch milliseconds. */
export interface ListedRange {
  readonly from: number;
  readonly to: number;
  /** Maximum number of items; the newest win. */
  readonly limit: number;
}

export interface ListedRows<T> {
  /** Newest first. */
  readonly items: readonly T[];
  /** True when there are more than the limit. */
  readonly more: boolean;
}

/**
 * Returns the cycles of quotas that overlap the range.
 * @param read returns the cycles of a quota, newest first
 */
export function cyclesInRange(
  quotas: readonly QuotaKey[],
  range: ListedRange,
  read: (quota: QuotaKey, part: Part) => Promise<readonly Cycle[]>,
): Promise<ListedRows<Cycle>> {
  return mergeListed(quotas, range, read);
}

/**
 * Like `cyclesInRange`, for sessions.
 * @param read returns the sessions of an account, newest first
 */
export function sessionsInRange(
  accounts: readonly AccountKey[],
  range: ListedRange,
  read: (account: AccountKey, part: Part) => Promise<readonly Session[]>,
): Promise<ListedRows<Session>> {
  return mergeListed(accounts, range, read);
}

/** Selects one owner's items that began in `[from, to)`, the newest up to a limit. */
export interface Part {
  readonly from?: number;
  readonly to: number;
  readonly limit: number;
}

async function mergeListed<Key extends string, T extends Pick<Cycle, "startedAt" | "endedAt">>(
  keys: readonly Key[],
  { from, to, limit }: ListedRange,
  read: (key: Key, part: Part) => Promise<readonly T[]>,
): Promise<ListedRows<T>> {
  const items: T[] = [];
  for (const key of keys) {
    items.push(...await read(key, { from, to, limit: limit + 1 }));
    // One owner's items never overlap, so only the last one before the range can reach into it.
    const [before] = from > 0 ? await read(key, { to: Math.min(from, to), limit: 1 }) : [];
    if (before && (before.endedAt ?? Number.POSITIVE_INFINITY) > from) items.push(before);
  }
  items.sort((a, b) => b.startedAt - a.startedAt);
  return { items: items.slice(0, limit), more: items.length > limit };
}
