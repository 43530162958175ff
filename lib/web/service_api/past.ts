/** Reads the history of services: values for lists, slices for analytics. */
import { HttpError } from "fresh";
import {
  computeValue,
  type HistoryRow,
  historyRow,
  type Past,
  type Slice,
  toSlice,
  type UsageSubject,
  usageSubject,
} from "../../formats/service_api/usage.ts";
import { serviceId } from "../../formats/service_api/names.ts";
import { serviceName } from "../../formats/service_api/services.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../model/duration.ts";
import {
  type Bucket,
  createBucket,
  DAY,
  FIVE_MINUTES,
  HOUR,
  rollUp,
  type Step,
} from "../../model/engine/bucket.ts";
import type { QuotaView } from "../../model/view/view.ts";
import type { AppContext } from "../../app/context.ts";
import type { Services } from "./services.ts";

type Store = Pick<AppContext, "store">["store"];

/** Maximum number of rows in an answer: the oldest are left out. */
const MAX_ROWS = 20_000;
/** Rows of analytics of one quota. */
const MAX_SLOTS = 3000;
/** Single readings up to here, then the last of every five minutes, then of every hour. */
const MAX_RAW_HOURS = 6;
const MAX_FINE_HOURS = 24;
const MAX_RAW_DAYS = 2;

/** A quota whose history is requested. */
export interface RequestedQuota {
  readonly subject: UsageSubject;
  readonly quota: QuotaView;
}

/** The quotas of all visible services or of one; all of them, or those of one metric. */
export function findRequestedQuotas(
  { all }: Services,
  { serviceId: id, metric }: { readonly serviceId?: string | null; readonly metric?: string | null },
): readonly RequestedQuota[] {
  return all.filter(({ facts }) => id == null || serviceId(facts.key) === id || facts.key === id)
    .flatMap(({ facts, view }) =>
      (view?.quotas ?? []).filter(({ quota }) => metric == null || quota === metric).map((quota) => ({
        quota,
        subject: usageSubject(quota, {
          provider: view!.provider,
          providerName: view!.providerName,
          serviceName: serviceName(facts),
        }),
      }))
    );
}

/** Newest first. */
export async function readHistory(
  store: Store,
  requested: readonly RequestedQuota[],
  hours: number,
  now: number,
): Promise<readonly HistoryRow[]> {
  const from = now - hours * HOUR_MS;
  const rows: [at: number, row: HistoryRow][] = [];
  for (const { subject, quota } of requested) {
    for (const [at, value] of await valuesSince(store, subject, quota, hours, from, now)) {
      rows.push([at, historyRow(subject, at, value)]);
    }
  }
  return rows.sort(([a], [b]) => b - a).slice(0, MAX_ROWS).map(([, row]) => row);
}

async function valuesSince(
  store: Store,
  { type }: UsageSubject,
  { key, window }: QuotaView,
  hours: number,
  from: number,
  now: number,
): Promise<readonly (readonly [at: number, value: number])[]> {
  if (hours <= MAX_RAW_HOURS) {
    const readings = await store.readings({
      quota: key,
      from,
      to: now + 1,
      limit: MAX_ROWS,
      newestFirst: true,
    });
    return readings.flatMap((one) => {
      const value = computeValue({ ...one, window }, type);
      return value === null ? [] : [[one.at, value] as const];
    });
  }
  const step = hours <= MAX_FINE_HOURS ? FIVE_MINUTES : HOUR;
  const buckets = await store.series({ quota: key, from: from - step, to: now + 1, step });
  return buckets.flatMap((bucket) => {
    if (bucket.lastAt < from) return [];
    const value = type === "credits" ? toSlice(bucket, type)?.average ?? null : bucket.last;
    return value === null ? [] : [[bucket.lastAt, value] as const];
  });
}

/**
 * @throws {HttpError} 400 for an interval that is not a number of minutes, hours or days, or too fine for the
 * days
 */
export function parseInterval(text: string, days: number): number {
  const match = /^([1-9][0-9]{0,4})(m|h|d)$/.exec(text);
  if (!match) throw new HttpError(400, "interval must match <number><m|h|d>, as in 15m, 1h or 1d");
  const unit = match[2] === "d" ? DAY_MS : match[2] === "h" ? HOUR_MS : MINUTE_MS;
  const intervalMs = Number(match[1]) * unit;
  const isFine = intervalMs % FIVE_MINUTES !== 0 && days > MAX_RAW_DAYS;
  if (isFine || days * DAY_MS / intervalMs > MAX_SLOTS) {
    throw new HttpError(
      400,
      `interval ${text} is too fine for ${days} days: ask for a longer one or fewer days`,
    );
  }
  return intervalMs;
}

/** Returns the history of each quota in slices no longer than the interval. */
export async function readPasts(
  store: Store,
  requested: readonly RequestedQuota[],
  days: number,
  intervalMs: number,
  now: number,
): Promise<readonly Past[]> {
  const from = now - days * DAY_MS;
  const pasts: Past[] = [];
  for (const { subject, quota } of requested) {
    const buckets = intervalMs % FIVE_MINUTES === 0
      ? await store.series({ quota: subject.key, from, to: now + 1, step: stepFor(intervalMs) })
      : rollUp(await readingBuckets(store, quota, from, now), intervalMs);
    const slices = buckets.flatMap((bucket): Slice[] => {
      const slice = toSlice(bucket, subject.type);
      return slice ? [slice] : [];
    });
    pasts.push({ subject, slices });
  }
  return pasts;
}

function stepFor(intervalMs: number): Step {
  return intervalMs % DAY === 0 ? DAY : intervalMs % HOUR === 0 ? HOUR : FIVE_MINUTES;
}

async function readingBuckets(
  store: Store,
  quota: QuotaView,
  from: number,
  now: number,
): Promise<readonly Bucket[]> {
  const readings = await store.readings({ quota: quota.key, from, to: now + 1, limit: MAX_ROWS });
  const { label, unit, window } = quota;
  return readings.map((one) => ({
    ...createBucket({ quota: quota.quota, label, unit, window, ...one }, one.at, one, FIVE_MINUTES),
    start: one.at,
  }));
}
