/** What is remembered of a quota's closed cycles, and what of them is left for the next process. */
import type { QuotaState } from "../../lib/model/engine/advance.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import { pointsFromBuckets } from "../../lib/model/forecast/closed_cycle.ts";
import { TUNING } from "../../lib/model/forecast/parts.ts";
import type { PastCycle } from "../../lib/model/forecast/past_cycles.ts";
import { MAX_CYCLES } from "../../lib/model/insights/facts.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import type { Lesson, OpenLessons } from "../../lib/read/lessons.ts";
import { QuotaMemory, type Subject } from "../../lib/read/memory.ts";
import type { PastMarkQuery, Store } from "../../lib/store/store.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { type Entry, storedReadings } from "./stored.ts";

const QUOTA: QuotaKey = "acme/work/five-hour";
const OPENED = utc("2026-11-21 10:00");
const NOW = OPENED + HOUR_MS;
const LENGTH = 5 * HOUR_MS;

function cycleOf(startedAt: number, fields: Partial<Cycle> = {}): Cycle {
  const endedAt = startedAt + LENGTH;
  return {
    quota: QUOTA,
    startedAt,
    endedAt,
    resetsAt: endedAt,
    peak: 40,
    consumed: 40,
    limit: 100,
    count: 2,
    lastAt: endedAt - MINUTE_MS,
    whole: true,
    endedBy: ["reset-passed"],
    ...fields,
  };
}

/** Closed cycles, one after the other, newest first. */
const closedCycles = (count: number, fields: Partial<Cycle> = {}) =>
  Array.from({ length: count }, (_, back) => cycleOf(OPENED - (back + 1) * LENGTH, fields));

const OPEN = cycleOf(OPENED, { endedAt: null, endedBy: [] });

interface Reads {
  cycles: number;
  points: number;
  readonly marks: PastMarkQuery[];
}

/** @param mark what the store answers; it changes whenever a past cycle does */
function storeOf(
  cycles: readonly Cycle[],
  { entries, mark }: {
    readonly entries?: readonly Entry[];
    readonly mark?: (query: PastMarkQuery) => string | undefined;
  } = {},
) {
  const reads: Reads = { cycles: 0, points: 0, marks: [] };
  // One reading in each of them.
  const own = entries ??
    cycles.map(({ startedAt, peak }) => ({ at: startedAt + HOUR_MS, used: peak })).toReversed();
  const { store } = storedReadings(own);
  const known: Partial<Store> = {
    ...store,
    cycles({ from = -Infinity, to = Infinity, limit }) {
      reads.cycles++;
      const wanted = cycles.filter(({ startedAt }) => startedAt >= from && startedAt < to);
      return Promise.resolve(wanted.sort((a, b) => b.startedAt - a.startedAt).slice(0, limit));
    },
    async points(query) {
      reads.points++;
      return pointsFromBuckets(await store.series(query));
    },
    ...mark && {
      pastMarks(queries) {
        reads.marks.push(...queries);
        return Promise.resolve(queries.flatMap((query) => mark(query) ?? []));
      },
    },
  };
  return { store: known as Store, reads };
}

function subjectOf(store: Store, fields: Partial<Subject> = {}, openedAt = OPENED): Subject {
  const state = { at: NOW, cycle: { startedAt: openedAt }, reading: { window: FIVE_HOURS } };
  return { store, quota: QUOTA, state: state as unknown as QuotaState, now: NOW, version: 1, ...fields };
}

const lessonsOf = (valid: readonly PastCycle[] | null = null) => {
  const kept: Lesson[] = [];
  const lessons: OpenLessons = {
    valid: new Map(valid ? [[QUOTA, valid]] : []),
    keep: (_, lesson) => void kept.push(lesson),
    close() {},
  };
  return { lessons, kept };
};

