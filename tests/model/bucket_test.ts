import {
  type Bucket,
  bucketStart,
  createBucket,
  DAY,
  FIVE_MINUTES,
  HOUR,
  merge,
  rollUp,
  type Step,
  STEPS,
  sumUp,
} from "../../lib/model/engine/bucket.ts";
import fc from "fast-check";
import { assert, assertEquals } from "../support/assert.ts";
import { reading, utc } from "../support/readings.ts";

const amount = fc.option(fc.integer({ min: 0, max: 100_000 }));

/** Readings of one quota in time order, each with its ledger entry; whole numbers, so that sums are exact. */
const samples = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 1, max: 5 * 3_600_000 }),
    used: amount,
    limit: amount,
    remaining: amount,
    consumed: fc.nat(100_000),
    reset: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
).map((list) => {
  let at = utc("2026-11-21 00:00");
  return list.map(({ afterMs, used, limit, remaining, consumed, reset }) => {
    at += afterMs;
    return { at, reading: reading({ used, limit, remaining }), entry: { consumed, reset } };
  });
});

type Sample = {
  at: number;
  reading: ReturnType<typeof reading>;
  entry: { consumed: number; reset: boolean };
};

const single = (sample: Sample, step: Step): Bucket =>
  createBucket(sample.reading, sample.at, sample.entry, step);
const bucketsOf = (list: readonly Sample[], step: Step): readonly Bucket[] =>
  rollUp(list.map((sample) => single(sample, step)), step);
/** The contents of a bucket, without its position. */
const facts = ({ step: _step, start: _start, ...rest }: Bucket): Omit<Bucket, "step" | "start"> => rest;

Deno.test("a bucket begins at a multiple of its step, in UTC", () => {
  const at = utc("2026-11-21 13:07:31");
  assertEquals(bucketStart(at, FIVE_MINUTES), utc("2026-11-21 13:05"));
  assertEquals(bucketStart(at, HOUR), utc("2026-11-21 13:00"));
  assertEquals(bucketStart(at, DAY), utc("2026-11-21"));
  assertEquals(bucketStart(utc("2026-11-21 13:05"), FIVE_MINUTES), utc("2026-11-21 13:05"));
  assertEquals(bucketStart(-1, HOUR), -HOUR);
});

Deno.test("a bucket of a reading without values has no values", () => {
  const bucket = createBucket(reading({ used: null, limit: null }), 0, { consumed: 0, reset: false }, HOUR);
  for (
    const value of [bucket.first, bucket.last, bucket.low, bucket.high, bucket.leftLow, bucket.shareLast]
  ) {
    assertEquals(value, null);
  }
  assertEquals([bucket.count, bucket.leftCount], [1, 0]);
});

Deno.test("merging keeps first, last, extremes, counts and sums", () => {
  const of = (at: number, used: number, remaining: number | null, consumed: number, reset = false) =>
    createBucket(reading({ used, remaining }), at, { consumed, reset }, HOUR);
  const bucket = merge(merge(of(1, 40, 60, 0), of(2, 90, null, 50)), of(3, 5, 95, 5, true));
  assertEquals(facts(bucket), {
    firstAt: 1,
    lastAt: 3,
    count: 3,
    first: 40,
    last: 5,
    low: 5,
    high: 90,
    leftLow: 60,
    leftHigh: 95,
    leftSum: 155,
    leftCount: 2,
    shareLast: 0.05,
    shareLow: 0.05,
    shareHigh: 0.9,
    limit: 100,
    consumed: 55,
    resets: 1,
  });
});

Deno.test("merging skips unknown values for the first and the last value", () => {
  const of = (at: number, used: number | null, limit: number | null) =>
    createBucket(reading({ used, limit }), at, { consumed: 0, reset: false }, HOUR);
  const bucket = [of(2, 40, 100), of(3, 60, 200), of(4, null, null)].reduce(merge, of(1, null, null));
  assertEquals([bucket.first, bucket.last, bucket.limit, bucket.shareLast], [40, 60, 200, 0.3]);
  assertEquals([bucket.firstAt, bucket.lastAt, bucket.count], [1, 4, 4]);
});

