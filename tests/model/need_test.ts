/** Which quota needs attention first, and which account needs action. */
import fc from "fast-check";
import { computeNeed, findTroubles, isTight, rankByNeed } from "../../lib/model/view/need.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS } from "../support/readings.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";

const needFor = (fields: Partial<QuotaView>) => {
  const quota = quotaViewOf(fields);
  return computeNeed(accountViewOf([quota]), quota, READ_AT);
};

Deno.test("a quota is out when it is used up, blocked, or at its limit", () => {
  assertEquals([needFor({ used: 99 }), needFor({ used: 100 }), needFor({ used: 130 })], [
    "tight",
    "out",
    "out",
  ]);
  assertEquals(needFor({ status: "blocked" }), "out");
  assertEquals(needFor({ used: null, limit: null, remaining: 0 }), "out");
});

Deno.test("a quota runs out if its forecast says so, unless past cycles make that unlikely or nothing is used up", () => {
  const forecast = forecastOf({ state: "runs-dry", emptyAt: READ_AT + HOUR_MS });
  assertEquals([needFor({ forecast }), needFor({ forecast: forecastOf() })], ["runs-out", "fine"]);
  assertEquals(needFor({ forecast: { ...forecast, runOutProbability: 0.1 } }), "fine");
  assertEquals(needFor({ forecast, window: { kind: "allocation", seconds: null } }), "fine");
});

Deno.test("levels are tight from the warning on, and unknown without one; a quota that is gone is old", () => {
  const needs = [49, 50, 80, 95].map((used) => needFor({ used }));
  assertEquals(needs, ["fine", "tight", "tight", "tight"]);
  assertEquals([needFor({ used: null, remaining: null }), needFor({ gone: true, used: 100 })], [
    "unknown",
    "old",
  ]);
});

Deno.test("what was read before a reset that has passed is old, however full it was", () => {
  const need = (resetsAt: number, fields: Partial<QuotaView>) => {
    const quota = quotaViewOf({ resetsAt, ...fields });
    return computeNeed(accountViewOf([quota]), quota, READ_AT + 60_000);
  };
  for (const fields of [{ used: 20 }, { used: 85 }, { used: 100 }, { status: "blocked" as const }]) {
    assertEquals([need(READ_AT + 60_001, fields) === "old", need(READ_AT + 60_000, fields)], [false, "old"]);
  }
  // The vendor still stated it after it had passed: that is what it says now.
  assertEquals(need(READ_AT, { used: 100 }), "out");
});

Deno.test("half used is not enough for attention, unless it may also run out", () => {
  const tight = (fields: Partial<QuotaView>) => {
    const quota = quotaViewOf(fields);
    return isTight({ quota, need: needFor(fields) });
  };
  assertEquals([tight({ used: 79 }), tight({ used: 80 }), tight({ used: 100 })], [false, true, true]);
  assertEquals([tight({ used: 20 }), tight({ used: 20, gone: true })], [false, false]);
  const states = (["lasts", "tight", "runs-dry"] as const).map((state) =>
    tight({ used: 60, forecast: forecastOf({ state, runOutProbability: 0.1 }) })
  );
  assertEquals(states, [false, true, true]);
});

Deno.test("quotas are ordered by need, then by when they run out, then by how full they are", () => {
  const empty = (hours: number) => forecastOf({ state: "runs-dry", emptyAt: READ_AT + hours * HOUR_MS });
  const quotas = [
    quotaViewOf({ quota: "fine", used: 10 }),
    quotaViewOf({ quota: "unknown", used: null, remaining: null }),
    quotaViewOf({ quota: "without a share", used: null, limit: null, status: "healthy" }),
    quotaViewOf({ quota: "later", used: 90, forecast: empty(2) }),
    quotaViewOf({ quota: "fuller", used: 11 }),
    quotaViewOf({ quota: "soon", used: 20, forecast: empty(1) }),
    quotaViewOf({ quota: "some time", used: 95, forecast: { ...empty(1), emptyAt: null } }),
    quotaViewOf({ quota: "out", used: 100 }),
    quotaViewOf({ quota: "tight", used: 60 }),
    quotaViewOf({ quota: "gone", used: 100, gone: true }),
  ];
  const ranked = [
    "out",
    "soon",
    "later",
    "some time",
    "tight",
    "fuller",
    "fine",
    "without a share",
    "unknown",
    "gone",
  ];
  fc.assert(fc.property(fc.shuffledSubarray(quotas, { minLength: quotas.length }), (quotas) => {
    assertEquals(rankByNeed([accountViewOf(quotas)], READ_AT).map(({ quota }) => quota.quota), ranked);
  }));
});

Deno.test("quotas that are equally urgent keep their order", () => {
  const bare = { used: null, limit: null, status: "healthy" } as const;
  const names = ["one", "two", "three"];
  const ranked = (fields: Partial<QuotaView>) =>
    rankByNeed([accountViewOf(names.map((quota) => quotaViewOf({ ...fields, quota })))], READ_AT)
      .map(({ quota }) => quota.quota);
  assertEquals([ranked(bare), ranked({ used: 40 })], [names, names]);
});

Deno.test("an account that is not polled, or that is new, needs no action, whatever its last attempt said", () => {
  const kinds = (state: "off" | "new" | "waiting" | "failing", fields: Partial<AccountView> = {}) => {
    const account = accountViewOf([quotaViewOf()], fields);
    const health = { ...account.health, state, failure: "auth" } as typeof account.health;
    return findTroubles([{ ...account, health }], READ_AT).map(({ kind }) => kind);
  };
  assertEquals([kinds("off"), kinds("new"), kinds("waiting")], [[], [], []]);
  assertEquals([kinds("failing"), kinds("failing", { paused: true })], [["sign-in"], []]);
});

Deno.test("an account that fails and was never read needs action as long as it is polled", () => {
  const kinds = (failure: "auth" | "bad_response") => {
    const account = accountViewOf([], { at: null });
    const health = {
      ...account.health,
      state: "failing",
      failure,
      okAt: null,
      triedAt: READ_AT,
    } as typeof account.health;
    return [0, 7, 8].flatMap((days) =>
      findTroubles([{ ...account, health }], READ_AT + days * DAY_MS).map(({ kind }) => kind)
    );
  };
  assertEquals(kinds("auth"), ["sign-in", "sign-in", "sign-in"]);
  assertEquals(kinds("bad_response"), ["failing", "failing"]);
});

Deno.test("an account that fails or is silent needs action for a week after its last reading, an expired login always", () => {
  const kinds = (
    state: "failing" | "stale" | "expired" | "fresh" | "waiting",
    days: number,
    paused = false,
  ) => {
    const account = accountViewOf([quotaViewOf()], paused ? { paused } : {});
    const health = { ...account.health, state, okAt: READ_AT - DAY_MS } as typeof account.health;
    return findTroubles([{ ...account, at: READ_AT, health }], READ_AT + days * DAY_MS).map(({ kind }) =>
      kind
    );
  };
  const longer = 7 + 1 / DAY_MS;
  assertEquals([kinds("failing", 7), kinds("failing", longer)], [["failing"], []]);
  assertEquals([kinds("stale", 7), kinds("stale", longer)], [["silent"], []]);
  assertEquals([kinds("expired", 99), kinds("expired", 99, true)], [["sign-in"], []]);
  assertEquals([kinds("fresh", 1), kinds("waiting", 1)], [[], []]);
});
