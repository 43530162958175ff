/** The polling interval before a line, which tells whether a pause at its start is a gap. */
import { MAX_DISTANCES, measureDistances } from "../model/engine/interval.ts";
import type { QuotaKey } from "../model/quota.ts";
import type { Store } from "../store/store.ts";

/**
 * Returns the distances between the last readings up to the start of a line, oldest first; none where no pause is near
 * enough to the start for them to matter.
 *
 * @param instants of the line's readings or buckets, in time order
 * @param leastGapMs no shorter pause is a gap
 */
export async function readDistancesBefore(
  store: Pick<Store, "readings">,
  quota: QuotaKey,
  instants: readonly number[],
  leastGapMs: number,
): Promise<readonly number[]> {
  const [first, ...others] = instants.slice(0, MAX_DISTANCES + 1);
  // A pause is judged by that many distances on each side of it.
  if (first === undefined || !others.some((at, place) => at - instants[place]! > leastGapMs)) return [];
  const query = { quota, to: first + 1, limit: MAX_DISTANCES + 1, newestFirst: true };
  return measureDistances((await store.readings(query)).map(({ at }) => at).reverse());
}
