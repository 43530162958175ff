/** Why alerts are raised or not, and what messages about accounts say. */
import type { DecisionReason } from "../../lib/model/alerts/alert.ts";
import { decideAlerts } from "../../lib/model/alerts/decide.ts";
import type { MonthSpend } from "../../lib/model/alerts/decide_budget.ts";
import {
  type AlertMemory,
  EMPTY_ALERT_MEMORY,
  type QuotaMemory,
  rememberCycle,
} from "../../lib/model/alerts/memory.ts";
import { type AlertRules, DEFAULT_ALERT_RULES, withBudget } from "../../lib/model/alerts/rules.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { at, createEvaluator, cycleAt, listKinds, ZONE } from "../support/alerting.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";

const ALL: AlertRules = { ...DEFAULT_ALERT_RULES, off: [] };
const UNKNOWN = { share: null, used: null, limit: null, remaining: null, status: "unknown" } as const;
const BALANCE = { kind: "balance", seconds: null } as const;
const ROLLING = { window: { kind: "rolling", seconds: 5 * 3600 }, resetsAt: null } as const;

type Health = AccountView["health"];

function health(state: Health["state"], fields: Partial<Health> = {}): Pick<AccountView, "health"> {
  return {
    health: { state, failure: null, hint: null, triedAt: null, okAt: READ_AT, nextAt: null, ...fields },
  };
}

/** The reasons of a kind for the second of two readings. */
function reasonFor(kind: string, quota: Partial<QuotaView>, rules = DEFAULT_ALERT_RULES) {
  const { see, reasons } = createEvaluator(rules);
  see(...at(0, 10, quota.window ? { window: quota.window } : {}));
  return reasons(...at(1, quota.used ?? 10, quota)).flatMap((one): readonly DecisionReason[] =>
    one.kind === kind ? [one.reason] : []
  );
}

Deno.test("a level is unknown if no threshold can be compared with any figure", () => {
  const of = (quota: Partial<QuotaView>, rules = DEFAULT_ALERT_RULES) => reasonFor("threshold", quota, rules);
  const counted = { ...DEFAULT_ALERT_RULES, thresholds: [0.8, { of: "used", amount: 500 } as const] };
  assertEquals(of(UNKNOWN), ["figure-unknown"]);
  assertEquals(of({ ...UNKNOWN, share: 0.1 }), ["not-reached"]);
  assertEquals(of({ ...UNKNOWN, remaining: 90 }), ["not-reached"]);
  assertEquals(of({ ...UNKNOWN, used: 10 }), ["figure-unknown"]);
  assertEquals(of({ ...UNKNOWN, used: 10 }, counted), ["not-reached"]);
  assertEquals(of({ ...UNKNOWN, used: 10, window: BALANCE }, counted), ["figure-unknown"]);
  // A verdict is enough to be blocked.
  assertEquals([of({ ...UNKNOWN, allowed: false }), reasonFor("blocked", { ...UNKNOWN, allowed: false })], [
    [],
    [
      "raised",
    ],
  ]);
});

Deno.test("a low balance is re-armed above 110% of its amount", () => {
  const again = (between: number) => {
    const { see } = createEvaluator();
    const left = (minute: number, remaining: number) =>
      listKinds(
        see(...at(minute, 0, { ...UNKNOWN, unit: "usd", window: BALANCE, resetsAt: null, remaining })),
      );
    return [left(0, 20), left(1, 4), left(2, between), left(3, 4)].at(-1);
  };
  assertEquals([again(5.5), again(5.51)], [[], ["balance-low"]]);
});

Deno.test("a balance is low below any amount, also when it is overdrawn, but never without one", () => {
  const raise = (remaining: number, balanceBelow: number, more: Partial<QuotaView> = {}) => {
    const { see } = createEvaluator({ ...DEFAULT_ALERT_RULES, balanceBelow });
    const purse = { ...UNKNOWN, unit: "usd", window: BALANCE, resetsAt: null, ...more } as const;
    see(...at(0, 0, { ...purse, remaining: 20 }));
    return listKinds(see(...at(1, 0, { ...purse, remaining })));
  };
  assertEquals([raise(0.99, 1), raise(1, 1), raise(0.1, 0.5), raise(0.1, 0)], [["balance-low"], [], [
    "balance-low",
  ], []]);
  // A vendor that states a limit of 0 means that there is none.
  const overdrawn = { limit: 0 };
  assertEquals([raise(-1, 5, overdrawn), raise(-1, 0, overdrawn)], [["balance-low"], []]);
});

