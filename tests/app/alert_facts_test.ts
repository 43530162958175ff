import { createAlertFacts } from "../../lib/app/alert_facts.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { assertEquals } from "../support/assert.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

const POOLS = [{ counts: "spend" as const, quotas: ["month", "day"] }];

/** Facts of a month in which each quota consumed the given amount, half on each of two days. */
function factsOf(consumed: Readonly<Record<QuotaKey, number>>) {
  return createAlertFacts({
    analysis: {
      usage: ({ quotas, slots }) =>
        Promise.resolve(quotas.map((key) => ({
          key,
          uses: slots.map((_, place) =>
            place < 2 && consumed[key] !== undefined
              ? { consumed: consumed[key] / 2, share: null, high: null, resets: 0 }
              : null
          ),
        }))),
      cyclesInRange: () => Promise.resolve({ items: [], more: false }),
      lastUsed: () => Promise.resolve(null),
      insights: () => Promise.reject(new Error("not asked")),
    },
    zone: () => "Europe/Berlin",
    now: () => READ_AT,
    poolsOf: () => POOLS,
    accounts: () => Promise.resolve([]),
  });
}

/** Without a currency, as earlier versions stored it. */
const BUDGET = { amount: 50, currency: null };

const money = (quota: string, fields: Partial<QuotaView> = {}) =>
  quotaViewOf({
    quota,
    unit: "usd",
    used: 7,
    limit: null,
    window: { kind: "fixed", seconds: 86_400 },
    ...fields,
  });

Deno.test("the spend of a month counts each dollar once, in the currency of the account", async () => {
  const { spend } = factsOf({ "acme/default/month": 30, "acme/default/day": 20, "acme/default/other": 500 });
  const both = accountViewOf([money("day"), money("month"), quotaViewOf({ quota: "other" })]);
  assertEquals(await spend(both, BUDGET), { month: "2026-11", amount: 30, currency: "USD" });
  assertEquals((await spend(accountViewOf([money("day")]), BUDGET))?.amount, 20);
  assertEquals(await spend(accountViewOf([quotaViewOf({ quota: "other" })]), BUDGET), null);
  const yuan = money("month", { unit: "credits", currency: "CNY" });
  assertEquals(await spend(accountViewOf([yuan]), { amount: 50, currency: "USD" }), null);
  assertEquals(await spend(accountViewOf([yuan]), BUDGET), { month: "2026-11", amount: 30, currency: "CNY" });
});

Deno.test("a vendor's own figure for the calendar month includes spend before the first reading", async () => {
  const { spend } = factsOf({ "acme/default/month": 3 });
  const window = { kind: "calendar", seconds: null } as const;
  // Readings began within it.
  const cycle = { startedAt: READ_AT, peak: 48, consumed: 3, whole: false };
  const ends = (resetsAt: string) =>
    accountViewOf([money("month", { window, used: 48, resetsAt: Date.parse(resetsAt), cycle })]);
  assertEquals((await spend(ends("2026-12-01T00:00:00Z"), BUDGET))?.amount, 48);
  assertEquals(
    (await spend(ends("2026-12-15T00:00:00Z"), BUDGET))?.amount,
    3,
    "it counts over another month",
  );
});
