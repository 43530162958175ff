import { WEEK_MS } from "../../lib/model/duration.ts";
import fc from "fast-check";
import {
  computePace,
  findPaceStage,
  type Pace,
  type PaceInput,
  type PaceStage,
  stageWords,
} from "../../lib/model/forecast/pace.ts";
import { assert, assertClose, assertEquals, assertThrows } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 10:00");

/** Percent, and minutes, as in the reference table. */
function pace(used: number, window: number, toReset: number): Pace | null {
  return computePace({
    share: used / 100,
    windowMs: window * MINUTE_MS,
    resetsAt: NOW + toReset * MINUTE_MS,
    now: NOW,
  });
}

const ORACLE: readonly {
  readonly row: readonly [used: number, window: number, toReset: number];
  readonly expected: number;
  readonly delta: number;
  readonly stage: PaceStage;
  readonly emptyIn: number | null;
  readonly multiplier: number | null;
}[] = [
  { row: [50, 300, 150], expected: 50, delta: 0, stage: "on-track", emptyIn: null, multiplier: 1 },
  { row: [28, 300, 252], expected: 16, delta: 12, stage: "ahead", emptyIn: 123.43, multiplier: 0.4898 },
  { row: [90, 300, 60], expected: 80, delta: 10, stage: "ahead", emptyIn: 26.67, multiplier: 0.4444 },
  {
    row: [30, 10080, 8000],
    expected: 20.635,
    delta: 9.365,
    stage: "ahead",
    emptyIn: 4853.33,
    multiplier: 0.6067,
  },
  {
    row: [0, 300, 100],
    expected: 66.667,
    delta: -66.667,
    stage: "far-behind",
    emptyIn: null,
    multiplier: null,
  },
  { row: [100, 300, 100], expected: 66.667, delta: 33.333, stage: "far-ahead", emptyIn: 0, multiplier: null },
];

for (const { row, expected, delta, stage, emptyIn, multiplier } of ORACLE) {
  const [used, window, toReset] = row;
  Deno.test(`computePace() of ${used} % with ${toReset} of ${window} minutes to go is ${stageWords(stage)}`, () => {
    const found = pace(...row);
    assert(found);
    assertClose(found.expected * 100, expected, 1e-4);
    assertClose(found.delta * 100, delta, 1e-4);
    assertEquals(found.stage, stage);
    assertEquals(found.lasts, emptyIn === null);
    assertEquals(found.emptyInMs === null, emptyIn === null);
    if (emptyIn !== null) assertClose(found.emptyInMs! / MINUTE_MS, emptyIn, 2e-4);
    assertEquals(found.multiplier === null, multiplier === null);
    if (multiplier !== null) assertClose(found.multiplier!, multiplier, 1e-4);
  });
}

Deno.test("the stages end at 2, 6 and 12 points, inclusive", () => {
  const stages = [2, 2.01, 6, 6.01, 12, 12.01].map((points) => findPaceStage(points / 100));
  assertEquals(stages, ["on-track", "slightly-ahead", "slightly-ahead", "ahead", "ahead", "far-ahead"]);
  const behind = [2, 2.01, 6, 6.01, 12, 12.01].map((points) => findPaceStage(-points / 100));
  assertEquals(behind, ["on-track", "slightly-behind", "slightly-behind", "behind", "behind", "far-behind"]);
  // A share computed a billionth too high is still within the stage.
  const most = [0.02, 0.06, 0.12].map((share) => share + 1e-9);
  assertEquals(most.map(findPaceStage), ["on-track", "slightly-ahead", "ahead"]);
  assertEquals(most.map((share) => findPaceStage(-share)), ["on-track", "slightly-behind", "behind"]);
  // 0.28 - 0.16 is slightly more than 0.12.
  assertEquals(findPaceStage(0.28 - 0.16), "ahead");
  assertEquals(stageWords("far-behind"), "far behind");
});

