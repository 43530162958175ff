/** Can I work now, with what, until when: what each quota of an account says, and which account is best. */
import type { Pool } from "../../lib/model/history/counting.ts";
import {
  compareReadiness,
  computeReadiness,
  isCurrent,
  isOut,
  type Readiness,
} from "../../lib/model/view/readiness.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../support/readings.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";

const POOLS: readonly Pool[] = [
  { counts: "use", quotas: ["five-hour", "weekly", "weekly-*"] },
  { counts: "use", quotas: ["tools"] },
  { counts: "none", quotas: ["per-minute"] },
];

const standing = (quotas: readonly QuotaView[], now = READ_AT, pools = POOLS) => {
  const { state, quota, until } = computeReadiness(accountViewOf(quotas), pools, now);
  return [state, quota?.quota ?? null, until === null ? null : (until - READ_AT) / HOUR_MS];
};
const five = (fields: Partial<QuotaView> = {}) => quotaViewOf(fields);
const week = (fields: Partial<QuotaView> = {}) =>
  quotaViewOf({ quota: "weekly", resetsAt: READ_AT + 3 * DAY_MS, ...fields });
const dry = (hours: number, runOutProbability: number | null = null) =>
  forecastOf({ state: "runs-dry", emptyAt: READ_AT + hours * HOUR_MS, runOutProbability });

Deno.test("an account is ready until the reset of its fullest quota", () => {
  assertEquals(standing([five({ used: 40 }), week({ used: 60 })]), ["ready", "weekly", 72]);
  assertEquals(standing([five({ used: 70 }), week({ used: 60 })]), ["ready", "five-hour", 2]);
  assertEquals(standing([]), ["unknown", null, null]);
});

Deno.test("one quota that is out blocks the account, until the last such quota is available again", () => {
  assertEquals(standing([five({ used: 100 }), week()]), ["out", "five-hour", 2]);
  assertEquals(standing([five({ used: 100 }), week({ used: 100 })]), ["out", "weekly", 72]);
  assertEquals(standing([five({ used: 100, resetsAt: null }), week({ used: 100 })]), [
    "out",
    "five-hour",
    null,
  ]);
  assertEquals(standing([five({ status: "blocked" }), week()]), ["out", "five-hour", 2]);
  assertEquals(standing([five({ used: 99.9 })])[0], "ready");
});

Deno.test("an account is at risk if a quota will probably run out within a day; the earliest comes first", () => {
  assertEquals(standing([five({ forecast: dry(1) }), week({ forecast: dry(5) })]), [
    "at-risk",
    "five-hour",
    1,
  ]);
  assertEquals(standing([five({ forecast: dry(9) }), week({ forecast: dry(5) })]), ["at-risk", "weekly", 5]);
  assertEquals(standing([week({ forecast: dry(24) })])[0], "at-risk");
  assertEquals(standing([week({ forecast: dry(24.1) })])[0], "ready");
  assertEquals(standing([week({ forecast: dry(5, 0.59) })])[0], "ready");
  assertEquals(standing([week({ forecast: dry(5, 0.6) })])[0], "at-risk");
  assertEquals(standing([week({ forecast: { ...dry(5), emptyAt: null } })])[0], "ready");
});

Deno.test("a reading from before a passed reset says nothing about the current window", () => {
  const passed = (fields: Partial<QuotaView>) =>
    standing([five({ used: 100, ...fields }), week()], READ_AT + HOUR_MS)[0];
  assertEquals(passed({ resetsAt: READ_AT + HOUR_MS }), "ready");
  assertEquals(passed({ resetsAt: READ_AT + HOUR_MS + 1 }), "out");
  // The vendor was polled after the reset, and still says so.
  assertEquals(passed({ resetsAt: READ_AT }), "out");
  assertEquals(passed({ resetsAt: null }), "out");
  assertEquals(passed({ resetsAt: READ_AT + HOUR_MS, window: { kind: "rolling", seconds: 3600 } }), "out");
});

Deno.test("quotas that are gone, levels, capacities and quotas without a limit block nothing", () => {
  const out = { used: 100 } as const;
  assertEquals(standing([five(), week({ ...out, gone: true })])[0], "ready");
  assertEquals(standing([five(), quotaViewOf({ ...out, quota: "per-minute" })])[0], "ready");
  assertEquals(
    standing([five(), week({ ...out, window: { kind: "allocation", seconds: null } })])[0],
    "ready",
  );
  const bare = week({ limit: null, share: null, remaining: null, status: "unknown" });
  assertEquals(standing([five(), bare]), ["ready", "five-hour", 2]);
  assertEquals(standing([bare])[0], "unknown");
});

