import { WEEK_MS } from "../../lib/model/duration.ts";
import fc from "fast-check";
import {
  forecast,
  FORECAST_STATES,
  type ForecastInput,
  type ForecastReason,
  type ForecastState,
  TUNING,
} from "../../lib/model/forecast/forecast.ts";
import { createForecastWithout } from "../../lib/model/forecast/parts.ts";
import { REASON_WORDS } from "../../lib/model/view/forecast_reasons.ts";
import { FORECAST_WORDS, forecastWord, outlookWords } from "../../lib/model/view/forecast_words.ts";
import type { PastCycle } from "../../lib/model/forecast/past_cycles.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";

const NOW = utc("2026-11-18 10:00");

/** A half-passed five-hour window of 100 requests, without data of the last hour. */
function input(fields: Partial<ForecastInput> = {}): ForecastInput {
  const resetsAt = fields.resetsAt === undefined ? NOW + 2.5 * HOUR_MS : fields.resetsAt;
  return {
    now: NOW,
    kind: "fixed",
    windowMs: 5 * HOUR_MS,
    resetsAt,
    at: NOW,
    used: 30,
    limit: 100,
    remaining: null,
    cycle: { startedAt: NOW - 2.5 * HOUR_MS, consumed: 30, whole: true },
    recent: [],
    past: [],
    ...fields,
  };
}

/** The last hour as one slot. */
function lastHour(consumed: number): ForecastInput["recent"] {
  return [{ from: NOW - HOUR_MS, to: NOW, consumed }];
}

/** A cycle that rose linearly to a share, in a window that began this many days ago. */
function straight(share: number, daysAgo: number): PastCycle {
  return { startedAt: NOW - 2.5 * HOUR_MS - daysAgo * DAY_MS, curve: [0, share / 2, share] };
}

function reasonOf(fields: Partial<ForecastInput>): readonly [string, ForecastReason] {
  const { state, reason } = forecast(input(fields));
  return [state, reason];
}

Deno.test("without other data the mean rate continues until the reset", () => {
  const found = forecast(input());
  assertEquals(found.state, "lasts");
  assertClose(found.ratePerHour!, 12);
  assertClose(found.cyclePerHour!, 12);
  assertEquals(found.recentPerHour, null);
  assertClose(found.projectedUsed!, 60);
  assertClose(found.projectedShare!, 0.6);
  assertEquals(found.emptyAt, null);
  assertEquals(found.marginMs, null);
  assertEquals(found.basis, { cycle: 1, recent: 0, past: 0 });
  assertEquals(found.runOutProbability, null);
});

Deno.test("the projection determines the word: safe, tight, runs out", () => {
  assertEquals(reasonOf({ used: 39.9 }), ["lasts", "room-left"]);
  assertEquals(reasonOf({ used: 40.1 }), ["tight", "near-limit"]);
  // Exactly all of it at the reset is not empty before the reset.
  assertEquals(reasonOf({ used: 50 }), ["tight", "near-limit"]);
  assertEquals(reasonOf({ used: 50.1 }), ["runs-dry", "empty-before-reset"]);
  assertEquals([FORECAST_WORDS.lasts, FORECAST_WORDS.tight, FORECAST_WORDS["runs-dry"]], [
    "safe",
    "tight",
    "runs out",
  ]);
});

Deno.test("a quota that runs out states when, and how long before the reset", () => {
  const found = forecast(input({ used: 75 }));
  // 30 an hour: the remaining 25 last 50 of the 150 minutes.
  assertEquals(found.emptyAt, NOW + 50 * MINUTE_MS);
  assertEquals(found.marginMs, 100 * MINUTE_MS);
  assertClose(found.projectedShare!, 1.5);
});

Deno.test("there is no forecast early in a window, or from few steps", () => {
  const after = (share: number, fields: Partial<ForecastInput> = {}) =>
    reasonOf({ resetsAt: NOW + (1 - share) * 5 * HOUR_MS, ...fields });
  assertEquals(after(0.04, { used: 20 }), ["analysing", "too-early"]);
  assertEquals(after(0.06, { used: 20 })[0], "runs-dry");
  // Two whole percent could be anything from 0.02 to 0.03 of 0.06.
  assertEquals(after(0.06, { used: 2 }), ["analysing", "too-few-steps"]);
  assertEquals(after(0.06, { used: 3 })[0], "lasts");
  assertEquals(after(0.06, { used: 2.13 })[0], "lasts");
  assertEquals(after(0.06, { used: 2.5, step: 1 }), ["analysing", "too-few-steps"]);
  // Late in the window it could not be much.
  assertEquals(after(0.6, { used: 2 }), ["lasts", "room-left"]);
  // A window that has not begun.
  assertEquals(after(0, { used: 1 }), ["analysing", "too-early"]);
});

