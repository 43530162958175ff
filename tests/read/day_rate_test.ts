/** The rate of the last 24 hours: what was consumed after the first reading of that time, until the last one. */
import fc from "fast-check";
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import { createAnalysis } from "../../lib/read/analysis.ts";
import type { Poll } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, ONE_WEEK, reading, utc } from "../support/readings.ts";
import { openTestStore } from "../support/test_store.ts";

const KEY = "acme/work";
const NOW = utc("2026-11-21 13:00");

/** Returns the rate at `NOW` after readings so long ago, each with one more used. */
async function rateOf(agesMs: readonly number[]) {
  await using store = await openTestStore();
  let state = emptyState(KEY);
  const polls: Poll[] = agesMs.map((age, index) => {
    const at = NOW - age;
    const snapshot = {
      account: KEY,
      at,
      readings: [reading({ used: index, limit: 1000, window: ONE_WEEK, resetsAt: NOW + DAY_MS })],
    } as const;
    const step = advance(state, snapshot);
    state = step.state;
    const outcome = { account: KEY, at, durationMs: 0, kind: "ok", failures: 0, nextAt: null } as const;
    return { snapshot, ...step, outcome: { ...outcome, nextReason: "interval", credential: null } };
  });
  await store.commitAll(polls);
  const analysis = createAnalysis({
    store,
    clock: { now: () => NOW, sleep: () => Promise.resolve() },
    zone: () => "UTC",
    about: () => ({ providerName: "Acme" }),
  });
  const [sums] = await analysis.sums([KEY]);
  analysis.close();
  return sums?.rate;
}

Deno.test("readings of the last 24 hours make the rate, without what was consumed before the first of them", async () => {
  assertEquals(await rateOf([HOUR_MS, 0]), { perHour: 1, readings: 2 });
  assertEquals(await rateOf([30 * HOUR_MS, 4 * HOUR_MS, 2 * HOUR_MS]), { perHour: 0.5, readings: 2 });
  // Within one bucket of five minutes.
  const [four, three, one] = [4 * MINUTE_MS, 3 * MINUTE_MS, MINUTE_MS];
  assertEquals((await rateOf([four, one]))?.perHour?.toFixed(6), "20.000000");
  assertEquals((await rateOf([four, three, one]))?.perHour?.toFixed(6), "40.000000");
  // A day ago is no longer within the last 24 hours.
  assertEquals(await rateOf([DAY_MS, 10 * HOUR_MS, 0]), { perHour: 0.1, readings: 2 });
  const just = await rateOf([DAY_MS - 1, 0]);
  assertEquals([just?.readings, just?.perHour?.toFixed(6)], [2, (1 / 24).toFixed(6)]);
});

Deno.test("one reading has no rate, nor have several that are all older", async () => {
  assertEquals(await rateOf([0]), { perHour: null, readings: 1 });
  assertEquals(await rateOf([40 * HOUR_MS, 30 * HOUR_MS]), { perHour: null, readings: 0 });
});

Deno.test("the rate follows from the readings, wherever they lie within buckets of five minutes", async () => {
  const ages = fc.uniqueArray(
    fc.oneof(
      fc.integer({ min: 0, max: 26 * 60 }).map((minutes) => minutes * MINUTE_MS),
      // Around the edges of the last 24 hours and of its first buckets.
      fc.integer({ min: -1, max: 1 }).chain((ms) =>
        fc.constantFrom(0, 5, 10, 24 * 60 - 5, 24 * 60).map((minutes) =>
          Math.max(0, minutes * MINUTE_MS + ms)
        )
      ),
    ),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(ages, async (some) => {
      const sorted = some.toSorted((a, b) => b - a);
      const within = sorted.filter((age) => age < DAY_MS);
      const [first = 0] = within;
      const last = within.at(-1) ?? 0;
      const rate = await rateOf(sorted);
      assertEquals(rate?.readings, within.length);
      // Each reading after the first adds one.
      const expected = within.length < 2 ? null : (within.length - 1) / ((first - last) / HOUR_MS);
      assertEquals(rate?.perHour?.toPrecision(9), expected?.toPrecision(9));
    }),
    { numRuns: 40 },
  );
});
