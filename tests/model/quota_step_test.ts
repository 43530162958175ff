/** What one reading means for its quota, when several things happen with it at once. */
import type { Reading } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import {
  type FakePoll,
  HOUR_MS,
  MINUTE_MS,
  ONE_HOUR,
  ONE_WEEK,
  reading,
  replay,
  replayOne,
  utc,
} from "../support/readings.ts";

const at = (time: string) => utc(time.length > 8 ? time : `2026-11-21 ${time}`);
const WEEK = { quota: "weekly", window: ONE_WEEK };

function poll(time: string, fields: Partial<Reading>, plan?: string): FakePoll {
  return { at: at(time), readings: [reading(fields)], ...plan !== undefined && { plan } };
}

/** The entries of polls: consumption, and why it could not be counted. */
function entriesOf(polls: readonly FakePoll[]) {
  return replay(polls).changes.flatMap((changes) =>
    changes.flatMap((change) => change.kind === "entry" ? [[change.consumed, change.baseline ?? null]] : [])
  );
}

Deno.test("the cycle of a waiting window begins with its first use, all of which was counted", () => {
  const { cycles, state } = replayOne([
    { at: at("10:00"), used: 0, resetsAt: null },
    { at: at("11:00"), used: 3, resetsAt: at("15:30") },
  ]);
  assertEquals(cycles.map(({ startedAt, whole, count, consumed }) => [startedAt, whole, count, consumed]), [
    [at("10:30"), true, 1, 3],
  ]);
  assertEquals(state.quotas["five-hour"]?.doubt, undefined);
});

Deno.test("a first use with another limit, plan or unit is not counted, so its cycle is as it was", () => {
  const first = { used: 0, resetsAt: null };
  const next = { used: 3, resetsAt: at("15:30") };
  const cycles = (fields: Partial<Reading>, plan?: string) =>
    (replay([poll("10:00", first, "pro"), poll("11:00", { ...next, ...fields }, plan)]).cycles.get(
      "five-hour",
    ) ?? [])
      .map(({ startedAt, endedAt, whole, consumed }) => [startedAt, endedAt, whole, consumed]);
  assertEquals(cycles({ limit: 50 }), [[at("10:00"), null, false, 0]]);
  assertEquals(cycles({}, "plus"), [[at("10:00"), null, false, 0]]);
  assertEquals(cycles({ unit: "credits", limit: null }), [
    [at("10:00"), at("11:00"), false, 0],
    [at("11:00"), null, false, 0],
  ]);
  assertEquals(cycles({}, "Pro"), [[at("10:30"), null, true, 3]]);
});

Deno.test("another window ends the cycle, and the next one was under way", () => {
  const { cycles } = replay([
    poll("10:00", { used: 10, resetsAt: at("15:00") }),
    poll("10:05", { used: 12, resetsAt: at("15:00") }),
    poll("10:10", { used: 40, resetsAt: at("2026-11-25 10:00"), window: ONE_WEEK }),
  ]);
  assertEquals(
    cycles.get("five-hour")?.map(({ startedAt, endedAt, endedBy, whole, consumed }) => [
      startedAt,
      endedAt,
      endedBy,
      whole,
      consumed,
    ]),
    [
      [at("10:00"), at("10:10"), ["window-changed"], false, 2],
      [at("10:10"), null, [], false, 0],
    ],
  );
});

Deno.test("use since a due reset counts after another limit, but not on another plan, in another unit or window", () => {
  const after = (fields: Partial<Reading>, plan = "pro") =>
    entriesOf([
      poll("14:58", { used: 60, resetsAt: at("15:00") }, "pro"),
      poll("15:03", { used: 5, resetsAt: at("20:00"), ...fields }, plan),
    ])[1];
  assertEquals(after({}), [5, null]);
  assertEquals(after({ limit: 200 }), [5, null]);
  assertEquals(after({}, "plus"), [0, "plan"]);
  assertEquals(after({ unit: "tokens" }), [0, "unit"]);
  assertEquals(after({ window: ONE_HOUR, resetsAt: at("16:00") }), [0, "window"]);
});

Deno.test("the first reading of another source counts as nothing, and what it omits stays as it was", () => {
  const polls = [
    poll("10:00", { used: 10, remaining: 90 }),
    poll("10:01", { used: 12, source: "statusline" }),
    poll("10:02", { used: null, remaining: 85 }),
    poll("10:03", { used: 17, source: "statusline" }),
  ];
  assertEquals(entriesOf(polls), [[0, null], [0, "source"], [5, null], [0, null]]);
});

