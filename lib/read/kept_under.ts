/**
 * What tables of a stretch read again and again: the cycles of a quota, or the sessions of an account, that
 * began since the hour in which the stretch begins, with the last one before. Kept until the account changes.
 */
import { HOUR, startOf } from "../model/engine/bucket.ts";
import type { Part } from "./listed.ts";

interface Kept<T> {
  readonly version: number;
  readonly since: number;
  readonly readAt: number;
  /** Newest first. */
  readonly items: readonly T[];
}

/** Longer lists are read each time: they would fill the memory for pages that hardly anybody asks for. */
const MOST_ITEMS = 500;
/** Read anew after this long: another process may have imported a past. */
const LONGEST_KEPT_MS = 60_000;

/**
 * The same answers as `read`, whose items have to be newest first.
 *
 * @param versionOf changes whenever the owner does
 */
export function keptUnder<Key, T extends { readonly startedAt: number }>(
  read: (key: Key, part: Part) => Promise<readonly T[]>,
  versionOf: (key: Key) => number,
  now: () => number,
): (key: Key, part: Part) => Promise<readonly T[]> {
  const all = new Map<Key, Kept<T>>();

  async function keptOf(key: Key, from: number): Promise<readonly T[] | null> {
    const [version, since, readAt] = [versionOf(key), startOf(from, HOUR), now()];
    const known = all.get(key);
    const age = known ? readAt - known.readAt : 0;
    if (known?.version === version && known.since === since && age >= 0 && age < LONGEST_KEPT_MS) {
      return known.items;
    }
    const items = await read(key, { from: since, to: Number.MAX_SAFE_INTEGER, limit: MOST_ITEMS });
    if (items.length === MOST_ITEMS) return null;
    const before = await read(key, { to: since, limit: 1 });
    const fresh = { version, since, readAt, items: [...items, ...before] };
    all.set(key, fresh);
    return fresh.items;
  }

  return async (key, part) => {
    const { from, to, limit } = part;
    // What lies before an instant is asked for right after what follows it.
    const items = await keptOf(key, from ?? to);
    if (items === null) return await read(key, part);
    return items.filter(({ startedAt }) => startedAt < to && startedAt >= (from ?? Number.NEGATIVE_INFINITY))
      .slice(0, limit);
  };
}
