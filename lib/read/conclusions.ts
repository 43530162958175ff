/** Conclusions about quotas, in the form account views expect. */
import type { Forecast } from "../model/forecast/forecast.ts";
import type { Pace } from "../model/forecast/pace.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AccountViewInput } from "../model/view/view.ts";
import type { QuotaAnalysis } from "./kinds.ts";

export type Conclusions = Required<Pick<AccountViewInput, "forecasts" | "paces">>;

/** Groups by account, and within it by quota id. */
export function groupByAccount(quotas: readonly QuotaAnalysis[]): ReadonlyMap<AccountKey, Conclusions> {
  const all = new Map<AccountKey, { forecasts: Map<string, Forecast>; paces: Map<string, Pace | null> }>();
  for (const { account, view, forecast, pace } of quotas) {
    const own = all.get(account) ?? { forecasts: new Map(), paces: new Map() };
    own.forecasts.set(view.quota, forecast);
    own.paces.set(view.quota, pace);
    all.set(account, own);
  }
  return all;
}