Deno.test("computePace() returns nothing without figures, or for a reset that is past or too far away", () => {
  const known: PaceInput = { share: 0.5, windowMs: 5 * HOUR_MS, resetsAt: NOW + HOUR_MS, now: NOW };
  assert(computePace(known));
  assertEquals(computePace({ ...known, share: null }), null);
  assertEquals(computePace({ ...known, share: NaN }), null);
  assertEquals([computePace({ ...known, share: -0.1 }), computePace({ ...known, share: Infinity })], [
    null,
    null,
  ]);
  assertEquals(computePace({ ...known, windowMs: null }), null);
  assertEquals(computePace({ ...known, windowMs: 0 }), null);
  assertEquals(computePace({ ...known, resetsAt: null }), null);
  assertEquals(computePace({ ...known, resetsAt: NOW }), null);
  assertEquals(computePace({ ...known, resetsAt: NOW - 1 }), null);
  assertEquals(computePace({ ...known, resetsAt: NOW + 5 * HOUR_MS + 1 }), null);
  // A reset a whole window ahead is that of a window that begins now.
  assertEquals(computePace({ ...known, share: 0, resetsAt: NOW + 5 * HOUR_MS })?.expected, 0);
  // The instant before the reset, all but that instant has passed.
  assertClose(computePace({ ...known, resetsAt: NOW + 1 })!.expected, 1 - 1 / (5 * HOUR_MS));
});

Deno.test("computePace() returns nothing for use before time has passed, but a pace without use", () => {
  const begun: PaceInput = { share: 0.01, windowMs: HOUR_MS, resetsAt: NOW + HOUR_MS, now: NOW };
  assertEquals(computePace(begun), null);
  const next = computePace({ ...begun, now: NOW + 1 });
  assertEquals([next?.stage, next?.expected], ["on-track", 1 / HOUR_MS]);
  const unused = computePace({ ...begun, share: 0 });
  assertEquals(unused?.expected, 0);
  assertEquals(unused?.stage, "on-track");
  assertEquals(unused?.lasts, true);
});

Deno.test("an overdrawn limit is empty now", () => {
  const over = pace(130, 300, 100);
  assertEquals(over?.emptyInMs, 0);
  assertEquals(over?.lasts, false);
  assertEquals(over?.multiplier, null);
});

/** A week that begins on Monday, 16 November 2026, at midnight in Berlin. */
const BERLIN = "Europe/Berlin";
const MONDAY = utc("2026-11-15 23:00");

function weekly(share: number, days: number, workDays: number, startsAt = MONDAY): Pace | null {
  const now = startsAt + days * DAY_MS;
  return computePace({ share, windowMs: WEEK_MS, resetsAt: startsAt + WEEK_MS, now, workDays, zone: BERLIN });
}

Deno.test("with five working days Wednesday at midnight is two fifths of the week", () => {
  assertClose(weekly(0.4, 2, 5)!.expected, 2 / 5);
  assertClose(weekly(0.4, 2, 6)!.expected, 2 / 6);
  assertClose(weekly(0.4, 2, 7)!.expected, 2 / 7);
  assertEquals(weekly(0.4, 2, 5)!.stage, "on-track");
  assertEquals(weekly(0.4, 2, 7)!.stage, "ahead");
  assertEquals([2, 5, 6, 7, 1, 9, 4.5].map((days) => weekly(0.4, 2, days)!.workDays), [2, 5, 6, 7, 7, 7, 7]);
  assertClose(weekly(0.4, 1, 2)!.expected, 1 / 2);
});

Deno.test("a free weekend uses up no part of the week and is skipped on the way to the end", () => {
  // All working time has passed: the rest lasts, and no speed can be stated.
  const saturday = weekly(0.9, 5.5, 5)!;
  assertEquals(saturday.expected, 1);
  assertEquals(saturday.lasts, true);
  assertEquals(saturday.multiplier, null);
  // With everything used, nothing lasts.
  const full = weekly(1, 5.5, 5)!;
  assertEquals([full.lasts, full.emptyInMs, full.multiplier], [false, 0, null]);

  // A week from Thursday to Thursday. By Friday midnight two of five days are worked and 4/5 used:
  // half a day's worth is left, so it is empty on Monday at noon, 2.5 days later.
  const thursday = MONDAY + 3 * DAY_MS;
  const friday = weekly(0.8, 2, 5, thursday)!;
  assertClose(friday.expected, 0.4);
  assertEquals(friday.lasts, false);
  assertClose(friday.emptyInMs! / DAY_MS, 2.5);
  assertClose(weekly(0.8, 2, 7, thursday)!.emptyInMs! / DAY_MS, 0.5);
});

Deno.test("use on a free weekend before any working day has no pace", () => {
  const saturday = MONDAY + 5 * DAY_MS;
  assertEquals(weekly(0.1, 1.5, 5, saturday), null);
  assertEquals(weekly(0, 1.5, 5, saturday)?.expected, 0);
  assert(weekly(0.1, 1.5, 6, saturday));
});

