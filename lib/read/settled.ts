/**
 * Which part of the past is final, so that it is read only once. Today and yesterday never are: a poll may be
 * stored after midnight, and the clock may be set back.
 */
import { correctableFrom } from "../model/engine/pending_reset.ts";
import type { AccountKey } from "../model/quota.ts";
import { dayStart } from "../model/time.ts";
import type { Store } from "../store/store.ts";
import type { Period } from "./periods.ts";

/**
 * Returns the number of leading days that are final.
 *
 * @param days in time order, up to today
 * @param correctable since when use may still be corrected, epoch milliseconds
 */
export function countFinalDays(days: readonly Period[], correctable: number): number {
  const past = days.slice(0, -2);
  const open = past.findIndex(({ to }) => to > correctable);
  return open < 0 ? past.length : open;
}

/** Returns the instant before which nothing of an account changes any more, epoch milliseconds. @throws {StoreError} */
export async function finalUntil(
  store: Store,
  account: AccountKey,
  now: number,
  zone: string,
): Promise<number> {
  const [record] = await store.latest(account);
  const quotas = Object.values(record?.state.quotas ?? {});
  return Math.min(dayStart(now, zone, -1), ...quotas.map(correctableFrom));
}
