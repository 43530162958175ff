/** Which figures are money, and which of them the vendor states for the current month. */
import type { QuotaView } from "../../lib/model/view/view.ts";
import { findCurrency } from "../../lib/model/quota.ts";
import { findStatedForMonth, spendQuotas } from "../../lib/model/spend/money.ts";
import { findMonth } from "../../lib/model/spend/month.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, utc } from "../support/readings.ts";
import { quotaViewOf } from "../support/views.ts";

const NOW = utc("2026-11-19 13:00");
const END = utc("2026-12-01");
const MONTH = findMonth(NOW, "UTC");
const CALENDAR = { kind: "calendar", seconds: null } as const;

Deno.test("a figure over the calendar month is the vendor's own sum if it is reset within a day of the month's end", () => {
  const stated = (fields: Partial<QuotaView>, now = NOW) =>
    findStatedForMonth(quotaViewOf({ used: 12, window: CALENDAR, resetsAt: END, ...fields }), MONTH, now);
  const off = [0, DAY_MS, -DAY_MS, DAY_MS + 1, -DAY_MS - 1].map((ms) => stated({ resetsAt: END + ms }));
  assertEquals(off, [12, 12, 12, null, null]);
  assertEquals([stated({}, END - 1), stated({}, END)], [12, null]);
  assertEquals([stated({ resetsAt: null }), stated({ used: null })], [null, null]);
  assertEquals(stated({ window: { kind: "rolling", seconds: 30 * 86_400 } }), null);
  const days = (count: number) => stated({ window: { kind: "calendar", seconds: count * 86_400 } });
  assertEquals([27.4, 27.5, 30, 32, 32.1].map(days), [null, 12, 12, 12, null]);
});

Deno.test("money has a currency, dollars unless another is stated, and they come first", () => {
  assertEquals(findCurrency({ unit: "usd" }), "USD");
  assertEquals(findCurrency({ unit: "requests" }), null);
  const money = (quota: string, currency?: string) =>
    quotaViewOf({ quota, unit: "usd", ...currency === undefined ? {} : { currency } });
  const quotas = [money("euros", "EUR"), quotaViewOf({ quota: "five-hour" }), money("dollars")];
  const pools = [{ counts: "spend", quotas: ["euros"] }, { counts: "spend", quotas: ["dollars"] }] as const;
  for (const all of [quotas, quotas.toReversed()]) {
    const found = [...spendQuotas(all, pools)].map((
      [currency, those],
    ) => [currency, those.map((one) => one.quota)]);
    assertEquals(found, [["USD", ["dollars"]], ["EUR", ["euros"]]]);
  }
});
