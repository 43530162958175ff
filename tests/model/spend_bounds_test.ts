/** Allowances, the use of plans, and their words, at the bounds of each rule. */
import { DAY_MS, HOUR_MS } from "../../lib/model/duration.ts";
import { type AllowanceInput, dayAllowance } from "../../lib/model/spend/allowance.ts";
import { findMonth, lastMonths } from "../../lib/model/spend/month.ts";
import { planUse } from "../../lib/model/spend/plan_use.ts";
import { planWorth } from "../../lib/model/spend/plan_cost.ts";
import { allowanceText, formatMoney, planText, totalText } from "../../lib/model/spend/words.ts";
import { assertEquals } from "../support/assert.ts";
import { utc } from "../support/readings.ts";

/** A Thursday. */
const NOW = utc("2026-11-26 15:00");
const WEEK: AllowanceInput = {
  share: 0.5,
  windowMs: 7 * DAY_MS,
  resetsAt: utc("2026-11-30"),
  now: NOW,
  workDays: 7,
  zone: "UTC",
};

function allow(changes: Partial<AllowanceInput>): number | undefined {
  return dayAllowance({ ...WEEK, ...changes })?.evenShare;
}

Deno.test("windows of at least two days have an allowance for each day", () => {
  const midnight = utc("2026-11-26");
  const two = { now: midnight, resetsAt: midnight + DAY_MS, windowMs: 2 * DAY_MS };
  assertEquals([allow(two), allow({ ...two, windowMs: 2 * DAY_MS - 1 })], [1, undefined]);
  assertEquals(allow({ ...two, resetsAt: midnight + 2 * DAY_MS }), 0.5);
});

Deno.test("each unknown or impossible figure leaves no allowance", () => {
  const ahead = (ms: number) => ({ resetsAt: NOW + ms, windowMs: 4 * DAY_MS });
  const none: readonly Partial<AllowanceInput>[] = [
    { share: null },
    { windowMs: null },
    { resetsAt: null },
    { share: NaN },
    { share: Infinity },
    { share: -0.01 },
    { resetsAt: NOW },
    { resetsAt: NOW - 1 },
    ahead(4 * DAY_MS + 1),
  ];
  for (const changes of none) assertEquals([changes, dayAllowance({ ...WEEK, ...changes })], [changes, null]);
  // Nothing used is a figure too, and a window may end in a moment or begin at this one.
  assertEquals(dayAllowance({ ...WEEK, share: 0 })?.left.toFixed(4), "0.5714");
  assertEquals([allow({ resetsAt: NOW + 1 }), allow(ahead(4 * DAY_MS)) !== undefined], [1, true]);
});

Deno.test("early in a window little of it is for today, and only in a week working days count", () => {
  assertEquals(allow({ now: utc("2026-11-23 09:00") })?.toFixed(4), "0.1429");
  // Saturday and Sunday, of a week of five days.
  const weekend = { now: utc("2026-11-28 09:00"), resetsAt: utc("2026-11-30"), windowMs: 2 * DAY_MS };
  assertEquals([allow({ ...weekend, workDays: 5 }), allow(weekend)], [0.5, 0.5]);
});

Deno.test("the use of a plan is known after its longest window or a week, and at least three days", () => {
  const known = (windowMs: number, timeMs: number) => planUse([{ windowMs, limits: 1 }], timeMs) !== null;
  assertEquals([known(5 * HOUR_MS, 3 * DAY_MS - 1), known(5 * HOUR_MS, 3 * DAY_MS)], [false, true]);
  assertEquals([known(5 * DAY_MS, 5 * DAY_MS - 1), known(5 * DAY_MS, 5 * DAY_MS)], [false, true]);
  assertEquals([known(30 * DAY_MS, 7 * DAY_MS - 1), known(30 * DAY_MS, 7 * DAY_MS)], [false, true]);
});

Deno.test("money has two digits, below a cent four, and nothing is nothing", () => {
  const shown = [0, 1, 0.5, 0.01, 0.00999, 0.006, 0.0001, 0.00004, 5e-17, NaN].map((amount) =>
    formatMoney(amount, "USD")
  );
  assertEquals(shown, [
    "$0.00",
    "$1.00",
    "$0.50",
    "$0.01",
    "$0.01",
    "$0.0060",
    "$0.0001",
    "$0.00",
    "$0.00",
    "unknown",
  ]);
  assertEquals([-2, -0.006, -0.00004, -0].map((amount) => formatMoney(amount, "EUR")), [
    "-2.00 EUR",
    "-0.0060 EUR",
    "0.00 EUR",
    "0.00 EUR",
  ]);
});

Deno.test("a total is compared only with a budget above 0", () => {
  const total = (budget: number | null) =>
    totalText({ currency: "USD", months: [{ amount: 12, since: null }], projected: null, budget }, String);
  assertEquals([total(null), total(0)], ["$12.00 spent this month", "$12.00 spent this month"]);
  assertEquals(total(1), "$12.00 spent this month; 1,200% of the budget of $1.00");
});

Deno.test("exactly the even share leaves nothing for today, and is not over", () => {
  assertEquals([0.001, 0, -0.001].map((left) => allowanceText({ left })), [
    "0.1% left for today",
    "0% left for today",
    "0.1% over for today",
  ]);
});

Deno.test("extra use does not make a plan worth more than its price", () => {
  const [from, to] = [utc("2026-11-01"), utc("2026-12-01")];
  const history = [{ since: null, price: { amount: 20, currency: "USD" } }];
  const worth = (share: number) =>
    planText({
      use: { share, lookedAtMs: to - from },
      worth: planWorth(history, { from, to }, [{ at: from, limits: share }], to - from, "UTC"),
    });
  assertEquals(worth(1), "100% of it was used in 30 days, worth $20.00 of $20.00");
  assertEquals(worth(1.5), "150% of it was used in 30 days, worth $20.00 of $20.00");
  assertEquals(
    planText({ use: { share: 0.5, lookedAtMs: 3.4 * DAY_MS }, worth: [] }),
    "50% of it was used in 3 days",
  );
});

Deno.test("months before January belong to the year before", () => {
  const january = utc("2027-01-15");
  assertEquals(findMonth(january, "UTC"), {
    label: "2027-01",
    from: utc("2027-01-01"),
    to: utc("2027-02-01"),
  });
  assertEquals(lastMonths(january, "UTC", 3).map(({ label }) => label), ["2027-01", "2026-12", "2026-11"]);
});
