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
