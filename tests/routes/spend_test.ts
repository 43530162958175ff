/** Spend, from readings to the page, the API and the file. */
import { DAY_MS, HOUR_MS } from "../../lib/model/duration.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN, providerStatus } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const MONTH = { kind: "calendar", seconds: null } as const;
const DAY = { kind: "calendar", seconds: 86_400 } as const;
const WEEK = { kind: "fixed", seconds: 7 * 86_400 } as const;

/** Money of one account, 2 dollars each day, and a plan whose week fills by 10 percent a day. */
async function house(configured = true) {
  const clock = new FakeClock(utc("2026-10-28 12:00"));
  const services = await fakeServices({ clock, providers: [providerStatus({ id: "acme", configured })] });
  const ask = askApp(services);
  const usd = (quota: string, used: number, window: Reading["window"], resetsAt: number) =>
    reading({ quota, label: quota, unit: "usd", used, limit: null, window, resetsAt });
  for (let day = 0; day < 20; day++) {
    const now = clock.now();
    const { month, first } = now < utc("2026-11-01 00:00")
      ? { month: utc("2026-11-01 00:00"), first: utc("2026-10-01 00:00") }
      : { month: utc("2026-12-01 00:00"), first: utc("2026-11-01 00:00") };
    const spent = 2 * Math.ceil((now - first) / DAY_MS);
    const midnight = now - now % DAY_MS + DAY_MS;
    const weekEnd = utc("2026-10-27 00:00") + Math.ceil((now - utc("2026-10-27 00:00")) / WEEK_MS) * WEEK_MS;
    for (const part of [0, 1]) {
      await services.polled("acme/api", [
        usd("month", spent - 1 + part, MONTH, month),
        usd("day", 1 + part, DAY, midnight),
      ]);
      await services.polled("acme/plan", [
        reading({
          quota: "week",
          unit: "percent",
          used: Math.floor((now - (weekEnd - WEEK_MS)) / DAY_MS) * 10 + 5 + 5 * part,
          limit: 100,
          window: WEEK,
          resetsAt: weekEnd,
        }),
      ], "Max");
      clock.jump(HOUR_MS);
    }
    if (day < 19) clock.jump(DAY_MS - 2 * HOUR_MS);
  }
  const form = (fields: Record<string, string>) =>
    ask("/spend", {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    });
  return { ask, form, services, clock };
}
const WEEK_MS = 7 * DAY_MS;

Deno.test("each dollar counts once, the current month as the vendor states it, and the month is projected", async () => {
  const { ask } = await house();
  const { accounts, totals } = await (await ask("/api/v1/spend")).json();
  assertEquals(accounts.length, 1);
  const [{ account, currency, months, projected, perDay }] = accounts;
  // On 16 November 16 days at 2 dollars are spent; of October only the monthly counter.
  assertEquals([account, currency, months[0], months[1].amount], [
    "acme/api",
    "USD",
    { month: "2026-11", amount: 32, since: null },
    62,
  ]);
  assertEquals(months[2].amount, null, "before the first reading nothing is known");
  assert(Math.abs(perDay - 2) < 0.2, `${perDay} a day`);
  assert(projected > 55 && projected < 65, `${projected} by its end`);
  assertEquals(months[1].since, null, "the monthly counter knows October whole");
  assertEquals([totals[0].currency, totals[0].months[0].amount, totals[0].budget], ["USD", 32, null]);
});

Deno.test("of an account that is no longer configured nothing more is expected, once nothing polls it", async () => {
  const { ask, clock } = await house(false);
  const projected = async () => {
    const { accounts, totals } = await (await ask("/api/v1/spend")).json();
    return [accounts[0].months[0].amount, accounts[0].projected, totals[0].projected];
  };
  // Just read, it may be polled by another process.
  const [spent, account, total] = await projected();
  assertEquals(spent, 32);
  assert(account > 55 && total === account, `${account}, ${total}`);
  clock.jump(3 * DAY_MS);
  assertEquals(await projected(), [32, 32, 32]);
  assertStringIncludes(await (await ask("/spend")).text(), "about $32.00 by its end");
});

