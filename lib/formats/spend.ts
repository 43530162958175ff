/** Spend as JSON, on the command line and over HTTP. Amounts in the unit of their currency, shares 1 for all. */
import { isoInstant } from "../model/time.ts";
import type { MonthAmount, SpendView } from "../model/spend/spend.ts";
import { SCHEMA_VERSION } from "./version.ts";

/** Instants are ISO 8601 in UTC, unknown is null. */
export function spendJson({ at, zone, months, accounts, totals, plans, allowances }: SpendView) {
  const byMonth = (amounts: readonly (MonthAmount | null)[]) =>
    months.map(({ label }, place) => ({
      month: label,
      amount: money(amounts[place]?.amount ?? null),
      // A month that began before it was watched holds less than it cost.
      since: isoInstant(amounts[place]?.since ?? null),
    }));
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(at),
    zone,
    totals: totals.map((total) => ({
      currency: total.currency,
      projected: money(total.projected),
      budget: total.budget,
      months: byMonth(total.months),
    })),
    accounts: accounts.map(({ account, provider, title, currency, budget, projection, ...one }) => ({
      account,
      provider,
      title,
      currency,
      budget,
      projected: money(projection?.amount ?? null),
      perDay: money(projection?.perDay ?? null),
      projectedFromDays: projection?.days ?? null,
      months: byMonth(one.months),
    })),
    plans: plans.map(({ account, title, plan, price, use, advice }) => ({
      account,
      title,
      plan,
      price,
      usedShare: use === null ? null : rounded(use.share),
      usedShareOfDays: use === null ? null : rounded(use.lookedAtMs / 86_400_000),
      advice,
    })),
    allowances: allowances.map(({ quota, title, share, evenShare, left, until, resetsAt }) => ({
      quota,
      title,
      share: rounded(share),
      evenShare: rounded(evenShare),
      leftToday: rounded(left),
      until: isoInstant(until),
      resetsAt: isoInstant(resetsAt),
    })),
  };
}

export type SpendJson = ReturnType<typeof spendJson>;

/** Cents are enough of sums, and ten-thousandths where a day costs less than a cent. */
function money(amount: number | null): number | null {
  return amount === null ? null : Math.round(amount * 10_000) / 10_000;
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
