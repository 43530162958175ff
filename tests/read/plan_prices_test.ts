/** The price of a plan over time: what its use was worth, and what each month cost. */
import type { Slot } from "../../lib/model/history/usage.ts";
import type { PriceHistory } from "../../lib/model/spend/price.ts";
import { formatMoney, planText } from "../../lib/model/spend/words.ts";
import { readSpend } from "../../lib/read/spend.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, utc } from "../support/readings.ts";
import { spendSources } from "../support/spend_sources.ts";
import { accountViewOf, quotaViewOf } from "../support/views.ts";

const NOW = utc("2026-11-20 12:00");
const TODAY = utc("2026-11-20");

const usd = (amount: number) => ({ amount, currency: "USD" });

interface PlanFacts {
  readonly zone?: string;
  /** When readings began. */
  readonly since?: number;
  readonly now?: number;
  /** Used of the week's quota in a day, in limits. */
  readonly used?: (slot: Slot) => number;
}

async function readPlan(
  history: PriceHistory,
  { zone = "UTC", since = utc("2025-01-01"), now = NOW, used = () => 0.1 }: PlanFacts = {},
) {
  const week = quotaViewOf({
    quota: "week",
    unit: "percent",
    limit: 100,
    used: 30,
    window: { kind: "fixed", seconds: 7 * 86_400 },
    at: now,
    resetsAt: TODAY + 4 * DAY_MS,
  });
  const { plans, months } = await readSpend(spendSources({
    accounts: [accountViewOf([week])],
    now,
    zone,
    prices: { "acme/default": history },
    uses: {
      "acme/default/week": { since, at: (slot) => slot.to > since ? { share: used(slot) } : null },
    },
  }));
  const [plan] = plans;
  const byMonth = months.map(({ label }, place) =>
    [
      label,
      plan!.months[place]?.map(({ amount, currency }) => formatMoney(amount, currency)).join(" + ") ?? null,
    ] as const
  );
  return { plan: plan!, text: planText(plan!), months: Object.fromEntries(byMonth) };
}

Deno.test("the use of each day is worth the price of that day", async () => {
  const history = [{ since: null, price: usd(20) }, { since: "2026-11-12", price: usd(40) }];
  // 30.5 days from 21 October: 22 at 20 dollars a month and 8.5 at 40, or 780 / 30.5 on average.
  // A tenth of a week on each of 31 days, of 30.5 / 7 weeks: (2.2 * 20 + 0.9 * 40) * 7 / 30.5.
  const even = await readPlan(history);
  assertEquals(even.text, "71% of it was used in 31 days, worth $18.36 of $25.57");
  assertEquals(even.plan.price, usd(40));
  // All of it after the change: 0.9 * 40 * 7 / 30.5; all of it before: 2.2 * 20 * 7 / 30.5.
  const change = utc("2026-11-12");
  const after = await readPlan(history, { used: ({ from }) => from >= change ? 0.1 : 0 });
  assertEquals(after.text, "21% of it was used in 31 days, worth $8.26 of $25.57");
  const before = await readPlan(history, { used: ({ from }) => from < change ? 0.1 : 0 });
  assertEquals(before.text, "50% of it was used in 31 days, worth $10.10 of $25.57");
  // More than all of it is worth no more than it cost: 0.4 a day are 2.85 of what the plan allows.
  const full = await readPlan(history, { used: () => 0.4 });
  assertEquals(full.text, "285% of it was used in 31 days, worth $25.57 of $25.57");
  // What was left of the first part is not made up for in the second: 8.5 * 40 / 30.5.
  const late = await readPlan(history, { used: ({ from }) => from >= change ? 0.4 : 0 });
  assertEquals(late.text, "83% of it was used in 31 days, worth $11.15 of $25.57");
});

Deno.test("days before a price, and after its end, are worth nothing, and each currency counts for itself", async () => {
  // 8.5 of 30.5 days at 40: 11.15; 0.9 * 40 * 7 / 30.5 of it were used.
  const late = await readPlan([{ since: "2026-11-12", price: usd(40) }]);
  assertEquals(late.text, "71% of it was used in 31 days, worth $8.26 of $11.15");
  const ended = await readPlan([{ since: null, price: usd(20) }, { since: "2026-11-12", price: null }]);
  // 22 of 30.5 days at 20: 14.43.
  assertEquals(ended.text, "71% of it was used in 31 days, worth $10.10 of $14.43");
  assertEquals(ended.plan.price, null);
  const both = await readPlan([
    { since: null, price: usd(20) },
    { since: "2026-11-12", price: { amount: 40, currency: "EUR" } },
  ]);
  assertEquals(
    both.text,
    "71% of it was used in 31 days, worth $10.10 of $14.43 and 8.26 EUR of 11.15 EUR",
  );
  assertEquals((await readPlan([])).text, "71% of it was used in 31 days");
  // A price that counts later says nothing yet.
  const future = await readPlan([{ since: null, price: usd(20) }, { since: "2026-12-01", price: usd(40) }]);
  assertEquals([future.plan.price, future.months["2026-11"]], [usd(20), "$20.00"]);
});

Deno.test("a month costs the price of each of its days, whatever the clock does", async () => {
  const change = (day: string): PriceHistory => [{ since: null, price: usd(20) }, {
    since: day,
    price: usd(40),
  }];
  // November: 11 days at 20, 19 at 40, of 30.
  const { months } = await readPlan(change("2026-11-12"));
  assertEquals([months["2026-11"], months["2026-10"], months["2025-12"]], ["$32.67", "$20.00", "$20.00"]);
  const first = await readPlan(change("2026-11-01"));
  assertEquals([first.months["2026-11"], first.months["2026-10"]], ["$40.00", "$20.00"]);
  const last = await readPlan(change("2026-10-31"));
  // 30 days at 20 and one at 40, of 31.
  assertEquals([last.months["2026-11"], last.months["2026-10"]], ["$40.00", "$20.65"]);
  // February has 28 days: 14 of each.
  assertEquals((await readPlan(change("2026-02-15"))).months["2026-02"], "$30.00");
  // October has a day of 25 hours in Berlin, and March one of 23: 15 days at 20, 16 at 40, of 31.
  for (const month of ["2026-10", "2026-03"]) {
    const berlin = await readPlan(change(`${month}-16`), { zone: "Europe/Berlin" });
    assertEquals(berlin.months[month], "$30.32");
  }
  const both = await readPlan([
    { since: null, price: { amount: 30, currency: "EUR" } },
    { since: "2026-11-11", price: usd(60) },
  ]);
  // A third of the month, and two thirds.
  assertEquals(both.months["2026-11"], "10.00 EUR + $40.00");
});

Deno.test("a price without a day counts for no month before the first reading, one with a day for each since", async () => {
  const since = utc("2026-10-20");
  const always = await readPlan([{ since: null, price: usd(20) }], { since });
  assertEquals([always.months["2026-11"], always.months["2026-10"], always.months["2026-09"]], [
    "$20.00",
    "$20.00",
    null,
  ]);
  const dated = await readPlan([{ since: "2026-09-01", price: usd(20) }], { since });
  assertEquals([dated.months["2026-09"], dated.months["2026-08"]], ["$20.00", null]);
});
