/** Amounts of money in another currency than dollars: every page names the currency, and adds up no two of them. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { textOf } from "../support/html.ts";
import { BALANCE, MINUTE_MS, MONTHLY, reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const EURO = {
  quota: "extra",
  label: "Extra usage",
  unit: "credits",
  currency: "EUR",
  window: MONTHLY,
} as const;
const YUAN = { quota: "purse", label: "Purse", unit: "credits", currency: "CNY", window: BALANCE } as const;

async function served() {
  const clock = new FakeClock(utc("2026-11-21 10:00"));
  const services = await fakeServices({ clock });
  for (const step of [0, 1, 2]) {
    await services.polled("acme/work", [
      reading({ ...EURO, used: 12.5 + step, limit: 50, remaining: 37.5 - step }),
      reading({
        ...YUAN,
        used: null,
        limit: null,
        remaining: 1110 - step * 4,
        parts: [{ name: "Granted", used: 10 }, { name: "Topped up", used: 1100 - step * 4 }],
      }),
    ]);
    clock.jump(MINUTE_MS);
  }
  return services;
}

Deno.test("pages show money in its currency, not as credits", async () => {
  await using services = await served();
  const ask = askApp(services);
  const page = async (path: string) =>
    textOf((await (await ask(path)).text()).replaceAll(/<script[^]*?<\/script>/g, "")).replaceAll(
      /\s+/g,
      " ",
    );
  const overview = await page("/?view=comfortable");
  assertStringIncludes(overview, "14.50 EUR of 50.00 EUR used");
  assertStringIncludes(overview, "1,102.00 CNY left");
  const account = await page("/accounts/acme/work?quota=purse");
  assertMatch(account, /Left, granted ?10\.00 CNY/);
  assertMatch(account, /Left, topped up ?1,092\.00 CNY/);
  for (
    const path of [
      "/?view=comfortable",
      "/accounts/acme/work?quota=extra",
      "/cycles",
      "/sessions",
      "/stats",
      "/history",
    ]
  ) {
    const text = await page(path);
    assert(!/\bcredits\b/.test(text), `${path}: ${/.{60}\bcredits\b.{20}/.exec(text)?.[0]}`);
  }
  assertMatch(await page("/cycles?quota=acme/work/extra&group=quota"), /2\.00 EUR consumed/);
  // Euros and yuan have no sum.
  assertStringIncludes(await page("/cycles?group=account"), "Acme work 2 cycles, peak 29% on average");
});

Deno.test("what is left of a purse is the share of no tool", async () => {
  await using services = await served();
  const { insights } = await (await askApp(services)("/api/v1/insights")).json() as {
    insights: readonly { type: string; description: string }[];
  };
  assertEquals(insights.filter(({ type }) => /tool/.test(type)), []);
  for (const { description } of insights) assert(!/\d credits\b/.test(description), description);
});

Deno.test("the APIs name the currency beside the unit", async () => {
  await using services = await served();
  const ask = askApp(services);
  const json = async (path: string) => await (await ask(path)).json();
  type Named = {
    readonly name?: string;
    readonly quotaType?: string;
    readonly unit: string;
    readonly currency?: string;
  };
  for (const path of ["/api/current?provider=acme", "/api/summary?provider=acme"]) {
    const { quotas } = await json(path) as { quotas: readonly Named[] };
    const found = quotas.map(({ name, quotaType, unit, currency }) => [name ?? quotaType, unit, currency]);
    assertEquals(found.toSorted(), [["extra", "credits", "EUR"], ["purse", "credits", "CNY"]], path);
  }
  const { forecasts } = await json("/api/v1/forecasts") as {
    forecasts: readonly (Named & { quota: string })[];
  };
  assertEquals(forecasts.map(({ currency }) => currency).toSorted(), ["CNY", "EUR"]);
});
