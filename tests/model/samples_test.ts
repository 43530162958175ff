import fc from "fast-check";
import { FIVE_MINUTES } from "../../lib/model/engine/bucket.ts";
import { samplesFromBuckets, samplesFromReadings } from "../../lib/model/history/samples.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { MINUTE_MS, replayOne, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");

function plainRows(samples: ReturnType<typeof samplesFromReadings>) {
  return samples.map((
    { at, figures },
  ) => [at, Object.fromEntries([...figures].map(([id, f]) => [id, f.used]))]);
}

Deno.test("samplesFromReadings() joins readings of the same time to one row, oldest first", () => {
  const samples = samplesFromReadings([
    { quota: "a", readings: [{ at: AT, used: 1, limit: 10 }, { at: AT + 5, used: 2, limit: 10 }] },
    { quota: "b", readings: [{ at: AT - 5, used: 7, limit: null }, { at: AT + 5, used: null, limit: 20 }] },
  ]);
  assertEquals(plainRows(samples), [[AT - 5, { b: 7 }], [AT, { a: 1 }], [AT + 5, { a: 2, b: null }]]);
  assertEquals(samples[2]!.figures.get("a"), { used: 2, limit: 10, share: 0.2 });
  assertEquals(samples[0]!.figures.get("b"), { used: 7, limit: null, share: null });
});

Deno.test("samplesFromReadings() with a slot keeps the end of each slot, and the peak if it was higher", () => {
  const samples = samplesFromReadings([{
    quota: "a",
    readings: [
      { at: AT, used: 1, limit: 10 },
      { at: AT + 1000, used: 9, limit: 10 },
      { at: AT + 2000, used: 2, limit: 10 },
      { at: AT + MINUTE_MS, used: 3, limit: 10 },
      { at: AT + MINUTE_MS + 1000, used: 4, limit: 10 },
    ],
  }], MINUTE_MS);
  assertEquals(plainRows(samples), [
    [AT + 1000, { a: 9 }],
    [AT + 2000, { a: 2 }],
    [AT + MINUTE_MS + 1000, { a: 4 }],
  ]);
});

Deno.test("without a slot, readings a millisecond apart are separate rows", () => {
  const readings = [1, 2, 3].map((used, i) => ({ at: AT + i, used, limit: 10 }));
  assertEquals(plainRows(samplesFromReadings([{ quota: "a", readings }])), [
    [AT, { a: 1 }],
    [AT + 1, { a: 2 }],
    [AT + 2, { a: 3 }],
  ]);
});

Deno.test("the end of a slot has the consumption of all its readings, if that is provided", () => {
  const samples = samplesFromReadings([
    {
      quota: "a",
      readings: [1, 5, 7, 8].map((used, i) => ({ at: AT + i * 30_000, used, limit: 10, consumed: i + 1 })),
    },
    { quota: "b", readings: [{ at: AT, used: 1, limit: 10 }] },
  ], MINUTE_MS);
  assertEquals(samples.map(({ figures }) => figures.get("a")?.consumed), [3, 7]);
  assertEquals("consumed" in samples[0]!.figures.get("b")!, false);
});

Deno.test("a slot of several quotas ends with the last reading, and its peaks are in the middle", () => {
  const of = (quota: string, ...used: readonly (readonly [second: number, used: number])[]) => ({
    quota,
    readings: used.map(([second, used]) => ({ at: AT + second * 1000, used, limit: 10 })),
  });
  const [fell, rose] = [of("a", [10, 9], [20, 2]), of("b", [0, 3], [40, 4])];
  for (const series of [[fell, rose], [rose, fell]]) {
    const samples = samplesFromReadings(series, MINUTE_MS);
    assertEquals(samples.map(({ at }) => (at - AT) / 1000), [20, 40]);
    assertEquals(samples.map(({ figures }) => [figures.get("a")?.used, figures.get("b")?.used]), [[9, 4], [
      2,
      4,
    ]]);
  }
  // The peak is before the end, however close.
  const close = samplesFromReadings([of("a", [0, 9], [0.001, 2])], MINUTE_MS);
  assertEquals(close.map(({ at }) => at - AT), [0, 1]);
});

Deno.test("the peak of a slot is its highest share if only what is left is stated, and a known value over an unknown one", () => {
  const rowsOf = (
    ...readings: readonly (readonly [used: number | null, left: number | null, limit: number | null])[]
  ) =>
    samplesFromReadings([{
      quota: "a",
      readings: readings.map(([used, remaining, limit], i) => ({ at: AT + 2 * i, used, remaining, limit })),
    }], MINUTE_MS).map(({ figures }) => [figures.get("a")!.used, figures.get("a")!.share]);
  const left = (remaining: number | null) => [null, remaining, 10] as const;
  assertEquals(rowsOf(left(9), left(2), left(8)), [[null, 0.8], [null, 0.2]]);
  assertEquals(rowsOf(left(9), left(8)), [[null, 0.2]]);
  assertEquals(rowsOf(left(8), left(8)), [[null, 0.2]]);
  assertEquals(rowsOf(left(10), left(null)), [[null, 0], [null, null]]);
  assertEquals(rowsOf(left(null), left(10)), [[null, 0]]);
  assertEquals(rowsOf(left(null), left(null)), [[null, null]]);
  assertEquals(rowsOf([5, null, null], [null, null, null]), [[5, null], [null, null]]);
  assertEquals(rowsOf([null, null, null], [5, null, null]), [[5, null]]);
  assertEquals(rowsOf([5, null, null], [5, null, null]), [[5, null]]);
});

Deno.test("samplesFromBuckets() keeps a peak before a reset", () => {
  const resetsAt = AT + 7 * MINUTE_MS;
  const { buckets } = replayOne([
    { at: AT, used: 40, resetsAt },
    { at: AT + 6 * MINUTE_MS, used: 95, resetsAt },
    { at: AT + 8 * MINUTE_MS, used: 3, resetsAt: resetsAt + 300 * MINUTE_MS },
  ]);
  const own = buckets.filter(({ step }) => step === FIVE_MINUTES);
  assertEquals(plainRows(samplesFromBuckets([{ quota: "a", buckets: own }], FIVE_MINUTES)), [
    [AT, { a: 40 }],
    [AT + 7 * MINUTE_MS, { a: 95 }],
    [AT + 8 * MINUTE_MS, { a: 3 }],
  ]);
});

Deno.test("samples are in time order, and the highest value is never lost", () => {
  const readings = fc.uniqueArray(
    fc.record({
      at: fc.integer({ min: AT, max: AT + 90 * MINUTE_MS }),
      used: fc.integer({ min: 0, max: 100 }),
    }),
    { selector: ({ at }) => at, minLength: 1, maxLength: 60 },
  ).map((list) => list.sort((a, b) => a.at - b.at));
  fc.assert(fc.property(readings, fc.constantFrom(1, MINUTE_MS, 10 * MINUTE_MS), (list, slot) => {
    const samples = samplesFromReadings([
      { quota: "a", readings: list.map((reading) => ({ ...reading, limit: 100 })) },
    ], slot);
    const used = samples.map(({ figures }) => figures.get("a")!.used!);
    assertEquals(Math.max(...used), Math.max(...list.map((reading) => reading.used)));
    assertEquals(used.at(-1), list.at(-1)!.used);
    for (let i = 1; i < samples.length; i++) assert(samples[i - 1]!.at < samples[i]!.at);
  }));
});

Deno.test("no data gives no samples", () => {
  assertEquals(samplesFromReadings([]), []);
  assertEquals(samplesFromBuckets([{ quota: "a", buckets: [] }], FIVE_MINUTES), []);
});
