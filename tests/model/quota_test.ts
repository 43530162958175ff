import {
  type AccountKey,
  accountKey,
  compareNames,
  computeShare,
  computeUtilization,
  divideByLimit,
  isGauge,
  isNoQuota,
  isPaidOtherwise,
  isUsedUp,
  type QuotaKey,
  quotaKey,
  type Reading,
  readingShare,
  readingUtilization,
  sortByName,
  splitAccountKey,
  splitQuotaKey,
  statesAmount,
  windowLengthMs,
} from "../../lib/model/quota.ts";
import fc from "fast-check";
import { assertEquals } from "../support/assert.ts";
import { BALANCE, FIVE_HOURS, reading, ROLLING } from "../support/readings.ts";

const id = fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+)*$/);

Deno.test("keys can be split into their parts", () => {
  fc.assert(fc.property(id, id, id, (provider, name, quota) => {
    const account = accountKey(provider, name);
    assertEquals(splitAccountKey(account), { provider, name });
    assertEquals(splitQuotaKey(quotaKey(account, quota)), { account, quota });
  }));
});

Deno.test("keys have the form provider/name/quota", () => {
  const account: AccountKey = accountKey("acme", "work");
  const quota: QuotaKey = quotaKey(account, "five-hour");
  assertEquals(account, "acme/work");
  assertEquals(quota, "acme/work/five-hour");
});

Deno.test("shareOf() is used over limit, above 1 if use exceeds the limit", () => {
  assertEquals(computeShare(27, 100), 0.27);
  assertEquals(computeShare(0, 100), 0);
  assertEquals(computeShare(120, 100), 1.2);
});

Deno.test("shareOf() does not take unknown for zero", () => {
  assertEquals(computeShare(null, 100), null);
  assertEquals(computeShare(5, null), null);
  assertEquals(computeShare(null, null), null);
});

Deno.test("shareOf() with a limit of 0 is full once anything is used, and unknown before", () => {
  assertEquals(computeShare(0, 0), null);
  assertEquals(computeShare(0.5, 0), 1);
  assertEquals([computeShare(0, -1), computeShare(3, -1)], [null, 1]);
  assertEquals(computeShare(0.25, 1), 0.25);
});

Deno.test("utilizationOf() is the share limited to 0 to 1", () => {
  assertEquals(computeUtilization(27, 100), 0.27);
  assertEquals(computeUtilization(120, 100), 1);
  assertEquals(computeUtilization(-1, 100), 0);
  assertEquals(computeUtilization(null, 100), null);
  assertEquals(computeUtilization(0, 0), null);
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (used, limit) => {
    const utilization = computeUtilization(used, limit);
    return utilization === null || Number.isNaN(utilization) || (utilization >= 0 && utilization <= 1);
  }));
});

Deno.test("readingShare() follows from any two amounts, and nothing left means all used, also for a balance", () => {
  const ALLOCATION = { kind: "allocation", seconds: null } as const;
  const rows: readonly (readonly [fields: Partial<Reading>, share: number | null])[] = [
    [{ used: 27 }, 0.27],
    [{ used: 120 }, 1.2],
    [{ used: null, remaining: 25 }, 0.75],
    [{ used: 3, limit: null, remaining: 1 }, 0.75],
    [{ used: null, limit: null, remaining: null }, null],
    [{ used: 5, limit: null }, null],
    [{ used: null, limit: null, remaining: 5 }, null],
    // Used up without figures, and whatever the other figures say.
    [{ used: null, limit: null, remaining: 0 }, 1],
    [{ used: null, limit: null, remaining: 0, window: ROLLING }, 1],
    // A balance has no total, and so no share, even if it is empty.
    [{ used: null, limit: null, remaining: 0, window: BALANCE }, null],
    [{ used: null, limit: null, remaining: -2.5, window: BALANCE }, null],
    [{ used: null, limit: 5, remaining: 0, window: BALANCE }, 1],
    [{ used: 38, remaining: 0 }, 1],
    [{ used: 120, remaining: 0 }, 1.2],
    [{ used: 0, limit: null, remaining: 0 }, 1],
    // The used and remaining amounts of a balance need not be parts of one total.
    [{ used: 40, limit: null, remaining: 10, window: BALANCE }, null],
    [{ used: 40, limit: 50, remaining: 10, window: BALANCE }, 0.8],
    // A plan that includes none of it.
    [{ used: 0, limit: 0 }, null],
    [{ used: 0, limit: 0, remaining: 0 }, null],
    [{ used: null, limit: 0, remaining: 0 }, null],
    [{ used: 1, limit: 0, remaining: 0 }, 1],
    [{ used: 30, window: ALLOCATION }, 0.3],
  ];
  for (const [fields, share] of rows) {
    const stated = reading(fields);
    assertEquals([fields, readingShare(stated)], [fields, share]);
    // Money without a total is no part of anything: it is gone, but has no utilization.
    const isPurse = stated.window.kind === "balance" && stated.limit === null;
    assertEquals(readingUtilization(stated), share === null || isPurse ? null : Math.min(1, share));
  }
});

