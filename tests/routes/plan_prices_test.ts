/** The price of a plan over time, from the form and the API to the figures. */
import { ALERT_RULES_DOC } from "../../lib/model/alerts/rename.ts";
import { DAY_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

interface Facts {
  readonly price: { readonly amount: number; readonly currency: string } | null;
  readonly prices: readonly {
    readonly since: string | null;
    readonly price: { readonly amount: number; readonly currency: string } | null;
  }[];
}

/** A plan that was read for the first time on 1 November. */
async function house() {
  const clock = new FakeClock(utc("2026-11-01 12:00"));
  const services = await fakeServices({ clock });
  const ask = askApp(services);
  const poll = () =>
    services.polled("acme/plan", [reading({
      quota: "week",
      unit: "percent",
      used: 50,
      limit: 100,
      window: { kind: "fixed", seconds: 7 * 86_400 },
      resetsAt: clock.now() + DAY_MS,
    })]);
  await poll();
  clock.jump(19 * DAY_MS);
  await poll();
  const form = async (fields: Record<string, string>) =>
    (await ask("/spend", {
      method: "POST",
      body: new URLSearchParams({ account: "acme/plan", price: "", currency: "USD", budget: "", ...fields }),
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    })).status;
  const put = async (account: object, path = "/api/v1/settings") =>
    (await ask(path, {
      method: "PUT",
      body: JSON.stringify({ accounts: { "acme/plan": account } }),
      headers: { "content-type": "application/json" },
    })).status;
  const plan = async () => (await (await ask("/api/v1/spend")).json()).plans[0];
  /** `20 always, 40 from 2026-11-20`, with what is in force. */
  const known = async () => {
    const { price, prices }: Facts = await plan();
    const words = prices.map((one) =>
      `${one.price?.amount ?? "none"} ${one.since === null ? "always" : `from ${one.since}`}`
    );
    return `${price?.amount ?? "none"}: ${words.join(", ")}`;
  };
  return { services, clock, ask, form, put, plan, known };
}

Deno.test("a changed price counts from today, or from the day that is entered, and earlier days keep the earlier price", async () => {
  const { form, put, known, plan, ask, clock } = await house();
  assertEquals(await form({ price: "20" }), 303);
  assertEquals(await known(), "20: 20 always");
  assertEquals(await form({ price: "40" }), 303);
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-20");
  // The same price with a day is that change on another day, back or forth.
  await form({ price: "40", since: "2026-11-12" });
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-12");
  // November has 11 days at 20 and 19 at 40.
  const { months } = await plan();
  assertEquals(months[0], { month: "2026-11", prices: [{ amount: 32.6667, currency: "USD" }] });
  assertEquals(months[1], { month: "2026-10", prices: null });
  assertStringIncludes(await (await ask("/spend")).text(), "$20.00 a month, $40.00 a month since 2026-11-12");
  // Saved again without a change, or with another budget, it stays.
  await form({ price: "40", budget: "5" });
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-12");
  // A price for an earlier time leaves the later ones.
  await form({ price: "30", since: "2026-11-05" });
  assertEquals(await known(), "40: 20 always, 30 from 2026-11-05, 40 from 2026-11-12");
  // Set back to before another change, it replaces that.
  await form({ price: "40", since: "2026-11-03" });
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-03");
  // Two changes of one day are the last one; back to what was before, there was none.
  await form({ price: "50" });
  await form({ price: "60" });
  assertEquals(await known(), "60: 20 always, 40 from 2026-11-03, 60 from 2026-11-20");
  await form({ price: "40" });
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-03");
  // A price that is known to come counts once its day has come.
  await form({ price: "45", since: "2026-12-01" });
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-03, 45 from 2026-12-01");
  // The price of the settings is the last one entered; a program that writes it back changes nothing.
  assertEquals(await put({ price: { amount: 45, currency: "USD" } }), 200);
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-03, 45 from 2026-12-01");
  clock.jump(20 * DAY_MS);
  assertEquals((await known()).slice(0, 3), "45:");
  await form({ price: "50", since: "2027-01-01" });
  await form({ price: "50" });
  assertEquals(
    await known(),
    "50: 20 always, 40 from 2026-11-03, 45 from 2026-12-01, 50 from 2026-12-10",
  );
});

Deno.test("an emptied price takes back one that counts only from today, and ends any other today", async () => {
  const { form, known, clock, services } = await house();
  await form({ price: "20" });
  await form({ price: "40" });
  await form({ price: "" });
  assertEquals(await known(), "20: 20 always");
  await form({ price: "" });
  assertEquals(await known(), "none: ");
  assertEquals(services.settings.current.accounts["acme/plan"], { label: null, polling: true });
  await form({ price: "20" });
  await form({ price: "40" });
  clock.jump(DAY_MS);
  await form({ price: "" });
  assertEquals(await known(), "none: 20 always, 40 from 2026-11-20, none from 2026-11-21");
  // An empty field that stays empty changes nothing, also later.
  clock.jump(DAY_MS);
  await form({ price: "", budget: "5" });
  assertEquals(await known(), "none: 20 always, 40 from 2026-11-20, none from 2026-11-21");
  // Paid again from a day on; ended on a day.
  await form({ price: "10", since: "2026-11-22" });
  await form({ price: "", since: "2026-11-20" });
  assertEquals(await known(), "none: 20 always, none from 2026-11-20");
});

Deno.test("a day that does not exist is refused, and nothing is saved", async () => {
  const { form, put, known } = await house();
  for (const since of ["2026-02-29", "2026-13-01", "20 November", "0026-11-20", "2026-11-20T00:00"]) {
    assertEquals([since, await form({ price: "20", since })], [since, 422]);
    assertEquals([since, await put({ price: { amount: 20, currency: "USD", since } })], [since, 422]);
  }
  assertEquals(await known(), "none: ");
  assertEquals(await form({ price: "20", since: "2028-02-29" }), 303);
});

Deno.test("programs set a price from a day on, end it, and replace what is known of it", async () => {
  const { put, known, ask } = await house();
  assertEquals(await put({ price: { amount: 20, currency: "USD" } }), 200);
  assertEquals(await put({ price: { amount: 40, currency: "USD", since: "2026-11-10" } }), 200);
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-10");
  // A document that was read can be written back.
  for (const path of ["/api/v1/settings", "/api/settings"]) {
    const { accounts } = await (await ask(path)).json();
    assertEquals(accounts["acme/plan"].price, { amount: 40, currency: "USD" });
    assertEquals(await put(accounts["acme/plan"], path), 200);
    assertEquals(await known(), "40: 20 always, 40 from 2026-11-10");
  }
  assertEquals(await put({ label: "Work" }), 200);
  assertEquals(await known(), "40: 20 always, 40 from 2026-11-10");
  assertEquals(await put({ price: null }), 200);
  assertEquals(await known(), "none: 20 always, 40 from 2026-11-10, none from 2026-11-20");
  const usd = (amount: number) => ({ amount, currency: "USD" });
  const prices = [{ since: "2026-11-15", price: usd(9) }, { since: null, price: usd(7) }];
  assertEquals(await put({ prices }), 200);
  assertEquals(await known(), "9: 7 always, 9 from 2026-11-15");
  assertEquals(await put({ prices: [] }), 200);
  assertEquals(await known(), "none: ");
  assertEquals(await put({ prices: [{ since: "2026-02-30", price: null }] }), 422);
});

Deno.test("a price that contradicts the prices beside it is refused, whichever of them was changed", async () => {
  const { put, known, ask } = await house();
  const usd = (amount: number) => ({ amount, currency: "USD" });
  await put({ price: usd(20) });
  await put({ price: { ...usd(40), since: "2026-11-10" } });
  const before = await known();
  for (const path of ["/api/v1/settings", "/api/settings"]) {
    const { accounts } = await (await ask(path)).json();
    const own = accounts["acme/plan"];
    for (
      const change of [
        { price: usd(60) },
        { price: { amount: 40, currency: "EUR" } },
        { price: null },
        { prices: [...own.prices, { since: "2026-11-15", price: usd(60) }] },
        { prices: [] },
      ]
    ) {
      assertEquals([change, await put({ ...own, ...change }, path)], [change, 422]);
      assertEquals(await known(), before);
    }
    const prices = [...own.prices, { since: "2026-11-15", price: usd(60) }];
    assertEquals(await put({ ...own, price: usd(60), prices }, path), 200);
    assertEquals(await known(), "60: 20 always, 40 from 2026-11-10, 60 from 2026-11-15");
    assertEquals(await put(own, path), 200);
    assertEquals(await known(), before);
  }
  assertEquals(await put({ price: null, prices: [] }), 200);
  assertEquals(await known(), "none: ");
});

Deno.test("the page states a price that is yet to come, and the day of the only one", async () => {
  const { form, ask, clock } = await house();
  const page = async () => await (await ask("/spend")).text();
  await form({ price: "20" });
  // Without a day there is nothing to add to the price.
  assert(!(await page()).includes("$20.00 a month since"));
  await form({ price: "" });
  await form({ price: "20", since: "2026-12-01" });
  assertStringIncludes(await page(), "$20.00 a month since 2026-12-01");
  clock.jump(20 * DAY_MS);
  assertStringIncludes(await page(), "$20.00 a month since 2026-12-01");
});

Deno.test("amounts that programs set with more digits stay while the form changes others", async () => {
  const { form, put, plan } = await house();
  await put({ price: { amount: 19.995, currency: "USD" } });
  assertEquals(await form({ price: "19.995", budget: "50", budgetCurrency: "USD" }), 303);
  const { price, budget } = await plan();
  assertEquals([price.amount, budget], [19.995, 50]);
  // Typed by a person, it is a slip.
  assertEquals(await form({ price: "19.994", budget: "50" }), 422);
});

Deno.test("prices and budgets of currencies with small units are taken", async () => {
  const { form, plan, put } = await house();
  const amounts = { price: "5200000", currency: "VND", budget: "25000000.5", budgetCurrency: "IDR" };
  assertEquals(await form(amounts), 303);
  const { price, budget, budgetCurrency } = await plan();
  assertEquals([price, budget, budgetCurrency], [
    { amount: 5_200_000, currency: "VND" },
    25_000_000.5,
    "IDR",
  ]);
  assertEquals(await put({ price: { amount: 5_300_000, currency: "VND" } }), 200);
  assertEquals((await plan()).price, { amount: 5_300_000, currency: "VND" });
});

Deno.test("documents of earlier versions are still right", async () => {
  const { services, clock, known } = await house();
  const price = { amount: 20, currency: "USD" };
  const accounts = { "acme/plan": { label: null, polling: true, price } };
  await services.store.docs.put("settings", "dashboard", { accounts }, clock.now());
  await services.store.docs.put("settings", ALERT_RULES_DOC, { only: {} }, clock.now());
  clock.jump(DAY_MS);
  assertEquals(await known(), "20: 20 always");
});