Deno.test("an impossible forecast is unknown and states why", () => {
  assertEquals(reasonOf({ used: null }), ["unknown", "no-figure"]);
  assertEquals(reasonOf({ resetsAt: null }), ["unknown", "no-reset"]);
  assertEquals(reasonOf({ resetsAt: NOW, at: NOW - 1 }), ["unknown", "reset-passed"]);
  assertEquals(reasonOf({ resetsAt: NOW - MINUTE_MS, at: NOW - 2 * MINUTE_MS }), ["unknown", "reset-passed"]);
  // Although read since, the vendor still states the passed reset.
  assertEquals(reasonOf({ resetsAt: NOW }), ["unknown", "reset-overdue"]);
  assertEquals(reasonOf({ resetsAt: NOW - HOUR_MS }), ["unknown", "reset-overdue"]);
  assertEquals(reasonOf({ at: NOW + HOUR_MS }), ["unknown", "in-future"]);
  assertEquals(reasonOf({ at: NOW - 31 * MINUTE_MS }), ["unknown", "stale"]);
  assertEquals(reasonOf({ at: NOW - 31 * MINUTE_MS, staleAfterMs: HOUR_MS })[0], "lasts");
  assertEquals(reasonOf({ used: 0, limit: 0 }), ["unknown", "no-limit"]);
  const unlimited = forecast(input({ limit: null }));
  assertEquals([unlimited.state, unlimited.reason], ["unknown", "no-limit"]);
  assertClose(unlimited.projectedUsed!, 60);
  assertEquals(unlimited.projectedShare, null);
});

Deno.test("a used-up quota is exhausted, however that is known, even after a reset that its vendor has not started", () => {
  const nothingLeft = { used: null, limit: null, remaining: 0 };
  for (const kind of ["fixed", "calendar", "rolling", "balance"] as const) {
    assertEquals([kind, ...reasonOf({ kind, ...nothingLeft })], [kind, "exhausted", "all-used"]);
    assertEquals([kind, ...reasonOf({ kind, used: 5, limit: 5 })], [kind, "exhausted", "all-used"]);
  }
  assertEquals(forecast(input(nothingLeft)).projectedShare, 1);
  assertEquals(reasonOf({ used: 100, resetsAt: NOW - HOUR_MS }), ["exhausted", "all-used"]);
  // Read before the reset, it may be full again.
  assertEquals(reasonOf({ used: 100, resetsAt: NOW - 1, at: NOW - 2 }), ["unknown", "reset-passed"]);
  assertEquals(reasonOf({ used: 0, resetsAt: NOW - HOUR_MS }), ["idle", "no-use"]);
});

Deno.test("a quota refused by its vendor is blocked whatever is left, and an allocation has no forecast", () => {
  assertEquals(reasonOf({ allowed: false }), ["blocked", "refused"]);
  assertEquals(reasonOf({ allowed: false, used: 0 }), ["blocked", "refused"]);
  assertEquals(reasonOf({ allowed: true })[0], "lasts");
  assertEquals(reasonOf({ allowed: false, used: 100 }), ["exhausted", "all-used"]);
  assertEquals(reasonOf({ allowed: false, resetsAt: NOW, at: NOW - 1 }), ["unknown", "reset-passed"]);
  assertEquals(reasonOf({ allowed: false, resetsAt: NOW, at: NOW }), ["blocked", "refused"]);
  assertEquals(reasonOf({ allowed: false, at: NOW - HOUR_MS }), ["unknown", "stale"]);
  assertEquals(reasonOf({ kind: "allocation", used: 80 }), ["unknown", "set-aside"]);
  assertEquals(forecast(input({ kind: "allocation", used: 80 })).ratePerHour, null);
});