Deno.test("merge is associative", () => {
  fc.assert(fc.property(samples, (list) => {
    const [a, b, c] = list.map((sample) => single(sample, DAY));
    fc.pre(a !== undefined && b !== undefined && c !== undefined);
    assertEquals(merge(merge(a, b), c), merge(a, merge(b, c)));
  }));
});

Deno.test("rolling up then summing equals summing then rolling up", () => {
  fc.assert(fc.property(samples, fc.constantFrom<number>(...STEPS, 600_000, 10_800_000), (list, step) => {
    const short = bucketsOf(list, FIVE_MINUTES);
    const summed = sumUp(short);
    const rolled = sumUp(rollUp(short, step));
    assert(summed !== null && rolled !== null);
    assertEquals(facts(rolled), facts(summed));
  }));
});

Deno.test("day buckets equal the roll-up of hours, and hours that of five minutes", () => {
  fc.assert(fc.property(samples, (list) => {
    assertEquals(rollUp(bucketsOf(list, FIVE_MINUTES), HOUR), bucketsOf(list, HOUR));
    assertEquals(rollUp(bucketsOf(list, HOUR), DAY), bucketsOf(list, DAY));
    assertEquals(rollUp(bucketsOf(list, FIVE_MINUTES), DAY), bucketsOf(list, DAY));
  }));
});

Deno.test("rolling up twice changes nothing", () => {
  fc.assert(fc.property(samples, fc.constantFrom(...STEPS), (list, step) => {
    const rolled = bucketsOf(list, step);
    assertEquals(rollUp(rolled, step), rolled);
  }));
});

Deno.test("extremes are preserved by any roll-up", () => {
  const shares = (list: readonly Sample[]): number[] =>
    list.flatMap(({ reading: { used, limit } }) => used !== null && limit ? [used / limit] : []);
  fc.assert(fc.property(samples, fc.constantFrom<number>(...STEPS, 600_000, 10_800_000), (list, step) => {
    const used = list.flatMap((sample) => sample.reading.used ?? []);
    const left = list.flatMap((sample) => sample.reading.remaining ?? []);
    const rolled = rollUp(bucketsOf(list, FIVE_MINUTES), step);
    const highest = (pick: (bucket: Bucket) => number | null) =>
      Math.max(...rolled.flatMap((b) => pick(b) ?? []));
    const lowest = (pick: (bucket: Bucket) => number | null) =>
      Math.min(...rolled.flatMap((b) => pick(b) ?? []));
    assertEquals(highest((b) => b.high), Math.max(...used));
    assertEquals(lowest((b) => b.low), Math.min(...used));
    assertEquals(highest((b) => b.leftHigh), Math.max(...left));
    assertEquals(lowest((b) => b.leftLow), Math.min(...left));
    assert(highest((b) => b.shareHigh) >= Math.max(...shares(list)));
  }));
});

Deno.test("each bucket contains exactly the readings of its own time", () => {
  fc.assert(fc.property(samples, fc.constantFrom(...STEPS), (list, step) => {
    for (const bucket of bucketsOf(list, step)) {
      const own = list.filter(({ at }) => at >= bucket.start && at < bucket.start + step);
      assertEquals(bucket.start % step, 0);
      assertEquals([bucket.firstAt, bucket.lastAt, bucket.count], [own[0]?.at, own.at(-1)?.at, own.length]);
      assertEquals(bucket.consumed, own.reduce((sum, sample) => sum + sample.entry.consumed, 0));
    }
  }));
});

Deno.test("rolling up loses no bucket and keeps their order", () => {
  assertEquals(rollUp([], DAY), []);
  assertEquals(sumUp([]), null);
  fc.assert(fc.property(samples, fc.constantFrom(...STEPS), (list, step) => {
    const rolled = bucketsOf(list, step);
    assertEquals(rolled.reduce((sum, bucket) => sum + bucket.count, 0), list.length);
    assertEquals(rolled.map((b) => b.start), [...new Set(rolled.map((b) => b.start))].sort((a, b) => a - b));
  }));
});
