/** Parts of long lists: what is taken from pages, and what overlaps a time range. */
import fc from "fast-check";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import { cyclesInRange } from "../../lib/read/listed.ts";
import { takePages } from "../../lib/read/take_pages.ts";
import { assert, assertEquals } from "../support/assert.ts";

const starts = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 30 })
  .map((list) => list.sort((a, b) => b - a));
const edge = fc.option(fc.integer({ min: -2, max: 62 }), { nil: undefined });

Deno.test("takePages() returns the same as a list without pages, whatever the page size", async () => {
  await fc.assert(
    fc.asyncProperty(
      starts,
      fc.integer({ min: 1, max: 7 }),
      edge,
      edge,
      fc.nat(8),
      async (all, size, from, to, limit) => {
        const accept = ({ startedAt }: { startedAt: number }) => startedAt % 3 !== 0;
        const wanted = all.map((startedAt) => ({ startedAt })).filter((one) =>
          one.startedAt >= (from ?? -Infinity) && one.startedAt < (to ?? Infinity) && accept(one)
        );
        const taken = await takePages(
          { ...from !== undefined && { from }, ...to !== undefined && { to }, limit, accept },
          (after) => {
            const rest = all.filter((one) =>
              after === undefined || one <= after.at && (after.key === "" || one < after.at)
            );
            const items = rest.slice(0, size).map((startedAt) => ({ startedAt }));
            const last = items.at(-1);
            return Promise.resolve({
              items,
              next: last && rest.length > size ? { at: last.startedAt, key: "acme/work/five-hour" } : null,
            });
          },
        );
        assertEquals(taken, { items: wanted.slice(0, limit), more: wanted.length > limit });
      },
    ),
  );
});

Deno.test("cyclesInRange() returns every cycle that overlaps the range, newest first, and says if there are more", async () => {
  const lists = fc.array(
    fc.tuple(starts, fc.boolean()).map(([list, isOpen]) => {
      let next: number | null = null;
      // Newest first: each ends no later than the next one began, and the newest may still be open.
      return list.map((startedAt, i): Pick<Cycle, "startedAt" | "endedAt"> => {
        const endedAt: number | null = i === 0
          ? isOpen ? null : startedAt + 3
          : Math.min(startedAt + 3, next!);
        next = startedAt;
        return { startedAt, endedAt };
      });
    }),
    { maxLength: 3 },
  );
  const range = fc.tuple(fc.nat(60), fc.nat(20));
  await fc.assert(
    fc.asyncProperty(lists, range, fc.integer({ min: 1, max: 40 }), async (lists, [from, length], limit) => {
      const to = from + length;
      const quotas = lists.map((_, i) => `acme/work/q${i}` as QuotaKey);
      const { items, more } = await cyclesInRange(
        quotas,
        { from, to, limit },
        (quota, part) =>
          Promise.resolve(
            (lists[Number(quota.at(-1))] ?? []).filter(({ startedAt }) =>
              startedAt >= (part.from ?? -Infinity) && startedAt < part.to
            ).slice(0, part.limit) as unknown as readonly Cycle[],
          ),
      );
      const expected = lists.flat().filter(({ startedAt, endedAt }) =>
        startedAt < to && (startedAt >= from || (endedAt ?? Infinity) > from)
      ).map(({ startedAt }) => startedAt).sort((a, b) => b - a);
      assertEquals(items.map(({ startedAt }) => startedAt), expected.slice(0, limit));
      assertEquals(more, expected.length > limit);
      assert(items.length <= limit);
    }),
  );
});