Deno.test("a forecast is worded for its kind of window", () => {
  const words = (
    kind: ForecastInput["kind"],
    fields: Parameters<typeof createForecastWithout>[2],
    state: ForecastState = "lasts",
  ) => outlookWords(createForecastWithout(state, "room-left", fields), kind, NOW);
  assertEquals(words("fixed", {}), "lasts until its reset");
  assertEquals(words("calendar", {}, "tight"), "tight until its reset");
  assertEquals(words("balance", { emptyAt: NOW + 9.1 * DAY_MS }), "lasts about 9 days");
  assertEquals(words("balance", { emptyAt: NOW + 5.2 * DAY_MS }, "tight"), "lasts about 5 days");
  assertEquals(words("balance", { emptyAt: NOW + 5 * HOUR_MS }, "runs-dry"), "lasts about 5 hours");
  assertEquals(words("balance", {}), "lasts more than a year");
  assertEquals(words("balance", {}, "exhausted"), "empty");
  assertEquals(words("rolling", {}), "lasts at this rate");
  assertEquals(words("rolling", {}, "tight"), "tight");
  assertEquals(
    outlookWords(createForecastWithout("lasts", "refills-faster"), "rolling", NOW),
    "refills faster than it is used",
  );
  assertEquals(words("allocation", {}), "");
  for (const kind of ["balance", "rolling", "allocation"] as const) {
    for (const state of FORECAST_STATES) {
      assert(!words(kind, {}, state).includes("its reset"), `${kind} ${state}`);
    }
  }
  assertEquals(words("fixed", {}, "blocked"), "blocked by its vendor");
});

Deno.test("a run-out that past cycles make unlikely may happen, and from three in five on it does", () => {
  const word = (runOutProbability: number | null) =>
    forecastWord(createForecastWithout("runs-dry", "empty-before-reset", { runOutProbability }));
  assertEquals([word(0.47), word(0.599), word(0.6), word(null)], [
    "may run out",
    "may run out",
    "runs out",
    "runs out",
  ]);
  assertEquals(forecastWord(createForecastWithout("lasts", "room-left", { runOutProbability: 0.1 })), "safe");
  assertEquals(forecastWord(createForecastWithout("unknown", "no-limit")), "no limit");
  assertEquals(forecastWord(createForecastWithout("unknown", "set-aside")), "set aside");
  assertEquals(forecastWord(createForecastWithout("unknown", "stale")), "unknown");
});

Deno.test("an unused quota is idle, and one with nothing left is exhausted", () => {
  assertEquals(reasonOf({ used: 0 }), ["idle", "no-use"]);
  assertEquals(reasonOf({ used: 0, resetsAt: null }), ["idle", "no-use"]);
  assertEquals(reasonOf({ used: 0, resetsAt: NOW + 5 * HOUR_MS }), ["idle", "no-use"]);
  assertEquals(reasonOf({ used: 100 }), ["exhausted", "all-used"]);
  assertEquals(reasonOf({ used: 120 }), ["exhausted", "all-used"]);
  assertEquals(reasonOf({ used: null, remaining: 0 }), ["exhausted", "all-used"]);
  assertEquals(reasonOf({ used: 80, limit: null, remaining: 0 }), ["exhausted", "all-used"]);
});

Deno.test("use is derived from the remainder", () => {
  assertEquals(forecast(input({ used: null, remaining: 70 })), forecast(input({ used: 30 })));
});

Deno.test("a quiet last hour lowers the rate, a busy one does not raise it", () => {
  const calm = forecast(input({ recent: lastHour(0) }));
  const busy = forecast(input({ recent: lastHour(28) }));
  assert(calm.ratePerHour! < 12);
  assertClose(busy.ratePerHour!, 12);
  assertClose(busy.recentPerHour!, 28);
  assertEquals(calm.recentPerHour, 0);
  assert(calm.basis!.recent > 0);
});

Deno.test("the last hour has little weight in a week", () => {
  const week = { windowMs: WEEK_MS, resetsAt: NOW + 4 * DAY_MS, limit: 1000, used: 300, recent: lastHour(0) };
  const found = forecast(input(week));
  assert(found.basis!.recent > 0 && found.basis!.recent < 0.04);
});

