/** Cycles of one quota, each with how all quotas of the account stood when it stood highest. */
import { type Bucket, DAY, FIVE_MINUTES, HOUR, type Step } from "../model/bucket.ts";
import type { Cycle } from "../model/cycle.ts";
import { type AccountKey, type QuotaKey, quotaKey } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import { seriesAt } from "./as_of.ts";
import type { OverviewCycle, OverviewQuota } from "./kinds.ts";

/** Finer buckets than these are not read of one quota at once. */
const MOST_BUCKETS = 6000;

/**
 * @param cycles of one quota of the account, newest first
 * @param quotas ids of all quotas of the account
 */
export async function overviewOf(
  store: Store,
  account: AccountKey,
  cycles: readonly Cycle[],
  quotas: readonly string[],
  now: number,
): Promise<readonly OverviewCycle[]> {
  const from = cycles.at(-1)?.startedAt;
  if (from === undefined) return [];
  const to = Math.min(now, cycles[0]!.endedAt ?? now) + 1;
  const step = stepFor(to - from);
  const series = new Map<QuotaKey, readonly Bucket[]>();
  for (const quota of quotas) {
    const key = quotaKey(account, quota);
    // One bucket more at the front: how the others stood when the oldest cycle began.
    series.set(key, await seriesAt(store, { quota: key, from: from - step, to, step }, now));
  }
  return cycles.map((cycle) => {
    const own = series.get(cycle.quota) ?? [];
    const end = cycle.endedAt ?? now + 1;
    const peakAt = peakOf(own, cycle.startedAt, end);
    return {
      cycle,
      peakAt,
      quotas: quotas.map((quota) => {
        const buckets = series.get(quotaKey(account, quota)) ?? [];
        return standing(quota, buckets, cycle.startedAt, peakAt);
      }),
    };
  });
}

function stepFor(lengthMs: number): Step {
  if (lengthMs <= MOST_BUCKETS * FIVE_MINUTES) return FIVE_MINUTES;
  return lengthMs <= MOST_BUCKETS * HOUR ? HOUR : DAY;
}

/** When a bucket that ended in `[from, to)` stood highest; the first of several. */
function peakOf(buckets: readonly Bucket[], from: number, to: number): number | null {
  let best: Bucket | undefined;
  for (let index = firstFrom(buckets, from); index < buckets.length; index++) {
    const bucket = buckets[index]!;
    if (bucket.lastAt >= to) break;
    if (bucket.high !== null && (best === undefined || bucket.high > best.high!)) best = bucket;
  }
  return best?.lastAt ?? null;
}

function standing(
  quota: string,
  buckets: readonly Bucket[],
  from: number,
  peakAt: number | null,
): OverviewQuota {
  const at = peakAt === null ? undefined : buckets[firstFrom(buckets, peakAt + 1) - 1];
  const start = buckets[firstFrom(buckets, from)];
  return {
    quota,
    used: at?.last ?? null,
    limit: at?.limit ?? null,
    share: at?.shareLast ?? null,
    startShare: start && at && start.lastAt <= at.lastAt ? start.shareLow : null,
  };
}

/** Index of the first bucket that ended at an instant or later. */
function firstFrom(buckets: readonly Bucket[], at: number): number {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buckets[middle]!.lastAt < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