Deno.test("an empty balance is available again above a tenth of the amount that is low", () => {
  const raise = (remaining: number | null, balanceBelow = 5) => {
    const { see } = createEvaluator({ ...DEFAULT_ALERT_RULES, balanceBelow });
    const left = (minute: number, remaining: number | null) =>
      listKinds(
        see(...at(minute, 0, { ...UNKNOWN, unit: "usd", window: BALANCE, resetsAt: null, remaining })),
      );
    left(0, 20);
    left(1, 0);
    return [...left(2, remaining), ...left(3, remaining)];
  };
  assertEquals([raise(0.5), raise(0.51)], [[], ["back"]]);
  assertEquals([raise(null), raise(0.5, 0)], [[], ["back"]]);
});

Deno.test("a used-up rolling quota is re-armed when more than a tenth is free", () => {
  const { see } = createEvaluator();
  const raised = [10, 100, 90, 100, 89, 100].map((used, minute) =>
    listKinds(see(...at(minute, used, ROLLING)))
  );
  assertEquals(raised, [[], ["used-up"], [], [], [], ["used-up"]]);
});

Deno.test("a rolling quota is blocked again after the vendor has allowed work", () => {
  const { see } = createEvaluator();
  const raised = [undefined, false, undefined, false, true, false].map((allowed, minute) =>
    listKinds(see(...at(minute, 10, { ...ROLLING, ...allowed !== undefined && { allowed } })))
      .filter((kind) => kind === "blocked")
  );
  assertEquals(raised, [[], ["blocked"], [], [], [], ["blocked"]]);
});

Deno.test("the advice about a threshold follows the forecast", () => {
  const advice = (state: "runs-dry" | "tight" | "lasts" | "unknown") => {
    const { see } = createEvaluator();
    see(...at(0, 10));
    return see(...at(1, 80, { forecast: forecastOf({ state }) }))[0]!.details.split("left. ")[1] ?? "";
  };
  assertMatch(advice("runs-dry"), /^Slow down, or switch to another account/);
  assertEquals(advice("tight"), "It may run out before its reset: slow down a little.");
  assertMatch(advice("unknown"), /^It is too early to say whether it lasts until its reset/);
  assertEquals(advice("lasts"), "");
});

Deno.test("a kind that is turned off raises nothing, and other kinds keep their reasons", () => {
  const rules = { ...DEFAULT_ALERT_RULES, off: ["threshold"] as const };
  assertEquals(reasonFor("threshold", { used: 85 }, rules), ["turned-off"]);
  assertEquals(reasonFor("threshold", { used: 10 }, rules), ["not-reached"]);
  assertEquals(reasonFor("used-up", { used: 100 }, rules), ["raised"]);
});

Deno.test("one reading decides once: seen again it confirms nothing, unless it is to be explained", () => {
  const { see, reasons } = createEvaluator();
  const forecast = forecastOf({ state: "runs-dry", emptyAt: READ_AT + HOUR_MS, runOutProbability: 1 });
  see(...at(0, 40));
  assertEquals([see(...at(1, 45, { forecast })), see(...at(1, 45, { forecast }))], [[], []]);
  const ofQuota = reasons(...at(1, 45, { forecast })).filter(({ quota }) => quota !== null);
  assertEquals(ofQuota, []);
  const [account, now] = at(1, 45, { forecast });
  const memory = decideAlerts({ account, memory: null, rules: ALL, now, zone: ZONE }).memory;
  const again = (again: boolean) =>
    decideAlerts({ account, memory, rules: ALL, now, zone: ZONE, again }).decisions
      .filter(({ quota }) => quota !== null).map(({ kind, reason }) => [kind, reason]);
  assertEquals(again(true), [["threshold", "not-reached"], ["runs-out", "raised"]]);
  assertEquals(again(false), []);
});

