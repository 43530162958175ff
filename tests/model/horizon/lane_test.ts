/** What one lane of the Horizon claims, at the bounds of each state. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../lib/model/duration.ts";
import { createLane, isEmptyAt, type Lane, type LaneState, leftAt } from "../../../lib/model/horizon/lane.ts";
import { laneNote, laneSentence } from "../../../lib/model/horizon/words.ts";
import { clockText } from "../../../lib/model/time.ts";
import type { QuotaView } from "../../../lib/model/view/view.ts";
import { assertEquals } from "../../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../../support/views.ts";

const RESET = READ_AT + 2 * HOUR_MS;

function laneOf(fields: Partial<QuotaView>, now = READ_AT): Lane {
  const quota = quotaViewOf(fields);
  return createLane(accountViewOf([quota]), quota, now);
}

/** A balance of credits without a limit. */
function balance(fields: Partial<QuotaView>, now = READ_AT): Lane {
  return laneOf({
    unit: "credits",
    used: null,
    limit: null,
    remaining: 12,
    resetsAt: null,
    window: { kind: "balance", seconds: null },
    ...fields,
  }, now);
}

const outline = ({ state, isRelative, left, emptyAt }: Lane): readonly unknown[] => [
  state,
  isRelative,
  left,
  emptyAt,
];
const say = (lane: Lane, now = READ_AT) => {
  const when = (at: number) => clockText(at, "UTC");
  return [laneSentence(lane, now, when), laneNote(lane, now, when)];
};

Deno.test("a fixed and a calendar window reset, and nothing else does", () => {
  const resetOf = (kind: QuotaView["window"]["kind"]) => laneOf({ window: { kind, seconds: null } }).resetsAt;
  assertEquals((["fixed", "calendar", "rolling", "balance", "allocation"] as const).map(resetOf), [
    RESET,
    RESET,
    null,
    null,
    null,
  ]);
});

Deno.test("a used-up quota has nothing left from now on, in whatever way that is stated", () => {
  assertEquals(outline(laneOf({ used: 99 }))[0], "unknown");
  for (const fields of [{ used: 100 }, { used: 130 }, { used: null, limit: null, remaining: 0 }]) {
    assertEquals(outline(laneOf(fields)), ["used-up", false, [[READ_AT, 0]], null]);
  }
});

Deno.test("a run-out ends the line with nothing left, now if it is overdue", () => {
  const dry = (inMs: number) =>
    outline(laneOf({ used: 75, forecast: forecastOf({ state: "runs-dry", emptyAt: READ_AT + inMs }) }));
  const ends = (at: number) => ["runs-out", false, [[READ_AT, 0.25], [at, 0]], at];
  assertEquals(dry(HOUR_MS), ends(READ_AT + HOUR_MS));
  assertEquals([dry(0), dry(-MINUTE_MS)], [ends(READ_AT), ends(READ_AT)]);
});

Deno.test("a balance without a limit lasts as long as its forecast says, from all that is left now", () => {
  const of = (state: "lasts" | "tight" | "runs-dry", emptyAt: number | null, chance: number | null = null) =>
    outline(balance({ forecast: forecastOf({ state, emptyAt, runOutProbability: chance }) }));
  const until = (state: LaneState, at: number) => [state, true, [[READ_AT, 1], [at, 0]], at];
  const later = READ_AT + 40 * DAY_MS;
  assertEquals(of("lasts", later), until("lasts", later));
  assertEquals(of("tight", later), until("tight", later));
  assertEquals(of("runs-dry", later), until("runs-out", later));
  assertEquals(of("runs-dry", later, 0.59), until("may-run-out", later));
  // It may have ended since its reading.
  assertEquals(of("runs-dry", READ_AT), until("runs-out", READ_AT));
  assertEquals(of("runs-dry", READ_AT - 1), until("runs-out", READ_AT));
  assertEquals(of("lasts", null), ["lasts", true, [[READ_AT, 1]], null]);
});

Deno.test("a balance without a forecast, or without a figure, is unknown", () => {
  const forecast = forecastOf({ state: "analysing", emptyAt: null });
  assertEquals(outline(balance({ forecast })), ["unknown", true, [[READ_AT, 1]], null]);
  assertEquals(outline(balance({ forecast, remaining: 1 })), ["unknown", true, [[READ_AT, 1]], null]);
  const nothing = ["unknown", false, [], null];
  assertEquals(outline(balance({})), nothing);
  assertEquals(outline(balance({ forecast, remaining: null })), nothing);
  // A limit of 0 that is not used is no quota.
  assertEquals(outline(balance({ forecast, used: 0, limit: 0, remaining: 0 })), nothing);
  assertEquals(outline(laneOf({ forecast, used: null, limit: null, remaining: 12 })), nothing);
});