Deno.test("a last hour in which not even one step was due has no slope", () => {
  const slow = { used: 5, windowMs: WEEK_MS, resetsAt: NOW + 4 * DAY_MS };
  assertEquals(forecast(input({ ...slow, recent: lastHour(0) })).basis!.recent, 0);
  assertEquals(forecast(input({ ...slow, recent: lastHour(2) })).basis!.recent, 0);
  assert(forecast(input({ ...slow, recent: lastHour(3) })).basis!.recent > 0);
  const short = [{ from: NOW - 10 * MINUTE_MS, to: NOW, consumed: 20 }];
  assertEquals(forecast(input({ recent: short })).recentPerHour, null);
});

Deno.test("past cycles in a similar state pull the projection to their ends", () => {
  // They all rose by 5 from here; the mean rate alone gives 30.
  const curve = [0, 0.3, 0.35];
  const past = [1, 2, 3, 4].map((daysAgo) => ({ ...straight(0, daysAgo), curve }));
  const found = forecast(input({ past }));
  assertEquals(found.pastCycles, 4);
  assertClose(found.basis!.past, 0.8);
  assertClose(found.projectedShare!, 0.3 + 0.8 * 0.05 + 0.2 * 0.3);
  assertEquals(found.runOutProbability, 0);
  assertEquals(forecast(input({ past }), { ...TUNING, maxPastCycles: 0 }).basis!.past, 0);
});

Deno.test("different cycles, and those of another time of day, have less weight", () => {
  const like = forecast(input({ past: [straight(0.6, 1)] })).basis!.past;
  assert(forecast(input({ past: [straight(1, 1)] })).basis!.past < like);
  assert(forecast(input({ past: [straight(0.6, 1.5)] })).basis!.past < like);
  assertClose(forecast(input({ past: [straight(0.6, 2)] })).basis!.past, like);
});

Deno.test("the run-out probability is the share of similar cycles that would not have lasted", () => {
  const dry = { ...straight(0, 1), curve: [0, 0.3, 1.2] };
  const calm = { ...straight(0, 1), curve: [0, 0.3, 0.4] };
  const found = forecast(input({ past: [dry, calm, calm, calm] }));
  assertClose(found.runOutProbability!, 0.25);
  assertEquals(forecast(input({ past: [dry, calm] })).runOutProbability, null);
  assertEquals(forecast(input({ past: [dry, calm] })).pastCycles, 2);
  const likely = forecast(input({ past: [dry, dry, calm], used: 11 }));
  assert(likely.runOutProbability! > 0.5);
  assertEquals([likely.state, likely.reason], ["tight", "past-cycles-ran-out"]);
  // Even without other data: from zero, none of them would have run out.
  assertEquals(forecast(input({ past: [dry, calm, calm, calm], used: 0 })).runOutProbability, 0);
});

Deno.test("five working days leave nothing to use on a weekend", () => {
  // A week from Monday to Monday; it is Wednesday, 10:00.
  const startsAt = utc("2026-11-16");
  const week = { windowMs: WEEK_MS, resetsAt: startsAt + WEEK_MS, used: 50, zone: "UTC" };
  const worked = 58;
  assertClose(forecast(input({ ...week, workDays: 5 })).projectedUsed!, 50 / worked * 120);
  assertClose(forecast(input({ ...week, workDays: 7 })).projectedUsed!, 50 / worked * 168);
  // On Saturday the remainder lasts.
  const saturday = startsAt + 5.5 * DAY_MS;
  const found = forecast(input({ ...week, workDays: 5, now: saturday, at: saturday, used: 95 }));
  assertClose(found.projectedUsed!, 95);
  assertEquals(found.emptyAt, null);
  // From Thursday to Thursday: two of five days for 60 leave 40, which is 32 worked hours from Friday midnight.
  const thursday = startsAt + 3 * DAY_MS;
  const friday = thursday + 2 * DAY_MS;
  const over = { ...week, resetsAt: thursday + WEEK_MS, now: friday, at: friday, used: 60, workDays: 5 };
  assertEquals(forecast(input(over)).emptyAt, friday + 2 * DAY_MS + 32 * HOUR_MS);
});

