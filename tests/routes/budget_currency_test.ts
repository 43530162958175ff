/** The currency of a budget, from the form, the API and old rules to the page, the figures and the alert. */
import { DAY_MS, HOUR_MS } from "../../lib/model/duration.ts";
import { ALERT_RULES_DOC } from "../../lib/model/alerts/rename.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const MONTH = { kind: "calendar", seconds: null } as const;

/** An account with a purse in yuan, to which one in dollars can be added, and one that states no money. */
async function house() {
  const clock = new FakeClock(utc("2026-11-20 12:00"));
  const services = await fakeServices({ clock });
  const ask = askApp(services);
  const purse = (currency: string, used: number) =>
    reading({
      quota: currency.toLowerCase(),
      unit: "credits",
      currency,
      used,
      limit: null,
      window: MONTH,
      resetsAt: utc("2026-12-01 00:00"),
    });
  const poll = async (yuan: number, dollars?: number) => {
    clock.jump(HOUR_MS);
    const money = [purse("CNY", yuan), ...dollars === undefined ? [] : [purse("USD", dollars)]];
    await services.polled("deepseek/one", money);
    return (await services.alerts.evaluate()).map(({ kind, text }) => `${kind}: ${text.split("\n")[0]}`);
  };
  const form = (fields: Record<string, string>) =>
    ask("/spend", {
      method: "POST",
      body: new URLSearchParams({ account: "deepseek/one", price: "", currency: "", ...fields }),
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    });
  const put = (body: object) =>
    ask("/api/v1/rules", {
      method: "PUT",
      body: JSON.stringify({ of: "deepseek/one", ...body }),
      headers: { "content-type": "application/json" },
    });
  const budgets = async () => {
    const { accounts, plans } = await (await ask("/api/v1/spend")).json();
    return [
      ...accounts.map((
        { currency, budget }: { readonly currency: string; readonly budget: number | null },
      ) => `${currency} ${budget}`),
      ...plans.map((
        { budget, budgetCurrency }: { readonly budget: number; readonly budgetCurrency: string },
      ) => `plan ${budget} ${budgetCurrency}`),
    ];
  };
  return { services, clock, ask, poll, form, put, budgets };
}

Deno.test("in the last hours of a month, an alert and the page state the vendor's figure of that month", async () => {
  const { services, ask, clock } = await house();
  // Midnight UTC is the afternoon of the 30th in Los Angeles.
  await services.settings.save({ zone: "America/Los_Angeles" });
  await services.alerts.setRules({
    only: { "acme/api": { budget: 290, budgetCurrency: "USD" } },
  });
  const poll = async (at: string, used: number, resetsAt: string) => {
    clock.jump(utc(at) - clock.now());
    const about = { quota: "month", unit: "usd", limit: null, window: MONTH } as const;
    await services.polled("acme/api", [reading({ ...about, used, resetsAt: utc(resetsAt) })]);
    const figures = (await services.alerts.explain("acme/api")).flatMap(({ kind, figure }) =>
      kind === "over-budget" ? [figure] : []
    );
    const { accounts: [{ months: [first] }] } = await (await ask("/api/v1/spend")).json();
    return [...figures, `${first.month} ${first.amount}`];
  };
  await poll("2026-11-21 00:00", 200, "2026-12-01 00:00");
  assertEquals(await poll("2026-11-30 23:00", 299, "2026-12-01 00:00"), [
    "$299.00 of $290.00",
    "2026-11 299",
  ]);
  await poll("2026-12-01 01:00", 1, "2027-01-01 00:00");
  assertEquals(await poll("2026-12-01 07:00", 2, "2027-01-01 00:00"), ["$299.00 of $290.00", "2026-11 299"]);
  assertEquals(await poll("2026-12-01 09:00", 3, "2027-01-01 00:00"), ["$3.00 of $290.00", "2026-12 3"]);
});

Deno.test("a budget keeps its currency when the account gets money in another", async () => {
  const { ask, poll, form, budgets } = await house();
  await poll(10);
  assertEquals((await form({ budget: "50" })).status, 303);
  assertEquals(await budgets(), ["CNY 50", "plan 50 CNY"]);
  assertEquals(await poll(20, 60), []);
  assertEquals(await budgets(), ["USD null", "CNY 50", "plan 50 CNY"]);
  const page = await (await ask("/spend")).text();
  assertStringIncludes(page, "40% of the budget of 50.00 CNY");
  assertStringIncludes(page, "Budget 50.00 CNY");
  // 60 dollars are not over a budget in yuan, 51 yuan are.
  assertEquals(await poll(51, 60), [
    "over-budget: 51.00 CNY spent in 2026-11, 102% of the budget of 50.00 CNY.",
  ]);
  const { rules: { only } } = await (await ask("/api/v1/rules")).json();
  assertEquals(only, [{ of: "deepseek/one", budget: 50, budgetCurrency: "CNY" }]);
});