Deno.test("prices and budgets are entered on the page, and show what a plan was worth", async () => {
  const { ask, form, services } = await house();
  const empty = await (await ask("/spend")).text();
  assertStringIncludes(empty, "$32.00 spent this month");
  assertStringIncludes(empty, "left for today");
  const saved = await form({ account: "acme/plan", price: "$100", currency: "eur", budget: "" });
  assertEquals([saved.status, saved.headers.get("location")], [303, "/spend?done=saved"]);
  await form({ account: "acme/api", price: "", currency: "", budget: "40" });
  const { plans, accounts } = await (await ask("/api/v1/spend")).json();
  const [api, plan] = plans;
  assertEquals([api.account, api.billedByUse, api.usedShare], ["acme/api", true, null]);
  assertEquals([plan.account, plan.billedByUse], ["acme/plan", false]);
  assertEquals(plan.price, { amount: 100, currency: "EUR" });
  assert(plan.usedShare > 0.5 && plan.usedShare < 0.9, `${plan.usedShare}`);
  assertEquals(accounts[0].budget, 40);
  const page = await (await ask("/spend")).text();
  assertStringIncludes(page, "of 100.00 EUR");
  assertStringIncludes(page, "80% of the budget of $40.00");
  // Emptied fields are removed; other settings of the account stay.
  await services.settings.save({ accounts: { "acme/plan": { label: "Work", polling: true } } });
  await form({ account: "acme/plan", price: "20", currency: "USD", budget: "" });
  await form({ account: "acme/plan", price: "", currency: "USD", budget: "" });
  assertEquals(services.settings.current.accounts["acme/plan"], { label: "Work", polling: true });
});

Deno.test("an invalid amount is refused, keeps the input, and changes nothing", async () => {
  const { form, services } = await house();
  for (
    const fields of [
      { account: "acme/plan", price: "<b>lots", currency: "USD", budget: "" },
      { account: "acme/plan", price: "20", currency: "dollars", budget: "" },
      { account: "acme/plan", price: "-5", currency: "USD", budget: "" },
      { account: "acme/plan", price: "1000000000.01", currency: "USD", budget: "" },
      { account: "acme/plan", price: "20", currency: "USD", budget: "1e99" },
    ]
  ) {
    const answer = await form(fields);
    assertEquals(answer.status, 422, JSON.stringify(fields));
    const text = await answer.text();
    assertStringIncludes(text, "Nothing was saved");
    assert(!text.includes("<b>lots"));
  }
  assertEquals((await form({ account: "acme/nobody", price: "1", currency: "USD", budget: "" })).status, 400);
  assertEquals(services.settings.current.accounts, {});
});

Deno.test("the months are a file as well, with a row for each month with readings", async () => {
  const { ask } = await house();
  const lines = (await (await ask("/api/v1/tables/spend?format=csv")).text()).trim().split(/\r?\n/);
  assertEquals(lines.length, 3);
  assertEquals(lines[0], "provider,account,currency,month,amount,since,projected,budget");
  assert(lines[1]!.startsWith("acme,api,USD,2026-11,32,,"), lines[1]);
  assertEquals(lines[2], "acme,api,USD,2026-10,62,,,");
});

Deno.test("the page, the JSON and the file state the same amounts, without noise of binary fractions", async () => {
  const clock = new FakeClock(utc("2026-11-01 00:00"));
  await using services = await fakeServices({ clock });
  for (let hour = 0; hour <= 30 * 6; hour += 6) {
    await services.polled("acme/api", [reading({
      quota: "balance",
      unit: "usd",
      used: null,
      limit: null,
      remaining: Number((50 - hour / 60).toFixed(4)),
      window: { kind: "balance", seconds: null },
      resetsAt: null,
    })]);
    clock.jump(6 * HOUR_MS);
  }
  const ask = askApp(services);
  const { accounts: [{ months: [month], projected }] } = await (await ask("/api/v1/spend")).json();
  // A tenth of a dollar in each of 30 quarters of a day.
  assertEquals(month.amount, 3);
  const [, row] = (await (await ask("/api/v1/tables/spend?format=csv")).text()).split(/\r?\n/);
  assertEquals(row, `acme,api,USD,2026-11,3,,${projected},`);
  assertStringIncludes(await (await ask("/spend")).text(), "$3.00 spent this month");
});

Deno.test("a partly known month says since when, and has no projection", async () => {
  const clock = new FakeClock(utc("2026-11-20 12:00"));
  await using services = await fakeServices({ clock });
  const usd = (used: number) =>
    reading({ quota: "day", unit: "usd", used, limit: null, window: DAY, resetsAt: utc("2026-11-21 00:00") });
  await services.polled("acme/api", [usd(1)]);
  clock.jump(HOUR_MS);
  await services.polled("acme/api", [usd(3)]);
  const ask = askApp(services);
  const { accounts, totals } = await (await ask("/api/v1/spend")).json();
  assertEquals(accounts[0].months[0], { month: "2026-11", amount: 2, since: "2026-11-20T00:00:00.000Z" });
  assertEquals([accounts[0].projected, totals[0].projected], [null, null]);
  const page = await (await ask("/spend")).text();
  assertStringIncludes(page, "$2.00 spent since 20 Nov");
  assert(!page.includes("by its end;") && !page.includes("spent this month"));
});