Deno.test("a window for one model, and a separate pool, block only themselves", () => {
  assertEquals(standing([five(), quotaViewOf({ quota: "weekly-big", used: 100 })])[0], "ready");
  assertEquals(standing([five(), quotaViewOf({ quota: "tools", used: 100 })])[0], "ready");
  assertEquals(standing([quotaViewOf({ quota: "tools", used: 100 }), five()])[0], "out");
  // Without declared groups, anything may block it.
  assertEquals(standing([five(), quotaViewOf({ quota: "tools", used: 100 })], READ_AT, [])[0], "out");
});

Deno.test("old and future figures give no answer; failing polls keep the last answer for three minutes", () => {
  const current = (fields: Partial<AccountView>, state: string, ageMs = 0) =>
    isCurrent(
      accountViewOf([], { ...fields, health: { ...accountViewOf([]).health, state: state as "fresh" } }),
      READ_AT + ageMs,
    );
  assert(current({}, "fresh", DAY_MS));
  for (const state of ["stale", "off", "new"]) assert(!current({}, state), state);
  assert(!current({ at: null }, "fresh"));
  assert(!current({ at: READ_AT + 20 * MINUTE_MS }, "fresh"));
  assert(current({}, "failing", 3 * MINUTE_MS));
  assert(!current({}, "failing", 3 * MINUTE_MS + 1));
});

Deno.test("accounts are sorted by readiness, by how long they last, and by when they return; pay as you go comes last", () => {
  const of = (state: Readiness["state"], fields: Partial<Readiness> = {}): Readiness => ({
    account: accountViewOf([]),
    state,
    quota: null,
    until: null,
    isPaidByUse: false,
    ...fields,
  });
  const order = [
    of("ready", { quota: five({ used: 10 }) }),
    of("ready", { quota: five({ used: 60 }) }),
    of("ready", { quota: five({ used: 0 }), isPaidByUse: true }),
    of("at-risk", { until: READ_AT + 5 }),
    of("at-risk", { until: READ_AT + 1 }),
    of("out", { until: READ_AT + 1 }),
    of("out", { until: READ_AT + 5 }),
    of("out"),
    of("unknown"),
  ];
  assertEquals(order.toReversed().sort(compareReadiness), order);
  assertEquals(compareReadiness(of("out"), of("out")), 0);
  // An account whose share is not stated may have all of it left.
  const unstated = of("ready", { quota: five({ used: null, limit: null, status: "healthy" }) });
  assertEquals(order.with(1, unstated).toSorted(compareReadiness)[0], unstated);
  const unused = of("ready", { quota: five({ used: 0 }) });
  assertEquals([compareReadiness(unstated, unused), compareReadiness(unused, unstated)], [0, 0]);
});

Deno.test("an account decides by its fullest quota; one without a share decides only alone", () => {
  const bare = week({ used: null, limit: null, remaining: 5, status: "healthy" });
  assertEquals(standing([bare, five({ used: 0 })]), ["ready", "five-hour", 2]);
  assertEquals(standing([five({ used: 0 }), bare]), ["ready", "five-hour", 2]);
  assertEquals(standing([bare]), ["ready", "weekly", 72]);
  // Of two equally full ones the first decides.
  assertEquals(standing([five({ used: 5 }), week({ used: 5 })])[1], "five-hour");
  assertEquals(standing([week({ used: 5 }), five({ used: 5 })])[1], "weekly");
});

Deno.test("a quota is out if it is blocked or nothing of it is left, in whatever way that is stated", () => {
  const out = (fields: Partial<QuotaView>) => isOut(quotaViewOf(fields));
  assertEquals([out({ used: 99.9 }), out({ used: 100 }), out({ used: 130 })], [false, true, true]);
  assertEquals(out({ used: null, limit: null, remaining: 0, share: null }), true);
  assertEquals([out({ used: 10, status: "blocked" }), out({ used: null, limit: null })], [true, false]);
});

Deno.test("an account is paid by use if one of its quotas is money that is spent", () => {
  const pools: readonly Pool[] = [{ counts: "use", quotas: ["five-hour"] }, {
    counts: "spend",
    quotas: ["five-hour", "weekly"],
  }];
  const isPaid = (quotas: readonly QuotaView[], declared: readonly Pool[]) =>
    computeReadiness(accountViewOf(quotas), declared, READ_AT).isPaidByUse;
  assertEquals(isPaid([week()], pools), true);
  assertEquals(isPaid([five()], pools), false);
  // Nor is one of which nothing is known.
  assertEquals([isPaid([week()], POOLS), isPaid([week()], []), isPaid([], pools)], [false, false, false]);
});

Deno.test("a run-out counts as a risk for a day, to the millisecond", () => {
  const state = (ms: number) =>
    standing([
      week({ forecast: forecastOf({ state: "runs-dry", emptyAt: READ_AT + ms, runOutProbability: null }) }),
    ])[0];
  assertEquals([state(DAY_MS), state(DAY_MS + 1)], ["at-risk", "ready"]);
});