Deno.test("the closed cycles of a quota are those before the open one that had ended by then, at most 200", async () => {
  const startsOf = async (cycles: readonly Cycle[], fields: Partial<Subject> = {}, openedAt?: number) => {
    const { closed } = await new QuotaMemory().cycles(subjectOf(storeOf(cycles).store, fields, openedAt));
    return closed.map(({ startedAt }) => (OPENED - startedAt) / LENGTH);
  };
  assertEquals(await startsOf([OPEN, ...closedCycles(3)]), [1, 2, 3]);
  assertEquals(await startsOf([OPEN]), []);
  // As of the time before the last reset was seen, and at the very end of a cycle.
  const third = OPENED - 2 * LENGTH;
  assertEquals(await startsOf([OPEN, ...closedCycles(3)], { now: OPENED + 1 }, OPENED - LENGTH), [2, 3]);
  assertEquals(await startsOf([OPEN, ...closedCycles(3)], { now: third }, third), [3]);
  // The clock was set back: no cycle ends in the future.
  assertEquals(await startsOf([OPEN, ...closedCycles(3)], { now: OPENED - 1 }), [2, 3]);
  assertEquals(await startsOf([OPEN, ...closedCycles(3)], { now: OPENED }), [1, 2, 3]);
  // One that was never closed.
  assertEquals(await startsOf([OPEN, ...closedCycles(1, { endedAt: null })]), []);
  assertEquals((await startsOf([OPEN, ...closedCycles(300)])).length, 200);
});

Deno.test("closed cycles are read once, until another cycle opens", async () => {
  const { store, reads } = storeOf([OPEN, ...closedCycles(3)]);
  const memory = new QuotaMemory();
  const first = await memory.cycles(subjectOf(store));
  assertEquals([...first.past.keys()], first.closed.map(({ startedAt }) => startedAt));
  assert(await memory.cycles(subjectOf(store, { version: 2, now: NOW + HOUR_MS })) === first);
  assertEquals([reads.cycles, reads.points], [1, 1]);
  const copy = memory.copied();
  await copy.cycles(subjectOf(store, { now: NOW + LENGTH }, OPENED + LENGTH));
  assertEquals(reads.cycles, 2);
  assert(await memory.cycles(subjectOf(store)) === first, "a copy learns on its own");
  assertEquals(reads.cycles, 2);
});

Deno.test("a valid lesson is learned from without reading a cycle, unless the cycles are known", async () => {
  const { store, reads } = storeOf([OPEN, ...closedCycles(3)], { mark: () => "same" });
  const valid: readonly PastCycle[] = [{ startedAt: 5, curve: [0, 1] }];
  const { lessons, kept } = lessonsOf(valid);
  const memory = new QuotaMemory();
  assert(await memory.past(subjectOf(store), lessons) === valid);
  assertEquals([reads.cycles, reads.marks.length], [0, 0]);
  await memory.cycles(subjectOf(store));
  assertEquals((await memory.past(subjectOf(store), lessons)).length, 3);
  assertEquals([kept, reads.marks], [[], []]);
});

Deno.test("a lesson is kept only when no past cycle changed while it was learned", async () => {
  const learned = async (marks: readonly (string | undefined)[] | null) => {
    let next = 0;
    const { store, reads } = storeOf([OPEN, ...closedCycles(3)], marks ? { mark: () => marks[next++] } : {});
    const { lessons, kept } = lessonsOf();
    const past = await new QuotaMemory().past(subjectOf(store), lessons);
    assertEquals(past.length, 3);
    return { kept, asked: reads.marks, past };
  };
  const { kept, asked, past } = await learned(["a", "a", "b"]);
  assertEquals(kept, [{ openedAt: OPENED, window: FIVE_HOURS, from: 0, mark: "b", past }]);
  const all = { quota: QUOTA, from: 0, to: OPENED };
  assertEquals(asked, [all, all, all]);
  assertEquals((await learned(["a", "changed", "b"])).kept, []);
  assertEquals((await learned(["a", "a", undefined])).kept, []);
  // A store without marks, or without a mark of this quota.
  assertEquals((await learned(null)).kept, []);
  assertEquals((await learned([undefined, undefined, "b"])).kept, []);
});

Deno.test("without lessons, no mark is read", async () => {
  const { store, reads } = storeOf([OPEN, ...closedCycles(3)], { mark: () => "same" });
  assertEquals((await new QuotaMemory().past(subjectOf(store))).length, 3);
  assertEquals(reads.marks, []);
});

