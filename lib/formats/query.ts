/**
 * The JSON of `syntrack query`: field names in snake_case, one flat object or list for each question. A
 * format is a set of pure functions from facts to a shape; it may import the model, it never touches the
 * store, and no other room uses its field names.
 *
 * Unknown values are null; optional keys are absent. `leftover` is what remains, `usage_percent` is 0 to 100
 * and more when a quota is overdrawn. Instants are RFC 3339 in UTC, dates are of the requested zone. Field
 * names say requests whatever the quota counts, for compatibility.
 */
import { roundAmount } from "../base/text.ts";
import { HOUR_MS } from "../model/duration.ts";
import { type Bucket, sumUp } from "../model/engine/bucket.ts";
import { burnRate } from "../model/engine/ledger.ts";
import type { Forecast, ForecastReason } from "../model/forecast/parts.ts";
import { readingShare, statesAmount, type Window } from "../model/quota.ts";
import { isoInstant } from "../model/time.ts";

/** What the shapes need from a reading. Times are epoch milliseconds. */
export interface QueryReading {
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** The window it counts over. */
  readonly window: Window;
  /** The vendor's own verdict, if it gives one. */
  readonly allowed?: boolean | undefined;
}

export interface CurrentJson {
  readonly timestamp: string;
  readonly limit: number | null;
  readonly used: number | null;
  readonly leftover: number | null;
  readonly usage_percent: number | null;
  readonly renews_at?: string;
  readonly time_until_renew?: string;
  /**
   * Present only when the vendor refuses work on it, however
   * much is left, and its reset has not passed since.
   */
  readonly blocked?: true;
}

/** @param reading the latest one, or null when there is none */
export function currentJson(
  reading: QueryReading & { readonly resetsAt: number | null } | null,
  now: number,
): CurrentJson {
  const resetsAt = reading?.resetsAt ?? null;
  const untilRenew = resetsAt === null ? -1 : resetsAt - now;
  return {
    timestamp: isoInstant(reading?.at ?? now),
    limit: reading?.limit ?? null,
    used: reading?.used ?? null,
    leftover: reading && computeLeft(reading),
    usage_percent: reading && computePercent(reading),
    ...resetsAt === null ? {} : { renews_at: isoInstant(resetsAt) },
    ...untilRenew < 0 ? {} : { time_until_renew: goDuration(untilRenew) },
    ...reading && isBlocked(reading, resetsAt, now) && { blocked: true },
  };
}

/**
 * Reports whether the vendor refuses work now. A verdict given
 * before a reset that has passed no longer counts.
 */
function isBlocked({ at, allowed, window }: QueryReading, resetsAt: number | null, now: number): boolean {
  const ends = window.kind === "fixed" || window.kind === "calendar";
  const isOver = ends && resetsAt !== null && at < resetsAt && resetsAt <= now;
  return allowed === false && !isOver;
}

/** A time range summed up: its last reading, and its buckets in time order. */
export interface PeriodFacts {
  readonly last: QueryReading | null;
  readonly buckets: readonly Bucket[];
}

export interface DayJson {
  readonly date: string;
  readonly requests_used: number | null;
  readonly requests_limit: number | null;
  readonly leftover: number | null;
  readonly consumed_today: number;
  readonly snapshots: number;
  readonly usage_percent: number | null;
}

/** @param date the day, `2026-11-21` */
export function dayJson(date: string, { last, buckets }: PeriodFacts): DayJson {
  const sum = sumUp(buckets);
  return {
    date,
    requests_used: last?.used ?? null,
    requests_limit: last?.limit ?? null,
    leftover: last && computeLeft(last),
    consumed_today: roundAmount(sum?.consumed ?? 0),
    snapshots: sum?.count ?? 0,
    usage_percent: last && computePercent(last),
  };
}

export interface WeekJson {
  readonly week_start: string;
  /** The Monday after it. */
  readonly week_end: string;
  readonly requests_used: number | null;
  readonly requests_limit: number | null;
  readonly leftover: number | null;
  readonly consumed_this_week: number;
  readonly snapshots: number;
  readonly usage_percent: number | null;
}

export function weekJson(start: string, end: string, facts: PeriodFacts): WeekJson {
  const { requests_used, requests_limit, leftover, consumed_today, snapshots, usage_percent } = dayJson(
    start,
    facts,
  );
  return {
    week_start: start,
    week_end: end,
    requests_used,
    requests_limit,
    leftover,
    consumed_this_week: consumed_today,
    snapshots,
    usage_percent,
  };
}

export interface BurnRateJson {
  readonly calculated_at: string;
  readonly rate_per_hour: number | null;
  readonly rate_per_day: number | null;
  readonly current_leftover: number | null;
  readonly hours_until_empty: number | null;
  readonly days_until_empty: number | null;
  /** Same as `runs_dry_at`. Absent when the quota lasts until its reset, consumes nothing, or has no forecast. */
  readonly estimated_empty_at?: string;
  readonly data_points: number;
  readonly period_hours: number;
  /** As in `CurrentJson`. */
  readonly blocked?: true;
}

/** Hours of history the burn rate covers. */
export const BURN_RATE_HOURS = 24;
/** The last instant a `Date` can represent. */
const LAST_INSTANT = 8.64e15;

