/** The Horizon: how each quota will be used up, and what can be said about it. */
import fc from "fast-check";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../lib/model/duration.ts";
import { bestAccounts } from "../../../lib/model/horizon/best.ts";
import { createHorizon } from "../../../lib/model/horizon/horizon.ts";
import { idleWeek, listIdleRanges } from "../../../lib/model/horizon/idle.ts";
import { createLane, isEmptyAt, leftAt } from "../../../lib/model/horizon/lane.ts";
import { bestSentence, laneNote, laneSentence, moreSentence } from "../../../lib/model/horizon/words.ts";
import { clockText } from "../../../lib/model/time.ts";
import { computeReadiness } from "../../../lib/model/view/readiness.ts";
import type { AccountView, QuotaView } from "../../../lib/model/view/view.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../../support/views.ts";

const RESET = READ_AT + 2 * HOUR_MS;
const when = (at: number) => clockText(at, "UTC");

function laneWith(fields: Partial<QuotaView>, now = READ_AT, account: Partial<AccountView> = {}) {
  const quota = quotaViewOf(fields);
  return createLane(accountViewOf([quota], account), quota, now);
}

const say = (fields: Partial<QuotaView>, now = READ_AT, account: Partial<AccountView> = {}) =>
  laneSentence(laneWith(fields, now, account), now, when);

const dry = (inMs: number, fields = {}) =>
  forecastOf({ state: "runs-dry", emptyAt: READ_AT + inMs, projectedShare: 1.4, ...fields });

Deno.test("a lane begins with what is left now and ends with the forecast at the reset", () => {
  const lane = laneWith({ used: 40, forecast: forecastOf({ projectedShare: 0.7 }) });
  assertEquals(lane.state, "lasts");
  assertEquals(lane.left.map(([at, left]) => [at, Math.round(left * 100)]), [[READ_AT, 60], [RESET, 30]]);
  assertEquals(Math.round(leftAt(lane, READ_AT + HOUR_MS)! * 100), 45);
  assertEquals([leftAt(lane, READ_AT - 1), leftAt(lane, RESET + 1)], [null, null]);
  assertEquals(
    say({ used: 40, forecast: forecastOf({ projectedShare: 0.7 }) }),
    "60% left. Lasts until its reset at 15:00, with about 30% left.",
  );
});

Deno.test("a reset is ahead until its time, and no longer", () => {
  assertEquals(laneWith({}, RESET - 1).resetsAt, RESET);
  assertEquals(laneWith({}, RESET).resetsAt, null);
});

Deno.test("a quota that runs out is empty from then until its reset", () => {
  const lane = laneWith({ used: 80, forecast: dry(HOUR_MS) });
  assertEquals([lane.state, lane.emptyAt, lane.resetsAt], ["runs-out", READ_AT + HOUR_MS, RESET]);
  const empty = (at: number) => isEmptyAt(lane, at);
  assertEquals([empty(READ_AT), empty(READ_AT + HOUR_MS), empty(RESET - 1), empty(RESET)], [
    false,
    true,
    true,
    false,
  ]);
  assertEquals(
    say({ used: 80, forecast: dry(HOUR_MS) }),
    "20% left. Runs out at 14:00, 1h before its reset at 15:00.",
  );
  assertEquals(laneNote(lane, READ_AT, when), "out 14:00, reset 15:00");
  assertEquals(
    say({ used: 80, forecast: dry(HOUR_MS, { runOutProbability: 0.2 }) }),
    "20% left. May run out at 14:00, 1h before its reset at 15:00.",
  );
});

Deno.test("what is left at the reset is that of the end of the line, also when it is empty before", () => {
  const fields = {
    used: 80,
    at: READ_AT - MINUTE_MS,
    forecast: forecastOf({ state: "tight", emptyAt: READ_AT + HOUR_MS, projectedShare: 1 }),
  } as const;
  assertEquals(laneWith(fields).left.map(([at, left]) => [at, Math.round(left * 100)]), [
    [READ_AT, 20],
    [READ_AT + HOUR_MS, 0],
    [RESET, 0],
  ]);
  assertEquals(say(fields), "20% left. Just lasts until its reset at 15:00, with about 0% left.");
});

