/** From which closed cycles a forecast can learn, to the exact bound, and which of the points are theirs. */
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import {
  cycleFate,
  findSpan,
  type HistoryPoint,
  historyStep,
  ownPoints,
  selectPastCycles,
  summarizePastCycle,
} from "../../lib/model/forecast/closed_cycle.ts";
import { shareAt } from "../../lib/model/forecast/past_cycles.ts";
import type { Window } from "../../lib/model/quota.ts";
import { assertClose, assertEquals } from "../support/assert.ts";
import { BALANCE, FIVE_HOURS, HOUR_MS, MINUTE_MS, MONTHLY, ROLLING, utc } from "../support/readings.ts";

const START = utc("2026-11-02");
const WINDOW_MS = 5 * HOUR_MS;
const END = START + WINDOW_MS;

function cycleOf(fields: Partial<Cycle> = {}): Cycle {
  return {
    quota: "acme/work/five-hour",
    startedAt: START,
    endedAt: END,
    resetsAt: END,
    peak: 60,
    consumed: 60,
    limit: 100,
    count: 60,
    lastAt: END - MINUTE_MS,
    whole: true,
    endedBy: ["reset-passed"],
    ...fields,
  };
}

function pointAt(at: number, used: number | null = 50): HistoryPoint {
  return { at, used, limit: 100, remaining: null, consumed: 1 };
}

Deno.test("buckets of an hour resolve a window of a day or more, or of unknown length", () => {
  const step = (seconds: number | null) => historyStep({ kind: "fixed", seconds });
  assertEquals([step(18_000), step(86_399), step(86_400), step(604_800), step(null)], [
    5 * MINUTE_MS,
    5 * MINUTE_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
  ]);
});

Deno.test("a cycle's window ends at its reset, and began its length earlier, or with the cycle", () => {
  const span = (window: Window, fields: Partial<Cycle> = {}) =>
    findSpan(cycleOf({ startedAt: START + HOUR_MS, ...fields }), window);
  assertEquals(span(FIVE_HOURS), { from: START, to: END });
  assertEquals(span(MONTHLY), { from: START + HOUR_MS, to: END });
  assertEquals([span(ROLLING), span(BALANCE), span(FIVE_HOURS, { resetsAt: null })], [null, null, null]);
  // A window without a length is none.
  assertEquals([span(MONTHLY, { startedAt: END }), span(MONTHLY, { startedAt: END - 1 })], [
    null,
    { from: END - 1, to: END },
  ]);
});

Deno.test("a cycle teaches if it was whole, had a limit, ended at its reset and was read until shortly before", () => {
  const fate = (fields: Partial<Cycle>) => {
    const cycle = cycleOf(fields);
    return cycleFate(cycle, findSpan(cycle, FIVE_HOURS));
  };
  assertEquals(fate({}), "used");
  assertEquals(fate({ resetsAt: null, whole: false, limit: null }), "no-reset");
  assertEquals(fate({ whole: false, limit: null }), "not-whole");
  assertEquals([fate({ limit: null }), fate({ peak: null }), fate({ limit: 0, peak: 0 })], [
    "no-limit",
    "no-limit",
    "no-limit",
  ]);
  // A twentieth of five hours is a quarter of an hour, a tenth is half of one.
  const early = END - 15 * MINUTE_MS;
  assertEquals([fate({ endedAt: early }), fate({ endedAt: early - 1 })], ["used", "ended-early"]);
  assertEquals(fate({ endedAt: null }), "used");
  const unseen = END - 30 * MINUTE_MS;
  assertEquals([fate({ lastAt: unseen }), fate({ lastAt: unseen - 1 })], ["used", "end-unseen"]);
});

Deno.test("the points of a cycle are those from its beginning to its last reading", () => {
  const at = [START - 1, START, START + 1, END - 2, END - 1, END];
  const points = at.map((instant) => pointAt(instant));
  const own = (fields: Partial<Cycle>) => {
    const { first, end } = ownPoints(points, cycleOf(fields), { from: START, to: END });
    return [first, end];
  };
  assertEquals(own({ lastAt: END - 1 }), [1, 5]);
  assertEquals(own({ lastAt: END - 2 }), [1, 4]);
  // One that began after its window, or before it.
  assertEquals([
    own({ startedAt: START + 1, lastAt: END - 1 }),
    own({ startedAt: START - 1, lastAt: END - 1 }),
  ], [
    [2, 5],
    [1, 5],
  ]);
  assertEquals([own({ lastAt: START - 1 }), own({ startedAt: END + 1, lastAt: END + 1 })], [[1, 1], [6, 6]]);
  assertEquals(ownPoints([], cycleOf(), { from: START, to: END }), { first: 0, end: 0 });
});

Deno.test("a past cycle is remembered by its shares; points without one say nothing", () => {
  const points = [pointAt(START + HOUR_MS, 20), pointAt(START + 2 * HOUR_MS, null), pointAt(END, 80)];
  const { startedAt, curve } = summarizePastCycle(points, { from: START, to: END });
  assertEquals([startedAt, curve.length, curve.at(0), curve.at(168)], [START, 169, 0, 0.8]);
  assertClose(shareAt({ startedAt, curve }, 0.5), 0.2);
});

/** Consecutive cycles, each with a point for every hour of it. */
function history(count: number) {
  const cycles = Array.from({ length: count }, (_, i) => {
    const startedAt = START + i * WINDOW_MS;
    const endedAt = startedAt + WINDOW_MS;
    return cycleOf({ startedAt, endedAt, resetsAt: endedAt, lastAt: endedAt - MINUTE_MS });
  });
  const points = Array.from({ length: count * 5 }, (_, hour) => pointAt(START + hour * HOUR_MS));
  return { window: FIVE_HOURS, points, cycles };
}

Deno.test("a forecast learns from the newest cycles, up to a number, in any order of the list", () => {
  const { window, points, cycles } = history(4);
  const places = (most: number, from = cycles) =>
    selectPastCycles({ window, points, cycles: from }, most)
      .map(({ startedAt }) => (startedAt - START) / WINDOW_MS);
  assertEquals([places(0), places(1), places(3), places(4), places(9)], [
    [],
    [3],
    [3, 2, 1],
    [3, 2, 1, 0],
    [3, 2, 1, 0],
  ]);
  assertEquals(places(9, [cycles[1]!, cycles[3]!, cycles[0]!, cycles[2]!]), [3, 2, 1, 0]);
  // An open cycle and one that does not teach are skipped, and do not count.
  assertEquals(places(2, cycles.with(3, { ...cycles[3]!, endedAt: null })), [2, 1]);
  assertEquals(places(2, cycles.with(2, { ...cycles[2]!, whole: false })), [3, 1]);
});

Deno.test("nothing is learned from before the first stored point", () => {
  const { window, points, cycles } = history(4);
  const places = (from: number) =>
    selectPastCycles({ window, points: points.slice(from), cycles }, 9)
      .map(({ startedAt }) => (startedAt - START) / WINDOW_MS);
  assertEquals([places(9), places(10), places(20)], [[3, 2, 1], [3, 2], []]);
});
