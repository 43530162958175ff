/** Cycles of one quota, each with the state of all the account's quotas at the cycle's peak. */
import { type Bucket, DAY, FIVE_MINUTES, HOUR, type Step } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { type AccountKey, computeShare, type QuotaKey, quotaKey, splitQuotaKey } from "../model/quota.ts";
import { sumConsumedIn } from "../model/engine/ledger.ts";
import type { SeriesQuery, Store } from "../store/store.ts";
import { seriesAt } from "./as_of.ts";
import type { OverviewCycle, OverviewQuota } from "./kinds.ts";
import {
  amountInUnit,
  changedBetween,
  readingsInUnit,
  seriesInUnit,
  strangeUnit,
  type UnitHistory,
  unitHistory,
} from "./units.ts";

/** Maximum buckets read of one quota at once; above it, use coarser ones. */
const MAX_BUCKETS = 1500;

/**
 * @param cycles of one quota of the account, newest first
 * @param quotas ids of all quotas of the account
 */
export async function readOverview(
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
  const series = new Map<QuotaKey, QuotaSeries>();
  for (const quota of quotas) {
    const key = quotaKey(account, quota);
    // One more bucket at the front: the state of the others when the oldest cycle began.
    series.set(key, await readSeries(store, { quota: key, from: from - step, to, step }, now));
  }
  const overview: OverviewCycle[] = [];
  for (const cycle of cycles) {
    const peakAt = findPeakIn(series.get(cycle.quota), cycle, now);
    const standings: OverviewQuota[] = [];
    for (const [key, one] of series) {
      const { quota } = splitQuotaKey(key);
      const standing = findStanding(one, cycle.startedAt, peakAt);
      const own = peakFigures(cycle, one.units);
      const figures = key === cycle.quota
        ? { ...standing, ...own, share: own.share ?? standing.share }
        : standing;
      const consumed = peakAt === null || standing.startShare === null
        ? null
        : await sumConsumedBetween(store, key, one, cycle.startedAt, peakAt);
      const { statedLimit, ...shown } = figures;
      standings.push({ quota, ...shown, risen: computeShare(consumed, shown.limit ?? statedLimit) });
    }
    overview.push({ cycle, peakAt, quotas: standings });
  }
  return overview;
}

/** What was read of a quota. Shares do not depend on the unit, so they are also known where amounts are not. */
interface QuotaSeries {
  readonly units: UnitHistory;
  /** In the unit of their time. */
  readonly stated: readonly Bucket[];
  /** In the current unit, without those that cannot be converted. */
  readonly inUnit: readonly Bucket[];
}

async function readSeries(store: Store, query: SeriesQuery, now: number): Promise<QuotaSeries> {
  const units = await unitHistory(store, query.quota, now);
  const stated = await seriesAt(store, query, now);
  const inUnit = units.changedAt === 0 ? stated : await seriesInUnit(store, query, now, units);
  return { units, stated, inUnit };
}

/** Returns an amount in the unit of its time, where that cannot be converted. */
function strangeAmount(
  units: UnitHistory,
  used: number | null,
  at: number,
): Pick<OverviewQuota, "earlier"> {
  const unit = strangeUnit(units, at);
  return unit === undefined ? {} : { earlier: { used, unit } };
}

/**
 * Sums the ledger over `(from, to]`; the difference of two figures would miss a reset between them. Where a
 * bucket extends past an end, reads single entries as long as they exist. Within one earlier unit that cannot be
 * converted, the sum is in that unit; null when a part of the time is in another.
 */
async function sumConsumedBetween(
  store: Store,
  quota: QuotaKey,
  { units, stated, inUnit }: QuotaSeries,
  from: number,
  to: number,
): Promise<number | null> {
  const isStrange = strangeUnit(units, from) !== undefined;
  if (isStrange && changedBetween(units, from, to)) return null;
  const buckets = isStrange ? stated : inUnit;
  let sum = 0;
  for (let index = firstFrom(buckets, from + 1); index < buckets.length; index++) {
    const { firstAt, lastAt, start, step, consumed, count } = buckets[index]!;
    if (firstAt > to) break;
    if (consumed === 0) continue;
    const isInside = firstAt > from && lastAt <= to;
    const entries = isInside
      ? []
      : isStrange
      ? await store.readings({ quota, from: start, to: start + step })
      : await readingsInUnit(store, { quota, from: start, to: start + step }, units);
    sum += isInside || entries.length < count ? consumed : sumConsumedIn(entries, from, to);
  }
  return sum;
}

/** The quota's own peak is known exactly. */
function peakFigures(
  { peak, limit, lastAt }: Cycle,
  units: UnitHistory,
): Pick<Standing, "used" | "limit" | "share" | "earlier" | "statedLimit"> {
  return {
    ...strangeAmount(units, peak, lastAt),
    statedLimit: limit,
    used: amountInUnit(units, peak, lastAt),
    limit: amountInUnit(units, limit, lastAt),
    share: computeShare(peak, limit),
  };
}

function stepFor(lengthMs: number): Step {
  if (lengthMs <= MAX_BUCKETS * FIVE_MINUTES) return FIVE_MINUTES;
  return lengthMs <= MAX_BUCKETS * HOUR ? HOUR : DAY;
}

function findPeakIn(own: QuotaSeries | undefined, cycle: Cycle, now: number): number | null {
  return own ? findPeak(own.inUnit, cycle, now) ?? findPeak(own.stated, cycle, now) : null;
}

/**
 * Estimates when a cycle first reached its peak: the end of the
 * bucket that saw it, or of the cycle if that came first.
 */
function findPeak(buckets: readonly Bucket[], { startedAt, endedAt }: Cycle, now: number): number | null {
  // A reading at the exact end of a cycle belongs to the next one.
  const lastAt = endedAt === null ? now : endedAt - 1;
  let best: Bucket | undefined;
  for (let index = firstFrom(buckets, startedAt); index < buckets.length; index++) {
    const bucket = buckets[index]!;
    if (bucket.firstAt > lastAt) break;
    if (bucket.high !== null && isAbove(bucket, best, startedAt)) best = bucket;
  }
  return best ? Math.min(best.lastAt, endedAt ?? now) : null;
}

function isAbove(bucket: Bucket, best: Bucket | undefined, startedAt: number): boolean {
  // A bucket that began before the cycle may contain the peak of the previous one.
  if (best === undefined || best.firstAt < startedAt) return true;
  return bucket.high! > best.high!;
}

type Standing = Omit<OverviewQuota, "quota" | "risen"> & {
  /** In the unit of its time. */
  readonly statedLimit: number | null;
};

function findStanding(
  { stated, units }: QuotaSeries,
  from: number,
  peakAt: number | null,
): Standing {
  const at = peakAt === null ? undefined : stated[firstFrom(stated, peakAt + 1) - 1];
  const start = stated[firstFrom(stated, from)];
  return {
    ...at && strangeAmount(units, at.last, at.lastAt),
    statedLimit: at?.limit ?? null,
    used: at ? amountInUnit(units, at.last, at.lastAt) : null,
    limit: at ? amountInUnit(units, at.limit, at.lastAt) : null,
    share: at?.shareLast ?? null,
    startShare: start && at && start.lastAt <= at.lastAt ? start.shareLow : null,
  };
}

/** Returns the index of the first bucket that ended at an instant or later. */
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