Deno.test("blocked and used-up quotas say so, with the time of availability if it is known", () => {
  assertEquals(
    say({ used: 10, allowed: false, status: "blocked" }),
    "Blocked by its vendor. Its reset is at 15:00.",
  );
  assertEquals(
    say({ used: 100, forecast: forecastOf({ state: "exhausted" }) }),
    "Used up until its reset at 15:00.",
  );
  assertEquals(say({ used: 100, resetsAt: null }), "Used up, no reset known.");
  assertEquals(laneWith({ used: 10, allowed: false, status: "blocked" }).left, []);
});

Deno.test("unknown stays unknown: without a forecast there is no line, and old figures have no level", () => {
  const thinking = { used: 40, forecast: forecastOf({ state: "analysing", projectedShare: null }) } as const;
  assertEquals(laneWith(thinking).left.length, 1);
  assertEquals(say(thinking), "60% left. No forecast. Resets at 15:00.");
  assertEquals(laneWith({ used: null }).left, []);
  assertEquals(say({ used: null, resetsAt: null }), "No forecast.");
  assertEquals(
    say({ used: 40, forecast: dry(HOUR_MS) }, READ_AT, {
      health: { state: "stale", failure: null, hint: null, triedAt: READ_AT, okAt: READ_AT, nextAt: null },
    }),
    "No recent reading.",
  );
  // A reading from before a reset says nothing about the time after it.
  assertEquals(laneWith({ used: 99, resetsAt: READ_AT + 1000 }, READ_AT + MINUTE_MS).left, []);
});

Deno.test("a balance without a limit is drawn from what is left now", () => {
  const lane = laneWith({
    unit: "usd",
    used: null,
    limit: null,
    remaining: 12,
    share: null,
    resetsAt: null,
    window: { kind: "balance", seconds: null },
    forecast: forecastOf({ state: "tight", emptyAt: READ_AT + 3 * DAY_MS, projectedShare: null }),
  });
  assertEquals([lane.isRelative, lane.left], [true, [[READ_AT, 1], [READ_AT + 3 * DAY_MS, 0]]]);
  assertEquals(laneSentence(lane, READ_AT, when), "Lasts about 3 days.");
  assertEquals(laneNote(lane, READ_AT, when), "lasts about 3 days");
});

Deno.test("whatever a view states, levels are shares, times ascend and the first one is now", () => {
  const number = fc.option(fc.double({ min: 0, max: 200, noNaN: true }), { nil: null });
  const instant = fc.option(fc.integer({ min: READ_AT - DAY_MS, max: READ_AT + 9 * DAY_MS }), { nil: null });
  fc.assert(fc.property(
    number,
    instant,
    instant,
    fc.option(fc.double({ min: 0, max: 5, noNaN: true }), { nil: null }),
    fc.constantFrom("lasts", "tight", "runs-dry", "idle", "analysing", "exhausted", "unknown" as const),
    fc.constantFrom("fixed", "calendar", "rolling", "balance" as const),
    (used, resetsAt, emptyAt, projectedShare, state, kind) => {
      const lane = laneWith({
        used,
        resetsAt,
        window: { kind, seconds: null },
        forecast: forecastOf({ state, emptyAt, projectedShare }),
      });
      for (const [place, [at, left]] of lane.left.entries()) {
        assert(left >= 0 && left <= 1 && Number.isFinite(at));
        assert(place === 0 ? at === READ_AT : at >= lane.left[place - 1]![0]);
      }
      assert(lane.resetsAt === null || lane.resetsAt > READ_AT);
      assert(/^[^.].*\.$/.test(laneSentence(lane, READ_AT, when)));
    },
  ));
});