Deno.test("a view from before an attempt that was evaluated at this very moment decides nothing", () => {
  const { see, reasons } = createEvaluator();
  const seen = (minute: number) =>
    at(minute, 10, {}, health("fresh", { triedAt: READ_AT + minute * MINUTE_MS }));
  see(...seen(0));
  const [newest, now] = seen(20);
  see(newest, now);
  assertEquals(reasons(seen(10)[0], now), []);
});

/** A quota that was used up, then read once or twice in its next cycle. */
function afterUsedUp(
  after: Partial<QuotaView>,
  before: Partial<QuotaView> = {},
  rules = DEFAULT_ALERT_RULES,
) {
  const { see, reasons } = createEvaluator(rules);
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  see(...at(0, 50, { resetsAt, ...before }));
  see(...at(1, 100, { resetsAt, ...before, ...before.share === null && { used: null, remaining: 0 } }));
  const next = { resetsAt: resetsAt + 5 * HOUR_MS, cycle: cycleAt(65), ...before, ...after };
  return reasons(...at(11, after.used === undefined ? 2 : after.used ?? 0, next))
    .flatMap(({ kind, reason }) => kind === "back" ? [reason] : []);
}

Deno.test("a quota is available again with any share below all and below its thresholds", () => {
  assertEquals([afterUsedUp({ used: 79 }), afterUsedUp({ used: 80 })], [["raised"], ["not-reached"]]);
  // Over one threshold and below the other.
  assertEquals(afterUsedUp({ used: 90 }), ["not-reached"]);
  const none = { ...DEFAULT_ALERT_RULES, thresholds: [] };
  assertEquals([afterUsedUp({ used: 99 }, {}, none), afterUsedUp({ used: 100 }, {}, none)], [["raised"], [
    "not-reached",
  ]]);
});

Deno.test("without a share a quota is available again if anything is left, and unknown without that figure too", () => {
  const of = (remaining: number | null) => afterUsedUp({ ...UNKNOWN, remaining }, UNKNOWN);
  assertEquals([of(1), of(0.5), of(0), of(null)], [["raised"], ["raised"], ["not-reached"], [
    "figure-unknown",
  ]]);
});

Deno.test("a verdict given after a quota was used up has to be lifted by another one", () => {
  const { see, reasons } = createEvaluator();
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  const next = { resetsAt: resetsAt + 5 * HOUR_MS, cycle: cycleAt(10) };
  see(...at(0, 50, { resetsAt }));
  see(...at(1, 100, { resetsAt }));
  // Allowed, but still above a threshold.
  see(...at(11, 85, { ...next, allowed: true }));
  const back = reasons(...at(12, 2, next)).find(({ kind }) => kind === "back");
  assertEquals(back?.reason, "verdict-unknown");
});

Deno.test("a changed limit is stated with what it means, down to limits of one", () => {
  const raise = (before: number, after: number) => {
    const { see } = createEvaluator(ALL);
    see(...at(0, 0, { limit: before }));
    const alert = see(...at(1, 0, { limit: after })).find(({ kind }) => kind === "limit-changed");
    return [alert?.title.split(": ")[1], alert?.details.split(" ")[3]];
  };
  assertEquals(raise(1, 2), ["limit raised", "more"]);
  assertEquals(raise(2, 1), ["limit lowered", "less"]);
});

Deno.test("going back to an earlier cycle withdraws what later ones announced, and nothing of its own", () => {
  const cycle = (startedAt: number, ended?: string) => ({
    startedAt,
    marks: [],
    claims: [`claim ${startedAt}`],
    ...ended !== undefined && { ended: { alert: ended, startedAt } },
  });
  const memory: QuotaMemory = {
    at: 0,
    cycle: cycle(30, "c"),
    earlier: [cycle(20, "b"), cycle(10, "a")],
    low: null,
    pending: ["back"],
    limit: null,
    unit: "requests",
    resetsAt: null,
  };
  const back = rememberCycle(memory, memory.earlier[0]!);
  assertEquals(back.low, { alert: "c", startedAt: 30 });
  assertEquals([back.cycle, ...back.earlier].map(({ startedAt, claims }) => [startedAt, claims]), [
    [20, ["claim 20"]],
    [30, []],
    [10, ["claim 10"]],
  ]);
  // What the reverted cycle ended is no longer ended, and nothing is pending.
  assertEquals(back.earlier.map(({ ended }) => ended?.alert), [undefined, "a"]);
  assertEquals(back.pending, []);
  // Back by two cycles, the earlier of them counts.
  assertEquals(rememberCycle(memory, memory.earlier[1]!).low?.alert, "b");
});

