/**
 * The past in the shape of the service API: a list of values, and the data of its analytics. Pure functions.
 */
import type { Bucket } from "../../model/engine/bucket.ts";
import {
  completeAmounts,
  divideByLimit,
  type QuotaKey,
  splitQuotaKey,
  type Unit,
} from "../../model/quota.ts";
import { DAY_MS } from "../../model/duration.ts";
import type { QuotaView } from "../../model/view/view.ts";
import { roundOrNull } from "../quota_api_figures.ts";
import { type QuotaType, quotaType, unixSeconds, type UsageQuota } from "./figures.ts";
import { providerWord, serviceId } from "./names.ts";

/** A quota whose past is shown, with the names its rows contain. */
export interface UsageSubject {
  readonly key: QuotaKey;
  readonly quota: string;
  readonly unit: Unit;
  readonly type: QuotaType;
  readonly provider: string;
  readonly providerName: string;
  readonly serviceName: string;
}

export function usageSubject(
  quota: QuotaView,
  { provider, providerName, serviceName }: Pick<UsageSubject, "provider" | "providerName" | "serviceName">,
): UsageSubject {
  return {
    key: quota.key,
    quota: quota.quota,
    unit: quota.unit,
    type: quotaType(quota),
    provider,
    providerName,
    serviceName,
  };
}

/** A part of one quota's past: what was used or, for credits, what was left. */
export interface Slice {
  /** Start of its slot, epoch milliseconds. */
  readonly start: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly average: number;
  readonly low: number;
  readonly high: number;
  /** By the ledger, so that a reset does not reduce it. */
  readonly consumed: number;
  /** The highest used share of the limit; null when unknown. */
  readonly share: number | null;
  readonly consumedShare: number | null;
}

/** Converts a bucket for a quota of this type; null when it has no data. */
export function toSlice(bucket: Bucket, type: QuotaType): Slice | null {
  const values = type === "credits" ? leftIn(bucket) : usedIn(bucket);
  if (values === null) return null;
  const { start, firstAt, lastAt, count, consumed, limit, shareHigh } = bucket;
  return {
    start,
    firstAt,
    lastAt,
    count,
    ...values,
    consumed,
    share: shareHigh,
    consumedShare: divideByLimit(consumed, limit),
  };
}

type Values = Pick<Slice, "average" | "low" | "high">;

function leftIn({ leftLow, leftHigh, leftSum, leftCount }: Bucket): Values | null {
  if (leftLow === null || leftHigh === null || leftCount === 0) return null;
  return { average: leftSum / leftCount, low: leftLow, high: leftHigh };
}

function usedIn(bucket: Bucket): Values | null {
  const { low, high, first, last, limit, count, leftCount, leftSum } = bucket;
  const left = leftIn(bucket);
  if (low === null || high === null) {
    if (limit === null || left === null) return null;
    const computeUsed = (rest: number) => Math.max(0, limit - rest);
    return { average: computeUsed(left.average), low: computeUsed(left.high), high: computeUsed(left.low) };
  }
  // A bucket sums what was left; of what was used it only knows the extremes.
  const average = limit !== null && leftCount === count
    ? limit - leftSum / leftCount
    : ((first ?? low) + (last ?? high)) / 2;
  return { average: Math.min(high, Math.max(low, average)), low, high };
}

/** A past value. */
export interface HistoryRow {
  readonly id: string;
  readonly serviceId: string;
  readonly metric: string;
  readonly value: number;
  readonly ts: number;
  readonly service_name: string;
}

/** Returns the value of a row: what was used or, for credits, what was left; null when unknown. */
export function computeValue(
  stated: Parameters<typeof completeAmounts>[0],
  type: QuotaType,
): number | null {
  return type === "credits" ? stated.remaining : completeAmounts(stated).used;
}

export function historyRow(subject: UsageSubject, at: number, value: number): HistoryRow {
  const service = serviceId(splitQuotaKey(subject.key).account);
  return {
    id: `${service}~${subject.quota}~${at}`,
    serviceId: service,
    metric: subject.quota,
    value: roundOrNull(value),
    ts: unixSeconds(at),
    service_name: subject.serviceName,
  };
}

export const GROUPS = ["service", "provider", "metric"] as const;
export type Group = typeof GROUPS[number];

interface Named {
  readonly service_name: string;
  readonly provider: string;
  readonly serviceId: string;
  readonly metric: string;
  /** Unit of every value in the row: different units are never combined. */
  readonly unit: Unit;
}

export interface TimeSeriesRow extends Named {
  readonly ts: number;
  readonly avg_value: number;
  readonly min_value: number;
  readonly max_value: number;
  readonly data_points: number;
}

export interface SummaryRow extends Named {
  readonly min_value: number;
  readonly max_value: number;
  readonly avg_value: number;
  readonly total_consumed: number;
  readonly first_record_ts: number;
  readonly last_record_ts: number;
  readonly active_days: number;
}

function chooseName(subject: UsageSubject, group: Group): Named {
  const { quota: metric, unit } = subject;
  if (group === "metric") {
    return { service_name: "All Services", provider: "all", serviceId: "all", metric, unit };
  }
  const provider = providerWord(subject.provider);
  if (group === "provider") {
    return { service_name: subject.providerName, provider, serviceId: "all", metric, unit };
  }
  const service = serviceId(splitQuotaKey(subject.key).account);
  return { service_name: subject.serviceName, provider, serviceId: service, metric, unit };
}