Deno.test("200 quotas are limited: the most urgent are drawn, and a sentence counts the others", () => {
  const quotas = Array.from({ length: 200 }, (_, i) => quotaViewOf({ quota: `q${i}`, used: i / 2 }));
  const account = accountViewOf(quotas);
  const horizon = createHorizon({
    accounts: [account],
    readiness: [],
    now: READ_AT,
    span: "24h",
    idle: null,
  });
  assertEquals([horizon.lanes.length, horizon.more, horizon.lanes[0]!.quota.quota], [12, 188, "q199"]);
  assertEquals(moreSentence(horizon), "188 more quotas are not drawn: these 12 are the most urgent.");
  assertEquals([horizon.to - horizon.from, horizon.idle], [DAY_MS, null]);
});

Deno.test("the best account has a lane even if others are more urgent, and a sentence says so", () => {
  const busy = accountViewOf(
    Array.from({ length: 20 }, (_, i) => quotaViewOf({ quota: `q${i}`, used: 70 + i })),
  );
  const calm = accountViewOf([
    quotaViewOf({ key: "calm/default/weekly", quota: "weekly", used: 5, forecast: forecastOf() }),
  ], {
    key: "calm/default",
    provider: "calm",
    providerName: "Calm",
  });
  const readiness = [computeReadiness(calm, [], READ_AT)];
  const horizon = (maxLanes: number) =>
    createHorizon({ accounts: [busy, calm], readiness, now: READ_AT, span: "24h", idle: null, maxLanes });
  const { lanes, more, best } = horizon(12);
  assertEquals([best[0]!.account, lanes.length, lanes.at(-1)!.account.key, more], [
    "calm/default",
    12,
    "calm/default",
    9,
  ]);
  assertEquals(lanes[0]!.quota.quota, "q19");
  assertEquals(
    moreSentence(horizon(12)),
    "9 more quotas are not drawn: these are the 11 most urgent, and one quota of the best account.",
  );
  // One that is drawn anyway replaces no other, and a small chart has room only for the urgent ones.
  assertEquals(horizon(30).isBestAdded, undefined);
  assertEquals(horizon(3).lanes.map(({ quota }) => quota.quota), ["q19", "q18", "weekly"]);
  assertEquals(horizon(2).lanes.map(({ quota }) => quota.quota), ["q19", "q18"]);
});

Deno.test("limits per minute and capacities have no lane", () => {
  const quotas = [
    quotaViewOf({ quota: "rpm", window: { kind: "rolling", seconds: 60 } }),
    quotaViewOf({ quota: "set", window: { kind: "allocation", seconds: null } }),
  ];
  const { lanes, more } = createHorizon({
    accounts: [accountViewOf(quotas)],
    readiness: [],
    now: READ_AT,
    span: "7d",
    idle: [],
  });
  assertEquals([lanes.length, more], [0, 0]);
});

Deno.test("the plan names the best account, the next one when it runs out, and the time when nothing is left", () => {
  const named = (name: string, fields: Partial<QuotaView>) =>
    computeReadiness(
      accountViewOf([quotaViewOf({ ...fields, key: `${name}/default/five-hour` })], {
        key: `${name}/default`,
        provider: name,
      }),
      [],
      READ_AT,
    );
  const plan = (...all: Parameters<typeof bestAccounts>[0]) => {
    const end = READ_AT + DAY_MS;
    const best = bestAccounts(all, READ_AT, end);
    for (const [place, { from, to }] of best.entries()) {
      assertEquals(from, place === 0 ? READ_AT : best[place - 1]!.to);
      assert(to > from);
    }
    return bestSentence(best, end, (key) => key.split("/")[0]!, when);
  };
  const calm = named("calm", { used: 10, forecast: forecastOf() });
  const soon = named("soon", { used: 80, forecast: dry(HOUR_MS) });
  const out = named("out", { used: 100, resetsAt: READ_AT + 90 * MINUTE_MS });
  assertEquals(plan(soon, calm, out), "Work with calm.");
  assertEquals(
    plan(soon, out),
    "Work with soon until 14:00, then nothing is left until 14:30, then with out.",
  );
  assertEquals(plan(soon), "Work with soon until 14:00, then nothing is left until 15:00, then with soon.");
  assertEquals(plan(out), "Nothing is left until 14:30, then with out.");
  assertEquals(plan(named("odd", { used: null })), "");
  // One that runs out only at its reset is full again at once.
  assertEquals(
    plan(named("soon", { used: 80, forecast: dry(2 * HOUR_MS) })),
    "Work with soon until 15:00, then with soon.",
  );
  // Those that run out before the best one are out by then; one that is paid by use comes after all others.
  const lasting = (name: string, hours: number, isPaidByUse = false) => ({
    ...named(name, { used: 80, resetsAt: READ_AT + 9 * HOUR_MS, forecast: dry(hours * HOUR_MS) }),
    isPaidByUse,
  });
  assertEquals(
    plan(lasting("paid", 4, true), lasting("early", 1), lasting("late", 2), lasting("penny", 3, true)),
    "Work with late until 15:00, then with paid until 17:00, then nothing is left until 22:00, then with late.",
  );
});