Deno.test("a due reset without a value is a start at zero", () => {
  const { entries, state } = replayOne([
    { at: at("14:58"), used: 60, resetsAt: at("15:00") },
    { at: at("15:03"), used: null, resetsAt: at("20:00") },
    { at: at("15:08"), used: 0.4, resetsAt: null },
  ]);
  assertEquals(entries.map(({ consumed, reset }) => [consumed, reset]), [[0, false], [0, true], [
    0.4,
    false,
  ]]);
  assertEquals(state.quotas["five-hour"]?.held, undefined);
});

Deno.test("provisional readings remember what they counted, and nothing else", () => {
  const polls = [10, 10, 12, 12, 15].map((used, i) => ({
    ...WEEK,
    at: at("10:00") + i * MINUTE_MS,
    used,
    resetsAt: i === 0 ? at("2026-11-25 10:00") : at("2026-11-27 10:00"),
  }));
  const doubt = replayOne(polls).state.quotas.weekly?.doubt;
  assertEquals(doubt?.entries.map((one) => [one.at, one.consumed]), [
    [at("10:02"), 2],
    [at("10:04"), 3],
  ]);
  assertEquals(doubt?.readings, 4);
});

Deno.test("a due reset ends all doubt", () => {
  const moved = { ...WEEK, resetsAt: at("2026-11-23 12:00") };
  const polls = [
    { ...WEEK, at: at("2026-11-22 11:00"), used: 10, resetsAt: at("2026-11-22 12:00") },
    { ...moved, at: at("2026-11-22 11:30"), used: 12 },
  ];
  assertEquals(replayOne(polls).state.quotas.weekly?.doubt?.readings, 1);
  const due = { ...WEEK, at: at("2026-11-23 12:05"), used: 1, resetsAt: at("2026-11-30 12:00") };
  const { state, cycles } = replayOne([...polls, due]);
  assertEquals(state.quotas.weekly?.doubt, undefined);
  assertEquals(cycles.map(({ endedAt, consumed }) => [endedAt, consumed]), [
    [at("2026-11-23 12:00"), 2],
    [null, 1],
  ]);
});

Deno.test("a fall that proves to be a reset begins a session with nothing used, and a complete cycle", () => {
  const old = at("2026-11-22 10:00");
  const other = old + 48 * HOUR_MS;
  const amounts = (used: number) => ({ used, remaining: 100 - used });
  const { cycles, sessions } = replayOne([
    { ...WEEK, at: at("10:00"), ...amounts(60), resetsAt: old },
    { ...WEEK, at: at("10:05"), ...amounts(2), resetsAt: other },
    { ...WEEK, at: old, ...amounts(2), resetsAt: other },
  ]);
  assertEquals(cycles.map(({ whole, consumed }) => [whole, consumed]), [[false, 0], [true, 2]]);
  assertEquals(sessions.map(({ quotas: [own] }) => own && [own.start, own.end, own.leftStart, own.leftEnd]), [
    [0, 2, 100, 98],
  ]);
});

Deno.test("a reset is noticed by the last known value, even if the one before it was missing", () => {
  const { entries } = replayOne([
    { at: at("14:50"), used: 60, resetsAt: at("15:00") },
    { at: at("14:58"), used: null, resetsAt: at("15:00") },
    { at: at("15:03"), used: 5, resetsAt: at("15:00") },
  ]);
  assertEquals(entries.map(({ consumed, reset }) => [consumed, reset]), [[0, false], [0, false], [5, true]]);
});

Deno.test("a reset that moved nearer and came is no more in doubt", () => {
  const far = at("2026-11-26 10:00");
  const polls = [
    { ...WEEK, at: at("10:00"), used: 10, resetsAt: far },
    { ...WEEK, at: at("10:05"), used: 12, resetsAt: at("20:00") },
    { ...WEEK, at: at("20:05"), used: 1, resetsAt: at("2026-11-28 20:00") },
  ];
  assertEquals(replayOne(polls.slice(0, 2)).state.quotas.weekly?.doubt?.readings, 1);
  assertEquals(replayOne(polls).state.quotas.weekly?.doubt, undefined);
});

Deno.test("a first use that the vendor takes back was neither use nor a reset", () => {
  const stood = { ...WEEK, used: 0, resetsAt: at("2026-11-24 10:00") };
  const { cycles, entries, buckets } = replayOne([
    { ...stood, at: at("10:00") },
    { ...WEEK, at: at("20:00"), used: 3, resetsAt: at("2026-11-28 19:00") },
    { ...stood, at: at("20:05") },
  ]);
  assertEquals(
    cycles.map(({ startedAt, endedAt, consumed, count }) => [startedAt, endedAt, consumed, count]),
    [
      [at("10:00"), null, 0, 3],
    ],
  );
  assertEquals(entries.map(({ consumed, reset }) => [consumed, reset]), [[0, false], [0, false], [0, false]]);
  assertEquals(buckets.filter(({ consumed, resets }) => consumed !== 0 || resets !== 0), []);
});
