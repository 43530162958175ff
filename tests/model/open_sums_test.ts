/** The open sums of a quota at their bounds: which slot takes what, and what a correction changes. */
import fc from "fast-check";
import { createBucket, FIVE_MINUTES, STEPS } from "../../lib/model/engine/bucket.ts";
import { addSlot, adjustBuckets, adjustSlots, convertBucket } from "../../lib/model/engine/open_sums.ts";
import type { Slot } from "../../lib/model/engine/state.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const slot = (from: number, to: number, consumed = 1): Slot => ({
  from: AT + from * MINUTE_MS,
  to: AT + to * MINUTE_MS,
  consumed,
});
const add = (recent: readonly Slot[], before: number, at: number, consumed = 1) =>
  addSlot(recent, AT + before * MINUTE_MS, AT + at * MINUTE_MS, consumed, HOUR_MS);

Deno.test("a slot grows until it is five minutes long, and only from where it ends", () => {
  assertEquals(add([slot(0, 4)], 4, 5), [slot(0, 5, 2)]);
  assertEquals(add([slot(0, 5)], 5, 6), [slot(0, 5), slot(5, 6)]);
  assertEquals(add([slot(0, 5), slot(5, 10), slot(10, 11)], 11, 12), [
    slot(0, 5),
    slot(5, 10),
    slot(10, 12, 2),
  ]);
  assertEquals(add([slot(0, 4)], 4.5, 5), [slot(0, 4), slot(4.5, 5)]);
  assertEquals(add([], 0, 1, 7), [slot(0, 1, 7)]);
});

Deno.test("slots that ended an hour ago or earlier are dropped, and all of them after a longer pause", () => {
  assertEquals(add([slot(-2, -1), slot(-1, 0), slot(0, 1)], 59, 60), [slot(0, 1), slot(59, 60)]);
  assertEquals(add([slot(-5, 1)], 1, 61), [slot(1, 61)]);
  assertEquals(add([slot(-5, 1)], 1, 61.001), []);
});

Deno.test("no recent consumption is lost or counted twice, and slots do not overlap", () => {
  const steps = fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 9 }), consumed: fc.nat(50) }), {
    maxLength: 60,
  });
  fc.assert(fc.property(steps, (steps) => {
    let [recent, at]: [readonly Slot[], number] = [[], 0];
    const all: { readonly at: number; readonly consumed: number }[] = [];
    for (const { minutes, consumed } of steps) {
      recent = add(recent, at, at += minutes, consumed);
      all.push({ at, consumed });
    }
    const sum = recent.reduce((total, { consumed }) => total + consumed, 0);
    const since = recent[0]?.from ?? Infinity;
    const expected = all.filter((one) => AT + one.at * MINUTE_MS > since);
    assertEquals(sum, expected.reduce((total, { consumed }) => total + consumed, 0));
    recent.slice(1).forEach(({ from }, i) => assert(from >= recent[i]!.to));
  }));
});

Deno.test("a correction changes the slot that contains its reading, never below zero", () => {
  const recent = [slot(0, 5, 4), slot(5, 10, 6)];
  const consumed = (minute: number, by: number) =>
    adjustSlots(recent, AT + minute * MINUTE_MS, by).map((one) => one.consumed);
  assertEquals([consumed(5, 2), consumed(10, 2), consumed(5.001, -1)], [[6, 6], [4, 8], [4, 5]]);
  assertEquals([consumed(0, 2), consumed(10.001, 2)], [[4, 6], [4, 6]]);
  assertEquals([consumed(5, -4), consumed(5, -5)], [[0, 6], [0, 6]]);
});

Deno.test("a correction changes the open bucket of each step that contains its reading, never below zero", () => {
  const entry = { consumed: 3, reset: false };
  const open = STEPS.map((step) => createBucket(reading({ used: 3 }), AT + 12 * MINUTE_MS, entry, step));
  const after = (minute: number, by: number, resets: number) =>
    adjustBuckets(open, AT + minute * MINUTE_MS, by, resets).map((one) => [one.consumed, one.resets]);
  assertEquals(after(10, 2, 1), [[5, 1], [5, 1], [5, 1]]);
  assertEquals(open[0]?.step, FIVE_MINUTES);
  assertEquals(after(9, 2, 1), [[3, 0], [5, 1], [5, 1]]);
  assertEquals(after(12, -4, 0), [[0, 0], [0, 0], [0, 0]]);
});

Deno.test("in another unit, the amounts of a bucket are converted, what is unknown stays so, and shares remain", () => {
  const known = reading({ used: 30, remaining: 70, limit: 100 });
  const bucket = createBucket(known, AT, { consumed: 3, reset: true }, FIVE_MINUTES);
  assertEquals(convertBucket(bucket, 2.5), {
    ...bucket,
    first: 75,
    last: 75,
    low: 75,
    high: 75,
    leftLow: 175,
    leftHigh: 175,
    leftSum: 175,
    limit: 250,
    consumed: 7.5,
  });
  const unknown = createBucket(
    reading({ used: null, limit: null }),
    AT,
    { consumed: 0, reset: false },
    FIVE_MINUTES,
  );
  assertEquals(convertBucket(unknown, 2.5), unknown);
});
