/** The units in which a quota was stated, and sums in the current one, at the instants of their changes. */
import { type Bucket, DAY, FIVE_MINUTES, HOUR, type Step } from "../../lib/model/engine/bucket.ts";
import { amountInUnit, readingsInUnit, seriesInUnit, unitHistory } from "../../lib/read/units.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { type Entry, type StoredReadings, storedReadings } from "./stored.ts";

const QUOTA = "acme/work/five-hour";
const NOON = utc("2026-03-10 12:00");
const NOW = utc("2026-03-20");
const minute = (count: number) => NOON + count * MINUTE_MS;

const requests = (at: number, limit: number | null, consumed = 0): Entry => ({
  at,
  unit: "requests",
  limit,
  used: 10,
  consumed,
});
const credits = (at: number, limit: number | null, consumed = 0): Entry => ({
  at,
  unit: "credits",
  limit,
  used: 50,
  consumed,
});
const tokens = (at: number, limit: number | null, consumed = 0): Entry => ({
  at,
  unit: "tokens",
  limit,
  used: 500,
  consumed,
});

const historyOf = ({ store }: StoredReadings, now = NOW) => unitHistory(store, QUOTA, now);

Deno.test("without a change, a quota was always stated in its current unit", async () => {
  const always = { spans: [{ from: 0, factor: 1 }], changedAt: 0, earlier: [] };
  assertEquals(await historyOf(storedReadings([])), always);
  assertEquals(await historyOf(storedReadings([requests(NOON, 100)])), always);
  // Terms change with a plan, too.
  const { store } = storedReadings([requests(NOON, 100), requests(minute(1), 200)]);
  const terms = () => Promise.resolve([{ until: minute(1), unit: null, plan: "pro" }]);
  assertEquals(await unitHistory({ ...store, terms }, QUOTA, NOW), always);
});

Deno.test("the limits on both sides of each change tell how many current units equal one of before", async () => {
  const stored = storedReadings([
    requests(minute(-30), 100),
    requests(minute(-1), 200),
    credits(NOON, 1000),
    credits(minute(10), 3000),
    tokens(minute(20), 6000),
    tokens(minute(30), 60_000),
  ]);
  assertEquals(await historyOf(stored), {
    spans: [{ from: 0, factor: 10 }, { from: NOON, factor: 2 }, { from: minute(20), factor: 1 }],
    changedAt: minute(20),
    earlier: [{ unit: "requests", until: NOON }, { unit: "credits", until: minute(20) }],
  });
  // As of a past time, later changes are unknown.
  assertEquals(await historyOf(stored, minute(20) - 1), {
    spans: [{ from: 0, factor: 5 }, { from: NOON, factor: 1 }],
    changedAt: NOON,
    earlier: [{ unit: "requests", until: NOON }],
  });
  assertEquals((await historyOf(stored, NOON)).spans.length, 2);
  assertEquals((await historyOf(stored, NOON - 1)).spans.length, 1);
});

Deno.test("what was stated before a change without a limit on both sides cannot be converted", async () => {
  const factorOf = async (before: number | null, after: number | null, now = NOW) => {
    const stored = storedReadings([
      requests(minute(-1), before),
      credits(NOON, after),
      credits(NOON + 1, 500),
      tokens(minute(1), 1000),
    ]);
    return (await historyOf(stored, now)).spans.map(({ factor }) => factor);
  };
  assertEquals(await factorOf(100, 500), [10, 2, 1]);
  assertEquals(await factorOf(null, 500), [2, 1]);
  // A limit that is stated soon after the change, and known at that time.
  assertEquals(await factorOf(100, null), [10, 2, 1]);
  assertEquals(await factorOf(100, null, NOON + 1), [5, 1]);
  assertEquals(await factorOf(100, null, NOON), [1]);
});

Deno.test("the limit beside a change is looked for in twenty readings, and then in whole days", async () => {
  /** The change comes after so many readings without a limit, within a day or at its very beginning. */
  const factorsOf = async (without: number, changedAt: number, sinceDay: number) => {
    const readings = Array.from({ length: without }, (_, i) => requests(changedAt - (without - i), null));
    const entries = [requests(changedAt - HOUR_MS, 100), ...readings, credits(changedAt, 500)];
    const stored = storedReadings(entries, { readings: sinceDay });
    return (await historyOf(stored)).spans.map(({ factor }) => factor);
  };
  const midnight = utc("2026-03-10");
  assertEquals(await factorsOf(19, NOON, 0), [5, 1]);
  assertEquals(await factorsOf(20, NOON, 0), [1]);
  assertEquals(await factorsOf(20, midnight, 0), [5, 1]);
  assertEquals(await factorsOf(20, midnight, midnight + 1), [5, 1]);
});

