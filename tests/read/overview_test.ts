/** Cycles of one quota beside the account's other quotas: when each peaked, and how full the others were then. */
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { OverviewCycle } from "../../lib/read/kinds.ts";
import { readOverview } from "../../lib/read/overview.ts";
import { assertEquals } from "../support/assert.ts";
import { ACCOUNT, DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { type Entry, storedReadings } from "./stored.ts";

// Within a bucket of five minutes.
const START = utc("2026-03-10 10:02");
const END = START + 5 * HOUR_MS;
const NOW = utc("2026-03-11 10:00");
const QUOTAS = ["five-hour", "weekly"];
const minute = (count: number) => START + count * MINUTE_MS;

function cycleOf(fields: Partial<Cycle> = {}): Cycle {
  return {
    quota: "acme/work/five-hour",
    startedAt: START,
    endedAt: END,
    resetsAt: END,
    peak: 60,
    consumed: 60,
    limit: 200,
    count: 60,
    lastAt: END - MINUTE_MS,
    whole: true,
    endedBy: ["reset-passed"],
    ...fields,
  };
}

/** Readings of the quota: `[at, used]`. */
const own = (...levels: readonly (readonly [at: number, used: number | null])[]): readonly Entry[] =>
  levels.map(([at, used]) => ({ at, used }));

type Levels = readonly (readonly [at: number, used: number, consumed?: number])[];

/** Readings of the week beside it. */
const beside = (...levels: Levels) =>
  levels.map(([at, used, consumed = 0]): Entry => ({ at, quota: "weekly", used, consumed }));

const inOrder = (...lists: readonly (readonly Entry[])[]) => lists.flat().sort((a, b) => a.at - b.at);

async function overviewOf(entries: readonly Entry[], fields: Partial<Cycle> = {}): Promise<OverviewCycle> {
  const { store } = storedReadings(entries);
  const [overview] = await readOverview(store, ACCOUNT, [cycleOf(fields)], QUOTAS, NOW);
  return overview!;
}

const OPEN: Partial<Cycle> = { endedAt: null, endedBy: [] };

Deno.test("a cycle peaked when a sum of its readings first reached the highest use", async () => {
  const cases: readonly (readonly [string, number | null, readonly Entry[], Partial<Cycle>?])[] = [
    ["no reading", null, []],
    ["none with a use", null, own([minute(20), null])],
    ["one", minute(20), own([minute(20), 10])],
    ["the highest of some", minute(40), own([minute(20), 10], [minute(40), 60], [minute(60), 50])],
    ["the first of the same", minute(30), own([minute(20), 10], [minute(30), 60], [minute(60), 60])],
    ["not one without a use", minute(20), own([minute(20), 10], [minute(30), null])],
    ["the end of its five minutes", minute(22), own([minute(19), 60], [minute(22), 10], [minute(40), 10])],
    ["its first reading", START, own([START, 60], [minute(20), 10])],
    ["not one before it", minute(20), own([START - 6 * MINUTE_MS, 90], [minute(20), 10])],
    [
      "not of five minutes that began before it",
      minute(20),
      own([START - 1, 90], [minute(1), 0], [minute(20), 10]),
    ],
    ["unless there are no others", minute(1), own([START - 1, 90], [minute(1), 0])],
    ["at most its end", END, own([END - 1, 60], [END + 1, 0])],
    ["the last before its end", END - 1, own([minute(20), 10], [END - 1, 60])],
    ["not one of the next", minute(20), own([minute(20), 10], [END + 3 * MINUTE_MS, 90])],
    [
      "not one at its exact end",
      minute(20),
      own([minute(20), 10], [minute(290), 90]),
      { endedAt: minute(290) },
    ],
    ["now, if it is open", NOW, own([minute(20), 10], [NOW, 60]), OPEN],
    ["nothing later, as of now", minute(20), own([minute(20), 10], [NOW + 1, 60]), OPEN],
  ];
  for (const [what, peakAt, entries, fields] of cases) {
    assertEquals([what, (await overviewOf(entries, fields)).peakAt], [what, peakAt]);
  }
});

Deno.test("the quota's own peak is that of the cycle, however coarsely it was stored", async () => {
  const figures = async (fields: Partial<Cycle>) => {
    const { quotas: [first] } = await overviewOf(own([minute(10), 0], [minute(20), 50]), fields);
    return [first!.used, first!.limit, first!.share];
  };
  assertEquals(await figures({}), [60, 200, 0.3]);
  // Only the share of the readings is known without a limit.
  assertEquals(await figures({ limit: null }), [60, null, 0.5]);
});

Deno.test("the others are shown as they were last read by the peak", async () => {
  const level = async (...levels: Levels) => {
    const entries = inOrder(own([minute(10), 10], [minute(40), 60]), beside(...levels));
    const { quotas: [, week] } = await overviewOf(entries);
    return [week!.used, week!.limit, week!.share, week!.startShare];
  };
  const unknown = [null, null, null, null];
  assertEquals(await level(), unknown);
  assertEquals(await level([minute(40), 30]), [30, 100, 0.3, 0.3]);
  // Before the cycle, so how full it was at the beginning is unknown.
  assertEquals(await level([START - 1, 20]), [20, 100, 0.2, null]);
  assertEquals(await level([START, 20]), [20, 100, 0.2, 0.2]);
  assertEquals(await level([minute(10), 20], [minute(40), 30], [minute(50), 40]), [30, 100, 0.3, 0.2]);
  assertEquals(await level([minute(10), 20], [minute(40) + 1, 30]), [20, 100, 0.2, 0.2]);
  assertEquals(await level([minute(10), 20], [minute(30), 25], [minute(45), 30]), [25, 100, 0.25, 0.2]);
  assertEquals(await level([minute(45), 30]), unknown);
});

/** What the week rose while the quota went from its start to its peak, and how often single readings were read for it. */
async function risenOf(
  week: readonly Entry[],
  { isExpired = false, fields = {} }: { readonly isExpired?: boolean; readonly fields?: Partial<Cycle> } = {},
) {
  const entries = inOrder(own([minute(10), 10], [minute(40), 60]), week);
  const { store } = storedReadings(entries);
  let reads = 0;
  const readings: typeof store.readings = async (query) => {
    reads++;
    const found = await store.readings(query);
    return isExpired ? found.slice(1) : found;
  };
  const counting = { ...store, readings };
  const [overview] = await readOverview(counting, ACCOUNT, [cycleOf(fields)], QUOTAS, NOW);
  return { risen: overview!.quotas[1]!.risen, reads };
}

Deno.test("the others rose by what was consumed after the start of the cycle and up to its peak", async () => {
  // Each amount shows in the sum.
  const levels: Levels = [
    [START - 1, 10, 1],
    [START, 11, 2],
    [START + 1, 12, 4],
    [minute(12), 13, 0],
    [minute(20), 14, 8],
    // After a reset of its own.
    [minute(30), 5, 16],
    [minute(40), 10, 32],
    [minute(40) + 1, 15, 64],
    [minute(50), 20, 128],
  ];
  assertEquals((await risenOf(beside(...levels))).risen, (4 + 8 + 16 + 32) / 100);
  // Of the sums in which the cycle begins and peaks, only the whole is known when single readings are gone.
  const all = 1 + 2 + 4 + 8 + 16 + 32 + 64;
  assertEquals((await risenOf(beside(...levels), { isExpired: true })).risen, all / 100);
});

Deno.test("single readings are read only where a sum extends past the start or the peak", async () => {
  const risen = async (...levels: Levels) => {
    const { risen, reads } = await risenOf(beside(...levels));
    return [risen, reads];
  };
  assertEquals(await risen([START + 1, 10, 1], [minute(40), 20, 8]), [0.09, 0]);
  assertEquals(await risen([START, 10, 1], [START + 1, 10, 1], [minute(40), 20, 8]), [0.09, 1]);
  assertEquals(await risen([START + 1, 10, 1], [minute(40), 20, 8], [minute(42), 30, 1]), [0.09, 1]);
  // Where nothing was consumed there is nothing to read.
  assertEquals(await risen([START, 10], [START + 1, 10], [minute(40), 20], [minute(42), 30]), [0, 0]);
  // What was read at the start and not later belongs to the time before it, even if only its sum is left.
  const week = beside([START, 10, 50], [minute(10), 11, 1]);
  assertEquals((await risenOf(week, { isExpired: true })).risen, 0.01);
});

Deno.test("how much another quota rose is unknown without its level at both ends, or without its limit", async () => {
  assertEquals((await risenOf([])).risen, null);
  assertEquals((await risenOf(beside([START - 1, 20, 5]))).risen, null);
  assertEquals((await risenOf(beside([minute(45), 20, 5]))).risen, null);
  const unlimited = beside([minute(10), 10, 1], [minute(40), 20, 8]).map((one) => ({ ...one, limit: null }));
  assertEquals((await risenOf(unlimited)).risen, null);
  const { quotas } = await overviewOf(beside([minute(10), 10, 1]));
  assertEquals(quotas[1]!.risen, null, "without a peak");
});

Deno.test("each of many cycles shows its own peak, and the others at that time", async () => {
  const starts = [10, 5, 0].map((hours) => START + hours * HOUR_MS);
  const cycles = starts.map((startedAt) => cycleOf({ startedAt, endedAt: startedAt + 5 * HOUR_MS }));
  const peaks = starts.map((startedAt, i) => startedAt + (30 + i * 5) * MINUTE_MS);
  const entries = inOrder(
    own(...peaks.map((at) => [at, 60] as const)),
    beside(...peaks.map((at, i) => [at, 90 - 10 * i] as const)),
  );
  const overview = await readOverview(storedReadings(entries).store, ACCOUNT, cycles, QUOTAS, NOW);
  assertEquals(overview.map(({ peakAt }) => peakAt), peaks);
  assertEquals(overview.map(({ quotas }) => quotas[1]!.used), [90, 80, 70]);
  assertEquals(await readOverview(storedReadings(entries).store, ACCOUNT, [], QUOTAS, NOW), []);
});

Deno.test("an overview reads the finest sums that are at most 1500, only for the time of its cycles", async () => {
  const stepOf = async (lengthMs: number, fields: Partial<Cycle> = {}) => {
    const { store, asked } = storedReadings([]);
    const endedAt = START + lengthMs;
    const cycles = [
      cycleOf({ startedAt: endedAt - 1, endedAt, ...fields }),
      cycleOf({ endedAt: endedAt - 1 }),
    ];
    await readOverview(store, ACCOUNT, cycles, ["five-hour"], START + 3000 * DAY_MS);
    assertEquals(asked.length, fields.endedAt === null ? 2 : 1, "once, and again what is in progress");
    return asked[0]!.step;
  };
  assertEquals(await stepOf(1500 * 5 * MINUTE_MS - 1), 5 * MINUTE_MS);
  assertEquals(await stepOf(1500 * 5 * MINUTE_MS), HOUR_MS);
  assertEquals(await stepOf(1500 * HOUR_MS - 1), HOUR_MS);
  assertEquals(await stepOf(1500 * HOUR_MS), DAY_MS);
  assertEquals(await stepOf(HOUR_MS, { endedAt: null }), DAY_MS);
});

const requests = { quota: "weekly", unit: "requests" } as const;
const credits = { quota: "weekly", unit: "credits" } as const;

async function weekBeside(...week: readonly Entry[]) {
  const { peakAt, quotas: [, one] } = await overviewOf(
    inOrder(own([minute(10), 10], [minute(40), 60]), week),
  );
  assertEquals(peakAt, minute(40));
  return [one!.used, one!.limit, one!.share, one!.startShare, one!.risen];
}

Deno.test("the others are shown in their current unit, whenever it changed", async () => {
  const before = [
    { ...requests, at: START - 1, used: 5, limit: 100, consumed: 3 },
    { ...requests, at: START + 1, used: 10, limit: 100, consumed: 5 },
    { ...requests, at: minute(20), used: 20, limit: 100, consumed: 10 },
  ];
  // Five credits are one request.
  const later = { ...credits, at: minute(60), used: 150, limit: 500, consumed: 50 };
  assertEquals(await weekBeside(...before, later), [100, 500, 0.2, 0.05, 0.15]);
  const between = { ...credits, at: minute(30), used: 150, limit: 500, consumed: 50 };
  assertEquals(await weekBeside(...before, between), [150, 500, 0.3, 0.05, 0.25]);
  const earlier = { ...credits, at: START, used: 30, limit: 500, consumed: 7 };
  const after = { ...credits, at: minute(20), used: 100, limit: 500, consumed: 75 };
  assertEquals(await weekBeside(before[0]!, earlier, after), [100, 500, 0.2, 0.05, 0.15]);
});

Deno.test("the others are shown in the unit of their time where it cannot be converted", async () => {
  const before = [
    { ...requests, at: START + 1, used: 10, limit: 100, consumed: 5 },
    { ...requests, at: minute(20), used: 20, limit: 100, consumed: 10 },
  ];
  const after = { ...credits, at: minute(60), used: 150, limit: null, consumed: 50 };
  // Within the earlier unit, 15 of 100 were consumed.
  assertEquals(await weekBeside(...before, after), [null, null, 0.2, 0.1, 0.15]);
  const { quotas: [, one] } = await overviewOf(
    inOrder(own([minute(10), 10], [minute(40), 60]), [...before, after]),
  );
  assertEquals(one!.earlier, { used: 20, unit: "requests" });
  // What was consumed since the start is unknown, too, when the unit changed between the two.
  const limit = { ...credits, used: 150, limit: 500, consumed: 50 };
  const unknown = { ...before[0]!, used: null, limit: null, remaining: 0 };
  assertEquals(await weekBeside(unknown, { ...limit, at: minute(30) }), [150, 500, 0.3, 1, null]);
  assertEquals(await weekBeside({ ...unknown, at: START - 1 }, { ...limit, at: START }), [
    150,
    500,
    0.3,
    0.3,
    0,
  ]);
});

Deno.test("a cycle of a quota whose unit changed peaked at its largest share, and is shown in the current unit", async () => {
  const tokens = { unit: "tokens", limit: 10_000 } as const;
  const stated = { unit: "requests", limit: 10 } as const;
  const entries = [
    { ...tokens, at: minute(10), used: 5000 },
    { ...stated, at: minute(40), used: 8 },
    { ...stated, at: minute(60), used: 7 },
  ];
  const figures = async (entries: readonly Entry[], fields: Partial<Cycle>) => {
    const { peakAt, quotas: [one] } = await overviewOf(entries, fields);
    return [peakAt, one!.used, one!.limit, one!.share];
  };
  // The engine converts a cycle with its quota.
  const cycle = { peak: 8, limit: 10, lastAt: minute(60) };
  assertEquals(await figures(entries, cycle), [minute(40), 8, 10, 0.8]);
  const later = [entries[0]!, { ...stated, at: NOW - 1, used: 1 }];
  const earlier = { peak: 5000, limit: 10_000, lastAt: minute(10) };
  assertEquals(await figures(later, earlier), [minute(10), 5, 10, 0.5]);
  const unknown = [entries[0]!, { ...stated, at: NOW - 1, used: 1, limit: null }];
  assertEquals(await figures(unknown, earlier), [minute(10), null, null, 0.5]);
});