export interface Past {
  readonly subject: UsageSubject;
  /** In time order. */
  readonly slices: readonly Slice[];
}

/** @param slotMs slices of a slot of this length with the same names become one row; oldest first */
export function timeSeries(
  pasts: readonly Past[],
  group: Group,
  slotMs: number,
): readonly TimeSeriesRow[] {
  const rows = new Map<string, { readonly named: Named; readonly start: number; sum: Slice }>();
  for (const { subject, slices } of pasts) {
    const named = chooseName(subject, group);
    const id = Object.values(named).join(" ");
    for (const slice of slices) {
      const start = Math.floor(slice.start / slotMs) * slotMs;
      const key = `${start} ${id}`;
      const row = rows.get(key);
      if (row) row.sum = mergeSlices(row.sum, slice);
      else rows.set(key, { named, start, sum: slice });
    }
  }
  return [...rows.values()]
    .sort((a, b) => a.start - b.start || (a.named.metric < b.named.metric ? -1 : 1))
    .map(({ named, start, sum }) => ({
      ...named,
      ts: unixSeconds(start),
      avg_value: roundOrNull(sum.average),
      min_value: roundOrNull(sum.low),
      max_value: roundOrNull(sum.high),
      data_points: sum.count,
    }));
}

/** Returns one row for each quota with readings, the highest consumption first. */
export function createSummary(pasts: readonly Past[]): readonly SummaryRow[] {
  return pasts.flatMap(({ subject, slices }) => {
    const [first, ...rest] = slices;
    if (!first) return [];
    const sum = rest.reduce(mergeSlices, first);
    return [{
      ...chooseName(subject, "service"),
      min_value: roundOrNull(sum.low),
      max_value: roundOrNull(sum.high),
      avg_value: roundOrNull(sum.average),
      total_consumed: roundOrNull(sum.consumed),
      first_record_ts: unixSeconds(sum.firstAt),
      last_record_ts: unixSeconds(sum.lastAt),
      active_days: new Set(slices.map(({ lastAt }) => Math.floor(lastAt / DAY_MS))).size,
    }];
  }).sort((a, b) => b.total_consumed - a.total_consumed);
}

function mergeSlices(one: Slice, other: Slice): Slice {
  const count = one.count + other.count;
  return {
    start: Math.min(one.start, other.start),
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
    count,
    // Computed in parts, because the sum of two very large figures would overflow.
    average: one.average * (one.count / count) + other.average * (other.count / count),
    low: Math.min(one.low, other.low),
    high: Math.max(one.high, other.high),
    consumed: one.consumed + other.consumed,
    share: one.share === null ? other.share : Math.max(one.share, other.share ?? 0),
    consumedShare: one.consumedShare === null
      ? other.consumedShare
      : one.consumedShare + (other.consumedShare ?? 0),
  };
}

/** A quota with its service's names, for analytics. */
export function analyticsQuota(subject: UsageSubject, { limit, used, type, serviceId, metric }: UsageQuota) {
  const { serviceName: service_name, provider } = subject;
  return { serviceId, metric, limit, used, type, service_name, provider: providerWord(provider) };
}

export interface ProviderRow {
  readonly provider: string;
  readonly service_count: number;
  readonly metric_count: number;
  /** In percent of limits: 100 is one whole limit. Other units do not add up. */
  readonly total_usage: number;
  readonly avg_usage: number;
  readonly peak_usage: number;
  readonly data_points: number;
}

/** @param counted reports whether a quota's consumption counts, or another quota sees the same use */
export function providerRows(
  pasts: readonly Past[],
  counted: (subject: UsageSubject) => boolean,
): readonly ProviderRow[] {
  const groups = new Map<string, Past[]>();
  for (const past of pasts) {
    if (past.slices.length === 0) continue;
    groups.set(past.subject.provider, [...groups.get(past.subject.provider) ?? [], past]);
  }
  return [...groups].map(([provider, own]): ProviderRow => {
    const shares = own.flatMap(({ slices }) => slices.flatMap(({ share }) => share ?? []));
    const total = own.filter(({ subject }) => counted(subject))
      .flatMap(({ slices }) => slices.flatMap(({ consumedShare }) => consumedShare ?? []))
      .reduce((sum, share) => sum + share, 0);
    return {
      provider: providerWord(provider),
      service_count: new Set(own.map(({ subject }) => splitQuotaKey(subject.key).account)).size,
      metric_count: new Set(own.map(({ subject }) => subject.quota)).size,
      total_usage: toPercent(total),
      avg_usage: toPercent(shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length)),
      peak_usage: toPercent(shares.reduce((most, share) => Math.max(most, share), 0)),
      data_points: own.flatMap(({ slices }) => slices).reduce((sum, { count }) => sum + count, 0),
    };
  }).sort((a, b) => b.total_usage - a.total_usage);
}

/** Converts to percent, without infinity, which JSON cannot express. */
function toPercent(share: number): number {
  const value = roundOrNull(share * 100);
  return Number.isFinite(value) ? value : 0;
}
