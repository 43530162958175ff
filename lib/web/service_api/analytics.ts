/** The answers of the two analytics routes. */
import { usageQuota } from "../../formats/service_api/figures.ts";
import {
  analyticsQuota,
  createSummary,
  GROUPS,
  providerRows,
  timeSeries,
} from "../../formats/service_api/usage.ts";
import { unixSeconds } from "../../formats/service_api/figures.ts";
import { HOUR } from "../../model/engine/bucket.ts";
import { countQuotas } from "../../model/history/counting.ts";
import type { QuotaKey } from "../../model/quota.ts";
import type { AppContext } from "../../app/context.ts";
import * as v from "valibot";
import { DaysParam, parseNumberParam, parseWord } from "../params.ts";
import { findRequestedQuotas, parseInterval, readPasts } from "./past.ts";
import { findServices } from "./services.ts";

export const GroupParam = v.picklist(GROUPS);
const DEFAULT_DAYS = 30;

/** @throws {HttpError} 400 for an invalid parameter */
export async function readAnalytics(services: AppContext, query: URLSearchParams) {
  const { store, clock } = services;
  const now = clock.now();
  const days = parseNumberParam(query, "days", DaysParam, DEFAULT_DAYS);
  const intervalMs = parseInterval(query.get("interval") ?? "1h", days);
  const group = parseWord(GroupParam, "groupBy", query.get("groupBy") ?? "service");
  const found = await findServices(services);
  const requested = findRequestedQuotas(found, { serviceId: query.get("serviceId") });
  const pasts = await readPasts(store, requested, days, intervalMs, now);
  const { thresholds } = found.view.settings;
  return {
    timeSeries: timeSeries(pasts, group, intervalMs),
    quotas: requested.filter(({ quota }) => !quota.gone)
      .map(({ subject, quota }, place) => analyticsQuota(subject, usageQuota(quota, place, thresholds))),
    summary: createSummary(pasts),
    days,
    generatedAt: unixSeconds(now),
  };
}

/** @throws {HttpError} 400 for days out of bounds */
export async function readProviderAnalytics(services: AppContext, query: URLSearchParams) {
  const { store, clock } = services;
  const now = clock.now();
  const days = parseNumberParam(query, "days", DaysParam, DEFAULT_DAYS);
  const found = await findServices(services);
  const pasts = await readPasts(store, findRequestedQuotas(found, {}), days, HOUR, now);
  const counted = new Set<QuotaKey>();
  for (const { view } of found.all) {
    if (!view) continue;
    const marks = countQuotas(view.quotas, services.poolsOf(view.provider));
    for (const { key, quota } of view.quotas) if (marks.get(quota)?.share) counted.add(key);
  }
  return {
    providers: providerRows(pasts, ({ key }) => counted.has(key)),
    days,
    generatedAt: unixSeconds(now),
  };
}
