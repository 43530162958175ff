/** Facts that alerts need besides the current state: the month's spend, and the contents of a summary. */
import { displayUnit } from "../model/view/format.ts";
import type { Analysis } from "../read/analysis.ts";
import { readMonthSpend } from "../read/spend.ts";
import type { Pool } from "../model/history/counting.ts";
import { listSlots, mergeUse, type Use } from "../model/history/usage.ts";
import type { Budget, MonthSpend } from "../model/alerts/decide_budget.ts";
import { quotaName } from "../model/alerts/message.ts";
import type { SummaryPeriod } from "../model/alerts/summary.ts";
import type { SummaryFacts, SummaryQuota } from "../model/alerts/summary_text.ts";
import { isGauge, type QuotaKey } from "../model/quota.ts";
import type { AccountView } from "../model/view/view.ts";
import type { RaisedAlert } from "../alerts/alerts.ts";

export interface AlertFactsParts {
  readonly analysis: Pick<Analysis, "usage" | "cyclesInRange" | "lastUsed" | "insights">;
  readonly zone: () => string;
  readonly now: () => number;
  readonly poolsOf: (provider: string) => readonly Pool[];
  readonly accounts: () => Promise<readonly AccountView[]>;
}

export interface AlertFacts {
  /**
   * Returns what an account spent this calendar month in the currency of its budget; null without money in it.
   *
   * @param from the source of the account's use; the stored data by default
   */
  spend(account: AccountView, budget: Budget, from?: Pick<Analysis, "usage">): Promise<MonthSpend | null>;
  summary(period: SummaryPeriod, raised: readonly RaisedAlert[]): Promise<SummaryFacts>;
}

const MAX_CYCLES = 5000;
const MAX_ALERTS = 10;

export function createAlertFacts({ analysis, zone, now, poolsOf, accounts }: AlertFactsParts): AlertFacts {
  async function loadUse(
    quotas: readonly QuotaKey[],
    interval: "5m" | "1d",
    from: number,
    to: number,
  ): Promise<ReadonlyMap<QuotaKey, Use>> {
    const slots = listSlots(interval, from, to, zone());
    const uses = await analysis.usage({ quotas, interval, slots, zone: zone() });
    return new Map(uses.flatMap(({ key, uses }) => {
      const known = uses.filter((one): one is Use => one !== null);
      return known.length === 0 ? [] : [[key, known.reduce(mergeUse)] as const];
    }));
  }

  return {
    async spend(account, { currency }, from = analysis) {
      const { usage } = from;
      const sources = { analysis: { ...analysis, usage }, poolsOf, zone: zone(), now: now() };
      const spent = await readMonthSpend(account, currency, sources);
      return spent && { month: spent.month.label, ...spent.money };
    },
    async summary({ from, to, interval }, raised) {
      const shown = (await accounts()).filter(({ hidden }) => !hidden);
      const quotas = shown.flatMap((account) =>
        account.quotas.filter(({ window }) => !isGauge(window)).map((quota) => ({ account, quota }))
      );
      const keys = quotas.map(({ quota }) => quota.key);
      const [uses, cycles, insights] = await Promise.all([
        loadUse(keys, "5m", from, to),
        analysis.cyclesInRange(keys, { from, to, limit: MAX_CYCLES }),
        analysis.insights({
          range: interval === "daily" ? "7d" : "30d",
          type: "cycle-utilization",
          accounts: shown.map(({ key }) => key),
        }),
      ]);
      const byQuota = Map.groupBy(cycles.items, ({ quota }) => quota);
      return {
        quotas: quotas.map(({ account, quota }): SummaryQuota => ({
          name: quotaName(account, quota),
          unit: displayUnit(quota),
          isBalance: quota.window.kind === "balance",
          use: uses.get(quota.key) ?? null,
          parts: quota.parts,
          ended: (byQuota.get(quota.key) ?? []).flatMap(({ startedAt, endedAt, whole, peakShare }) =>
            whole && endedAt !== null && endedAt >= from && endedAt < to && peakShare !== null
              ? [{ peakShare, lengthMs: endedAt - startedAt }]
              : []
          ),
        })),
        alerts: raised.filter(({ raisedAt, kind }) => raisedAt >= from && raisedAt < to && kind !== "summary")
          .slice(0, MAX_ALERTS).map(({ title }) => title),
        plans: insights.insights.filter(({ type }) => type === "cycle-utilization")
          .map(({ description }) => description),
      };
    },
  };
}
