/** What plans were worth, and how much of their quotas is for today. */
import type { Slot } from "../../lib/model/history/usage.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { readSpend } from "../../lib/read/spend.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { type SpendFacts, spendSources } from "../support/spend_sources.ts";
import { accountViewOf, quotaViewOf } from "../support/views.ts";

const NOW = utc("2026-11-20 12:00");
const TODAY = utc("2026-11-20");
const WEEK = { kind: "fixed", seconds: 7 * 86_400 } as const;

function week(fields: Partial<QuotaView> = {}): QuotaView {
  return quotaViewOf({
    quota: "week",
    unit: "percent",
    limit: 100,
    used: 30,
    window: WEEK,
    at: NOW,
    resetsAt: TODAY + 4 * DAY_MS,
    ...fields,
  });
}

const dollars = (fields: Partial<QuotaView> = {}) =>
  quotaViewOf({
    quota: "day",
    unit: "usd",
    limit: null,
    window: { kind: "calendar", seconds: 86_400 },
    ...fields,
  });

const read = async (accounts: readonly AccountView[], facts: Partial<SpendFacts> = {}) =>
  await readSpend(spendSources({ accounts, now: NOW, ...facts }));

Deno.test("a plan is listed with quotas, money, or a price", async () => {
  const plans = async (quotas: readonly QuotaView[], facts: Partial<SpendFacts> = {}) =>
    (await read([accountViewOf(quotas, { plan: "Max" })], facts)).plans.map((
      { plan, price, budget, currency, isBilled },
    ) => [plan, price?.amount ?? null, budget, currency, isBilled]);
  const prices = { "acme/default": 20 } as const;
  assertEquals(await plans([week()]), [["Max", null, null, null, false]]);
  assertEquals(await plans([dollars()]), [["Max", null, null, "USD", true]]);
  assertEquals(await plans([], { prices }), [["Max", 20, null, null, true]]);
  assertEquals(await plans([week(), dollars()], { prices, budgets: { "acme/default": 5 } }), [
    ["Max", 20, 5, "USD", false],
  ]);
  assertEquals(await plans([], { budgets: { "acme/default": 5 } }), []);
  const named = await read([accountViewOf([week()], { label: "Work\u001b[31m" })]);
  assertEquals(named.plans[0]!.title.includes("\u001b"), false);
});

Deno.test("a plan allows what has a limit and a length, and is no money", async () => {
  const isPlan = async (quota: QuotaView) =>
    (await read([accountViewOf([quota])], { prices: { "acme/default": 1 } })).plans[0]!.isBilled === false;
  const whole = { startedAt: TODAY - DAY_MS, peak: 1, consumed: 1, whole: true };
  const cases: readonly (readonly [fields: Partial<QuotaView>, expected: boolean])[] = [
    [{}, true],
    [{ gone: true }, false],
    [{ limit: null }, false],
    [{ window: { kind: "rolling", seconds: 300 } }, false],
    [{ window: { kind: "rolling", seconds: 301 } }, true],
    [{ window: { kind: "balance", seconds: null }, cycle: whole }, false],
    [{ window: { kind: "calendar", seconds: null }, cycle: whole }, true],
    [{ window: { kind: "calendar", seconds: null }, cycle: { ...whole, whole: false } }, false],
    [{ unit: "usd" }, false],
  ];
  for (const [fields, expected] of cases) {
    assertEquals([fields, await isPlan(week(fields))], [fields, expected]);
  }
});

Deno.test("the use of a plan is that of the last thirty days, today included", async () => {
  const use = async (
    at: (slot: Slot) => number | null,
    since: number | null = TODAY - 99 * DAY_MS,
    now = NOW,
  ) => {
    const shareAt = (slot: Slot) => {
      const share = at(slot);
      return share === null ? null : { share };
    };
    const uses = { "acme/default/week": { since, at: shareAt } } as const;
    return (await read([accountViewOf([week()])], { uses, now })).plans[0]!.use;
  };
  const days = (count: number) => TODAY - count * DAY_MS;
  // A tenth of the week's quota on each of 31 days, of which the first began before noon.
  const [length, weeks] = [30.5 * DAY_MS, 30.5 / 7];
  const rounded = (one: Awaited<ReturnType<typeof use>>) =>
    one && [Number(one.share.toFixed(9)), one.lookedAtMs];
  const expected = (sum: number, ms = length, of = weeks) => [Number((sum / of).toFixed(9)), ms];
  assertEquals(rounded(await use(() => 0.1)), expected(3.1));
  const only = (day: number) => (slot: Slot) => slot.from === day ? 1.1 : 0.1;
  assertEquals(rounded(await use(only(TODAY))), expected(4.1));
  assertEquals(rounded(await use(only(days(30)))), expected(4.1));
  assertEquals(rounded(await use(only(days(31)))), expected(3.1));
  // At midnight, the day that has just begun, and thirty days before it.
  assertEquals(rounded(await use(only(TODAY), days(99), TODAY)), expected(4.1, 30 * DAY_MS, 30 / 7));
  assertEquals(rounded(await use(only(days(30)), days(99), TODAY)), expected(4.1, 30 * DAY_MS, 30 / 7));
  assertEquals(rounded(await use(only(days(31)), days(99), TODAY)), expected(3.1, 30 * DAY_MS, 30 / 7));
  // Readings that began ten days ago, in the afternoon, or of which the first day alone is known.
  const late = (slot: Slot) => slot.from >= days(10) ? 0.1 : null;
  const half = days(10) + 18 * HOUR_MS;
  assertEquals(rounded(await use(late, half)), expected(1.1, NOW - half, (NOW - half) / (7 * DAY_MS)));
  assertEquals(rounded(await use(late, days(50))), expected(1.1, 10.5 * DAY_MS, 1.5));
  assertEquals([await use(() => null), await use(() => 0.1, null)], [null, null]);
});

