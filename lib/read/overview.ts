/** Cycles of one quota, each with how all quotas of the account stood when it stood highest. */
import { type Bucket, DAY, FIVE_MINUTES, HOUR, type Step } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { type AccountKey, type QuotaKey, quotaKey, shareOf } from "../model/quota.ts";
import { consumedIn } from "../model/engine/ledger.ts";
import type { Store } from "../store/store.ts";
import { seriesAt } from "./as_of.ts";
import type { OverviewCycle, OverviewQuota } from "./kinds.ts";

/** Finer buckets than these are not read of one quota at once. */
const MAX_BUCKETS = 1500;

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
  const overview: OverviewCycle[] = [];
  for (const cycle of cycles) {
    const peakAt = peakOf(series.get(cycle.quota) ?? [], cycle, now);
    const standings: OverviewQuota[] = [];
    for (const quota of quotas) {
      const key = quotaKey(account, quota);
      const buckets = series.get(key) ?? [];
      const standing = standingOf(quota, buckets, cycle.startedAt, peakAt);
      const own = peakFigures(cycle);
      const figures = key === cycle.quota
        ? { ...standing, ...own, share: own.share ?? standing.share }
        : standing;
      const consumed = peakAt === null || standing.startShare === null
        ? null
        : await consumedBetween(store, key, buckets, cycle.startedAt, peakAt);
      standings.push({ ...figures, risen: shareOf(consumed, figures.limit) });
    }
    overview.push({ cycle, peakAt, quotas: standings });
  }
  return overview;
}

/**
 * What the ledger has in `(from, to]`, which a difference of two figures does not tell where a reset lies between
 * them. Buckets that reach beyond an end are read entry by entry, as long as those are kept.
 */
async function consumedBetween(
  store: Store,
  quota: QuotaKey,
  buckets: readonly Bucket[],
  from: number,
  to: number,
): Promise<number> {
  let sum = 0;
  for (let index = firstFrom(buckets, from + 1); index < buckets.length; index++) {
    const { firstAt, lastAt, start, step, consumed, count } = buckets[index]!;
    if (firstAt > to) break;
    if (consumed === 0) continue;
    const isInside = firstAt > from && lastAt <= to;
    const entries = isInside ? [] : await store.readings({ quota, from: start, to: start + step });
    sum += isInside || entries.length < count ? consumed : consumedIn(entries, from, to);
  }
  return sum;
}

/** Of the quota itself the peak is known exactly. */
function peakFigures({ peak, limit }: Cycle): Pick<OverviewQuota, "used" | "limit" | "share"> {
  return { used: peak, limit, share: shareOf(peak, limit) };
}

function stepFor(lengthMs: number): Step {
  if (lengthMs <= MAX_BUCKETS * FIVE_MINUTES) return FIVE_MINUTES;
  return lengthMs <= MAX_BUCKETS * HOUR ? HOUR : DAY;
}

/** About when a cycle stood highest first: the end of the bucket that saw it, or of the cycle if that came first. */
function peakOf(buckets: readonly Bucket[], { startedAt, endedAt }: Cycle, now: number): number | null {
  const end = endedAt ?? now;
  let best: Bucket | undefined;
  for (let index = firstFrom(buckets, startedAt); index < buckets.length; index++) {
    const bucket = buckets[index]!;
    if (bucket.firstAt > end) break;
    // What a bucket saw that began before the cycle may have been of the one before.
    const isOwn = bucket.firstAt >= startedAt || best === undefined;
    if (isOwn && bucket.high !== null && isAbove(bucket, best, startedAt)) best = bucket;
  }
  return best ? Math.min(best.lastAt, end) : null;
}

function isAbove(bucket: Bucket, best: Bucket | undefined, startedAt: number): boolean {
  if (best === undefined || best.firstAt < startedAt) return true;
  return bucket.high! > best.high!;
}

function standingOf(
  quota: string,
  buckets: readonly Bucket[],
  from: number,
  peakAt: number | null,
): Omit<OverviewQuota, "risen"> {
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
