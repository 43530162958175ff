import { burnRate, consumedBetween, consumedIn, type Entry } from "../../lib/model/ledger.ts";
import fc from "fast-check";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import { HOUR_MS, reading, replayOne, utc } from "../support/readings.ts";

/** A day of three windows, limit 135, the oracle of the reset-aware ledger. */
const ORACLE = [["01:00", 0], ["02:00", 60], ["04:30", 130], ["05:30", 5], ["09:00", 120], ["10:00", 10], [
  "13:00",
  40,
]] as const;
const oracle = ORACLE.map(([time, used]) => ({ at: utc(`2026-11-21 ${time}`), used, limit: 135 }));

Deno.test("a day of three windows consumed 290, where the naive figures are 130 and 40", () => {
  const { entries, buckets } = replayOne(oracle);
  const used = oracle.map((sample) => sample.used);
  assertEquals(consumedIn(entries, 0, Infinity), 290);
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

Deno.test("consumedBetween() is the rise, or all of the new value after a reset", () => {
  assertEquals(consumedBetween(reading({ used: 10 }), reading({ used: 25 }), false), 15);
  assertEquals(consumedBetween(reading({ used: 10 }), reading({ used: 25 }), true), 25);
  assertEquals(consumedBetween(reading({ used: 25 }), reading({ used: 10 }), true), 10);
  assertEquals(consumedBetween(reading({ used: 25 }), reading({ used: 25 }), false), 0);
});

Deno.test("consumedBetween() counts a fall without a reset as nothing", () => {
  assertEquals(consumedBetween(reading({ used: 25 }), reading({ used: 10 }), false), 0);
});

Deno.test("consumedBetween() goes by what is left where use is not known", () => {
  const left = (remaining: number | null, limit: number | null = 100) =>
    reading({ used: null, limit, remaining });
  assertEquals(consumedBetween(left(80), left(70), false), 10);
  assertEquals(consumedBetween(left(70), left(80), false), 0);
  assertEquals(consumedBetween(left(10), left(95), true), 5);
  assertEquals(consumedBetween(left(10, null), left(95, null), true), 0);
  assertEquals(consumedBetween(left(null), left(70), false), 0);
  assertEquals(consumedBetween(left(70), left(null), false), 0);
});

Deno.test("consumedBetween() infers nothing from a value that was not known before", () => {
  assertEquals(consumedBetween(reading({ used: null }), reading({ used: 40 }), false), 0);
});

const amount = fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }));

Deno.test("consumption between two readings is never negative", () => {
  fc.assert(fc.property(
    fc.record({ used: amount, limit: amount, remaining: amount }),
    fc.record({ used: amount, limit: amount, remaining: amount }),
    fc.boolean(),
    (before, after, reset) => {
      const consumed = consumedBetween(reading(before), reading(after), reset);
      assert(consumed >= 0 && !Object.is(consumed, -0));
    },
  ));
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
      for (const [index, time] of times.entries()) sum += consumedIn(list, times[index - 1] ?? from, time);
      assertEquals(sum, consumedIn(list, from, to));
    }),
  );
});

Deno.test("consumedIn() leaves out its beginning and holds its end", () => {
  const list = [{ at: 10, consumed: 1 }, { at: 20, consumed: 2 }, { at: 30, consumed: 4 }];
  assertEquals(consumedIn(list, 10, 30), 6);
  assertEquals(consumedIn(list, 9, 29), 3);
  assertEquals(consumedIn(list, 30, 30), 0);
  assertEquals(consumedIn([], 0, 100), 0);
});

Deno.test("burnRate() needs a span of time and leaves the entry of the first reading out", () => {
  assertEquals(burnRate([]), null);
  assertEquals(burnRate([{ at: 0, consumed: 5 }]), null);
  assertEquals(burnRate([{ at: 7, consumed: 5 }, { at: 7, consumed: 5 }]), null);
  assertEquals(burnRate([{ at: 0, consumed: 99 }, { at: HOUR_MS / 2, consumed: 5 }]), 10);
  assertEquals(burnRate([{ at: 0, consumed: 99 }, { at: HOUR_MS, consumed: 0 }]), 0);
});

Deno.test("a limit by the minute is a gauge: whatever it shows, nothing was consumed that could be added up", () => {
  const window = { kind: "rolling", seconds: 60 } as const;
  const at = (used: number) => ({ ...reading({ used, limit: 1000 }), window });
  fc.assert(fc.property(fc.nat(1000), fc.nat(1000), fc.boolean(), (before, after, reset) => {
    assertEquals(consumedBetween(at(before), at(after), reset), 0);
  }));
});
