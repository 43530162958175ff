import { type Bucket, createBucket, DAY, FIVE_MINUTES, HOUR, rollUp } from "../../lib/model/engine/bucket.ts";
import {
  buildPoints,
  chooseGrain,
  chooseViewGrain,
  computeMinGap,
  DEFAULT_RANGE,
  findRange,
  pointsFromReadings,
  RANGES,
} from "../../lib/model/history/history.ts";
import { GAP_INTERVALS } from "../../lib/model/engine/interval.ts";
import fc from "fast-check";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, reading, replayOne, utc } from "../support/readings.ts";

const START = utc("2026-11-21 10:00");

/** The five-minute buckets of readings at minutes after START; null is a reading without a value. */
function bucketsAt(samples: readonly (readonly [minute: number, used: number | null])[]): readonly Bucket[] {
  const { buckets } = replayOne(samples.map(([minute, used]) => ({ at: START + minute * MINUTE_MS, used })));
  return buckets.filter((bucket) => bucket.step === FIVE_MINUTES);
}

const minutesOf = (points: readonly (readonly [number, number | null])[]) =>
  points.map(([at, share]) => [(at - START) / MINUTE_MS, share]);

Deno.test("ranges read steps that divide the shown range, and remain drawable", () => {
  for (const range of RANGES) {
    assert(range.lengthMs % range.showMs === 0);
    if (range.step !== null) assert(range.showMs % range.step === 0);
    assert(range.lengthMs / range.showMs <= 250, `${range.name} has too many points`);
    assertEquals(findRange(range.name), range);
  }
  const steps = Object.fromEntries(RANGES.map(({ name, lengthMs, showMs }) => [name, lengthMs / showMs]));
  assertEquals(steps, { "1h": 60, "6h": 72, "24h": 144, "7d": 168, "30d": 240, "90d": 180, "1y": 183 });
  assert(findRange(DEFAULT_RANGE));
  for (const name of ["", "1w", "6H", "constructor"]) assertEquals(findRange(name), undefined);
});

Deno.test("a bucket gives the point at its end", () => {
  assertEquals(minutesOf(buildPoints(bucketsAt([[0, 10], [1, 20], [6, 30]]), HOUR_MS)), [[1, 0.2], [
    6,
    0.3,
  ]]);
});

Deno.test("a reset within a bucket gives two points: the peak and the end", () => {
  assertEquals(minutesOf(buildPoints(bucketsAt([[0, 10], [2, 90], [4, 5]]), HOUR_MS)), [[2, 0.9], [
    4,
    0.05,
  ]]);
});

Deno.test("a peak lies before the end of its bucket, however close", () => {
  const [at, end] = [START, START + 1];
  const [bucket] = replayOne([{ at, used: 90, resetsAt: end }, { at: end, used: 5 }]).buckets;
  assertEquals(buildPoints([bucket!], HOUR_MS).map(([at]) => at - START), [0, 0, 1]);
});

Deno.test("peaks are preserved when buckets are rolled up", () => {
  const buckets = bucketsAt([[0, 10], [7, 95], [16, 5], [31, 20]]);
  assertEquals(minutesOf(buildPoints(rollUp(buckets, HOUR_MS), HOUR_MS)), [[15.5, 0.95], [15.5, 0.05], [
    31,
    0.2,
  ]]);
});

Deno.test("a reset between two buckets is a vertical step at the first reading after it", () => {
  const buckets = bucketsAt([[0, 80], [4, 90], [11, 2], [12, 5]]);
  assertEquals(minutesOf(buildPoints(buckets, HOUR_MS)), [
    [4, 0.9],
    [11, 0.9],
    [11, 0.02],
    [12, 0.05],
  ]);
});