Deno.test("a reverted reset withdraws its own messages, not those that announced the cycle it returns to", () => {
  const { see } = createEvaluator();
  const reset = (minute: number) => ({
    cycle: cycleAt(minute),
    resetsAt: READ_AT + (minute + 300) * MINUTE_MS,
  });
  see(...at(0, 50));
  const [first] = see(...at(2, 1, reset(62)));
  const [second] = see(...at(4, 1, reset(64)));
  assertEquals([first?.kind, second?.kind], ["early-reset", "early-reset"]);
  assertEquals(see(...at(6, 2, reset(62))).map(({ kind, resolves }) => [kind, resolves]), [[
    "withdrawn",
    second!.id,
  ]]);
});

Deno.test("nothing is decided about an account that is paused or off", () => {
  const decided = (fields: Partial<AccountView>) =>
    decideAlerts({
      account: accountViewOf([], fields),
      memory: EMPTY_ALERT_MEMORY,
      rules: ALL,
      now: READ_AT + DAY_MS,
      zone: ZONE,
    }).decisions.map(({ kind, reason }) => [kind, reason]);
  assertEquals(decided({ ...health("expired"), paused: true }), []);
  assertEquals(decided(health("off")), []);
  assertEquals(decided(health("expired")), [
    ["failing", "not-reached"],
    ["sign-in-expired", "raised"],
    ["silent", "not-reached"],
  ]);
});

Deno.test("an account is new once, also if it only has levels of the moment, and never with remembered quotas", () => {
  const gauge = quotaViewOf({ window: { kind: "allocation", seconds: null } });
  const raise = (quota: QuotaView, memory: AlertMemory | null) => {
    const input = { account: accountViewOf([quota]), rules: ALL, now: READ_AT, zone: ZONE };
    const first = decideAlerts({ ...input, memory });
    const second = decideAlerts({ ...input, memory: first.memory });
    return [first, second].map(({ decisions }) => decisions.some(({ kind }) => kind === "new-account"));
  };
  assertEquals(raise(gauge, null), [true, false]);
  // The announcement itself may be forgotten after many others.
  const { memory } = decideAlerts({
    account: accountViewOf([quotaViewOf()]),
    memory: null,
    rules: ALL,
    now: READ_AT,
    zone: ZONE,
  });
  assertEquals(raise(quotaViewOf(), { ...memory, told: [] }), [false, false]);
});

Deno.test("credits of an account without readings yet are news from its second reading on", () => {
  const { see } = createEvaluator();
  const facts = [{ key: "resets", label: "banked resets", count: 1, expiresAt: READ_AT + DAY_MS }];
  see(accountViewOf([], { facts }), READ_AT);
  assertEquals(listKinds(see(...at(1, 10, {}, { facts }))), []);
  assertEquals(listKinds(see(...at(2, 10, {}, { facts }))), ["credit-lapses"]);
});

Deno.test("messages about an account say what is wrong and since when, for a day", () => {
  const raise = (state: "failing" | "stale" | "expired", hint: string | null) => {
    const { see } = createEvaluator();
    see(...at(0, 10));
    see(...at(1, 10, {}, health(state, { hint })));
    const known = createEvaluator();
    known.see(...at(0, 10));
    // The one is told when it has lasted, the other when it has been seen twice.
    if (state !== "expired") known.see(...at(state === "failing" ? 1 : 115, 10, {}, health(state, { hint })));
    const [alert] = known.see(...at(120, 10, {}, health(state, { hint })));
    return alert!;
  };
  const failing = raise("failing", "Acme answered with status 500");
  assertEquals(failing.text, "Acme answered with status 500, last reading 2h ago.");
  assertEquals(failing.expiresAt, READ_AT + 2 * HOUR_MS + DAY_MS);
  assertEquals(raise("failing", null).text, "Polls fail, last reading 2h ago.");
  assertEquals(raise("stale", "No network").text, "The last reading is 2h old, No network.");
  assertEquals([failing, raise("stale", null), raise("expired", null)].map(({ severity }) => severity), [
    "critical",
    "warning",
    "critical",
  ]);
});