Deno.test("a calendar window is as long as from its start to its reset", () => {
  const month = { kind: "calendar", windowMs: null, resetsAt: NOW + 20 * DAY_MS } as const;
  const whole = { startedAt: NOW - 10 * DAY_MS, consumed: 30, whole: true };
  assertClose(forecast(input({ ...month, cycle: whole })).projectedUsed!, 90);
  // First seen in progress with 10 used: consumption since then gives the rate.
  const seen = { startedAt: NOW - 10 * DAY_MS, consumed: 20, whole: false };
  const found = forecast(input({ ...month, cycle: seen, past: [straight(1, 30)] }));
  assertClose(found.projectedUsed!, 70);
  assertEquals(found.basis, { cycle: 1, recent: 0, past: 0 });
});

Deno.test("a balance ends when it is empty, not at a reset", () => {
  const balance = { kind: "balance", windowMs: null, resetsAt: null, used: null, limit: null } as const;
  const cycle = { startedAt: NOW - 2 * DAY_MS, consumed: 48, whole: false };
  const end = (remaining: number | null, more: Partial<ForecastInput> = {}) => {
    const found = forecast(input({ ...balance, remaining, cycle, ...more }));
    return [found.state, found.reason, found.emptyAt === null ? null : (found.emptyAt - NOW) / HOUR_MS];
  };
  assertEquals(end(12), ["runs-dry", "empty-within-a-day", 12]);
  assertEquals(end(100), ["tight", "empty-within-a-week", 100]);
  assertEquals(end(200), ["lasts", "room-left", 200]);
  assertEquals(end(20_000), ["lasts", "room-left", null]);
  assertEquals(end(0), ["exhausted", "all-used", null]);
  assertEquals(end(-3), ["exhausted", "all-used", null]);
  assertEquals(end(null), ["unknown", "no-figure", null]);
  assertEquals(end(12, { cycle: { ...cycle, consumed: 0 } }), ["idle", "no-use", null]);
  const topped = { startedAt: NOW - HOUR_MS, consumed: 5, whole: true };
  assertEquals(end(12, { cycle: topped }), ["analysing", "too-early", null]);
  assertEquals(end(6, { cycle: topped, watched: { from: NOW - DAY_MS, consumed: 12 } }), [
    "runs-dry",
    "empty-within-a-day",
    12,
  ]);
  const found = forecast(input({ ...balance, remaining: 100, cycle }));
  assertEquals([found.projectedUsed, found.projectedShare, found.marginMs], [null, null, null]);
});

Deno.test("a rolling window has an end only if its refill rate is known", () => {
  const rolling = { kind: "rolling", resetsAt: null, used: 40, recent: lastHour(30) } as const;
  const end = (more: Partial<ForecastInput> = {}) => {
    const found = forecast(input({ ...rolling, ...more }));
    return [found.state, found.reason, found.emptyAt === null ? null : (found.emptyAt - NOW) / HOUR_MS];
  };
  assertEquals(end(), ["unknown", "refill-unknown", null]);
  assertClose(forecast(input(rolling)).recentPerHour!, 30);
  assertEquals(end({ refillPerHour: 40 }), ["lasts", "refills-faster", null]);
  assertEquals(end({ refillPerHour: 10 }), ["runs-dry", "empty-before-refill", 3]);
  assertEquals(end({ refillPerHour: 25 }), ["lasts", "room-left", null]);
  assertEquals(end({ used: 0 }), ["idle", "no-use", null]);
  assertEquals(end({ used: 100 }), ["exhausted", "all-used", null]);
  assertEquals(end({ recent: [] }), ["analysing", "too-early", null]);
  // Its next step is no reset.
  assertEquals(end({ resetsAt: NOW + MINUTE_MS })[0], "unknown");
});

Deno.test("every reason is worded without a full stop", () => {
  for (const words of Object.values(REASON_WORDS)) assert(/^[A-Z].*[^.]$/.test(words));
});