/** Monday to Friday, nine to five, over some weeks before `READ_AT`, in UTC. */
function workedWeeks(weeks: number) {
  return Array.from({ length: weeks * 7 }, (_, i) => {
    const day = Math.floor(READ_AT / DAY_MS) * DAY_MS - (i + 1) * DAY_MS;
    const weekday = new Date(day).getUTCDay();
    return weekday === 0 || weekday === 6 ? [] : [{ from: day + 9 * HOUR_MS, to: day + 17 * HOUR_MS - 1 }];
  }).flat();
}

Deno.test("idle hours are learned from the user's weeks: nights, and weekends once those are known", () => {
  const week = idleWeek(workedWeeks(4), READ_AT - 28 * DAY_MS, READ_AT, "UTC");
  const idle = listIdleRanges(week, { from: READ_AT, to: READ_AT + 4 * DAY_MS }, "UTC");
  // READ_AT is a Thursday, 13:00 UTC.
  const text = idle.map(({ from, to }) =>
    `${new Date(from).toISOString().slice(8, 13)} ${(to - from) / HOUR_MS}`
  );
  assertEquals(text, ["19T17 16", "20T17 64"]);
  const young = idleWeek(workedWeeks(2).slice(0, 8), READ_AT - 9 * DAY_MS, READ_AT, "UTC");
  assertEquals([young![9 + 6 * 24], young![3 + 6 * 24]], [false, true]);
});

Deno.test("idle hours are drawn within the horizon only", () => {
  const end = READ_AT + DAY_MS;
  const drawn = (from: number, to: number) =>
    createHorizon({ accounts: [], readiness: [], now: READ_AT, span: "24h", idle: [{ from, to }] }).idle;
  assertEquals(drawn(READ_AT - HOUR_MS, READ_AT), []);
  assertEquals(drawn(READ_AT - HOUR_MS, READ_AT + 1), [{ from: READ_AT, to: READ_AT + 1 }]);
  assertEquals(drawn(end, end + HOUR_MS), []);
  assertEquals(drawn(end - 1, end + HOUR_MS), [{ from: end - 1, to: end }]);
  assertEquals(
    createHorizon({ accounts: [], readiness: [], now: READ_AT, span: "7d", idle: null }).to,
    READ_AT + 7 * DAY_MS,
  );
});

Deno.test("with less than a week of history, or without use, no hour is idle", () => {
  assertEquals(idleWeek(workedWeeks(4), READ_AT - 6 * DAY_MS, READ_AT, "UTC"), null);
  assertEquals(idleWeek([], READ_AT - 28 * DAY_MS, READ_AT, "UTC"), null);
  assertEquals(listIdleRanges(null, { from: READ_AT, to: READ_AT + DAY_MS }, "UTC"), []);
});

Deno.test("a lunch break is not idle time", () => {
  const shifts = workedWeeks(4).flatMap(({ from, to }) => [
    { from, to: from + 3 * HOUR_MS - 1 },
    { from: from + 4 * HOUR_MS, to },
  ]);
  const week = idleWeek(shifts, READ_AT - 28 * DAY_MS, READ_AT, "UTC");
  assertEquals(week![12 + 4 * 24], true);
  const idle = listIdleRanges(week, { from: READ_AT, to: READ_AT + DAY_MS }, "UTC");
  assertEquals(idle.map(({ from }) => new Date(from).getUTCHours()), [17]);
});
