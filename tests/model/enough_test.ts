import fc from "fast-check";
import { type Enough, enoughOf, enoughOfAll } from "../../lib/model/enough.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { BALANCE, MINUTE_MS, reading, ROLLING, utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 13:00");
const AT = NOW - 2 * MINUTE_MS;
const asked = { now: NOW, least: 0.2, maxAgeMs: 30 * MINUTE_MS, snapshotAt: AT };

function told(fields: Partial<Reading>, over: Partial<typeof asked> & { readonly at?: number } = {}) {
  const { at = AT, ...rest } = over;
  const { verdict, doubt } = enoughOf({ reading: reading(fields), at }, { ...asked, ...rest });
  return doubt ?? verdict;
}

Deno.test("enoughOf() compares the share that is left with the least that has to be", () => {
  assertEquals(told({ used: 80 }), "enough");
  assertEquals(told({ used: 80.1 }), "below");
  assertEquals(told({ used: 120 }), "below");
  assertEquals(told({ used: null, remaining: 25 }), "enough");
  assertEquals(told({ used: 3, limit: null, remaining: 1 }), "enough");
  assertEquals(told({ used: 100 }, { least: 0 }), "enough");
});

Deno.test("enoughOf() takes for unknown what is not stated, old, gone, or read before a reset that has passed", () => {
  assertEquals(told({ used: null }), "no-figure");
  assertEquals(told({ used: 5, limit: null }), "no-limit");
  assertEquals(told({ used: 0, limit: 0 }), "no-limit");
  assertEquals(told({ used: 1, limit: 0 }), "below");
  assertEquals(told({ used: 5 }, { at: NOW - 31 * MINUTE_MS, snapshotAt: NOW - 31 * MINUTE_MS }), "stale");
  assertEquals(told({ used: 5 }, { at: AT - MINUTE_MS }), "gone");
  assertEquals(told({ used: 95, resetsAt: NOW - MINUTE_MS }), "reset-passed");
  assertEquals(told({ used: 5, resetsAt: NOW }), "reset-passed");
  // Read after it, or of a window that only slides.
  assertEquals(told({ used: 95, resetsAt: AT - MINUTE_MS }), "below");
  assertEquals(told({ used: 5, resetsAt: NOW - MINUTE_MS, window: ROLLING }), "enough");
  assertEquals(told({ used: null, remaining: 9, limit: null, window: BALANCE }), "no-limit");
});

Deno.test("enoughOfAll() never says enough unless every quota that can have it has it", () => {
  const kinds: readonly Enough[] = [
    { verdict: "enough", doubt: null, left: 0.9 },
    { verdict: "below", doubt: null, left: 0.1 },
    { verdict: "unknown", doubt: "stale", left: 0.9 },
    { verdict: "unknown", doubt: "no-limit", left: null },
    { verdict: "unknown", doubt: "gone", left: 0.1 },
  ];
  fc.assert(fc.property(fc.array(fc.constantFrom(...kinds), { maxLength: 6 }), (all) => {
    const verdict = enoughOfAll(all);
    const below = all.some((one) => one.verdict === "below");
    assertEquals(verdict === "below", below);
    if (verdict !== "enough") return;
    assert(all.some((one) => one.verdict === "enough"));
    assert(all.every(({ doubt }) => doubt === null || doubt === "no-limit" || doubt === "gone"));
  }));
  assertEquals(enoughOfAll([]), "unknown");
  assertEquals(enoughOfAll(kinds.slice(3)), "unknown");
});