Deno.test("when readings are gone, the days next to a change tell its limits, and never the day of the change", async () => {
  const day = (count: number, ms = 0) => utc("2026-03-10") + count * DAY_MS + ms;
  const factorsOf = async (...entries: readonly Entry[]) => {
    const history = await historyOf(storedReadings(entries, { readings: NOW }));
    return history.spans.map(({ factor }) => factor);
  };
  const before = [requests(day(-2), 100), requests(day(-1, 5), 200)];
  const after = [credits(day(1), 1000), credits(day(2), 3000)];
  assertEquals(await factorsOf(...before, credits(NOON, null), ...after), [5, 1]);
  // A change at midnight leaves whole days on both sides.
  assertEquals(await factorsOf(...before, credits(day(0), 800), ...after), [4, 1]);
  // A day that ended with the change has the limit of after it.
  assertEquals(await factorsOf(requests(day(0), 200), credits(NOON, 800), ...after), [1]);
  // A day without a limit tells nothing.
  assertEquals(
    await factorsOf(...before, requests(day(0), null), credits(day(1), null), credits(day(2), 800)),
    [4, 1],
  );
});

async function seriesOf(
  stored: StoredReadings,
  step: Step,
  { from = 0, to = NOW + 1, now = NOW } = {},
): Promise<readonly Bucket[]> {
  const query = { quota: QUOTA, from, to, step } as const;
  return await seriesInUnit(stored.store, query, now, await historyOf(stored, now));
}

const consumedOf = (buckets: readonly Bucket[]) => buckets.map(({ start, consumed }) => [start, consumed]);

/** Five credits are one request, and two tokens are one credit. */
const TWO_CHANGES = [
  requests(minute(-61), 100, 1),
  requests(minute(-1), 100, 2),
  requests(NOON, 100, 7),
  credits(minute(1), 500, 3),
  credits(minute(7), 500, 4),
  tokens(minute(8), 1000, 5),
  tokens(minute(61), 1000, 6),
];

Deno.test("sums are in the current unit, in which those with a change add up what came before it", async () => {
  const stored = storedReadings(TWO_CHANGES);
  const eleven = utc("2026-03-10 11:00");
  const ten = utc("2026-03-10 10:00");
  assertEquals(consumedOf(await seriesOf(stored, FIVE_MINUTES)), [
    [minute(-65), 10],
    [minute(-5), 20],
    [NOON, 70 + 6],
    [minute(5), 8 + 5],
    [minute(60), 6],
  ]);
  assertEquals(consumedOf(await seriesOf(stored, HOUR)), [
    [ten, 10],
    [eleven, 20],
    [NOON, 70 + 6 + 8 + 5],
    [minute(60), 6],
  ]);
  const [day, ...rest] = await seriesOf(stored, DAY);
  assertEquals(rest, []);
  assertEquals([day!.step, day!.start, day!.consumed], [
    DAY,
    utc("2026-03-10"),
    10 + 20 + 70 + 6 + 8 + 5 + 6,
  ]);
  assertEquals([day!.first, day!.last, day!.limit], [100, 500, 1000]);
});

Deno.test("sums are selected by their beginning, wherever a change is", async () => {
  const stored = storedReadings(TWO_CHANGES);
  const startsOf = async (from: number, to: number) => {
    const buckets = await seriesOf(stored, HOUR, { from, to });
    return buckets.map(({ start, consumed }) => [(start - NOON) / HOUR_MS, consumed]);
  };
  const [before, mixed, after] = [[-1, 20], [0, 89], [1, 6]];
  assertEquals(await startsOf(minute(-60), minute(120)), [before, mixed, after]);
  assertEquals(await startsOf(minute(-60) + 1, minute(60)), [mixed]);
  assertEquals(await startsOf(NOON, NOON + 1), [mixed]);
  assertEquals(await startsOf(NOON + 1, minute(61)), [after]);
  assertEquals(await startsOf(minute(-60), minute(5)), [before, mixed]);
  assertEquals(await startsOf(minute(-60), NOON), [before]);
  assertEquals(await startsOf(minute(5), minute(60)), []);
});