Deno.test("use that falls without a reset slopes, and a reset that starts no lower is not a step", () => {
  const [first, second] = bucketsAt([[0, 80], [4, 90], [11, 20], [12, 25]]);
  assert(first && second && second.resets === 1);
  const slope = [[4, 0.9], [12, 0.25]];
  assertEquals(minutesOf(buildPoints([first, { ...second, resets: 0 }], HOUR_MS)), slope);
  assertEquals(minutesOf(buildPoints([first, { ...second, first: null }], HOUR_MS)), slope);
  const even = { ...second, first: 90, shareHigh: 0.9 };
  assertEquals(minutesOf(buildPoints([first, even], HOUR_MS)), [[4, 0.9], [11.5, 0.9], [11.5, 0.2], [
    12,
    0.25,
  ]]);
});

Deno.test("a reset between two readings is a vertical step, but not across a gap", () => {
  const readings = [[0, 80, false], [1, 90, false], [2, 3, true], [60, 1, true]] as const;
  const points = pointsFromReadings(
    readings.map(([minute, used, reset]) => ({ at: START + minute * MINUTE_MS, used, limit: 100, reset })),
    10 * MINUTE_MS,
  );
  assertEquals(minutesOf(points), [[0, 0.8], [1, 0.9], [2, 0.9], [2, 0.03], [2, null], [60, 0.01]]);
});

Deno.test("a reset that leaves the value as it was is no step", () => {
  const readings = [5, 5, 6].map((used, minute) => ({
    at: START + minute * MINUTE_MS,
    used,
    limit: 100,
    reset: minute > 0,
  }));
  assertEquals(minutesOf(pointsFromReadings(readings, HOUR_MS)), [[0, 0.05], [1, 0.05], [2, 0.05], [
    2,
    0.06,
  ]]);
});

Deno.test("a line of readings that were always half an hour apart has no gap", () => {
  const readings = Array.from(
    { length: 9 },
    (_, i) => ({ at: START + i * HOUR_MS / 2, used: i, limit: 100 }),
  );
  const points = pointsFromReadings(readings, 5 * MINUTE_MS);
  assertEquals(points.map(([, share]) => share), readings.map(({ used }) => used / 100));
});

Deno.test("a range of any length is shown in at most 240 steps, read from stored data", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 4000 * 24 * 60 }), (minutes) => {
    const { step, showMs } = chooseGrain(minutes * MINUTE_MS);
    assert(minutes * MINUTE_MS / showMs <= 240);
    assert(step === null || showMs % step === 0);
  }));
});

Deno.test("a range has the finest steps that are at most 240", () => {
  const minutes = [[1, null], [2, null], [5, FIVE_MINUTES], [10, FIVE_MINUTES], [20, FIVE_MINUTES]] as const;
  const hours = [1, 2, 3, 6, 12].map((hours) => [hours * 60, HOUR] as const);
  const days = [1, 2, 3].map((days) => [days * 24 * 60, DAY] as const);
  const steps = [...minutes, ...hours, ...days];
  for (const [place, [minute, step]] of steps.entries()) {
    const showMs = minute * MINUTE_MS;
    assertEquals(chooseGrain(240 * showMs), { step, showMs });
    const [coarser] = steps.slice(place + 1);
    if (coarser) assertEquals(chooseGrain(240 * showMs + 1).showMs, coarser[0] * MINUTE_MS);
  }
});

Deno.test("a view of a named range has its resolution, any other one that of its length", () => {
  const view = { from: START, to: START + 6 * HOUR_MS };
  assertEquals(chooseViewGrain({ range: "7d", ...view }), findRange("7d")!);
  assertEquals(chooseViewGrain({ range: null, ...view }), { step: null, showMs: 2 * MINUTE_MS });
});

Deno.test("a gap stays empty", () => {
  const buckets = bucketsAt([[0, 10], [6, 20], [60, 30], [66, 40]]);
  assertEquals(minutesOf(buildPoints(buckets, 10 * MINUTE_MS)), [
    [0, 0.1],
    [6, 0.2],
    [6, null],
    [60, 0.3],
    [66, 0.4],
  ]);
});

