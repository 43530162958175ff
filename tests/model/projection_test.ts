import fc from "fast-check";
import { projectedUse } from "../../lib/model/projection.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import { HOUR_MS, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");

Deno.test("projectedUse() adds the rate times the hours from the reading to the reset", () => {
  const quota = { used: 50, ratePerHour: 12, resetsAt: AT + 2.5 * HOUR_MS, at: AT };
  assertEquals(projectedUse(quota), 80);
});

Deno.test("projectedUse() does not stop at the limit, since more than that is the news", () => {
  assertEquals(projectedUse({ used: 90, ratePerHour: 100, resetsAt: AT + HOUR_MS, at: AT }), 190);
});

Deno.test("projectedUse() projects nothing past the reset", () => {
  assertEquals(projectedUse({ used: 50, ratePerHour: 12, resetsAt: AT, at: AT }), 50);
  assertEquals(projectedUse({ used: 50, ratePerHour: 12, resetsAt: AT - HOUR_MS, at: AT }), 50);
});

Deno.test("projectedUse() is null where use, rate or reset is unknown", () => {
  const known = { used: 50, ratePerHour: 12, resetsAt: AT + HOUR_MS, at: AT };
  assertEquals(projectedUse({ ...known, used: null }), null);
  assertEquals(projectedUse({ ...known, ratePerHour: null }), null);
  assertEquals(projectedUse({ ...known, resetsAt: null }), null);
  assertEquals(projectedUse({ ...known, used: 0, ratePerHour: 0 }), 0);
});

Deno.test("projectedUse() is never below what is used, and grows with the rate", () => {
  const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(fc.property(amount, amount, amount, fc.integer({ min: -1e9, max: 1e9 }), (used, a, b, after) => {
    const quota = { used, resetsAt: AT + after, at: AT };
    const slow = projectedUse({ ...quota, ratePerHour: Math.min(a, b) })!;
    const fast = projectedUse({ ...quota, ratePerHour: Math.max(a, b) })!;
    assert(used <= slow && slow <= fast);
    if (after > 0) assertClose(slow, used + Math.min(a, b) * after / HOUR_MS);
  }));
});