Deno.test("missing readings are reported after five minutes, so not when a machine wakes and polls", () => {
  const { see, reasons } = createEvaluator();
  const stale = (minute: number) => at(minute, 10, {}, health("stale"));
  see(...at(0, 10));
  // It wakes after a night, and polls a minute later; twice.
  for (const minute of [480, 960]) {
    assertEquals(see(...stale(minute)), []);
    assertEquals(
      reasons(...stale(minute + 1)).find(({ kind }) => kind === "silent")?.reason,
      "not-confirmed",
    );
    assertEquals(see(...at(minute + 1, 10)), []);
  }
  assertEquals([1000, 1004.99].flatMap((minute) => see(...stale(minute))), []);
  assertEquals(listKinds(see(...stale(1005))), ["silent"]);
  assertEquals(see(...stale(1006)), []);
  assertEquals(listKinds(see(...at(1007, 10))), ["recovered"]);
});

Deno.test("readings that are missing when an account is first seen are not reported", () => {
  const { see } = createEvaluator();
  const stale = (minute: number) => at(minute, 10, {}, health("stale"));
  assertEquals([0, 5, 600].flatMap((minute) => see(...stale(minute))), []);
});

Deno.test("the message about an account that fails from the beginning does not invent a last reading", () => {
  const { see } = createEvaluator();
  const never = accountViewOf([], { at: null, ...health("failing", { hint: "No such plan", okAt: null }) });
  const alerts = [0, 20].flatMap((minutes) => see(never, READ_AT + minutes * 60_000));
  assertEquals(alerts.map(({ text }) => text), ["No such plan, it was never read."]);
});

Deno.test("polls that have just begun to fail are not confirmed yet", () => {
  const reason = (state: Health["state"]) => {
    const { see, reasons } = createEvaluator();
    see(...at(0, 10));
    return reasons(...at(1, 10, {}, health(state))).flatMap(({ kind, reason }) =>
      ["failing", "silent"].includes(kind) ? [reason] : []
    );
  };
  assertEquals(reason("failing"), ["not-confirmed", "not-reached"]);
  assertEquals(reason("fresh"), ["not-reached", "not-reached"]);
});

Deno.test("a month is over budget above it, however small it is, and never without one", () => {
  const reason = (budget: number | null, amount: number) => {
    const spend: MonthSpend = { month: "2026-12", amount, currency: "USD" };
    const rules = budget === null ? ALL : { ...ALL, budget };
    const account = accountViewOf([quotaViewOf()]);
    const { decisions } = decideAlerts({
      account,
      memory: EMPTY_ALERT_MEMORY,
      rules,
      now: READ_AT,
      zone: ZONE,
      spend,
    });
    return decisions.find(({ kind }) => kind === "over-budget");
  };
  assertEquals([reason(50, 50)?.reason, reason(50, 50.01)?.reason], ["not-reached", "raised"]);
  assertEquals([reason(0.5, 0.6)?.reason, reason(null, 500), reason(0, 500)], [
    "raised",
    undefined,
    undefined,
  ]);
  // Its message is worth sending until the month ends in the zone.
  assertEquals(reason(50, 60)?.alert?.expiresAt, Date.parse("2027-01-01T00:00:00+01:00"));
});

Deno.test("a budget of its own is kept for an account only while it differs from the global one", () => {
  const set = (rules: Partial<AlertRules>, budget: number) =>
    withBudget({ ...DEFAULT_ALERT_RULES, ...rules }, "acme/work", budget).only;
  assertEquals([set({}, 0), set({}, 1), set({ budget: 50 }, 50)], [{}, { "acme/work": { budget: 1 } }, {}]);
  assertEquals(set({ budget: 50 }, 0), { "acme/work": { budget: 0 } });
  const only = { "acme/work": { budget: 9, off: ["back"] as const }, "acme/home": { budget: 9 } };
  assertEquals(set({ only }, 0), { "acme/work": { off: ["back"] }, "acme/home": { budget: 9 } });
  assertEquals(set({ only: { ...only, "acme/work": { budget: 9 } } }, 0), { "acme/home": { budget: 9 } });
});