Deno.test("a sum with a change contains its readings from the first to the last millisecond, and up to now", async () => {
  const entries = [
    requests(NOON - 1, 100, 1),
    requests(NOON, 100, 2),
    credits(minute(5) - 1, 500, 4),
    credits(minute(5), 500, 8),
  ];
  const at = async (now: number) =>
    consumedOf(await seriesOf(storedReadings(entries), FIVE_MINUTES, { now }));
  assertEquals(await at(NOW), [[minute(-5), 5], [NOON, 10 + 4], [minute(5), 8]]);
  assertEquals(await at(minute(5) - 1), [[minute(-5), 5], [NOON, 10 + 4]]);
  // Before the change.
  assertEquals(await at(minute(5) - 2), [[minute(-5), 1], [NOON, 2]]);
});

Deno.test("of a sum with a change that cannot be converted, only what came after it counts", async () => {
  const entries = [
    requests(minute(-61), null, 1),
    requests(NOON, null, 2),
    credits(minute(1), 500, 4),
    credits(minute(2), 500, 8),
  ];
  for (const step of [FIVE_MINUTES, HOUR, DAY] as const) {
    const buckets = await seriesOf(storedReadings(entries), step);
    assertEquals(buckets.map(({ consumed }) => consumed), [12]);
  }
});

Deno.test("single readings are in the current unit, without those that cannot be converted", async () => {
  const readingsOf = async (entries: readonly Entry[], from = 0) => {
    const stored = storedReadings(entries);
    const query = { quota: QUOTA, from, to: NOW } as const;
    return await readingsInUnit(stored.store, query, await historyOf(stored));
  };
  const half = [
    { ...requests(minute(-1), 100, 1), used: null, remaining: 30 },
    { ...credits(NOON, 200, 2), used: 1 / 7, remaining: null },
  ];
  const [first, second] = await readingsOf(half);
  assertEquals([first!.used, first!.remaining, first!.limit, first!.consumed], [null, 60, 200, 2]);
  // The current ones are as stored.
  assertEquals([second!.used, second!.remaining, second!.limit, second!.consumed], [1 / 7, null, 200, 2]);
  assertEquals((await readingsOf(TWO_CHANGES)).map(({ consumed }) => consumed), [10, 20, 70, 6, 8, 5, 6]);
  assertEquals((await readingsOf(TWO_CHANGES, NOON)).map(({ consumed }) => consumed), [70, 6, 8, 5, 6]);
  const unknown = [{ ...requests(minute(-1), null, 1) }, credits(NOON, 500, 2)];
  assertEquals((await readingsOf(unknown)).map(({ consumed }) => consumed), [2]);
});

Deno.test("a change at the very beginning of an hour or day leaves its sum whole, although all finer data is gone", async () => {
  const entries = [requests(NOON - 1, 100, 1), credits(NOON, 500, 2), credits(minute(30), 500, 4)];
  const stored = storedReadings(entries, { readings: NOW, fine: NOW });
  const query = { quota: QUOTA, from: 0, to: NOW, step: HOUR } as const;
  const history = await historyOf(storedReadings(entries));
  const hours = await seriesInUnit(stored.store, query, NOW, history);
  assertEquals(consumedOf(hours), [[minute(-60), 5], [NOON, 6]]);
});

Deno.test("an amount is converted by when it was stated, and unknown where that is impossible", async () => {
  const history = await historyOf(storedReadings([
    requests(minute(-10), null),
    credits(NOON, 500),
    tokens(minute(10), 1000),
  ]));
  const amounts = (at: number) => [1 / 7, 30, null].map((amount) => amountInUnit(history, amount, at));
  assertEquals(amounts(NOON - 1), [null, null, null]);
  assertEquals(amounts(NOON), [0.285714285714, 60, null]);
  assertEquals(amounts(minute(10) - 1), [0.285714285714, 60, null]);
  // The current ones are as stated.
  assertEquals(amounts(minute(10)), [1 / 7, 30, null]);
});
