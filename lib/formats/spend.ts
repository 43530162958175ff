/** Spend as JSON, on the command line and over HTTP. Amounts in the unit of their currency, shares with 1 for all. */
import { DAY_MS } from "../model/duration.ts";
import { isoInstant } from "../model/time.ts";
import type { MonthAmount, SpendView } from "../model/spend/spend.ts";
import { SCHEMA_VERSION } from "./version.ts";

/** Instants are ISO 8601 in UTC, unknown is null. */
export function spendJson({ at, zone, months, accounts, totals, plans, allowances }: SpendView) {
  const byMonth = (amounts: readonly (MonthAmount | null)[]) =>
    months.map(({ label }, place) => ({
      month: label,
      amount: roundFigure(amounts[place]?.amount ?? null),
      // A month that began before the first reading contains less than it cost.
      since: isoInstant(amounts[place]?.since ?? null),
    }));
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(at),
    zone,
    totals: totals.map((total) => ({
      currency: total.currency,
      projected: roundFigure(total.projected),
      budget: total.budget,
      months: byMonth(total.months),
    })),
    accounts: accounts.map(({ account, provider, title, currency, budget, projection, ...one }) => ({
      account,
      provider,
      title,
      currency,
      budget,
      projected: roundFigure(projection?.amount ?? null),
      perDay: roundFigure(projection?.perDay ?? null),
      projectedFromDays: projection?.days ?? null,
      months: byMonth(one.months),
    })),
    plans: plans.map((
      { account, title, plan, price, prices, budget, budgetCurrency, isBilled, use, ...one },
    ) => ({
      account,
      title,
      plan,
      price,
      prices,
      months: months.map(({ label }, place) => ({
        month: label,
        prices: one.months[place]?.map((sum) => ({ ...sum, amount: roundFigure(sum.amount) })) ?? null,
      })),
      budget,
      budgetCurrency: budget === null ? null : budgetCurrency,
      billedByUse: isBilled,
      usedShare: use === null ? null : roundFigure(use.share),
      usedShareOfDays: use === null ? null : roundFigure(use.lookedAtMs / DAY_MS),
      worth: one.worth.map((sum) => ({
        ...sum,
        price: roundFigure(sum.price),
        worth: roundFigure(sum.worth),
      })),
      advice: one.advice,
    })),
    allowances: allowances.map(({ quota, title, share, evenShare, left, until, resetsAt }) => ({
      quota,
      title,
      share: roundFigure(share),
      evenShare: roundFigure(evenShare),
      leftToday: roundFigure(left),
      until: isoInstant(until),
      resetsAt: isoInstant(resetsAt),
    })),
  };
}

export type SpendJson = ReturnType<typeof spendJson>;

/** Rounds to four digits: enough for shares, and for money when a day costs less than a cent. */
export function roundFigure<Value extends number | null>(value: Value): Value {
  return (value === null ? null : Math.round(value * 10_000) / 10_000) as Value;
}
