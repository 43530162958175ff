/** Balances and rolling windows: the exact bound of each word, and the figures beside it. */
import { type ForecastInput } from "../../lib/model/forecast/forecast.ts";
import { balanceForecast, rollingForecast } from "../../lib/model/forecast/open_forecast.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";

const NOW = utc("2026-11-18 10:00");

/** One unit a millisecond was taken for two days, and 100 hours are left. */
function balance(fields: Partial<ForecastInput> = {}): ReturnType<typeof balanceForecast> {
  return balanceForecast({
    now: NOW,
    kind: "balance",
    windowMs: null,
    resetsAt: null,
    at: NOW,
    used: null,
    limit: null,
    remaining: 100 * HOUR_MS,
    cycle: { startedAt: NOW - 2 * DAY_MS, consumed: 2 * DAY_MS, whole: true },
    recent: [],
    past: [],
    ...fields,
  });
}

/** Forty of a hundred used, thirty of them in the last hour. */
function rolling(fields: Partial<ForecastInput> = {}): ReturnType<typeof rollingForecast> {
  return rollingForecast({
    now: NOW,
    kind: "rolling",
    windowMs: 5 * HOUR_MS,
    resetsAt: null,
    at: NOW,
    used: 40,
    limit: 100,
    remaining: null,
    cycle: { startedAt: NOW - DAY_MS, consumed: 40, whole: false },
    recent: [{ from: NOW - HOUR_MS, to: NOW, consumed: 30 }],
    past: [],
    refillPerHour: 10,
    ...fields,
  });
}

Deno.test("a balance is forecast after six hours of readings; before that it has only a rate", () => {
  const watchedFor = (ms: number) =>
    balance({
      cycle: { startedAt: NOW - ms, consumed: ms, whole: true },
      recent: [{ from: NOW - 30 * MINUTE_MS, to: NOW, consumed: 60 * MINUTE_MS }],
    });
  const early = watchedFor(6 * HOUR_MS - 1);
  assertEquals([early.state, early.reason, early.recentPerHour, early.cyclePerHour], [
    "analysing",
    "too-early",
    2 * HOUR_MS,
    null,
  ]);
  const soon = watchedFor(6 * HOUR_MS);
  assertEquals([soon.state, soon.recentPerHour, soon.cyclePerHour, soon.ratePerHour], [
    "tight",
    2 * HOUR_MS,
    HOUR_MS,
    HOUR_MS,
  ]);
  assertEquals(soon.basis, { cycle: 1, recent: 0, past: 0 });
});

Deno.test("a balance runs out within a day, is tight within a week, and has no end beyond a year", () => {
  const summarize = (hours: number) => {
    const { state, emptyAt } = balance({ remaining: hours * HOUR_MS });
    return [state, emptyAt === null ? null : (emptyAt - NOW) / HOUR_MS];
  };
  assertEquals(summarize(24), ["runs-dry", 24]);
  assertEquals(summarize(24.5), ["tight", 24.5]);
  assertEquals(summarize(7 * 24), ["tight", 7 * 24]);
  assertEquals(summarize(7 * 24 + 0.5), ["lasts", 7 * 24 + 0.5]);
  assertEquals(summarize(365 * 24), ["lasts", 365 * 24]);
  assertEquals(summarize(365 * 24 + 0.5), ["lasts", null]);
});

Deno.test("the rate of a balance is more certain after a week, and the longest observation counts", () => {
  const sure = (days: number) =>
    balance({ cycle: { startedAt: NOW - days * DAY_MS, consumed: 48, whole: true } }).confidence;
  assertEquals([sure(7), sure(6.99)], ["medium", "low"]);
  const rate = (days: number) =>
    balance({ watched: { from: NOW - days * DAY_MS, consumed: days * DAY_MS / 2 } });
  assertEquals(rate(4).cyclePerHour, HOUR_MS / 2);
  // A quota observed for less than the cycle says less.
  assertEquals(rate(1).cyclePerHour, HOUR_MS);
});

Deno.test("an end that has passed since the reading is now", () => {
  assertEquals(balance({ at: NOW - HOUR_MS, remaining: HOUR_MS / 2 }).emptyAt, NOW);
  assertEquals(rolling({ at: NOW - 4 * HOUR_MS }).emptyAt, NOW);
  assertEquals(rolling().emptyAt, NOW + 3 * HOUR_MS);
});

Deno.test("the remainder is derived from use and limit if it is not stated", () => {
  assertEquals(balance({ remaining: null, used: 20, limit: 20 + 12 * HOUR_MS }).emptyAt, NOW + 12 * HOUR_MS);
  assertEquals(balance({ remaining: null, used: 20 }).reason, "no-figure");
  assertEquals(rolling({ remaining: 20 }).emptyAt, NOW + HOUR_MS);
  assertEquals(rolling({ limit: null }).reason, "no-limit");
  assertEquals(rolling({ used: null, limit: null }).reason, "no-figure");
});

Deno.test("a rolling window lasts if it refills as fast as it is used, or its end is beyond its length", () => {
  const summarize = (fields: Partial<ForecastInput>) => {
    const { state, reason } = rolling(fields);
    return [state, reason];
  };
  assertEquals(summarize({ refillPerHour: 30 }), ["lasts", "refills-faster"]);
  assertEquals(summarize({ refillPerHour: 29 }), ["lasts", "room-left"]);
  assertEquals(summarize({ refillPerHour: 18 }), ["runs-dry", "empty-before-refill"]);
  assertEquals(summarize({ refillPerHour: 17.9, windowMs: 4 * HOUR_MS }), ["lasts", "room-left"]);
  assertEquals(summarize({ windowMs: null }), ["lasts", "room-left"]);
  assertEquals(summarize({ refillPerHour: null }), ["unknown", "refill-unknown"]);
  assertEquals(summarize({ used: 0 }), ["idle", "no-use"]);
  const { ratePerHour, basis, confidence } = rolling();
  assertEquals([ratePerHour, confidence], [30, "low"]);
  assertEquals(basis, { cycle: 0, recent: 1, past: 0 });
});

Deno.test("an end is a whole millisecond, and never later than computed", () => {
  // One unit, at 7 an hour.
  const seven = { startedAt: NOW - 7 * DAY_MS, consumed: 7 * 24 * 7, whole: true };
  assertEquals(balance({ remaining: 1, cycle: seven }).emptyAt, NOW + Math.trunc(HOUR_MS / 7));
  assertEquals(rolling({ remaining: 1, refillPerHour: 23 }).emptyAt, NOW + Math.trunc(HOUR_MS / 7));
});

Deno.test("a rolling window with the least use is not idle, and without any it is", () => {
  const state = (used: number) => rolling({ used, refillPerHour: 40 }).state;
  assertEquals([state(1), state(0.5), state(0)], ["lasts", "lasts", "idle"]);
});

Deno.test("the last hour has a rate once readings span a quarter of it", () => {
  const rate = (ms: number) => rolling({ recent: [{ from: NOW - ms, to: NOW, consumed: 5 }] }).recentPerHour;
  assertEquals(rate(15 * MINUTE_MS), 20);
  assertEquals(rate(15 * MINUTE_MS - 1), null);
  const two = [
    { from: NOW - 30 * MINUTE_MS, to: NOW - 20 * MINUTE_MS, consumed: 3 },
    { from: NOW - 10 * MINUTE_MS, to: NOW, consumed: 2 },
  ];
  assertEquals(rolling({ recent: two }).recentPerHour, 10);
});
