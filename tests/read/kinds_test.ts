/** All-time figures of a quota. */
import type { Bucket } from "../../lib/model/engine/bucket.ts";
import { type QuotaAnalysis, summarizeQuota } from "../../lib/read/kinds.ts";
import { assertEquals } from "../support/assert.ts";
import { utc } from "../support/readings.ts";

/** Of a quota that has consumed so much in its open cycle. */
function summary(open: number, lifetime: Partial<Bucket> | null, partial: number | null = null) {
  const quota = { open: { consumed: open } } as unknown as QuotaAnalysis;
  const { quota: _, ...figures } = summarizeQuota(quota, lifetime as Bucket | null, partial);
  return figures;
}

Deno.test("a quota without history has consumed nothing, and its average and peak are unknown", () => {
  assertEquals(summary(0, null), {
    completedCycles: 0,
    averagePerCycle: null,
    peak: null,
    consumed: 0,
    since: null,
  });
});

Deno.test("the average is over closed cycles, without what the open one has consumed", () => {
  const firstAt = utc("2026-11-01");
  const of = (resets: number, consumed: number, open: number) =>
    summary(open, { resets, consumed, high: 60, firstAt });
  assertEquals(of(4, 130, 30), {
    completedCycles: 4,
    averagePerCycle: 25,
    peak: 60,
    consumed: 130,
    since: firstAt,
  });
  assertEquals([of(0, 30, 30), of(1, 80, 30)].map(({ averagePerCycle }) => averagePerCycle), [null, 50]);
  // Old history may have been removed, so that only the open cycle is left of it.
  assertEquals(of(2, 30, 30.5).averagePerCycle, 0);
});

Deno.test("a first cycle that was read in part counts in no average", () => {
  const average = (resets: number, consumed: number, partial: number) =>
    summary(30, { resets, consumed }, partial).averagePerCycle;
  assertEquals(average(3, 240, 10), 100);
  assertEquals(average(1, 40, 10), null);
});
