/** What only readings tell about listed cycles and sessions: how full they became, and in which unit they counted. */
import { type Bucket, bucketStart, createBucket, merge } from "../../lib/model/engine/bucket.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { Session } from "../../lib/model/engine/session.ts";
import type { Terms } from "../../lib/model/engine/terms.ts";
import { readDisplayCycles, readDisplaySessions } from "../../lib/read/display_cycles.ts";
import type { SeriesQuery, Store } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, FIVE_HOURS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const QUOTA = "acme/work/five-hour";
const START = utc("2026-03-10 10:02");
const NOW = utc("2027-03-10");

/** A reading with the share that it told: by its amounts, or only by having nothing left. */
interface Shown {
  readonly at: number;
  readonly share: number | null;
}

function storeOf(
  readings: readonly Shown[],
  { terms = [], isKnown = true }: { readonly terms?: readonly Terms[]; readonly isKnown?: boolean } = {},
) {
  const steps = new Set<number>();
  let described = 0;
  const store = {
    describe() {
      described++;
      const about: Awaited<ReturnType<Store["describe"]>> = {
        label: "Five hours",
        unit: "credits",
        window: FIVE_HOURS,
      };
      return Promise.resolve(isKnown ? about : null);
    },
    terms: () => Promise.resolve(terms),
    series({ from, to, step }: SeriesQuery) {
      steps.add(step);
      const buckets = new Map<number, Bucket>();
      for (const { at, share } of readings) {
        const used = share === null ? null : share * 100;
        const own = createBucket(reading({ used }), at, { consumed: 0, reset: false }, step);
        const before = buckets.get(own.start);
        buckets.set(own.start, before ? merge(before, own) : own);
      }
      return Promise.resolve([...buckets.values()].filter(({ start }) => start >= from && start < to));
    },
  } as unknown as Store;
  return { store, steps, described: () => described };
}

function cycleOf(fields: Partial<Cycle> = {}): Cycle {
  return {
    quota: QUOTA,
    startedAt: START,
    endedAt: START + 5 * HOUR_MS,
    resetsAt: START + 5 * HOUR_MS,
    peak: null,
    consumed: 0,
    limit: null,
    count: 60,
    lastAt: START + 4 * HOUR_MS,
    whole: true,
    endedBy: ["reset-passed"],
    ...fields,
  };
}

/** The peak share of a cycle without amounts that had these readings. */
async function peakOf(readings: readonly Shown[], fields: Partial<Cycle> = {}): Promise<number | null> {
  const [shown] = await readDisplayCycles(storeOf(readings).store, [cycleOf(fields)], NOW);
  return shown!.peakShare;
}

Deno.test("a cycle without amounts was as full as the fullest of its readings", async () => {
  const at = (minute: number) => START + minute * MINUTE_MS;
  assertEquals(await peakOf([]), null);
  assertEquals(await peakOf([{ at: at(20), share: null }]), null);
  assertEquals(await peakOf([{ at: at(20), share: 0.4 }]), 0.4);
  const readings = [0.4, 1, null, 0.7].map((share, i) => ({ at: at(20 + 10 * i), share }));
  assertEquals(await peakOf(readings), 1);
});

Deno.test("a cycle's readings are those from its beginning to its last one", async () => {
  const edge = bucketStart(START, 5 * MINUTE_MS) + 5 * MINUTE_MS;
  const end = edge + 2 * HOUR_MS;
  const full = (at: number) => ({ at, share: 1 });
  for (
    const [at, startedAt, lastAt, peak] of [
      // Of five minutes with both, nobody can tell which of them was full.
      [START - 1, START, end, null],
      [START, START, end, 1],
      [edge, edge, end, 1],
      [edge - 1, edge, end, null],
      [end, edge, end, 1],
      [end, edge, end - 1, null],
    ] as const
  ) {
    const readings = [full(at)];
    assertEquals([at, await peakOf(readings, { startedAt, lastAt })], [at, peak]);
  }
});

Deno.test("cycles of up to two days are looked up by five minutes, those of a quarter by hours, longer ones by days", async () => {
  for (
    const [lengthMs, step] of [
      [HOUR_MS, 5 * MINUTE_MS],
      [2 * DAY_MS, 5 * MINUTE_MS],
      [2 * DAY_MS + 1, HOUR_MS],
      [90 * DAY_MS, HOUR_MS],
      [90 * DAY_MS + 1, DAY_MS],
    ] as const
  ) {
    const { store, steps } = storeOf([]);
    await readDisplayCycles(store, [cycleOf({ lastAt: START + lengthMs })], NOW);
    assertEquals([lengthMs, [...steps]], [lengthMs, [step]]);
  }
});

Deno.test("nothing is looked up for cycles whose amounts are known", async () => {
  const { store, steps } = storeOf([{ at: START + HOUR_MS, share: 1 }]);
  const [shown] = await readDisplayCycles(store, [cycleOf({ peak: 30, limit: 100, consumed: 30 })], NOW);
  assertEquals([shown!.peakShare, shown!.consumed], [0.3, 30]);
  assertEquals([...steps], []);
});

Deno.test("cycles and sessions state the unit of their time if it has changed, and none otherwise", async () => {
  const changedAt = START + HOUR_MS;
  const terms: readonly Terms[] = [{ until: changedAt, unit: "requests", plan: null }];
  const amounts = { peak: 30, limit: 100, consumed: 30 };
  const cycles = [cycleOf({ ...amounts, lastAt: changedAt }), cycleOf({ ...amounts, lastAt: changedAt - 1 })];
  const quotas = [{ quota: "five-hour", lastRiseAt: changedAt - 1 }] as unknown as Session["quotas"];
  const session = { account: "acme/work", startedAt: START, quotas } as unknown as Session;

  const { store, described } = storeOf([], { terms });
  const shown = await readDisplayCycles(store, cycles, NOW);
  assertEquals(shown, [
    { ...cycles[0]!, peakShare: 0.3, unit: "credits" },
    { ...cycles[1]!, peakShare: 0.3, unit: "requests" },
  ]);
  assertEquals(described(), 1, "once for all cycles of a quota");
  const [listed] = await readDisplaySessions(store, [session]);
  assertEquals(listed!.quotas, [{ ...quotas[0]!, unit: "requests" }]);

  for (const none of [storeOf([]), storeOf([], { terms, isKnown: false })]) {
    assertEquals(await readDisplayCycles(none.store, cycles, NOW), [
      { ...cycles[0]!, peakShare: 0.3 },
      { ...cycles[1]!, peakShare: 0.3 },
    ]);
    assertEquals((await readDisplaySessions(none.store, [session]))[0]!.quotas, quotas);
  }
});

Deno.test("a quota that is no longer described has cycles without a known use", async () => {
  const [shown] = await readDisplayCycles(storeOf([], { isKnown: false }).store, [cycleOf()], NOW);
  assertEquals([shown!.consumed, shown!.peakShare], [null, null]);
});
