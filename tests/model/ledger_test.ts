import { burnRate, type Entry, sumConsumedIn } from "../../lib/model/engine/ledger.ts";
import fc from "fast-check";
import { assertClose, assertEquals } from "../support/assert.ts";
import { HOUR_MS, reading, replay, replayOne, utc } from "../support/readings.ts";

/** A day of three windows, limit 135, the reference for the ledger across resets. */
const ORACLE = [["01:00", 0], ["02:00", 60], ["04:30", 130], ["05:30", 5], ["09:00", 120], ["10:00", 10], [
  "13:00",
  40,
]] as const;
const oracle = ORACLE.map(([time, used]) => ({ at: utc(`2026-11-21 ${time}`), used, limit: 135 }));

Deno.test("a day of three windows consumed 290, where the naive figures are 130 and 40", () => {
  const { entries, buckets } = replayOne(oracle);
  const used = oracle.map((sample) => sample.used);
  assertEquals(sumConsumedIn(entries, 0, Infinity), 290);
  const day = buckets.find((bucket) => bucket.step === 86_400_000);
  assertEquals(day?.consumed, 290);
  assertEquals(day?.resets, 2);
  assertEquals((day?.high ?? 0) - (day?.low ?? 0), 130);
  assertEquals((day?.last ?? 0) - (day?.first ?? 0), 40);
  assertEquals(used.length, day?.count);
});

Deno.test("its burn rate is 24.1667 an hour over 12 hours, where the naive one is 3.3333", () => {
  const { entries } = replayOne(oracle);
  assertClose(burnRate(entries) ?? 0, 290 / 12);
  assertClose(burnRate(entries) ?? 0, 24.1667, 1e-5);
});

const entries: fc.Arbitrary<readonly Entry[]> = fc.array(
  fc.record({ at: fc.integer({ min: 0, max: 1000 }), consumed: fc.integer({ min: 0, max: 1e6 }) }),
).map((list) => list.sort((a, b) => a.at - b.at));

Deno.test("consumption is additive over any split of time", () => {
  fc.assert(
    fc.property(entries, fc.array(fc.integer({ min: -10, max: 1010 }), { minLength: 2 }), (list, cuts) => {
      const times = cuts.sort((a, b) => a - b);
      const [from = 0, to = 0] = [times[0], times.at(-1)];
      let sum = 0;
      for (const [index, time] of times.entries()) sum += sumConsumedIn(list, times[index - 1] ?? from, time);
      assertEquals(sum, sumConsumedIn(list, from, to));
    }),
  );
});

Deno.test("consumedIn() excludes its start and includes its end", () => {
  const list = [{ at: 10, consumed: 1 }, { at: 20, consumed: 2 }, { at: 30, consumed: 4 }];
  assertEquals(sumConsumedIn(list, 10, 30), 6);
  assertEquals(sumConsumedIn(list, 9, 29), 3);
  assertEquals(sumConsumedIn(list, 30, 30), 0);
  assertEquals(sumConsumedIn([], 0, 100), 0);
});

Deno.test("burnRate() needs a time span and excludes the entry of the first reading", () => {
  assertEquals(burnRate([]), null);
  assertEquals(burnRate([{ at: 0, consumed: 5 }]), null);
  assertEquals(burnRate([{ at: 7, consumed: 5 }, { at: 7, consumed: 5 }]), null);
  assertEquals(burnRate([{ at: 0, consumed: 99 }, { at: HOUR_MS / 2, consumed: 5 }]), 10);
  assertEquals(burnRate([{ at: 0, consumed: 99 }, { at: HOUR_MS, consumed: 0 }]), 0);
});

Deno.test("an entry states the previous unit only if it was a different one", () => {
  const { changes } = replay([1, 2, 3, 4].map((used, i) => ({
    at: utc("2026-11-21 10:00") + i * 60_000,
    readings: [reading({ used, unit: i >= 2 ? "usd" : "requests" })],
  })));
  assertEquals(
    changes.map((step) => step.flatMap((one) => one.kind === "entry" ? one.unitBefore ?? "the same" : [])),
    [["the same"], ["the same"], ["requests"], ["the same"]],
  );
});
