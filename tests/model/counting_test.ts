/** What may be added up: each dollar and each share once. */
import fc from "fast-check";
import { amountKind, countQuotas, findPlace, type Pool } from "../../lib/model/history/counting.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";

const WEEK = { kind: "fixed", seconds: 604_800 } as const;
const DAY = { kind: "fixed", seconds: 86_400 } as const;
const MONTH = { kind: "calendar", seconds: null } as const;

const quota = (id: string, more: Partial<Reading> & { readonly gone?: boolean } = {}) => ({
  quota: id,
  unit: "usd" as const,
  limit: 10 as number | null,
  window: MONTH as Reading["window"],
  ...more,
});

const countedIn = (quotas: readonly ReturnType<typeof quota>[], pools: readonly Pool[]) => {
  const all = [...countQuotas(quotas, pools)];
  const those = (sum: "share" | "amount" | "spend") => all.filter(([, one]) => one[sum]).map(([id]) => id);
  return { share: those("share"), amount: those("amount"), spend: those("spend") };
};

Deno.test("of views of the same money the first one present counts, of shares the first one with a limit", () => {
  const pools: readonly Pool[] = [{ counts: "spend", quotas: ["month", "week", "day", "balance"] }];
  const week = quota("week", { window: WEEK, limit: null });
  const balance = quota("balance");
  assertEquals(countedIn([balance, week], pools), { share: ["balance"], amount: ["week"], spend: ["week"] });
  assertEquals(countedIn([quota("month", { gone: true }), week], pools).amount, ["week"]);
  assertEquals(countedIn([quota("month", { gone: true })], pools).amount, ["month"]);
});

Deno.test("without a pool the longest window counts, and one without a length is longer than all others", () => {
  const second = quota("second", { window: { kind: "fixed", seconds: 1 } });
  const [day, week] = [quota("day", { window: DAY }), quota("week", { window: WEEK })];
  assertEquals(countedIn([second, day, week], []).amount, ["week"]);
  assertEquals(countedIn([second, day], []).amount, ["day"]);
  assertEquals(countedIn([second, day, week, quota("month")], []).amount, ["month"]);
  assertEquals(countedIn([second, quota("month")], []).amount, ["month"]);
});

Deno.test("parts together are one view, and text in angle brackets creates a pool for each", () => {
  const cursor: readonly Pool[] = [{ counts: "use", quotas: [["auto", "api"], "total"] }];
  assertEquals(countedIn([quota("total"), quota("auto"), quota("api")], cursor).share, ["auto", "api"]);
  assertEquals(countedIn([quota("total"), quota("api")], cursor).share, ["api"]);
  assertEquals(countedIn([quota("total")], cursor).share, ["total"]);
  const models: readonly Pool[] = [{ counts: "use", quotas: ["<model>-week", "<model>-#s"] }];
  const ids = ["a-week", "a-300s", "b-c-week", "b-c-60s", "d-60s"];
  assertEquals(countedIn(ids.map((id) => quota(id)), models).share, ["a-week", "b-c-week", "d-60s"]);
});

Deno.test("money of two currencies is of two kinds, and credits are their vendor's own currency", () => {
  assertEquals(amountKind({ unit: "credits", currency: "CNY" }, "acme"), "credits-cny");
  assertEquals(amountKind({ unit: "credits" }, "acme"), "credits-acme");
  assertEquals(amountKind({ unit: "usd", currency: "USD" }, "acme"), "usd");
});

Deno.test("of quotas without a declaration one per kind counts, the one with the longest window", () => {
  const quotas = [
    quota("day", { window: DAY }),
    quota("week", { window: WEEK }),
    quota("third", { window: WEEK }),
  ];
  assertEquals(countedIn(quotas, []), { share: ["week"], amount: ["week"], spend: ["week"] });
});

Deno.test("limits per minute, allocations and what a provider excludes are in no sum", () => {
  const minute = quota("rpm", { window: { kind: "rolling", seconds: 60 } });
  assertEquals(countedIn([minute, quota("level")], [{ counts: "none", quotas: ["level"] }]), {
    share: [],
    amount: [],
    spend: [],
  });
});

const ids = fc.uniqueArray(fc.constantFrom("month", "week", "day", "auto", "api", "x-week", "x-day", "odd"), {
  minLength: 1,
});
const POOLS: readonly Pool[] = [
  { counts: "spend", quotas: ["month", "week", "day"] },
  { counts: "use", quotas: [["auto", "api"]] },
  { counts: "use", quotas: ["<model>-week", "<model>-day"] },
];

Deno.test("a sum over counted quotas is no more than the actual use, however many quotas measured it", () => {
  fc.assert(
    fc.property(ids, fc.double({ min: 0.01, max: 1e6, noNaN: true }), fc.boolean(), (some, used, limited) => {
      const quotas = some.map((id) => quota(id, { limit: limited ? 100 : null }));
      // Each pool was used once, and each of its views saw all of it; parts saw their own.
      const usedBy = new Map<string, number>();
      const counted = countQuotas(quotas, POOLS);
      let sum = 0;
      for (const { quota: id } of quotas) {
        const place = findPlace(id, POOLS);
        const pool = `${place?.pool ?? "unnamed"} ${place?.areParts ? id : ""}`;
        usedBy.set(pool, used);
        if (counted.get(id)?.amount) sum += used;
      }
      const truth = [...usedBy.values()].reduce((all, one) => all + one, 0);
      assert(Math.abs(sum - truth) <= 1e-9 * truth, `${sum} of ${truth}`);
    }),
  );
});

Deno.test("the order in which a vendor states its quotas does not matter among declared ones", () => {
  fc.assert(
    fc.property(
      ids.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length }))),
      ([some, other]) => {
        const named = (all: readonly string[]) => all.filter((id) => id !== "odd").map((id) => quota(id));
        const sorted = (all: readonly string[]) => countedIn(named(all), POOLS).share.toSorted();
        assertEquals(sorted(some), sorted(other));
      },
    ),
  );
});

Deno.test("of quotas in no pool, those with a currency are money paid, whichever it is", () => {
  const balance = { kind: "balance", seconds: null } as const;
  const money = (id: string, fields: Partial<Parameters<typeof quota>[1]>) =>
    quota(id, { limit: null, window: balance, ...fields });
  const counted = countQuotas([
    money("dollars", { unit: "usd" }),
    money("yuan", { unit: "credits", currency: "CNY" }),
    money("tokens", { unit: "credits" }),
  ], []);
  assertEquals(["dollars", "yuan", "tokens"].map((id) => counted.get(id)!.spend), [true, true, false]);
});