Deno.test("a balance with a limit keeps its share, and its end", () => {
  const window = { kind: "balance", seconds: null } as const;
  const of = (fields: Partial<QuotaView>, emptyAt: number) =>
    outline(laneOf({ window, used: 75, forecast: forecastOf({ state: "tight", emptyAt }), ...fields }));
  const end = READ_AT + 3 * DAY_MS;
  assertEquals(of({ resetsAt: null }, end), ["tight", false, [[READ_AT, 0.25], [end, 0]], end]);
  // An end that is not ahead is none.
  const before = { resetsAt: null, at: READ_AT - HOUR_MS };
  assertEquals(of(before, READ_AT), ["tight", false, [[READ_AT, 0.25]], null]);
  assertEquals(of(before, READ_AT + 1), [
    "tight",
    false,
    [[READ_AT, 0.25], [READ_AT + 1, 0]],
    READ_AT + 1,
  ]);
});

Deno.test("what lasts longer than can be foreseen lasts, although no line can be drawn", () => {
  const rolling = laneOf({
    resetsAt: null,
    window: { kind: "rolling", seconds: 18_000 },
    forecast: forecastOf({ state: "lasts", reason: "refills-faster", projectedShare: null }),
  });
  assertEquals(outline(rolling), ["lasts", false, [[READ_AT, 0.6]], null]);
  assertEquals(say(rolling), ["60% left. Lasts.", "lasts"]);
  const credit = balance({ forecast: forecastOf({ state: "lasts", emptyAt: null }) });
  assertEquals(say(credit), ["Lasts.", "lasts"]);
});

Deno.test("a balance that is about to run out says so, as one with a limit does", () => {
  const forecast = forecastOf({ state: "runs-dry", emptyAt: READ_AT });
  assertEquals(say(balance({ forecast })), ["About to run out.", "about to run out"]);
  assertEquals(say(laneOf({ used: 75, forecast, resetsAt: null })), [
    "25% left. About to run out.",
    "about to run out",
  ]);
});

Deno.test("an unused quota keeps its level until its reset, and without one nothing is foreseen", () => {
  const idle = (resetsAt: number | null) =>
    outline(laneOf({ used: 0, resetsAt, forecast: forecastOf({ state: "idle", projectedShare: null }) }));
  assertEquals(idle(RESET), ["lasts", false, [[READ_AT, 1], [RESET, 1]], null]);
  assertEquals(idle(null), ["unknown", false, [[READ_AT, 1]], null]);
});

Deno.test("the level of a line is known from its first point to its last", () => {
  const left = [[100, 0.8], [200, 0.4], [300, 0]] as const;
  assertEquals([99, 100, 125, 200, 250, 300, 301].map((at) => leftAt({ left }, at)), [
    null,
    0.8,
    0.7000000000000001,
    0.4,
    0.2,
    0,
    null,
  ]);
  assertEquals(leftAt({ left: [] }, 100), null);
});

Deno.test("nothing can be used while a quota is blocked, used up, or after it runs out, until its reset", () => {
  const empty = (state: LaneState, at: number, fields: Partial<Lane> = {}) =>
    isEmptyAt({ ...laneOf({}), state, ...fields }, at);
  for (const state of ["blocked", "used-up"] as const) {
    assertEquals([empty(state, READ_AT), empty(state, RESET - 1), empty(state, RESET)], [true, true, false]);
    assertEquals(empty(state, RESET, { resetsAt: null }), true);
  }
  const out = { emptyAt: READ_AT + HOUR_MS };
  const times = [READ_AT + HOUR_MS - 1, READ_AT + HOUR_MS, RESET - 1, RESET];
  assertEquals(times.map((at) => empty("runs-out", at, out)), [false, true, true, false]);
  // It may run out, or lasts: nothing is certain.
  for (const state of ["may-run-out", "tight", "lasts", "unknown", "old"] as const) {
    assertEquals(times.map((at) => empty(state, at, out)), [false, false, false, false]);
  }
  assertEquals(empty("runs-out", RESET - 1, { emptyAt: null }), false);
});
