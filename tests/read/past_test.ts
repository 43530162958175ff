/** Which closed cycles the forecast learns from, and what is read of them. */
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { HistoryPoint } from "../../lib/model/forecast/closed_cycle.ts";
import { type PastCycle, shareAt } from "../../lib/model/forecast/past_cycles.ts";
import { TUNING } from "../../lib/model/forecast/parts.ts";
import type { Window } from "../../lib/model/quota.ts";
import { readPastCycles } from "../../lib/read/past.ts";
import type { SeriesQuery, Store } from "../../lib/store/store.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { BALANCE, DAY_MS, FIVE_HOURS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";

const QUOTA = "acme/work/five-hour";
const FIRST = utc("2026-03-10");
const NONE: ReadonlyMap<number, PastCycle> = new Map();

/** A cycle that was used up to `peak` of 100. */
function cycleOf(startedAt: number, lengthMs: number, fields: Partial<Cycle> = {}): Cycle {
  return {
    quota: QUOTA,
    startedAt,
    endedAt: startedAt + lengthMs,
    resetsAt: startedAt + lengthMs,
    peak: 80,
    consumed: 80,
    limit: 100,
    count: 4,
    lastAt: startedAt + lengthMs - 1,
    whole: true,
    endedBy: ["reset-passed"],
    ...fields,
  };
}

const pointOf = (at: number, used: number): HistoryPoint => ({
  at,
  used,
  limit: 100,
  remaining: null,
  consumed: 1,
});

/** Points at the ends of buckets, of the size that is asked for. */
function storeOf(pointsOf: (query: SeriesQuery) => readonly HistoryPoint[]) {
  const asked: SeriesQuery[] = [];
  const store = {
    points(query: SeriesQuery) {
      asked.push(query);
      return Promise.resolve(pointsOf(query));
    },
  } as unknown as Store;
  return { asked, store };
}

/** As a store selects them: by the beginning of their bucket. */
const selected = (points: readonly HistoryPoint[]) => ({ from, to, step }: SeriesQuery) =>
  points.filter(({ at }) => {
    const start = Math.floor(at / step) * step;
    return start >= from && start < to;
  });

Deno.test("the forecast learns from the newest closed cycles whose end was seen, up to its maximum", async () => {
  const lengthMs = 5 * HOUR_MS;
  const cycles = Array.from(
    { length: TUNING.maxPastCycles + 3 },
    (_, back) => cycleOf(FIRST - back * lengthMs, lengthMs, { whole: back !== 1 }),
  );
  const { store } = storeOf(selected(
    cycles.map(({ startedAt }) => pointOf(startedAt + HOUR_MS, 40)).reverse(),
  ));
  const past = await readPastCycles(store, QUOTA, FIVE_HOURS, cycles, NONE);
  assertEquals(
    [...past.keys()],
    [cycles[0]!, ...cycles.slice(2, TUNING.maxPastCycles + 1)].map(({ startedAt }) => startedAt),
  );
  assertEquals([...past.values()].map(({ startedAt }) => startedAt), [...past.keys()]);
  assertEquals(shareAt(past.get(cycles.at(-3)!.startedAt)!, 0.5), 0.4);
});

Deno.test("the forecast learns nothing from a balance, and reads nothing of it", async () => {
  const { asked, store } = storeOf(() => []);
  const cycles = [cycleOf(FIRST, DAY_MS)];
  assertEquals((await readPastCycles(store, QUOTA, BALANCE, cycles, NONE)).size, 0);
  assertEquals(asked, []);
});

Deno.test("the forecast learns from no cycle whose buckets have been deleted", async () => {
  const lengthMs = 5 * HOUR_MS;
  const [newest, oldest] = [cycleOf(FIRST, lengthMs), cycleOf(FIRST - lengthMs, lengthMs)];
  const { store } = storeOf(selected([pointOf(FIRST + HOUR_MS, 40)]));
  const past = await readPastCycles(store, QUOTA, FIVE_HOURS, [newest, oldest], NONE);
  assertEquals([...past.keys()], [newest.startedAt]);
});

Deno.test("of cycles, only those are read that were not read before", async () => {
  const lengthMs = 5 * HOUR_MS;
  const cycles = [0, 1, 2].map((back) => cycleOf(FIRST - back * lengthMs, lengthMs));
  const { asked, store } = storeOf(selected(
    cycles.map(({ startedAt }) => pointOf(startedAt + HOUR_MS, 40)).reverse(),
  ));
  const known = await readPastCycles(store, QUOTA, FIVE_HOURS, cycles.slice(1), NONE);
  const past = await readPastCycles(store, QUOTA, FIVE_HOURS, cycles, known);
  assertEquals(asked.map(({ from, to }) => [from, to]), [
    [FIRST - 2 * lengthMs, FIRST],
    [FIRST, FIRST + lengthMs],
  ]);
  assertEquals([...past.keys()], cycles.map(({ startedAt }) => startedAt));
  assert(past.get(cycles[1]!.startedAt) === known.get(cycles[1]!.startedAt));
  // Over another window, the same cycles have another course.
  const long: Window = { kind: "fixed", seconds: 10 * 3600 };
  const other = await readPastCycles(store, QUOTA, long, cycles, past);
  assertEquals(other, await readPastCycles(store, QUOTA, long, cycles, NONE));
  assertEquals(
    [...other.values()].map(({ startedAt }) => startedAt),
    cycles.map(({ startedAt }) => startedAt - lengthMs),
  );
});

Deno.test("short windows are learned from five minutes, weeks from hours, and longer ones from days", async () => {
  const stepOf = async (lengthMs: number) => {
    const { asked, store } = storeOf(() => []);
    const window: Window = { kind: "fixed", seconds: lengthMs / 1000 };
    const cycles = [0, 1].map((back) => cycleOf(FIRST - back * lengthMs, lengthMs));
    await readPastCycles(store, QUOTA, window, cycles, NONE);
    return asked.map(({ step }) => step);
  };
  for (
    const [lengthMs, step] of [
      [HOUR_MS, 5 * MINUTE_MS],
      [12 * HOUR_MS, 5 * MINUTE_MS],
      [12 * HOUR_MS + 1, HOUR_MS],
      [7 * DAY_MS, HOUR_MS],
      [8 * DAY_MS, HOUR_MS],
      [8 * DAY_MS + 1, DAY_MS],
      [31 * DAY_MS, DAY_MS],
    ] as const
  ) assertEquals([lengthMs, await stepOf(lengthMs)], [lengthMs, [step]]);
});

Deno.test("the forecast learns from the first part of a window that begins within a bucket, too", async () => {
  const startedAt = FIRST + 10 * HOUR_MS;
  // A month that begins at 10:00 and uses a tenth of its limit that day.
  const points = [0, 1, 2, 3].map((day) => pointOf(FIRST + (day + 1) * DAY_MS - 1, 10 * (day + 1)));
  const { store } = storeOf(selected([pointOf(FIRST - 1, 90), ...points]));
  const cycle = cycleOf(startedAt, 30 * DAY_MS);
  const past = await readPastCycles(store, QUOTA, { kind: "calendar", seconds: null }, [cycle], NONE);
  const shares = [0.25, 0.9, 1.2, 2].map((day) => shareAt(past.get(startedAt)!, day / 30));
  assertEquals(shares, [0, 0.1, 0.1, 0.2]);
});