Deno.test("a bucket longer than a gap is not one, as long as it contains continuous readings", () => {
  const buckets = rollUp(bucketsAt([[50, 10], [58, 20], [66, 30], [74, 35], [82, 40]]), HOUR_MS);
  assertEquals(minutesOf(buildPoints(buckets, 10 * MINUTE_MS)), [[58, 0.2], [82, 0.4]]);
});

Deno.test("readings without a value leave a gap", () => {
  const samples = [[0, 10], [6, null], [12, null], [18, 20]] as const;
  const expected = [[0, 0.1], [0, null], [18, 0.2]];
  assertEquals(minutesOf(buildPoints(bucketsAt(samples), 10 * MINUTE_MS)), expected);
  const readings = samples.map(([minute, used]) => ({ at: START + minute * MINUTE_MS, used, limit: 100 }));
  assertEquals(minutesOf(pointsFromReadings(readings, 10 * MINUTE_MS)), expected);
});

Deno.test("a quota without a limit has no line", () => {
  const bucket = createBucket(reading({ used: 5, limit: null }), START, { consumed: 0, reset: false }, HOUR);
  assertEquals(buildPoints([bucket], HOUR_MS), []);
  assertEquals(pointsFromReadings([{ at: START, used: 5, limit: null }], HOUR_MS), []);
  assertEquals(buildPoints([], HOUR_MS), []);
});

Deno.test("raw readings give their own points, also over the limit", () => {
  const readings = [0, 1, 2].map((minute) => ({
    at: START + minute * MINUTE_MS,
    used: minute * 60,
    limit: 100,
  }));
  assertEquals(minutesOf(pointsFromReadings(readings, HOUR_MS)), [[0, 0], [1, 0.6], [2, 1.2]]);
});

const samples = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 40 * MINUTE_MS }), fc.option(fc.integer({ min: 0, max: 120 }))),
  { maxLength: 60 },
).map((list) => {
  let minute = 0;
  return list.map(([pause, used]) => [minute += pause / MINUTE_MS, used] as const);
});

Deno.test("points are in time order, and the highest is the highest value read", () => {
  const shows = fc.constantFrom(5 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS);
  fc.assert(fc.property(samples, shows, (list, showMs) => {
    const points = buildPoints(rollUp(bucketsAt(list), showMs), 20 * MINUTE_MS);
    for (const [index, [at]] of points.entries()) assert(at >= (points[index - 1]?.[0] ?? 0));
    const used = list.flatMap(([, used]) => used ?? []);
    const shares = points.flatMap(([, share]) => share ?? []);
    assertEquals(Math.max(...shares), Math.max(...used.map((value) => value / 100)));
  }));
});

Deno.test("a line neither begins nor ends with a gap, and no two gaps are adjacent", () => {
  fc.assert(fc.property(samples, (list) => {
    const points = buildPoints(bucketsAt(list), 10 * MINUTE_MS);
    assert(points[0]?.[1] !== null && points.at(-1)?.[1] !== null);
    for (const [index, [, share]] of points.entries()) {
      assert(share !== null || points[index + 1]?.[1] !== null);
    }
  }));
});

Deno.test("no gap is shorter than the resolution of the range", () => {
  const hour = findRange("1h");
  const day = findRange("24h");
  const month = findRange("30d");
  assert(hour && day && month);
  assertEquals(computeMinGap(hour), GAP_INTERVALS * MINUTE_MS / 2);
  for (const range of RANGES) assert(computeMinGap(range) > range.showMs || range.step === null);
  assertEquals(computeMinGap(findRange("6h")!), 12.5 * MINUTE_MS);
  assertEquals(computeMinGap(day), 12.5 * MINUTE_MS);
  assertEquals(computeMinGap(findRange("7d")!), 2.5 * HOUR_MS);
  assertEquals(computeMinGap(month), 3.75 * HOUR_MS);
});
