/** What the last reading of a cycle stated, from whatever is still stored of it. */
import { createBucket, DAY, FIVE_MINUTES, HOUR, merge, type Step } from "../../lib/model/engine/bucket.ts";
import { readLastUsed } from "../../lib/read/display_cycles.ts";
import type { Store } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { reading, utc } from "../support/readings.ts";

const QUOTA = "acme/work/month";
const LAST_AT = utc("2026-10-31 23:40");
const ENTRY = { consumed: 0, reset: false };

/** A store that holds 50, 42 as the last reading, and 3 of the next cycle ten minutes later, in buckets of one length. */
function storedIn(step: Step, { next = true } = {}): Pick<Store, "readings" | "series"> {
  const used = [[LAST_AT - 60_000, 50], [LAST_AT, 42], ...next ? [[LAST_AT + 600_000, 3]] : []] as const;
  return {
    readings: () => Promise.resolve([]),
    series: (query) =>
      Promise.resolve(
        query.step !== step ? [] : used.map(([at, used]) => createBucket(reading({ used }), at, ENTRY, step))
          .filter(({ start }) => start >= query.from && start < query.to)
          .reduce<ReturnType<typeof createBucket>[]>(([sum], one) => [sum ? merge(sum, one) : one], []),
      ),
  };
}

Deno.test("the last amount of a cycle is found in buckets of any length once its readings are deleted", async () => {
  const found: (number | null)[] = [];
  for (const step of [FIVE_MINUTES, HOUR, DAY]) {
    found.push(await readLastUsed(storedIn(step, { next: false }), { quota: QUOTA, lastAt: LAST_AT }));
  }
  assertEquals(found, [42, 42, 42]);
});

Deno.test("the last amount of a cycle is not taken from a bucket that ends in the next cycle", async () => {
  const cycle = { quota: QUOTA, lastAt: LAST_AT } as const;
  assertEquals(await readLastUsed(storedIn(FIVE_MINUTES), cycle), 42);
  assertEquals(await readLastUsed(storedIn(HOUR), cycle), null);
});