Deno.test("a lesson depends on all past cycles, or, of many, only on those that were considered", async () => {
  /** Since which cycle the lesson counts, as its place before the open one; 0 for all. */
  const sinceOf = async (cycles: readonly Cycle[]) => {
    const { store } = storeOf([OPEN, ...cycles], { mark: () => "same" });
    const { lessons, kept } = lessonsOf();
    await new QuotaMemory().past(subjectOf(store), lessons);
    const { from } = kept[0]!;
    return from === 0 ? 0 : (OPENED - from) / LENGTH;
  };
  const most = TUNING.maxPastCycles;
  assertEquals(await sinceOf([]), 0);
  assertEquals(await sinceOf(closedCycles(most - 1)), 0);
  assertEquals(await sinceOf(closedCycles(most)), most);
  assertEquals(await sinceOf(closedCycles(most + 1)), most);
  // Few of them tell anything, but no more are read.
  const useless = closedCycles(MAX_CYCLES + 1).map((cycle, i) => i < 5 ? cycle : { ...cycle, whole: false });
  assertEquals(await sinceOf(useless.slice(0, MAX_CYCLES - 1)), 0);
  assertEquals(await sinceOf(useless.slice(0, MAX_CYCLES)), MAX_CYCLES);
  assertEquals(await sinceOf(useless), MAX_CYCLES);
});

/** The first readings of all, and a reset after them. */
const FIRST = OPENED - LENGTH + HOUR_MS;
const BEGUN: readonly Entry[] = [
  { at: FIRST, used: 10 },
  { at: FIRST + HOUR_MS, used: 17, consumed: 7 },
  { at: OPENED + 1, used: 1, consumed: 1, reset: true },
];
const PARTIAL = cycleOf(FIRST, { whole: false, consumed: 7, endedAt: OPENED });

Deno.test("what the first cycle consumed is known if readings began within it, and it is over", async () => {
  const partialOf = async (
    first: Cycle,
    entries: readonly Entry[] = BEGUN,
    more: readonly Cycle[] = [OPEN],
  ) => await new QuotaMemory().partial(subjectOf(storeOf([...more, first], { entries }).store));
  assertEquals(await partialOf(PARTIAL), 7);
  assertEquals(await partialOf({ ...PARTIAL, consumed: 0 }), 0);
  assertEquals(await partialOf({ ...PARTIAL, startedAt: FIRST - HOUR_MS }), 7);
  assertEquals(await partialOf({ ...PARTIAL, whole: true }), null, "read from its beginning");
  assertEquals(await partialOf({ ...PARTIAL, endedAt: null }), null, "still open");
  assertEquals(await partialOf({ ...PARTIAL, startedAt: FIRST + 1 }), null, "not of the first reading");
  // The next one may begin a millisecond later.
  assertEquals(await partialOf(PARTIAL, BEGUN, [{ ...OPEN, startedAt: FIRST + 1, whole: false }]), 7);
  assertEquals(await partialOf(PARTIAL, BEGUN.slice(0, 2)), null, "without a reset");
  assertEquals(await partialOf(PARTIAL, []), null, "without readings");
  const credits = { at: OPENED + 2, unit: "credits" as const, limit: 500, used: 5 };
  assertEquals(await partialOf(PARTIAL, [...BEGUN, credits]), null, "in another unit");
});

Deno.test("what the first cycle consumed is read once for each open cycle", async () => {
  const cycles = [OPEN, PARTIAL];
  const { store, reads } = storeOf(cycles, { entries: BEGUN });
  const memory = new QuotaMemory();
  for (let version = 1; version < 4; version++) {
    assertEquals(await memory.partial(subjectOf(store, { version })), 7);
    assertEquals(reads.cycles, 1);
  }
  // The reset was taken back, and the cycle went on until a later one.
  cycles.splice(0, 2, { ...OPEN, startedAt: OPENED + 2 }, { ...PARTIAL, consumed: 30, endedAt: OPENED + 2 });
  assertEquals(await memory.partial(subjectOf(store, { version: 5 }, OPENED + 2)), 30);
});