const amount = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.double({ min: 0, max: 300, noNaN: true }));
const maybe = (amounts: fc.Arbitrary<number>) => fc.option(amounts, { freq: 4 });
const anyInput: fc.Arbitrary<ForecastInput> = fc.record({
  now: fc.constant(NOW),
  kind: fc.constantFrom("fixed", "fixed", "calendar", "rolling", "balance"),
  windowMs: maybe(fc.constantFrom(0, HOUR_MS, 5 * HOUR_MS, DAY_MS, WEEK_MS)),
  resetsAt: maybe(fc.integer({ min: NOW - HOUR_MS, max: NOW + 8 * DAY_MS })),
  at: fc.integer({ min: NOW - HOUR_MS, max: NOW + MINUTE_MS }),
  used: maybe(amount),
  limit: maybe(amount),
  remaining: maybe(amount),
  cycle: fc.record({
    startedAt: fc.integer({ min: NOW - 8 * DAY_MS, max: NOW }),
    consumed: amount,
    whole: fc.boolean(),
  }),
  recent: fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), amount)).map((
    all,
  ) =>
    all.map(([a, b, consumed]) => ({ from: NOW - (a + b) * MINUTE_MS, to: NOW - a * MINUTE_MS, consumed }))
  ),
  past: fc.array(fc.record({
    startedAt: fc.integer({ min: NOW - 90 * DAY_MS, max: NOW }),
    curve: fc.array(fc.double({ min: 0, max: 1.5, noNaN: true }), { minLength: 2, maxLength: 20 }),
  })),
  refillPerHour: maybe(amount),
  workDays: fc.integer({ min: 0, max: 8 }),
  zone: fc.constantFrom(undefined, "UTC", "Europe/Berlin"),
});

Deno.test("every figure is finite or null, and none is negative", () => {
  fc.assert(
    fc.property(anyInput, (any) => {
      const { state: _state, reason: _reason, basis, confidence: _confidence, ...figures } = forecast(any);
      for (const [name, value] of Object.entries({ ...figures, ...basis })) {
        assert(value === null || (Number.isFinite(value) && value >= 0), `${name} is ${value}`);
      }
      if (basis) assertClose(basis.cycle + basis.recent + basis.past, 1);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("an end lies between now and the reset, and only run-outs have one", () => {
  fc.assert(
    fc.property(anyInput, (any) => {
      const { state, emptyAt, marginMs, projectedShare } = forecast(any);
      if (emptyAt !== null) assert(emptyAt >= NOW);
      if (any.kind === "rolling" || any.kind === "balance") return assertEquals(marginMs, null);
      assertEquals(emptyAt !== null, state === "runs-dry");
      assertEquals(marginMs !== null, emptyAt !== null);
      if (emptyAt === null) return;
      assert(emptyAt < any.resetsAt!);
      assertEquals(emptyAt + marginMs!, any.resetsAt);
      assert(projectedShare! > 1);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("the projection follows from the rate, and is at least the used amount", () => {
  fc.assert(
    fc.property(anyInput, (any) => {
      const { ratePerHour, projectedUsed, state } = forecast(any);
      if (projectedUsed === null || ratePerHour === null || state === "exhausted") return;
      const used = any.used ?? any.limit! - any.remaining!;
      assertClose(
        projectedUsed,
        used + ratePerHour * (any.resetsAt! - Math.min(NOW, any.at)) / HOUR_MS,
        1e-6,
      );
      assert(projectedUsed >= used);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("without past cycles no rate exceeds the mean since the window began", () => {
  fc.assert(
    fc.property(anyInput, ({ workDays: _, ...any }) => {
      const { ratePerHour, cyclePerHour } = forecast({ ...any, kind: "fixed", past: [] });
      if (ratePerHour !== null) assert(ratePerHour <= cyclePerHour! * (1 + 1e-9) + 1e-9);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("the same input gives the same forecast", () => {
  fc.assert(fc.property(anyInput, (any) => assertEquals(forecast(any), forecast(structuredClone(any)))));
});

Deno.test("confidence grows with the passed share of the window, and with the number of similar past cycles", () => {
  const sure = (elapsed: number, past: readonly PastCycle[] = []) => {
    const startedAt = NOW - elapsed * 5 * HOUR_MS;
    return forecast(input({
      resetsAt: startedAt + 5 * HOUR_MS,
      cycle: { startedAt, consumed: 30, whole: true },
      past,
    })).confidence;
  };
  assertEquals([0.39, 0.4, 0.74, 0.75].map((elapsed) => sure(elapsed)), ["low", "medium", "medium", "high"]);
  const like = Array.from({ length: 6 }, (_, i): PastCycle => ({
    startedAt: NOW - 0.3 * 5 * HOUR_MS - (i + 1) * DAY_MS,
    curve: Array.from({ length: 11 }, (_, place) => place / 10),
  }));
  assertEquals([sure(0.3), sure(0.3, like)], ["low", "medium"]);
});
