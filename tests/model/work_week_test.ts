/** Working time as a measure: what has passed and what is left add up, and the way forth is the way back. */
import fc from "fast-check";
import { findAfterWorked, measureWorkTime, type TimeRange } from "../../lib/model/forecast/work_week.ts";
import { assert, assertEquals } from "../support/assert.ts";

const DAYS: readonly TimeRange[] = [{ from: 10, to: 20 }, { from: 30, to: 35 }];

Deno.test("working time is what of the days lies within a range", () => {
  const measured = [[0, 40], [10, 20], [12, 32], [20, 30], [35, 99], [34, 99]] as const;
  assertEquals(measured.map(([from, to]) => measureWorkTime(DAYS, from, to)), [15, 10, 10, 0, 0, 1]);
});

Deno.test("a day ends with its last millisecond, and beyond the last day there is no answer", () => {
  const after = (from: number, worked: number) => findAfterWorked(DAYS, from, worked);
  assertEquals([after(0, 0), after(0, 1), after(0, 10), after(0, 11), after(0, 15)], [0, 11, 20, 31, 35]);
  assertEquals([after(0, 16), after(20, 5), after(20, 6), after(15, 5), after(15, 6)], [
    null,
    35,
    null,
    20,
    31,
  ]);
  assertEquals([after(40, 0), after(40, 1)], [40, null]);
});

Deno.test("after some working time exactly that much has passed, and none of it before", () => {
  const days = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })), {
    maxLength: 7,
  })
    .map((parts) => {
      let at = 0;
      return parts.map(([pause, length]): TimeRange => ({ from: at += pause, to: at += length }));
    });
  fc.assert(fc.property(days, fc.nat(400), fc.integer({ min: 1, max: 400 }), (days, from, worked) => {
    const at = findAfterWorked(days, from, worked);
    const left = measureWorkTime(days, from, Infinity);
    assertEquals(at === null, worked > left);
    if (at === null) return;
    assertEquals(measureWorkTime(days, from, at), worked);
    assert(measureWorkTime(days, from, at - 1) < worked);
    assertEquals(measureWorkTime(days, 0, from) + left, measureWorkTime(days, 0, Infinity));
  }));
});
