/** Views for tests: a five-hour quota of requests, with the fields that a test changes. */
import { HOUR_MS } from "../../lib/model/duration.ts";
import { computeShare, computeUtilization } from "../../lib/model/quota.ts";
import { statusFromShare } from "../../lib/model/view/status.ts";
import {
  type AccountView,
  type DashboardView,
  DEFAULT_VIEW,
  type ForecastView,
  type QuotaView,
} from "../../lib/model/view/view.ts";

/** The time of all readings: a Thursday afternoon in Berlin. */
export const READ_AT = Date.parse("2026-11-19T13:00:00Z");

export function quotaViewOf(fields: Partial<QuotaView> = {}): QuotaView {
  const { used = 40, limit = 100 } = fields;
  const share = computeShare(used, limit);
  return {
    key: `acme/default/${fields.quota ?? "five-hour"}`,
    quota: "five-hour",
    label: "5-hour quota",
    unit: "requests",
    window: { kind: "fixed", seconds: 5 * 3600 },
    at: READ_AT,
    used,
    limit,
    remaining: used === null || limit === null ? null : limit - used,
    utilization: computeUtilization(used, limit),
    share,
    status: statusFromShare(share),
    resetsAt: READ_AT + 2 * HOUR_MS,
    ratePerHour: null,
    rateSpanMs: null,
    cycle: { startedAt: READ_AT - HOUR_MS, peak: used, consumed: used ?? 0, whole: true },
    gone: false,
    parts: [],
    ...fields,
  };
}

export function forecastOf(fields: Partial<ForecastView> = {}): ForecastView {
  return {
    state: "lasts",
    reason: "room-left",
    ratePerHour: 10,
    projectedUsed: 60,
    projectedShare: 0.6,
    emptyAt: null,
    marginMs: null,
    runOutProbability: null,
    confidence: "high",
    ...fields,
  };
}

export function accountViewOf(
  quotas: readonly QuotaView[],
  fields: Partial<AccountView> = {},
): AccountView {
  return {
    key: "acme/default",
    provider: "acme",
    providerName: "Acme",
    name: "default",
    plan: null,
    health: {
      state: "fresh",
      failure: null,
      hint: null,
      triedAt: READ_AT,
      okAt: READ_AT,
      nextAt: READ_AT + 60_000,
    },
    at: READ_AT,
    quotas,
    ...fields,
  };
}

export function viewOf(
  accounts: readonly AccountView[],
  settings: Partial<DashboardView["settings"]> = {},
): DashboardView {
  return {
    at: READ_AT,
    eventId: 1,
    accounts,
    settings: { ...DEFAULT_VIEW, zone: "UTC", ...settings },
    trouble: null,
  };
}
