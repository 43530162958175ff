/** The figures of one quota in the shape of the quota API. */
import { roundAmount } from "../base/text.ts";
import { formatDuration, formatShare, formatWindow } from "../model/view/format.ts";
import { divideByLimit, type Unit } from "../model/quota.ts";
import type { StatusWord } from "../model/view/status.ts";
import { isoInstant } from "../model/time.ts";
import type { QuotaView } from "../model/view/view.ts";

/** A quota in an answer with named fields. */
export interface NamedQuota {
  readonly name: string;
  readonly description: string;
  /** Unit of usage, limit, rate and projection. */
  readonly unit: Unit;
  /** ISO 4217 code of credits that are money; else absent. */
  readonly currency?: string;
  readonly usage: number | null;
  readonly limit: number | null;
  /** 0 to 100, and more when the limit is exceeded. */
  readonly percent: number | null;
  readonly status: StatusWord;
  readonly renewsAt: string | null;
  /** `4h 16m`; `N/A` when unknown, `Resetting...` when past. */
  readonly timeUntilReset: string;
  readonly timeUntilResetSeconds: number | null;
  /** Per hour, in `unit`. */
  readonly currentRate: number | null;
  /** At the reset, in `unit`; above the limit when the quota will run out. */
  readonly projectedUsage: number | null;
  readonly insight?: string | null;
  readonly usageDetails?: readonly { readonly modelCode: string; readonly usage: number }[];
}

/** A quota in the shape shared by all other providers. */
export interface ListedQuota {
  readonly name: string;
  readonly displayName: string;
  /** Unit of used, limit, remaining, `ratePerHour` and `projectedUsage`. */
  readonly unit: Unit;
  readonly currency?: string;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Percent, 0 to 100. */
  readonly utilization: number | null;
  readonly status: StatusWord;
  readonly resetsAt: string | null;
  readonly timeUntilReset: string;
  readonly timeUntilResetSeconds: number | null;
  /** Per hour, in `unit`. */
  readonly ratePerHour: number | null;
  /** The same rate in `currentRateUnit`: percent of the limit per hour. */
  readonly currentRate: number | null;
  readonly currentRateUnit: "percent";
  /** At the reset, in `unit` and in percent of the limit; above the limit when the quota will run out. */
  readonly projectedUsage: number | null;
  readonly projectedUtil: number | null;
}

/** The unit of a quota's amounts, with the currency of those that are money. */
export function unitOf({ unit, currency }: Pick<QuotaView, "unit" | "currency">) {
  return { unit, ...currency !== undefined && { currency } };
}

export function namedQuota(
  quota: QuotaView,
  now: number,
  also: { readonly insight: boolean; readonly details: boolean },
): NamedQuota {
  return {
    name: quota.label,
    description: describe(quota),
    ...unitOf(quota),
    usage: roundOrNull(quota.used),
    limit: roundOrNull(quota.limit),
    percent: toPercent(quota.share),
    status: quota.status,
    renewsAt: isoInstant(quota.resetsAt),
    ...timeUntil(quota.resetsAt, now),
    currentRate: roundOrNull(quota.ratePerHour),
    projectedUsage: roundOrNull(quota.forecast?.projectedUsed ?? null),
    ...also.insight ? { insight: describeInsight(quota, now) } : {},
    ...also.details
      ? { usageDetails: quota.parts.map(({ name, used }) => ({ modelCode: name, usage: used })) }
      : {},
  };
}

export function listedQuota(quota: QuotaView, now: number): ListedQuota {
  const { limit } = quota;
  return {
    name: quota.quota,
    displayName: quota.label,
    ...unitOf(quota),
    used: roundOrNull(quota.used),
    limit: roundOrNull(limit),
    remaining: roundOrNull(quota.remaining),
    utilization: toPercent(quota.utilization),
    status: quota.status,
    resetsAt: isoInstant(quota.resetsAt),
    ...timeUntil(quota.resetsAt, now),
    ratePerHour: roundOrNull(quota.ratePerHour),
    currentRate: toPercent(ratePerLimit(quota)),
    currentRateUnit: "percent",
    projectedUsage: roundOrNull(quota.forecast?.projectedUsed ?? null),
    projectedUtil: toPercent(quota.forecast?.projectedShare ?? null),
  };
}

/** Computes the part of the limit consumed per hour; null when rate or limit is unknown. */
function ratePerLimit({ ratePerHour, limit }: QuotaView): number | null {
  return ratePerHour === null ? null : divideByLimit(ratePerHour, limit);
}

/** Converts a share to percent, null when it is unknown. */
export function toPercent(share: number | null): number | null {
  return roundOrNull(share === null ? null : share * 100);
}

/** Removes the noise of binary fractions; null stays null. */
export function roundOrNull(value: number): number;
export function roundOrNull(value: number | null): number | null;
export function roundOrNull(value: number | null): number | null {
  return value === null ? null : roundAmount(value);
}

export function timeUntil(
  resetsAt: number | null,
  now: number,
): Pick<NamedQuota, "timeUntilReset" | "timeUntilResetSeconds"> {
  if (resetsAt === null) return { timeUntilReset: "N/A", timeUntilResetSeconds: null };
  if (resetsAt <= now) return { timeUntilReset: "Resetting...", timeUntilResetSeconds: 0 };
  const leftMs = resetsAt - now;
  return { timeUntilReset: formatDuration(leftMs), timeUntilResetSeconds: Math.floor(leftMs / 1000) };
}

const UNIT_WORDS: Readonly<Record<Unit, string>> = {
  percent: "Share of the allowance",
  requests: "Requests",
  tokens: "Tokens",
  credits: "Credits",
  usd: "US dollars",
  seconds: "Seconds",
};

function describe({ unit, currency, window: { kind, seconds } }: QuotaView): string {
  const word = unit === "credits" && currency !== undefined ? `Money in ${currency}` : UNIT_WORDS[unit];
  const length = seconds === null ? null : formatWindow(seconds);
  switch (kind) {
    case "fixed":
      return length === null ? `${word} until the reset` : `${word} in a window of ${length}`;
    case "calendar":
      return `${word} in a billing period`;
    case "rolling":
      return length === null
        ? `${word}, refilled little by little`
        : `${word} over the last ${length}, refilled little by little`;
    case "balance":
      return `${word} left on the account`;
    case "allocation":
      return `${word} of a reserved capacity`;
  }
}

/** Describes in one sentence where the quota is heading; null when too little is known. */
function describeInsight({ forecast, resetsAt, at, label }: QuotaView, now: number): string | null {
  // A reading from before a reset that has passed belongs to a closed cycle.
  if (!forecast || (resetsAt !== null && resetsAt <= now && at < resetsAt)) return null;
  const { state, emptyAt, marginMs, projectedShare } = forecast;
  switch (state) {
    case "analysing":
    case "unknown":
      return null;
    case "exhausted":
      return `${label}: nothing is left`;
    case "blocked":
      return `${label}: its vendor is refusing requests`;
    case "idle":
      return `${label}: not in use`;
    case "runs-dry":
    case "tight":
    case "lasts":
      if (emptyAt !== null) {
        const early = marginMs === null ? "" : `, ${formatDuration(marginMs)} before its reset`;
        return `${label}: runs out in ${formatDuration(emptyAt - now)}${early}`;
      }
      return projectedShare === null
        ? null
        : `${label}: ${formatShare(projectedShare)} of the limit is expected at the reset`;
  }
}