Deno.test("a closed month is what was billed: after a refund less than its peak", async () => {
  const clock = new FakeClock(utc("2026-10-03 12:00"));
  await using services = await fakeServices({ clock });
  const month = async (used: number, resetsAt: string) => {
    const money = {
      quota: "month",
      unit: "usd",
      limit: null,
      window: MONTH,
      resetsAt: utc(resetsAt),
    } as const;
    await services.polled("acme/api", [reading({ ...money, used })]);
  };
  for (const used of [5, 30, 50, 42]) {
    await month(used, "2026-11-01 00:00");
    clock.jump(7 * DAY_MS);
  }
  clock.jump(5 * DAY_MS);
  await month(3, "2026-12-01 00:00");
  const ask = askApp(services);
  const { accounts: [{ months }] } = await (await ask("/api/v1/spend")).json();
  assertEquals(months.slice(0, 2).map(({ amount }: { readonly amount: number }) => amount), [3, 42]);
});

Deno.test("a budget belongs to its account and first currency, stays when a price is entered, and is removed when emptied", async () => {
  const clock = new FakeClock(utc("2026-11-20 12:00"));
  await using services = await fakeServices({ clock });
  const money = (quota: string, used: number, currency: string) =>
    reading({
      quota: `balance-${quota}`,
      unit: "credits",
      currency,
      used,
      limit: null,
      window: MONTH,
      resetsAt: utc("2026-12-01 00:00"),
    });
  await services.polled("deepseek/both", [money("cny", 7, "CNY"), money("usd", 5, "USD")]);
  await services.polled("deepseek/other", [money("usd", 95, "USD")]);
  await services.polled("acme/plan", [
    reading({ quota: "week", used: 10, limit: 100, window: WEEK, resetsAt: utc("2026-11-24 00:00") }),
  ]);
  const ask = askApp(services);
  const form = (fields: Record<string, string>) =>
    ask("/spend", {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    });
  for (const account of ["deepseek/both", "acme/plan"]) {
    assertEquals((await form({ account, price: "", currency: "", budget: "50" })).status, 303);
  }
  const { accounts, totals, plans } = await (await ask("/api/v1/spend")).json();
  const budgets = accounts.map((
    { account, currency, budget }: Record<string, unknown>,
  ) => [account, currency, budget]);
  assertEquals(budgets, [
    ["deepseek/both", "USD", 50],
    ["deepseek/both", "CNY", null],
    ["deepseek/other", "USD", null],
  ]);
  // 100 dollars of two accounts are not compared with the budget of one.
  assertEquals(totals.map(({ budget }: { readonly budget: unknown }) => budget), [null, null]);
  const plan = plans.find(({ account }: { readonly account: string }) => account === "acme/plan");
  assertEquals(plan.budget, 50, "a plan without money keeps its budget in its form");
  assertStringIncludes(await (await ask("/spend")).text(), 'value="50"');
  await form({ account: "deepseek/both", price: "", currency: "", budget: "" });
  assertEquals(Object.keys((await services.alerts.rules()).only ?? {}), ["acme/plan"]);
});

Deno.test("there is an allowance for current readings with a reset time and a known length", async () => {
  const clock = new FakeClock(utc("2026-11-20 12:00"));
  await using services = await fakeServices({ clock });
  const share = (quota: string, window: Reading["window"], resetsAt: number | null) =>
    reading({ quota, used: 30, limit: 100, window, resetsAt });
  await services.polled("acme/work", [
    share("month", MONTH, utc("2026-12-01 00:00")),
    share("week", WEEK, utc("2026-11-24 00:00")),
    share("sliding", { kind: "rolling", seconds: 7 * 86_400 }, utc("2026-11-24 00:00")),
  ]);
  const ask = askApp(services);
  const quotas = async () =>
    (await (await ask("/api/v1/spend")).json()).allowances.map(({ quota }: { readonly quota: string }) =>
      quota
    );
  // The length of the month is unknown from a reading on the 20th.
  assertEquals(await quotas(), ["acme/work/week"]);
  clock.jump(3 * HOUR_MS);
  assertEquals(await quotas(), [], "three hours without a reading say nothing of today");
});
