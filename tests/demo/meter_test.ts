import fc from "fast-check";
import { backToBack, createMeter, createMonthly, fromFirstUse } from "../../lib/demo/meter.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

Deno.test("a window from the first use begins with it and lasts its length", () => {
  // One unit per hour from 2 to 3 o'clock and from 9 o'clock on.
  const doneBy = (at: number) =>
    Math.min(1, Math.max(0, (at - 2 * HOUR) / HOUR)) + Math.max(0, (at - 9 * HOUR) / HOUR);
  const nextUse = (from: number, until: number) => {
    const next = from < 3 * HOUR ? Math.max(from, 2 * HOUR) : Math.max(from, 9 * HOUR);
    return next <= until ? next : null;
  };
  const meter = createMeter({ windows: fromFirstUse(5 * HOUR, 0, nextUse), limit: 100, doneBy });
  assertEquals(meter.at(HOUR), { used: 0, window: null });
  assertEquals(meter.at(4 * HOUR), { used: 1, window: { from: 2 * HOUR, to: 7 * HOUR } });
  assertEquals(meter.at(7 * HOUR), { used: 0, window: null });
  assertEquals(meter.at(11 * HOUR), { used: 2, window: { from: 9 * HOUR, to: 14 * HOUR } });
  assertEquals(meter.at(4 * HOUR).used, 1, "Expected an earlier instant to stay what it was");
  assertEquals(meter.granted(11 * HOUR), 3);
  assertEquals(meter.spans(0, 20 * HOUR).length, 4);
});

Deno.test("a window grants its limit and no more, and the next one begins at zero", () => {
  const meter = createMeter({ windows: backToBack(HOUR, 0), limit: 10, doneBy: (at) => at / HOUR * 25 });
  assertEquals(meter.at(HOUR / 5).used, 5);
  assertEquals(meter.at(HOUR * 0.9).used, 10);
  assertEquals(meter.at(HOUR).used, 0);
  assertClose(meter.granted(HOUR * 3), 30);
});

Deno.test("monthly windows follow the calendar", () => {
  const origin = Date.UTC(2026, 0, 28, 16);
  const meter = createMeter({ windows: createMonthly(origin), limit: 10, doneBy: () => 0 });
  const ends = meter.spans(origin, origin + 90 * DAY).map((span) => new Date(span.to).toISOString());
  assertEquals(ends.slice(0, 3), [
    "2026-02-28T16:00:00.000Z",
    "2026-03-28T16:00:00.000Z",
    "2026-04-28T16:00:00.000Z",
  ]);
});

Deno.test("the granted amount never falls and is the sum of the windows", () => {
  const times = fc.array(fc.integer({ min: 0, max: 60 * DAY }), { minLength: 2, maxLength: 20 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 100 }), times, (limit, instants) => {
    const doneBy = (at: number) => at / HOUR + 5 * Math.sin(at / DAY) + 5;
    const meter = createMeter({ windows: backToBack(5 * HOUR, 0), limit, doneBy });
    for (const at of instants) {
      const spans = meter.spans(0, at + 1).filter((span) => span.to <= at);
      const before = spans.reduce((sum, span) => sum + meter.at(span.to - 0.001).used, 0);
      assertClose(meter.granted(at), before + meter.at(at).used, 1e-6);
    }
    const sorted = instants.toSorted((a, b) => a - b).map((at) => meter.granted(at));
    assert(sorted.every((value, index) => index === 0 || value >= (sorted[index - 1] ?? 0)));
  }));
});
