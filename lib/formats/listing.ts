/**
 * The JSON of `syntrack history`, `chart` and `stats`: lists by quota, in camelCase. Instants are ISO 8601 in
 * UTC, days and weeks are of the zone the document names, and unknown values are null. Pure functions; a
 * `schemaVersion` may gain fields.
 */
import { DAY_MS } from "../model/duration.ts";
import type { Bucket } from "../model/engine/bucket.ts";
import type { Unit } from "../model/quota.ts";
import { isoInstant } from "../model/time.ts";
import type { ForecastJson } from "./forecast.ts";
import { SCHEMA_VERSION } from "./version.ts";
import { roundAmount } from "../base/text.ts";
import type { BurnRateJson } from "./query.ts";

/** The quota a list belongs to. */
export interface ListedQuota {
  readonly provider: string;
  readonly name: string;
  readonly quota: string;
  readonly label: string;
  readonly unit: Unit;
  readonly currency?: string | undefined;
}

export interface QuotaHead {
  readonly provider: string;
  readonly account: string;
  readonly key: string;
  readonly label: string;
  readonly unit: Unit;
  /** ISO 4217 code, when the amounts are money. */
  readonly currency?: string;
}

export function quotaHead({ provider, name, quota, label, unit, currency }: ListedQuota): QuotaHead {
  return { provider, account: name, key: quota, label, unit, ...currency !== undefined && { currency } };
}

export interface ListingJson<T> {
  readonly schemaVersion: number;
  readonly at: string;
  readonly zone: string;
  readonly quotas: readonly T[];
}

export function listingJson<T>(quotas: readonly T[], now: number, zone: string): ListingJson<T> {
  return { schemaVersion: SCHEMA_VERSION, at: isoInstant(now), zone, quotas };
}

export interface ReadingJson {
  readonly at: string;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsAt: string | null;
  /** Since the previous reading, in the quota's unit; keeps counting across resets. */
  readonly consumed: number;
  /** True when a reset lies between the previous reading and this one. */
  readonly reset: boolean;
}

export interface ListedReading extends Omit<ReadingJson, "at" | "resetsAt"> {
  readonly at: number;
  readonly resetsAt: number | null;
}

export function readingJson(reading: ListedReading): ReadingJson {
  const { at, used, limit, remaining, resetsAt, consumed, reset } = reading;
  return { at: isoInstant(at), used, limit, remaining, resetsAt: isoInstant(resetsAt), consumed, reset };
}

export interface PeriodJson {
  /** `2026-11-21` or `2026-W47`. */
  readonly period: string;
  readonly from: string;
  readonly to: string;
  /** Null when the period has no readings. */
  readonly consumed: number | null;
  readonly readings: number;
}

export function periodJson(
  period: { readonly label: string; readonly from: number; readonly to: number; readonly sum: Bucket | null },
): PeriodJson {
  const { label, from, to, sum } = period;
  return {
    period: label,
    from: isoInstant(from),
    to: isoInstant(to),
    consumed: sum ? roundAmount(sum.consumed) : null,
    readings: sum?.count ?? 0,
  };
}

/** Totals over all stored readings. */
export interface OverallJson {
  readonly readings: number;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly consumed: number;
  /** Averaged from the first reading to the last, over at least a day; null before the second reading. */
  readonly averagePerDay: number | null;
}

export function overallJson(sum: Bucket | null): OverallJson {
  if (!sum) return { readings: 0, firstAt: null, lastAt: null, consumed: 0, averagePerDay: null };
  const { count, firstAt, lastAt, consumed } = sum;
  return {
    readings: count,
    firstAt: isoInstant(firstAt),
    lastAt: isoInstant(lastAt),
    consumed: roundAmount(consumed),
    averagePerDay: count < 2 ? null : roundAmount(consumed / Math.max(1, (lastAt - firstAt) / DAY_MS)),
  };
}

export interface StatsJson extends QuotaHead {
  readonly current: {
    readonly at: string;
    readonly used: number | null;
    readonly limit: number | null;
    readonly remaining: number | null;
    readonly utilization: number | null;
    readonly resetsAt: string | null;
  };
  readonly burnRate: {
    readonly hours: number;
    readonly readings: number;
    readonly perHour: number | null;
    readonly hoursUntilEmpty: number | null;
    readonly emptyAt: string | null;
  };
  /** Null for a quota the vendor stopped mentioning long ago. */
  readonly forecast: ForecastJson | null;
  readonly daily: readonly PeriodJson[];
  readonly weekly: readonly PeriodJson[];
  readonly overall: OverallJson;
}

/** Renames the burn rate of `syntrack query` to this format's fields. */
export function burnRateSection(rate: BurnRateJson): StatsJson["burnRate"] {
  return {
    hours: rate.period_hours,
    readings: rate.data_points,
    perHour: rate.rate_per_hour,
    hoursUntilEmpty: rate.hours_until_empty,
    emptyAt: rate.estimated_empty_at ?? null,
  };
}
