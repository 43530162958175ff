/** Cycles and sessions that were under way in a stretch of time, for tables. Reads the present alone. */
import type { Cycle } from "../model/engine/cycle.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";

/** Holds `from` and excludes `to`, epoch milliseconds. */
export interface Under {
  readonly from: number;
  readonly to: number;
  /** At most so many of all, the newest. */
  readonly limit: number;
}

export interface ListedRows<T> {
  /** Newest first. */
  readonly items: readonly T[];
  /** Whether there are more than the limit. */
  readonly more: boolean;
}

/** Cycles of quotas of which some part lies in the stretch. @param read the cycles of a quota, newest first */
export function cyclesInRange(
  quotas: readonly QuotaKey[],
  under: Under,
  read: (quota: QuotaKey, part: Part) => Promise<readonly Cycle[]>,
): Promise<ListedRows<Cycle>> {
  return listed(quotas, under, read);
}

/** The same for sessions. @param read the sessions of an account, newest first */
export function sessionsInRange(
  accounts: readonly AccountKey[],
  under: Under,
  read: (account: AccountKey, part: Part) => Promise<readonly Session[]>,
): Promise<ListedRows<Session>> {
  return listed(accounts, under, read);
}

/** Of what one owner has: what began in `[from, to)`, at most so many, the newest. */
export interface Part {
  readonly from?: number;
  readonly to: number;
  readonly limit: number;
}

async function listed<Key extends string, T extends Pick<Cycle, "startedAt" | "endedAt">>(
  keys: readonly Key[],
  { from, to, limit }: Under,
  read: (key: Key, part: Part) => Promise<readonly T[]>,
): Promise<ListedRows<T>> {
  const items: T[] = [];
  for (const key of keys) {
    items.push(...await read(key, { from, to, limit: limit + 1 }));
    // Of one owner none begins before another has ended, so only the last of those before can reach in.
    const [before] = from > 0 ? await read(key, { to: Math.min(from, to), limit: 1 }) : [];
    if (before && (before.endedAt ?? Number.POSITIVE_INFINITY) > from) items.push(before);
  }
  items.sort((a, b) => b.startedAt - a.startedAt);
  return { items: items.slice(0, limit), more: items.length > limit };
}
