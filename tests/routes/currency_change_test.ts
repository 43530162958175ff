/** A quota whose vendor states another currency from a day on: amounts of two currencies are never added up. */
import { DAY_MS } from "../../lib/model/duration.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const CHANGE = utc("2026-11-10 00:00");
const [NOVEMBER, DECEMBER] = [utc("2026-11-01 00:00"), utc("2026-12-01 00:00")];

/** Seven yuan a day from 5 October, and one of the other currency a day from 10 November up to the 18th. */
async function monthsOf(
  readingAt: (facts: {
    readonly now: number;
    readonly day: number;
    readonly money: Pick<Reading, "unit" | "currency">;
    readonly isAfter: boolean;
  }) => Reading,
  after: Pick<Reading, "unit" | "currency">,
) {
  const clock = new FakeClock(utc("2026-10-05 12:00"));
  await using services = await fakeServices({ clock });
  for (let day = 0; day < 45; day++) {
    const isAfter = clock.now() >= CHANGE;
    const money = isAfter ? after : { unit: "credits", currency: "CNY" } as const;
    await services.polled("acme/api", [readingAt({ now: clock.now(), day, money, isAfter })]);
    if (day < 44) clock.jump(DAY_MS);
  }
  const { accounts } = await (await askApp(services)("/api/v1/spend")).json();
  return accounts.map(({ currency, months, projected }: {
    readonly currency: string;
    readonly months: readonly { readonly amount: number | null; readonly since: string | null }[];
    readonly projected: number | null;
  }) => [
    currency,
    ...months.slice(0, 2).map(({ amount, since }) =>
      amount === null ? null : `${amount}${since === null ? "" : ` since ${since.slice(0, 10)}`}`
    ),
    projected,
  ]);
}

const EUROS = { unit: "credits", currency: "EUR" } as const;
const DOLLARS = { unit: "usd" } as const;

Deno.test("a balance in another currency counts from then on", async () => {
  for (const limit of [null, 1000]) {
    for (const [after, word] of [[EUROS, "EUR"], [DOLLARS, "USD"]] as const) {
      const months = await monthsOf(({ day, money, isAfter }) =>
        reading({
          quota: "balance",
          ...money,
          used: null,
          limit,
          remaining: isAfter ? 150 - day : 1000 - 7 * day,
          window: { kind: "balance", seconds: null },
          resetsAt: null,
        }), after);
      // From the 10th to the 18th a euro on each of eight days; what was spent before is in yuan.
      assertEquals(months, [[word, "8 since 2026-11-10", null, null]], `${word}, ${limit}`);
    }
  }
});

Deno.test("a monthly counter in another currency states its month, and past months are not told in that currency", async () => {
  const months = await monthsOf(({ now, day, money, isAfter }) =>
    reading({
      quota: "month",
      ...money,
      used: isAfter ? day - 35 : now < NOVEMBER ? 7 * (day + 1) : 7 * (day - 26),
      limit: null,
      window: { kind: "calendar", seconds: null },
      resetsAt: now < NOVEMBER ? NOVEMBER : DECEMBER,
    }), EUROS);
  assertEquals(months.map((row: readonly unknown[]) => row.slice(0, 3)), [["EUR", "9", null]]);
});

Deno.test("a currency that is stated for the first time changes nothing", async () => {
  const clock = new FakeClock(utc("2026-11-01 12:00"));
  await using services = await fakeServices({ clock });
  for (let day = 0; day < 10; day++) {
    await services.polled("acme/api", [reading({
      quota: "balance",
      unit: "usd",
      ...day >= 5 && { currency: "USD" },
      used: null,
      limit: null,
      remaining: 100 - 2 * day,
      window: { kind: "balance", seconds: null },
      resetsAt: null,
    })]);
    clock.jump(DAY_MS);
  }
  const { accounts } = await (await askApp(services)("/api/v1/spend")).json();
  const [{ currency, months }] = accounts;
  assertEquals([accounts.length, currency, months[0].amount], [1, "USD", 18]);
});