Deno.test("the longest window decides how much of a plan was used, since the first reading of any quota", async () => {
  const five = quotaViewOf({ window: { kind: "fixed", seconds: 5 * 3600 } });
  const since = TODAY - 20 * DAY_MS;
  const uses = {
    "acme/default/five-hour": { since, at: (slot: Slot) => slot.from >= since ? { share: 9 } : null },
    "acme/default/week": { since: TODAY, at: (slot: Slot) => slot.from >= TODAY ? { share: 0.5 } : null },
  } as const;
  const { plans } = await read([accountViewOf([five, week()])], { uses });
  assertEquals(plans[0]!.use, { share: 0.5 / (20.5 / 7), lookedAtMs: 20.5 * DAY_MS });
});

Deno.test("advice on a plan is what its quotas' cycles show to be too much or too little", async () => {
  const insight = (description: string, fields: Partial<NonNullable<SpendFacts["insights"]>[number]> = {}) =>
    ({ type: "cycle-utilization", severity: "info", account: "acme/a", description, ...fields }) as const;
  const accounts = ["a", "b"].map((name) =>
    accountViewOf([week({ key: `acme/${name}/week` })], { key: `acme/${name}`, name })
  );
  const { plans } = await read(accounts, {
    insights: [
      insight("Too little is used."),
      insight("Just right.", { severity: "positive" }),
      insight("A smaller one may do.", { severity: "positive", advice: "smaller" } as never),
      insight("Mornings.", { type: "peak-hours" as never }),
      insight("Too much is used.", { severity: "warning" as never }),
      insight("Another.", { account: "acme/b" }),
    ],
  });
  assertEquals(plans.map(({ advice }) => advice), [
    ["Too little is used.", "A smaller one may do.", "Too much is used."],
    ["Another."],
  ]);
});

Deno.test("a quota with a pace and a recent reading of its window has an allowance for today", async () => {
  const allows = async (fields: Partial<QuotaView>) =>
    (await read([accountViewOf([week(fields)])])).allowances.length === 1;
  const [start, reset] = [TODAY - 3 * DAY_MS, TODAY + 4 * DAY_MS];
  const whole = { startedAt: start, peak: 1, consumed: 1, whole: true };
  const cases: readonly (readonly [fields: Partial<QuotaView>, expected: boolean])[] = [
    [{}, true],
    [{ window: { ...WEEK, kind: "calendar" } }, true],
    [{ window: { ...WEEK, kind: "rolling" } }, false],
    [{ window: { ...WEEK, kind: "balance" } }, false],
    [{ gone: true }, false],
    [{ window: { kind: "calendar", seconds: null }, cycle: whole }, true],
    [{ window: { kind: "calendar", seconds: null }, cycle: { ...whole, whole: false } }, false],
    [{ resetsAt: null }, false],
    [{ at: NOW + 5000 }, true],
    // The clock was wrong then.
    [{ at: NOW + 5001 }, false],
    // Two and a half hours of an hourly reading.
    [{ at: NOW - 150 * MINUTE_MS, intervalMs: HOUR_MS }, true],
    [{ at: NOW - 150 * MINUTE_MS - 1, intervalMs: HOUR_MS }, false],
    [{ at: NOW - 150 * MINUTE_MS }, false],
    // Read before the reset that has passed, or at it.
    [{ resetsAt: NOW, at: NOW - 1 }, false],
    [{ resetsAt: reset, at: NOW - 1 }, true],
  ];
  for (const [fields, expected] of cases) {
    assertEquals([fields, await allows(fields)], [fields, expected]);
  }
  const [one] = (await read([accountViewOf([week()])])).allowances;
  // By the end of today four of seven days have passed.
  assertEquals(one, {
    quota: "acme/default/week",
    title: "Acme 5-hour quota",
    share: 0.3,
    resetsAt: reset,
    evenShare: 4 / 7,
    left: 4 / 7 - 0.3,
    until: TODAY + DAY_MS,
  });
});