Deno.test("a budget stored without a currency is in that of the account's first money, and stays there", async () => {
  const { services, clock, poll, budgets } = await house();
  await poll(10);
  const only = { "deepseek/one": { budget: 50 }, "acme/none": { budget: 5 } };
  await services.store.docs.put("settings", ALERT_RULES_DOC, { only }, clock.now());
  // The purse in dollars came before this version did.
  await poll(20, 60);
  assertEquals(await budgets(), ["USD null", "CNY 50", "plan 50 CNY"]);
  assertEquals((await services.alerts.rules()).only, {
    "deepseek/one": { budget: 50, budgetCurrency: "CNY" },
    "acme/none": { budget: 5 },
  });
  // The purse in yuan expires with its readings; the budget is still one in yuan.
  clock.jump(400 * DAY_MS);
  assertEquals((await services.alerts.rules()).only?.["deepseek/one"]?.budgetCurrency, "CNY");
});

Deno.test("the currency of a budget is entered on the page and by the API", async () => {
  const { ask, poll, form, put, budgets, services } = await house();
  await poll(20, 60);
  // Without a budget there is nothing to be in a currency.
  assertEquals((await put({ budgetCurrency: "USD" })).status, 422);
  assertStringIncludes(await (await ask("/spend")).text(), 'name="budgetCurrency"');
  assertEquals((await form({ budget: "50", budgetCurrency: "cny" })).status, 303);
  assertEquals(await budgets(), ["USD null", "CNY 50", "plan 50 CNY"]);
  // A form without the field, and a body without it, keep the currency.
  await form({ budget: "60" });
  assertEquals((await put({ budget: 70 })).status, 200);
  assertEquals(await budgets(), ["USD null", "CNY 70", "plan 70 CNY"]);
  assertEquals((await put({ budgetCurrency: "USD" })).status, 200);
  assertEquals(await budgets(), ["USD 70", "CNY null", "plan 70 USD"]);
  // Other rules of the account keep it as well.
  assertEquals((await put({ balanceBelow: 3 })).status, 200);
  assertEquals(await budgets(), ["USD 70", "CNY null", "plan 70 USD"]);
  // In a currency in which the account has no money, it limits nothing yet.
  await form({ budget: "50", budgetCurrency: "EUR" });
  assertEquals(await budgets(), ["USD null", "CNY null", "plan 50 EUR"]);
  assertEquals((await form({ budget: "50", budgetCurrency: "euros" })).status, 422);
  for (
    const body of [{ of: "*", budget: 5 }, { of: "deepseek/one/usd", budget: 5 }, { budgetCurrency: "usd" }, {
      budget: -1,
    }]
  ) {
    assertEquals([body, Math.floor((await put(body)).status / 100)], [body, 4]);
  }
  assertEquals((await put({ budget: null })).status, 200);
  assertEquals((await services.alerts.rules()).only, { "deepseek/one": { balanceBelow: 3 } });
});

Deno.test("the same amount in another currency is another line to cross, and an old alert is not repeated", async () => {
  const { services, clock, poll, put } = await house();
  await poll(1);
  const only = { "deepseek/one": { budget: 50 } };
  await services.store.docs.put("settings", ALERT_RULES_DOC, { only }, clock.now());
  assertEquals((await poll(60, 70)).length, 1);
  // As an earlier version remembered it, without the currency.
  const memory = await services.store.docs.get<{ readonly told: readonly string[] }>(
    "alert_memory",
    "deepseek/one",
    clock.now(),
  );
  const told = memory!.told.map((one) => one.replace(/\|CNY$/, ""));
  await services.store.docs.put("alert_memory", "deepseek/one", { ...memory, told }, clock.now());
  assertEquals(await poll(61, 70), []);
  await services.store.docs.put("alert_memory", "deepseek/one", { ...memory }, clock.now());
  await put({ budget: 50, budgetCurrency: "USD" });
  assertEquals(await poll(61, 71), [
    "over-budget: $71.00 spent in 2026-11, 142% of the budget of $50.00.",
  ]);
});
