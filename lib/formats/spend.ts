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
      amount: roundShort(amounts[place]?.amount ?? null),
      // A month that began before the first reading contains less than it cost.
      since: isoInstant(amounts[place]?.since ?? null),
    }));
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(at),
    zone,
    totals: totals.map((total) => ({
      currency: total.currency,
      projected: roundShort(total.projected),
      budget: total.budget,
      months: byMonth(total.months),
    })),
    accounts: accounts.map(({ account, provider, title, currency, budget, projection, ...one }) => ({
      account,
      provider,
      title,
      currency,
      budget,
      projected: roundShort(projection?.amount ?? null),
      perDay: roundShort(projection?.perDay ?? null),
      projectedFromDays: projection?.days ?? null,
      months: byMonth(one.months),
    })),
    plans: plans.map(({ account, title, plan, price, budget, isBilled, use, advice }) => ({
      account,
      title,
      plan,
      price,
      budget,
      billedByUse: isBilled,
      usedShare: use === null ? null : roundShort(use.share),
      usedShareOfDays: use === null ? null : roundShort(use.lookedAtMs / DAY_MS),
      advice,
    })),
    allowances: allowances.map(({ quota, title, share, evenShare, left, until, resetsAt }) => ({
      quota,
      title,
      share: roundShort(share),
      evenShare: roundShort(evenShare),
      leftToday: roundShort(left),
      until: isoInstant(until),
      resetsAt: isoInstant(resetsAt),
    })),
  };
}

export type SpendJson = ReturnType<typeof spendJson>;

/** Rounds to four digits: enough for shares, and for money when a day costs less than a cent. */
function roundShort<Value extends number | null>(value: Value): Value {
  return (value === null ? null : Math.round(value * 10_000) / 10_000) as Value;
}
