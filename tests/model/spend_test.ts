/** Money by month, projections, allowances and the use of plans. */
import fc from "fast-check";
import { DAY_MS } from "../../lib/model/duration.ts";
import { dayAllowance } from "../../lib/model/spend/allowance.ts";
import { findMonth, lastMonths } from "../../lib/model/spend/month.ts";
import { planUse } from "../../lib/model/spend/plan_use.ts";
import { projectMonth } from "../../lib/model/spend/projection.ts";
import { allowanceText, formatMoney, planText, totalText } from "../../lib/model/spend/words.ts";
import { assert, assertEquals } from "../support/assert.ts";

const at = (text: string) => Date.parse(text);

Deno.test("months follow each other without a gap in any zone, the current one first", () => {
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/Sao_Paulo",
  ];
  fc.assert(fc.property(
    fc.integer({ min: at("2010-01-01T00:00:00Z"), max: at("2040-01-01T00:00:00Z") }),
    fc.constantFrom(...zones),
    (now, zone) => {
      const months = lastMonths(now, zone, 14);
      assert(months[0]!.from <= now && now < months[0]!.to);
      months.slice(1).forEach(({ to }, place) => assertEquals(to, months[place]!.from));
      assertEquals(new Set(months.map(({ label }) => label)).size, 14);
    },
  ));
});

Deno.test("a month begins and ends at local midnight, also when clocks change within it", () => {
  assertEquals(findMonth(at("2026-10-31T23:30:00Z"), "Europe/Berlin"), {
    label: "2026-11",
    from: at("2026-10-31T23:00:00Z"),
    to: at("2026-11-30T23:00:00Z"),
  });
  const { from, to } = findMonth(at("2026-10-10T00:00:00Z"), "Europe/Berlin");
  assertEquals(to - from, 31 * DAY_MS + 3_600_000);
});

Deno.test("a projection adds the mean of the known days for the rest of the month", () => {
  const input = { spent: 30, now: at("2026-11-21T00:00:00Z"), monthEnd: at("2026-12-01T00:00:00Z") };
  assertEquals(projectMonth({ ...input, days: [1, null, 2, 3] }), { amount: 50, perDay: 2, days: 3 });
  assertEquals(projectMonth({ ...input, days: [0, 0, 0] }), { amount: 30, perDay: 0, days: 3 });
  assertEquals(projectMonth({ ...input, days: [1, null, 2] }), null, "two days say too little");
  assertEquals(projectMonth({ ...input, now: input.monthEnd + 1, days: [1, 2, 3] })?.amount, 30);
});

Deno.test("a projection is never below the amount so far, and grows with every day's cost", () => {
  const cost = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(fc.property(
    cost,
    fc.array(cost, { minLength: 3, maxLength: 14 }),
    fc.integer({ min: 0, max: 31 }),
    cost,
    (spent, days, left, more) => {
      const now = at("2026-11-01T00:00:00Z");
      const input = { spent, now, monthEnd: now + left * DAY_MS };
      const { amount } = projectMonth({ ...input, days })!;
      assert(amount >= spent);
      const grown = projectMonth({ ...input, days: [days[0]! + more, ...days.slice(1)] })!.amount;
      assert(grown >= amount * (1 - 1e-12), `${grown} after ${amount}`);
    },
  ));
});

Deno.test("today's allowance is the even share at the end of today minus the used share", () => {
  const week = {
    share: 0.5,
    windowMs: 7 * DAY_MS,
    resetsAt: at("2026-11-30T00:00:00Z"),
    now: at("2026-11-26T15:00:00Z"),
    workDays: 7,
    zone: "UTC",
  };
  const { evenShare, left, until } = dayAllowance(week)!;
  assertEquals([until, evenShare.toFixed(4), left.toFixed(4)], [
    at("2026-11-27T00:00:00Z"),
    "0.5714",
    "0.0714",
  ]);
  assertEquals(allowanceText({ left }), "7.1% left for today");
  assertEquals(allowanceText(dayAllowance({ ...week, share: 0.7 })!), "13% over for today");
  // Of five working days, Thursday is the fourth.
  assertEquals(dayAllowance({ ...week, workDays: 5 })!.evenShare, 0.8);
  // The last day ends with the window.
  const last = dayAllowance({ ...week, now: at("2026-11-29T23:00:00Z"), share: 0.9 })!;
  assertEquals([last.until, last.evenShare, last.left.toFixed(2)], [week.resetsAt, 1, "0.10"]);
});