/** What determines when a quota ends. */
export interface EndFacts {
  readonly resetsAt: number | null;
  /** Null when there is no forecast. */
  readonly forecast: EndForecast | null;
}

interface EndForecast extends Pick<Forecast, "emptyAt"> {
  readonly state: string;
  readonly reason: string;
}

/** With these, it is unknown when a quota ends: its reading no longer describes the present, or it refills at an unknown rate. */
const UNKNOWN_END_REASONS: readonly ForecastReason[] = [
  "in-future",
  "no-longer-reported",
  "stale",
  "reset-passed",
  "reset-overdue",
  "refill-unknown",
];

/** Reports whether the end of a quota is unknown, even at its rate. */
export function isEndUnknown(forecast: EndForecast | null): boolean {
  return forecast !== null && UNKNOWN_END_REASONS.some((reason) => reason === forecast.reason);
}

/**
 * @param readings those of the last 24 hours, in time order
 * @param current the latest one, or null when there is none
 */
export function burnRateJson(
  readings: readonly { readonly at: number; readonly consumed: number }[],
  current: QueryReading | null,
  now: number,
  end: EndFacts = { resetsAt: null, forecast: null },
): BurnRateJson {
  // For a gauge, or an amount the vendor does not state, a rate of 0 would be invented.
  const rate = current && statesAmount(current) ? burnRate(readings) : null;
  const left = current && computeLeft(current);
  const emptyAt = estimateEnd(rate, left, now, end);
  const hours = emptyAt === null ? null : (emptyAt - now) / HOUR_MS;
  return {
    calculated_at: isoInstant(now),
    rate_per_hour: rate,
    rate_per_day: rate === null ? null : rate * 24,
    current_leftover: left,
    hours_until_empty: hours,
    days_until_empty: hours === null ? null : hours / 24,
    ...emptyAt === null || emptyAt > LAST_INSTANT ? {} : { estimated_empty_at: isoInstant(emptyAt) },
    data_points: readings.length,
    period_hours: BURN_RATE_HOURS,
    ...current && isBlocked(current, end.resetsAt, now) && { blocked: true },
  };
}

/**
 * Returns when nothing is left. The forecast decides; the plain rate counts only when there is no forecast,
 * and never beyond the reset.
 */
function estimateEnd(rate: number | null, left: number | null, now: number, end: EndFacts): number | null {
  const { forecast, resetsAt } = end;
  if (forecast?.emptyAt != null) return forecast.emptyAt;
  if (rate === null || rate <= 0 || left === null || isEndUnknown(forecast)) return null;
  if (forecast && ["idle", "lasts", "tight", "blocked"].includes(forecast.state)) return null;
  const emptyAt = Math.round(now + Math.max(0, left) / rate * HOUR_MS);
  return resetsAt !== null && resetsAt > now && emptyAt >= resetsAt ? null : emptyAt;
}

export interface HistoryEntryJson {
  readonly timestamp: string;
  readonly limit: number | null;
  readonly used: number | null;
  readonly leftover: number | null;
  readonly usage_percent: number | null;
  /** Present only when the vendor refused work on it at that time. */
  readonly blocked?: true;
}

/** Oldest first; `[]` when there are none. */
export function historyJson(readings: readonly QueryReading[]): readonly HistoryEntryJson[] {
  return readings.map((reading) => ({
    timestamp: isoInstant(reading.at),
    limit: reading.limit,
    used: reading.used,
    leftover: computeLeft(reading),
    usage_percent: computePercent(reading),
    ...reading.allowed === false && { blocked: true },
  }));
}

interface ConsumptionJson {
  readonly requests_consumed: number;
  readonly min_leftover: number | null;
  readonly max_leftover: number | null;
  readonly avg_leftover: number | null;
  readonly snapshots: number;
}
/** `day` is a date, `2026-11-21`. */
export type DailyJson = { readonly day: string } & ConsumptionJson;
/** `week` is an ISO week, `2026-W47`. */
export type WeeklyJson = { readonly week: string } & ConsumptionJson;

export function dailyJson(day: string, sum: Bucket): DailyJson {
  return { day, ...consumptionJson(sum) };
}

export function weeklyJson(week: string, sum: Bucket): WeeklyJson {
  return { week, ...consumptionJson(sum) };
}

function consumptionJson(sum: Bucket): ConsumptionJson {
  return {
    requests_consumed: roundAmount(sum.consumed),
    min_leftover: sum.leftLow,
    max_leftover: sum.leftHigh,
    avg_leftover: sum.leftCount > 0 ? roundAmount(sum.leftSum / sum.leftCount) : null,
    snapshots: sum.count,
  };
}

function computeLeft({ used, limit, remaining }: Omit<QueryReading, "window">): number | null {
  return remaining ?? (used === null || limit === null ? null : roundAmount(limit - used));
}

function computePercent(reading: QueryReading): number | null {
  const share = readingShare(reading);
  return share === null ? null : share * 100;
}

/** Rounds to a minute and formats as `3h15m0s`, `15m0s` or `0s`. */
export function goDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes === 0) return "0s";
  const hours = Math.floor(minutes / 60);
  return `${hours > 0 ? `${hours}h` : ""}${minutes % 60}m0s`;
}
