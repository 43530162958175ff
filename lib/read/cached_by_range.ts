/**
 * Caches what tables of a time range read repeatedly: the cycles of a quota, or the sessions of an account,
 * that began since the hour in which the range starts, and the last one before. Valid until the account
 * changes.
 */
import { Cache } from "../base/cache.ts";
import { bucketStart, HOUR } from "../model/engine/bucket.ts";
import type { Part } from "./listed.ts";

/** Longer lists are read each time: they would fill memory for rarely viewed pages. */
const MAX_ITEMS = 500;
/** Reload after this long: another process may have imported history. */
const MAX_AGE_MS = 60_000;
const MAX_LISTS = 4096;

/**
 * Returns a cached version of `read`, whose items must be newest first.
 *
 * @param versionOf changes whenever the owner does
 */
export function cachedByRange<Key, T extends { readonly startedAt: number }>(
  read: (key: Key, part: Part) => Promise<readonly T[]>,
  versionOf: (key: Key) => number,
  now: () => number,
): (key: Key, part: Part) => Promise<readonly T[]> {
  const lists = new Cache<Key, { readonly items: readonly T[] | null }>({
    max: MAX_LISTS,
    maxAgeMs: MAX_AGE_MS,
    now,
  });

  /** Newest first; null when there are too many. */
  async function listSince(key: Key, since: number): Promise<readonly T[] | null> {
    const items = await read(key, { from: since, to: Number.MAX_SAFE_INTEGER, limit: MAX_ITEMS });
    if (items.length === MAX_ITEMS) return null;
    return [...items, ...await read(key, { to: since, limit: 1 })];
  }

  async function loadItems(key: Key, from: number): Promise<readonly T[] | null> {
    const since = bucketStart(from, HOUR);
    const { items } = await lists.load(key, `${versionOf(key)} ${since}`, async () => {
      return { items: await listSince(key, since) };
    });
    return items;
  }

  return async (key, part) => {
    const { from, to, limit } = part;
    // Callers request the items before an instant right after those that follow it.
    const items = await loadItems(key, from ?? to);
    if (items === null) return await read(key, part);
    return items.filter(({ startedAt }) => startedAt < to && startedAt >= (from ?? Number.NEGATIVE_INFINITY))
      .slice(0, limit);
  };
}