Deno.test("statesAmount() distinguishes countable amounts from a mere used-up statement", () => {
  const states = (fields: Partial<Reading>) => statesAmount(reading({ used: null, limit: null, ...fields }));
  assertEquals(states({ used: 0 }), true);
  assertEquals(states({ remaining: 5 }), true);
  assertEquals(states({ remaining: 0 }), false);
  assertEquals(states({ remaining: 0, limit: 5 }), true);
  assertEquals(states({ remaining: 0, window: BALANCE }), true);
  assertEquals(states({}), false);
  assertEquals(states({ used: 5, window: { kind: "allocation", seconds: null } }), false);
  assertEquals(states({ used: 5, window: { kind: "rolling", seconds: 60 } }), false);
  assertEquals(states({ used: 5, window: FIVE_HOURS }), true);
});

Deno.test("partOf() is an amount divided by its limit, and null without a limit or with a tiny one", () => {
  assertEquals(divideByLimit(5, 20), 0.25);
  assertEquals([divideByLimit(5, 1), divideByLimit(5, 0.5)], [5, 10]);
  assertEquals([divideByLimit(0, 1), divideByLimit(-5, 20)], [0, -0.25]);
  assertEquals([divideByLimit(0, 0), divideByLimit(-5, 0), divideByLimit(0, null)], [null, null, null]);
  for (const limit of [null, 0, -1, Number.MIN_VALUE]) assertEquals(divideByLimit(5, limit), null);
});

Deno.test("isNoQuota() is a limit of zero without use", () => {
  const judge = (used: number | null, limit: number | null) => isNoQuota({ used, limit });
  assertEquals([judge(0, 0), judge(null, 0), judge(-1, -1)], [true, true, true]);
  assertEquals([judge(1, 0), judge(0, 1), judge(0, null), judge(null, null)], [false, false, false, false]);
});

Deno.test("windowMsOf() is the stated length, or the time between the stated bounds", () => {
  const ms = (seconds: number | null, startedAt: number | undefined, resetsAt: number | null) =>
    windowLengthMs({
      window: { kind: "calendar", seconds },
      ...startedAt !== undefined && { startedAt },
      resetsAt,
    });
  assertEquals(ms(60, 5, 9), 60_000);
  assertEquals([ms(null, 5, 9), ms(null, 8, 9)], [4, 1]);
  assertEquals([ms(null, 9, 9), ms(null, 10, 9)], [null, null]);
  assertEquals([ms(null, undefined, 9), ms(null, 5, null), ms(null, undefined, null)], [null, null, null]);
});

Deno.test("isGauge() is an allocation, or a rolling window of up to five minutes", () => {
  const gauge = (kind: Reading["window"]["kind"], seconds: number | null) => isGauge({ kind, seconds });
  assertEquals([gauge("rolling", 60), gauge("rolling", 300), gauge("rolling", 301)], [true, true, false]);
  assertEquals([gauge("rolling", null), gauge("fixed", 60), gauge("calendar", null)], [false, false, false]);
  assertEquals([gauge("allocation", null), gauge("balance", null)], [true, false]);
});

Deno.test("isUsedUp() is true as soon as nothing is left, however that is stated", () => {
  const usedUp = (fields: Partial<Reading>) => isUsedUp(reading({ used: null, limit: null, ...fields }));
  assertEquals([usedUp({ used: 99, limit: 100 }), usedUp({ used: 100, limit: 100 })], [false, true]);
  assertEquals([usedUp({ used: 101, limit: 100 }), usedUp({ used: 1, limit: 0 })], [true, true]);
  assertEquals([usedUp({ remaining: 1 }), usedUp({ remaining: 0 }), usedUp({ remaining: -1 })], [
    false,
    true,
    true,
  ]);
  // The two others state it when both are known.
  assertEquals([usedUp({ remaining: 1, limit: 5 }), usedUp({ used: 5, remaining: 0.5 })], [false, false]);
  assertEquals([usedUp({}), usedUp({ used: 5 }), usedUp({ limit: 5 })], [false, false, false]);
  // A plan that includes none of it has nothing to use up.
  assertEquals([usedUp({ used: 0, limit: 0, remaining: 0 }), usedUp({ limit: 0, remaining: 0 })], [
    false,
    false,
  ]);
});

Deno.test("names are in the order of their numbers and letters, and equal only if they are the same", () => {
  const ordered = ["a-1", "a-2", "a-10", "a1234567890", "a:", "B", "b", "b01", "b1", "c"];
  for (const [place, name] of ordered.entries()) {
    for (const [other, against] of ordered.entries()) {
      assertEquals([name, against, compareNames(name, against)], [name, against, Math.sign(place - other)]);
    }
  }
  assertEquals(sortByName(ordered.toReversed().map((name) => ({ name })), ({ name }) => name), [
    ...ordered.map((name) => ({ name })),
  ]);
});

Deno.test("a balance that may be spent stops no work while the vendor allows it", () => {
  const of = (window: Reading["window"], allowed?: boolean) =>
    isPaidOtherwise({ window, ...allowed !== undefined && { allowed } });
  assertEquals([of(BALANCE, true), of(BALANCE, false), of(BALANCE)], [true, false, false]);
  assertEquals(of(FIVE_HOURS, true), false, "its reset is still ahead");
});
