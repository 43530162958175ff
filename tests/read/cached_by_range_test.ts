import fc from "fast-check";
import { cachedByRange } from "../../lib/read/cached_by_range.ts";
import type { Part } from "../../lib/read/listed.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS } from "../support/readings.ts";

type Started = { readonly startedAt: number };

/** Items as a store would return them, and the number of its calls. */
function shelf(starts: readonly number[]) {
  const state = { starts: [...starts], reads: 0, version: 0, now: 0 };
  const read = (_: string, { from = 0, to, limit }: Part): Promise<readonly Started[]> => {
    state.reads++;
    const items = state.starts.filter((at) => at >= from && at < to).sort((a, b) => b - a);
    return Promise.resolve(items.slice(0, limit).map((startedAt) => ({ startedAt })));
  };
  return { state, read, kept: cachedByRange(read, () => state.version, () => state.now) };
}

Deno.test("cachedByRange() returns what would have been read, for any range of any list", async () => {
  // Few instants, so that items also begin exactly where a range does.
  const instant = fc.oneof(
    fc.integer({ min: 0, max: 20 * HOUR_MS }),
    fc.integer({ min: 0, max: 40 }).map((halves) => halves * 30 * MINUTE_MS),
  );
  const part = fc.record({ from: fc.option(instant, { nil: undefined }), to: instant, limit: fc.nat(20) });
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(instant, { maxLength: 40 }),
    fc.array(part, { maxLength: 12 }),
    async (starts, parts) => {
      const { read, kept } = shelf(starts);
      for (const { from, to, limit } of parts) {
        // Without a start only the last previous one is ever requested.
        const asked: Part = from === undefined ? { to, limit: 1 } : { from, to, limit };
        assertEquals(await kept("a", asked), await read("a", asked));
      }
    },
  ));
});

Deno.test("cachedByRange() keeps up to 499 items, from the beginning of a range to the end before another", async () => {
  for (const [count, isKept] of [[499, true], [500, false]] as const) {
    const { state, kept } = shelf(Array.from({ length: count }, (_, i) => i * MINUTE_MS));
    const part = { from: 5 * MINUTE_MS, to: 8 * MINUTE_MS, limit: 99 };
    const starts = (await kept("a", part)).map(({ startedAt }) => startedAt / MINUTE_MS);
    assertEquals(starts, [7, 6, 5]);
    const { reads } = state;
    await kept("a", part);
    assertEquals([count, state.reads === reads], [count, isKept]);
  }
});

Deno.test("cachedByRange() reads a list too long for the cache completely each time", async () => {
  const { state, kept } = shelf(Array.from({ length: 600 }, (_, i) => i * MINUTE_MS));
  const all = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 5000 };
  assertEquals((await kept("a", all)).length, 600);
  const { reads } = state;
  assertEquals((await kept("a", all)).length, 600);
  assertEquals(state.reads > reads, true);
});

Deno.test("cachedByRange() reads again after a change and after a minute, and not before", async () => {
  const { state, kept } = shelf([3 * HOUR_MS]);
  const part = { from: HOUR_MS, to: 9 * HOUR_MS, limit: 10 };
  const count = async (from = part.from) => (await kept("a", { ...part, from })).length;
  await count();
  const { reads } = state;
  state.starts.push(4 * HOUR_MS);
  assertEquals(await count(part.from + MINUTE_MS), 1);
  assertEquals(state.reads, reads);
  state.version++;
  assertEquals(await count(), 2);
  state.starts.push(5 * HOUR_MS);
  state.now += MINUTE_MS;
  assertEquals(await count(), 3);
});