Deno.test("working days begin at local midnight, also when clocks change", () => {
  // Berlin leaves summer time on Sunday, 25 October 2026: a week from Monday to Monday has 169 hours, so
  // one that begins at 00:00 of the 19th ends at 23:00 of Sunday. Friday midnight is 5 of 5 days.
  const startsAt = utc("2026-10-18 22:00");
  assertClose(weekly(0.5, 2.5, 5, startsAt)!.expected, 0.5);
  // From Thursday on: Thursday, Friday, then a weekend of 49 hours, then 71 hours until Wednesday at 23:00.
  const thursday = utc("2026-10-21 22:00");
  assertClose(weekly(0.5, 2, 5, thursday)!.expected, 48 / (48 + 71));
});

Deno.test("only weekly windows have working days, and only with a zone", () => {
  const input: PaceInput = {
    share: 0.4,
    windowMs: WEEK_MS,
    resetsAt: MONDAY + WEEK_MS,
    now: MONDAY + 2 * DAY_MS,
  };
  assertClose(computePace({ ...input, workDays: 5 })!.expected, 2 / 7);
  assertClose(computePace({ ...input, workDays: 5, zone: "Etc/UTC", windowMs: 8 * DAY_MS })!.expected, 3 / 8);
  assertThrows(() => computePace({ ...input, workDays: 5, zone: "Mars/Olympus" }), /zone/i);
});

const share = fc.double({ min: 0, max: 1.5, noNaN: true });
const zone = fc.constantFrom("UTC", BERLIN, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe");
const instant = fc.integer({ min: utc("2020-01-01"), max: utc("2030-01-01") });
/** A week, and how much of it has passed. */
const week = fc.record({
  share,
  now: instant,
  passed: fc.integer({ min: 0, max: WEEK_MS - 1 }),
  workDays: fc.integer({ min: 2, max: 7 }),
  zone,
});

Deno.test("a quota that does not last is empty before the reset, and one that lasts has no end", () => {
  fc.assert(fc.property(week, ({ share, now, passed, workDays, zone }) => {
    const resetsAt = now - passed + WEEK_MS;
    const found = computePace({ share, windowMs: WEEK_MS, resetsAt, now, workDays, zone });
    if (!found) return;
    assertEquals(found.lasts, found.emptyInMs === null);
    if (found.emptyInMs !== null) assert(found.emptyInMs >= 0 && found.emptyInMs <= resetsAt - now);
    assert(found.expected >= 0 && found.expected <= 1);
    for (const value of [found.delta, found.multiplier ?? 0]) assert(Number.isFinite(value));
  }));
});

Deno.test("used at the speed of the multiplier, a window ends with nothing left", () => {
  const half = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(fc.property(half, half, (used, passed) => {
    const windowMs = 5 * HOUR_MS;
    const elapsed = Math.round(windowMs * passed);
    const found = computePace({ share: used, windowMs, resetsAt: NOW + windowMs - elapsed, now: NOW })!;
    const speed = used / elapsed * found.multiplier!;
    assertClose(used + speed * (windowMs - elapsed), 1);
  }));
});

Deno.test("more use is never a slower pace, and never lasts longer", () => {
  fc.assert(fc.property(week, share, ({ share: a, now, passed, workDays, zone }, b) => {
    const input = { windowMs: WEEK_MS, resetsAt: now - passed + WEEK_MS, now, workDays, zone };
    const less = computePace({ ...input, share: Math.min(a, b) });
    const more = computePace({ ...input, share: Math.max(a, b) });
    if (!less || !more) return;
    assert(less.delta <= more.delta);
    assert((less.emptyInMs ?? Infinity) >= (more.emptyInMs ?? Infinity));
  }));
});

Deno.test("seven working days are the plain week", () => {
  fc.assert(fc.property(week, ({ share, now, passed, zone }) => {
    const input = { share, windowMs: WEEK_MS, resetsAt: now - passed + WEEK_MS, now };
    assertEquals(computePace({ ...input, workDays: 7, zone }), computePace(input));
  }));
});

Deno.test("the speed factor is shown until the last moment, but not for used-up quotas", () => {
  const at = (share: number, leftMs: number) =>
    computePace({ share, windowMs: 300 * MINUTE_MS, resetsAt: NOW + leftMs, now: NOW })?.multiplier;
  assertClose(at(0.5, 1)!, 300 * MINUTE_MS - 1, 1e-3);
  assertEquals([at(1, MINUTE_MS), at(0, MINUTE_MS)], [null, null]);
  assertEquals(at(0.5, 0), undefined);
});
