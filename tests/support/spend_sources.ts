/** Sources of spend written down by hand: uses by day, closed months, prices and budgets. */
import type { Budget } from "../../lib/model/alerts/decide_budget.ts";
import type { Pool } from "../../lib/model/history/counting.ts";
import type { Slot, Use } from "../../lib/model/history/usage.ts";
import type { AccountKey, QuotaKey } from "../../lib/model/quota.ts";
import type { Insight } from "../../lib/model/insights/insight.ts";
import type { DisplayCycle } from "../../lib/model/view/display_cycle.ts";
import type { AccountView } from "../../lib/model/view/view.ts";
import type { PriceHistory } from "../../lib/model/spend/price.ts";
import type { SpendSources } from "../../lib/read/spend.ts";

export interface SpendFacts {
  readonly accounts: readonly AccountView[];
  readonly now: number;
  /** By quota: when readings began, and what a slot consumed; null for a slot without readings. */
  readonly uses?: Readonly<
    Record<QuotaKey, { readonly since?: number | null; readonly at: (slot: Slot) => Partial<Use> | null }>
  >;
  readonly cycles?: readonly DisplayCycle[];
  readonly insights?: readonly Pick<Insight, "type" | "severity" | "account" | "description">[];
  /** A number for dollars without a day. */
  readonly prices?: Readonly<Record<AccountKey, number | PriceHistory>>;
  /** A number for a budget stored without a currency. */
  readonly budgets?: Readonly<Record<AccountKey, number | Budget>>;
  readonly pools?: readonly Pool[];
  readonly zone?: string;
}

export function spendSources(facts: SpendFacts): SpendSources {
  const { accounts, now, zone = "UTC" } = facts;
  return {
    accounts,
    now,
    zone,
    workDays: 7,
    poolsOf: () => facts.pools ?? [],
    pricesOf: (account) => {
      const price = facts.prices?.[account] ?? [];
      return typeof price === "number" ? [{ since: null, price: { amount: price, currency: "USD" } }] : price;
    },
    budgetOf: (account) => {
      const budget = facts.budgets?.[account];
      if (budget === undefined) return null;
      return typeof budget === "number" ? { amount: budget, currency: null } : budget;
    },
    analysis: {
      usage: ({ quotas, slots }) =>
        Promise.resolve(quotas.map((key) => {
          const own = facts.uses?.[key];
          const uses = slots.map((slot): Use | null => {
            const use = own?.at(slot) ?? null;
            return use && { consumed: 0, share: null, high: null, resets: 0, ...use };
          });
          return { key, uses, since: own?.since ?? null };
        })),
      cyclesInRange: (quotas, { from, to }) => {
        const items = (facts.cycles ?? []).filter(({ quota, startedAt }) =>
          quotas.includes(quota) && startedAt >= from && startedAt < to
        );
        return Promise.resolve({ items, more: false });
      },
      lastUsed: () => Promise.resolve(null),
      insights: ({ range, accounts: those = [] }) => {
        const insights = (facts.insights ?? []).filter(({ account }) => those.includes(account)) as Insight[];
        return Promise.resolve({ range, zone, insights, stats: [] });
      },
    },
  };
}
