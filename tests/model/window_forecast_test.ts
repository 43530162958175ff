/** The forecast of a window at the exact bounds of its words, its weights and its silence. */
import { forecast, type ForecastInput, forecastStaleMs, TUNING } from "../../lib/model/forecast/forecast.ts";
import type { PastCycle } from "../../lib/model/forecast/past_cycles.ts";
import { assertClose, assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";

const NOW = utc("2026-11-18 10:00");
const WINDOW_MS = 5 * HOUR_MS;

/** Half of five hours has passed, with 30 of 100 used. */
function made(fields: Partial<ForecastInput> = {}, tuning = TUNING) {
  return forecast({
    now: NOW,
    kind: "fixed",
    windowMs: WINDOW_MS,
    resetsAt: NOW + WINDOW_MS / 2,
    at: NOW,
    used: 30,
    limit: 100,
    remaining: null,
    cycle: { startedAt: NOW - WINDOW_MS / 2, consumed: 30, whole: true },
    recent: [],
    past: [],
    ...fields,
  }, tuning);
}

/** The same after a part of the window. */
const after = (part: number, fields: Partial<ForecastInput> = {}) =>
  made({ resetsAt: NOW + (1 - part) * WINDOW_MS, ...fields });
const word = ({ state, reason }: ReturnType<typeof made>) => [state, reason];
const lastHour = (consumed: number) => [{ from: NOW - HOUR_MS, to: NOW, consumed }];

/** A cycle that had used a share by the middle of its window, and another by its end; days ago. */
function cycle(half: number, end: number, daysAgo = 1, laterMs = 0): PastCycle {
  return { startedAt: NOW - WINDOW_MS / 2 - daysAgo * DAY_MS + laterMs, curve: [0, half, end] };
}

Deno.test("four fifths of the limit at the reset are tight, and a little more than all of it runs out", () => {
  assertEquals(word(made({ used: 39.99 })), ["lasts", "room-left"]);
  assertEquals(word(made({ used: 40 })), ["tight", "near-limit"]);
  // Figures that are equal but for rounding are equal.
  assertEquals(word(made({ used: 50 * (1 + 0.8e-9) })), ["tight", "near-limit"]);
  assertEquals(word(made({ used: 50 * (1 + 2e-9) })), ["runs-dry", "empty-before-reset"]);
});

Deno.test("a quota is tight if at least half of the cycles like this one ran out", () => {
  const calm = cycle(0.3, 0.4);
  const dry = cycle(0.3, 1.2);
  const half = made({ past: [dry, dry, calm, calm] });
  assertEquals([...word(half), half.runOutProbability], ["tight", "past-cycles-ran-out", 0.5]);
  const third = made({ past: [dry, calm, calm] });
  assertEquals(word(third), ["lasts", "room-left"]);
  assertClose(third.runOutProbability!, 1 / 3);
  // Two are too few to tell.
  const two = made({ used: 10, past: [cycle(0.1, 1.05), cycle(0.1, 1.05)] });
  assertEquals([...word(two), two.runOutProbability], ["lasts", "room-left", null]);
});

Deno.test("the last hour and past cycles weigh what their reach and number give them", () => {
  // Each is compared by hand: 12 an hour since the beginning, nothing in the last hour, 5 more in the past.
  const past = Array.from({ length: 4 }, () => cycle(0.3, 0.35));
  const { basis, projectedUsed, ratePerHour } = made({ recent: lastHour(0), past });
  const recent = 3 / (3 + 2.5);
  assertClose(basis!.past, 4 / 5);
  assertClose(basis!.recent, recent / 5);
  assertClose(basis!.cycle, (1 - recent) / 5);
  const rise = (1 - recent) / 5 * 12 * 2.5 + 4 / 5 * 5;
  assertClose(projectedUsed!, 30 + rise);
  assertClose(ratePerHour!, rise / 2.5);
  // Without past cycles nothing is added for them.
  assertClose(made({ recent: lastHour(0) }).projectedUsed!, 30 + (1 - recent) * 12 * 2.5);
});

Deno.test("a past cycle counts half at another level or another time of day, and the newest sixty count", () => {
  const weight = (one: PastCycle) => made({ past: [one] }).basis!.past;
  assertClose(weight(cycle(0.3, 0.6)), 1 / 2);
  assertClose(weight(cycle(0.45, 0.6)), 1 / 3);
  assertClose(weight(cycle(0.15, 0.6)), 1 / 3);
  assertClose(weight(cycle(0.3, 0.6, 1, 2 * HOUR_MS)), 1 / 3);
  assertClose(weight(cycle(0.3, 0.6, 1, -2 * HOUR_MS)), 1 / 3);
  const many = (count: number) =>
    made({ past: Array.from({ length: count }, (_, day) => cycle(0.3, 0.6, day + 1)) }).pastCycles;
  assertEquals([many(0), many(1), many(60), many(61)], [0, 1, 60, 60]);
});

Deno.test("confidence is medium from two fifths of the window on, or with a past that weighs half", () => {
  const sure = (past: readonly PastCycle[]) =>
    after(0.3, { past: past.map((one) => ({ ...one, startedAt: one.startedAt + 0.2 * WINDOW_MS })) })
      .confidence;
  const like = { ...cycle(0, 0), curve: Array.from({ length: 11 }, (_, step) => step / 10) };
  assertEquals([sure([]), sure([like])], ["low", "medium"]);
  // One that began two hours later weighs a third.
  assertEquals(sure([{ ...like, startedAt: like.startedAt + 2 * HOUR_MS }]), "low");
});

Deno.test("a forecast begins with a twentieth of the window, and with three steps unless a step hardly matters", () => {
  assertEquals(word(after(0.05, { used: 3 })), ["lasts", "room-left"]);
  assertEquals(word(after(0.0499, { used: 3 })), ["analysing", "too-early"]);
  // After a tenth of the window one step of 100 is projected to ten, which hardly matters.
  assertEquals(word(after(0.1, { used: 2 })), ["lasts", "room-left"]);
  assertEquals(word(after(0.0999, { used: 2 })), ["analysing", "too-few-steps"]);
});

Deno.test("the step of a figure is that of its decimals, and three of them are enough", () => {
  const few = (used: number) =>
    after(0.06, { used, limit: 1, cycle: { startedAt: 0, consumed: 0, whole: true } });
  const reasons = [0.2, 0.3, 0.02, 0.03, 0.04, 0.13].map((used) => [used, few(used).reason]);
  assertEquals(reasons, [
    [0.2, "too-few-steps"],
    [0.3, "empty-before-reset"],
    [0.02, "too-few-steps"],
    [0.03, "room-left"],
    [0.04, "room-left"],
    [0.13, "empty-before-reset"],
  ]);
  // Also where the vendor states the step.
  const stated = (used: number) => after(0.06, { used, limit: 20, step: 0.5 }).reason;
  assertEquals([stated(1.4), stated(1.5)], ["too-few-steps", "empty-before-reset"]);
});

Deno.test("the last hour has a slope from three steps on, by what was used or was to be expected", () => {
  const slow = { used: 5, windowMs: 7 * DAY_MS, resetsAt: NOW + 4 * DAY_MS } as const;
  const weight = (consumed: number, step: number) =>
    made({ ...slow, step, recent: lastHour(consumed) }).basis!.recent > 0;
  assertEquals([weight(5.9, 2), weight(6, 2), weight(0.29, 0.1), weight(0.3, 0.1)], [
    false,
    true,
    false,
    true,
  ]);
  // 12 an hour since the window began: of a quiet hour that says something, unless a step is 4.1.
  assertEquals([4, 4.1].map((step) => made({ step, recent: lastHour(0) }).basis!.recent > 0), [true, false]);
});

Deno.test("a run-out is a whole millisecond, between now and the last one before the reset", () => {
  // 28 an hour: the remaining 30 last one hour and a fourteenth.
  assertEquals(made({ used: 70 }).emptyAt, NOW + Math.trunc(HOUR_MS * 15 / 14));
  // The reading is older than what was left.
  const old = { at: NOW - 20 * MINUTE_MS, resetsAt: NOW + WINDOW_MS / 2 };
  assertEquals(made({ ...old, used: 99.5 }).emptyAt, NOW);
  const hair = made({ used: 50 * (1 + 2e-9) });
  assertEquals([hair.emptyAt, hair.marginMs], [NOW + WINDOW_MS / 2 - 1, 1]);
});

Deno.test("a run-out after the last working day is at the end of the week, if past weeks say that it comes", () => {
  // From Monday to Monday; it is Saturday noon, and all five days are worked.
  const startsAt = utc("2026-11-16");
  const saturday = startsAt + 5.5 * DAY_MS;
  const week = {
    windowMs: 7 * DAY_MS,
    resetsAt: startsAt + 7 * DAY_MS,
    now: saturday,
    at: saturday,
  } as const;
  const curve = Array.from({ length: 15 }, (_, half) => half < 12 ? 0.95 * half / 11 : 1.5);
  const past = [1, 2, 3].map((weeks): PastCycle => ({ startedAt: startsAt - weeks * 7 * DAY_MS, curve }));
  const found = made({ ...week, used: 95, workDays: 5, zone: "UTC", past });
  assertEquals([found.state, found.emptyAt], ["runs-dry", week.resetsAt - 1]);
  assertEquals(made({ ...week, used: 95, workDays: 5, zone: "UTC" }).emptyAt, null);
});

Deno.test("the least use is use", () => {
  assertEquals(word(made({ used: 1, resetsAt: NOW })), ["unknown", "reset-overdue"]);
  assertEquals(word(made({ used: 1, resetsAt: null })), ["unknown", "no-reset"]);
  assertEquals([word(made({ used: 1 })), word(made({ used: 0 }))], [["lasts", "room-left"], [
    "idle",
    "no-use",
  ]]);
});

Deno.test("a window that has not begun is too early to tell, but past cycles tell how many ran out", () => {
  const past = [cycle(0.5, 1.2), cycle(0.5, 1.2), cycle(0.5, 0.8), cycle(0.5, 0.8)];
  for (const part of [0, -0.1]) {
    const found = after(part, { used: 1, past });
    assertEquals([...word(found), found.runOutProbability], ["analysing", "too-early", 0.5]);
    assertEquals(word(after(part, { used: 0, past })), ["idle", "no-use"]);
  }
});

Deno.test("a window whose length is not known began where its cycle did", () => {
  const begun = { startedAt: NOW - 2 * HOUR_MS, consumed: 30, whole: true };
  for (const windowMs of [null, 0]) {
    const found = made({ windowMs, cycle: begun, resetsAt: NOW + 2 * HOUR_MS });
    assertClose(found.projectedUsed!, 60);
  }
});

Deno.test("a reading supports a forecast for half an hour, or for two and a half intervals if that is longer", () => {
  const stale = (ageMs: number, staleAfterMs?: number) =>
    made({ at: NOW - ageMs, staleAfterMs }).reason === "stale";
  assertEquals([stale(30 * MINUTE_MS), stale(30 * MINUTE_MS + 1)], [false, true]);
  assertEquals(made({ at: NOW - HOUR_MS, past: [cycle(0.3, 0.6)] }).pastCycles, 0);
  assertEquals([stale(HOUR_MS, HOUR_MS), stale(HOUR_MS + 1, HOUR_MS)], [false, true]);
  assertEquals([1, 12, 13, 60].map((minutes) => forecastStaleMs(minutes * MINUTE_MS) / MINUTE_MS), [
    30,
    30,
    32.5,
    150,
  ]);
});

Deno.test("a refusal from before a reset no longer counts, in every window that resets", () => {
  const refused = (kind: ForecastInput["kind"], resetsAt: number | null) =>
    made({ kind, allowed: false, resetsAt, at: NOW - 1 }).reason;
  for (const kind of ["fixed", "calendar"] as const) {
    assertEquals([refused(kind, NOW), refused(kind, NOW + 1), refused(kind, NOW - 1)], [
      "reset-passed",
      "refused",
      "refused",
    ]);
    assertEquals(refused(kind, null), "refused");
  }
  for (const kind of ["rolling", "balance", "allocation"] as const) {
    assertEquals(refused(kind, NOW), "refused");
  }
});