Deno.test("there is no allowance for short windows, unknown figures and due resets", () => {
  const now = at("2026-11-26T15:00:00Z");
  const week = { share: 0.5, windowMs: 7 * DAY_MS, resetsAt: now + DAY_MS, now, workDays: 7, zone: "UTC" };
  assert(dayAllowance(week) !== null);
  assertEquals(dayAllowance({ ...week, windowMs: 5 * 3_600_000 }), null);
  assertEquals(dayAllowance({ ...week, share: null }), null);
  assertEquals(dayAllowance({ ...week, resetsAt: null }), null);
  assertEquals(dayAllowance({ ...week, resetsAt: now }), null);
  assertEquals(dayAllowance({ ...week, resetsAt: now + 8 * DAY_MS }), null);
});

Deno.test("a plan's use is the use of its longest window, however many windows passed", () => {
  const week = { windowMs: 7 * DAY_MS, limits: 2.1 };
  assertEquals(planUse([week], 28 * DAY_MS)!.share, 2.1 / 4);
  // Five hours say nothing about a weekly plan; of two weeks the fuller one decides.
  const fiveHours = { windowMs: 5 * 3_600_000, limits: 90 };
  assertEquals(planUse([fiveHours, week, { ...week, limits: 3 }], 28 * DAY_MS)!.share, 0.75);
  assertEquals(planUse([week], 2 * DAY_MS), null);
  assertEquals(planUse([{ windowMs: 30 * DAY_MS, limits: 0.5 }], 15 * DAY_MS)!.share, 1);
  assertEquals(planUse([], 28 * DAY_MS), null);
  // An unknown limit is not a use of 0.
  assertEquals(planUse([{ ...week, limits: null }], 28 * DAY_MS), null);
  assertEquals(planUse([{ ...week, limits: null }, week], 28 * DAY_MS)!.share, 2.1 / 4);
});

Deno.test("money, totals and plans are put into words", () => {
  assertEquals(formatMoney(1234.5, "USD"), "$1,234.50");
  assertEquals(formatMoney(0.0042, "USD"), "$0.0042");
  assertEquals(formatMoney(-3, "EUR"), "-3.00 EUR");
  assertEquals(formatMoney(null, "USD"), "unknown");
  assertEquals(formatMoney(1234567.891, "EUR"), "1,234,567.89 EUR");
  const total = {
    currency: "USD",
    months: [{ amount: 12.4, since: null }, { amount: 3, since: null }],
    projected: 31,
    budget: 50,
  };
  assertEquals(
    totalText(total, String),
    "$12.40 spent this month, about $31.00 by its end; 25% of the budget of $50.00",
  );
  assertEquals(
    totalText({ ...total, months: [null], budget: null }, String),
    "No readings this month in USD",
  );
  assertEquals(
    totalText({ ...total, months: [{ amount: 12.4, since: 20 }], projected: null }, (at) => `${at} Nov`),
    "$12.40 spent since 20 Nov; 25% of the budget of $50.00",
  );
  // One account was read all month, another only since the 20th.
  const mixed = { amount: 30, since: 20, isPartly: true } as const;
  assertEquals(
    totalText({ ...total, months: [mixed], projected: null, budget: null }, (at) => `${at} Nov`),
    "$30.00 spent this month, some of it known only since 20 Nov",
  );
  const use = { share: 0.62, lookedAtMs: 30 * DAY_MS };
  assertEquals(
    planText({ use, worth: [{ currency: "USD", price: 20, worth: 12.4 }] }),
    "62% of it was used in 30 days, worth $12.40 of $20.00",
  );
  assertEquals(planText({ use: null, worth: [] }), "Too little has been read to say");
});
