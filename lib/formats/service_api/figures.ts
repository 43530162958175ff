/** The figures of one quota in the shape of the service API. */
import { completeAmounts, isGauge, type Unit } from "../../model/quota.ts";
import type { Thresholds } from "../../model/view/status.ts";
import type { QuotaView } from "../../model/view/view.ts";
import { roundOrNull } from "../quota_api_figures.ts";
import { quotaId, serviceId } from "./names.ts";
import { splitQuotaKey } from "../../model/quota.ts";

export type QuotaType = "usage" | "credits" | "rate_limit";

/** The format of a figure, in the terms of the pages made for this API. */
export interface MetricMetadata {
  readonly format: "currency" | "percentage" | "integer" | "decimal";
  readonly displayName: string;
  readonly currencySymbol?: string;
  readonly precision?: number;
  readonly priority: number;
  readonly warnWhenLow: boolean;
  /** Percent of the limit left. */
  readonly warnThreshold: number;
  readonly errorThreshold: number;
  readonly notation?: "compact";
}

/** A quota. The API has no null: an unknown value is 0, and `unknown` names it. */
export interface UsageQuota {
  readonly id: string;
  readonly serviceId: string;
  readonly metric: string;
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Unix seconds, like all times here; 0 when nothing resets or the reset is unknown. */
  readonly resetAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly replenishmentRate?: { readonly amount: number; readonly period: "hour" };
  readonly type: QuotaType;
  readonly metricMetadata: MetricMetadata;
  /** Fields that are 0 because they are unknown; absent when there are none. */
  readonly unknown?: readonly ("limit" | "used" | "remaining")[];
}

/** @param place index among the quotas of its account, from 0 */
export function usageQuota(quota: QuotaView, place: number, thresholds: Thresholds): UsageQuota {
  const { used, limit } = completeAmounts(quota);
  const remaining = quota.remaining ?? (used === null || limit === null ? null : Math.max(0, limit - used));
  const figures = { limit, used, remaining };
  const unknown = (["limit", "used", "remaining"] as const).filter((name) => figures[name] === null);
  const at = unixSeconds(quota.at);
  return {
    id: quotaId(quota.key),
    serviceId: serviceId(splitQuotaKey(quota.key).account),
    metric: quota.quota,
    limit: roundOrNull(limit ?? 0),
    used: roundOrNull(used ?? 0),
    remaining: roundOrNull(remaining ?? 0),
    resetAt: unixSeconds(quota.resetsAt ?? 0),
    createdAt: at,
    updatedAt: at,
    ...quota.refillPerHour !== undefined && quota.refillPerHour > 0 && {
      replenishmentRate: { amount: roundOrNull(quota.refillPerHour), period: "hour" as const },
    },
    type: quotaType(quota),
    metricMetadata: createMetadata(quota, place, thresholds),
    ...unknown.length > 0 && { unknown },
  };
}

export function quotaType({ window }: Pick<QuotaView, "window">): QuotaType {
  if (window.kind === "balance") return "credits";
  return isGauge(window) ? "rate_limit" : "usage";
}

const FORMATS: Readonly<Record<Unit, MetricMetadata["format"]>> = {
  percent: "percentage",
  requests: "integer",
  tokens: "integer",
  credits: "decimal",
  usd: "currency",
  seconds: "integer",
};

const SYMBOLS: Readonly<Record<string, string>> = { USD: "$", EUR: "€", GBP: "£", CNY: "¥", JPY: "¥" };

function createMetadata(quota: QuotaView, place: number, { warning, critical }: Thresholds): MetricMetadata {
  const code = quota.currency ?? (quota.unit === "usd" ? "USD" : undefined);
  return {
    format: code === undefined ? FORMATS[quota.unit] : "currency",
    displayName: quota.label,
    ...code !== undefined && { currencySymbol: SYMBOLS[code] ?? code, precision: 2 },
    priority: (place + 1) * 10,
    warnWhenLow: quotaType(quota) !== "rate_limit",
    warnThreshold: roundOrNull((1 - warning) * 100),
    errorThreshold: roundOrNull((1 - critical) * 100),
    ...quota.unit === "tokens" && { notation: "compact" as const },
  };
}

export function unixSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
