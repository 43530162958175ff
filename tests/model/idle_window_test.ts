/** A window that begins with its first use is idle until then, and its cycle is no longer than the window. */
import fc from "fast-check";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import { hasPassedUnused } from "../../lib/model/engine/idle_window.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, reading, replayOne, utc } from "../support/readings.ts";

const START = utc("2026-11-21 00:00");
const WINDOW_MS = 5 * HOUR_MS;

/** Read at intervals; use begins at `useAt` and continues for three hours. Unused, the reset moves along or is missing. */
function readThrough(everyMin: number, useAt: number, slides: boolean) {
  const readings = [];
  for (let at = START; at <= START + 36 * HOUR_MS; at += everyMin * MINUTE_MS) {
    const isUsed = at > useAt && at < useAt + WINDOW_MS;
    readings.push({
      at,
      used: isUsed ? Math.min(30, 1 + Math.floor((at - useAt) / (6 * MINUTE_MS))) : 0,
      resetsAt: isUsed ? useAt + WINDOW_MS : slides ? at + WINDOW_MS : null,
    });
  }
  return replayOne(readings);
}

Deno.test("a cycle begins with the first use of its window, and ends with it", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 5, 30),
      fc.integer({ min: 60, max: 25 * 60 }),
      fc.boolean(),
      (everyMin, useMinute, slides) => {
        const useAt = START + useMinute * MINUTE_MS;
        const { cycles, entries } = readThrough(everyMin, useAt, slides);
        const used = cycles.filter(({ consumed }) => consumed > 0);
        assertEquals(used.length, 1);
        const [cycle] = used;
        assert(
          Math.abs(cycle!.startedAt - useAt) <= everyMin * MINUTE_MS,
          `began ${cycle!.startedAt - useAt}`,
        );
        assert(
          cycle!.whole && cycle!.endedAt !== null &&
            cycle!.endedAt - cycle!.startedAt <= WINDOW_MS + MINUTE_MS,
        );
        const sum = (all: readonly { readonly consumed: number }[]) =>
          all.reduce((total, one) => total + one.consumed, 0);
        assertEquals(sum(cycles), sum(entries));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a calendar window that is not used at once began when it was reset", () => {
  const resetsAt = START + 7 * 24 * HOUR_MS;
  const window = { kind: "fixed", seconds: 7 * 86_400 } as const;
  const { cycles } = replayOne([0, 0, 0, 5].map((used, day) => ({
    window,
    at: START + day * 24 * HOUR_MS,
    used,
    resetsAt,
  })));
  assertEquals(cycles.map(({ startedAt, consumed }) => [startedAt, consumed]), [[START, 5]]);
});

Deno.test("a window that passed unused without readings is no cycle, and the next one begins with its use", () => {
  const at = (hours: number) => START + hours * HOUR_MS;
  const idle = { at: START, used: 0, resetsAt: at(5) };
  const kept = replayOne([
    idle,
    // Eight hours later it has been used for an hour.
    { at: at(8), used: 4, resetsAt: at(12) },
    { at: at(9), used: 6, resetsAt: at(12) },
  ]);
  assertEquals(
    kept.cycles.map(({ startedAt, endedAt, consumed, whole }) => [startedAt, endedAt, consumed, whole]),
    [
      [at(7), null, 6, true],
    ],
  );
  assertEquals(kept.entries.map(({ consumed, reset }) => [consumed, reset]), [[0, false], [4, false], [
    2,
    false,
  ]]);
  // Still unused, with another reset or none: it continues to wait.
  for (const resetsAt of [at(13), null]) {
    const later = replayOne([idle, { at: at(8), used: 0, resetsAt }, {
      at: at(20),
      used: 3,
      resetsAt: at(24),
    }]);
    assertEquals(later.cycles.map(({ startedAt, endedAt, consumed }) => [startedAt, endedAt, consumed]), [
      [at(19), null, 3],
    ]);
  }
  // The used cycle ends as before.
  const used = replayOne([{ ...idle, used: 1 }, { at: at(8), used: 4, resetsAt: at(12) }]);
  assertEquals(used.cycles.map(({ endedAt, consumed }) => [endedAt, consumed]), [[at(5), 0], [null, 4]]);
});

Deno.test("a window with the least use did not pass unused: its cycle ends", () => {
  const at = (hours: number) => START + hours * HOUR_MS;
  for (const bit of [0.2, 1]) {
    const { cycles } = replayOne([
      { at: at(0), used: 0, resetsAt: at(5) },
      { at: at(1), used: bit, resetsAt: at(5) },
      { at: at(2), used: 0, resetsAt: at(5) },
      { at: at(9), used: 4, resetsAt: at(13) },
    ]);
    assertEquals(cycles.map(({ endedAt, peak }) => [endedAt, peak]), [[at(5), bit], [null, 4]], `${bit}`);
  }
});

Deno.test("a window with only a stated remainder did not pass unused if some of it was taken", () => {
  const at = (hours: number) => START + hours * HOUR_MS;
  const left = (hour: number, remaining: number, reset: number) => ({
    at: at(hour),
    used: null,
    limit: 100,
    remaining,
    resetsAt: at(reset),
  });
  const { cycles } = replayOne([left(0, 100, 5), left(1, 99.5, 5), left(2, 100, 5), left(9, 96, 13)]);
  assertEquals(cycles.map(({ endedAt, consumed }) => [endedAt, consumed]), [[at(5), 0.5], [null, 4]]);
});

Deno.test("hasPassedUnused() is true for cycles without seen use and consumption", () => {
  const passed = (fields: Partial<Cycle>, used = 0, after = 0) =>
    hasPassedUnused(
      { startedAt: START, resetsAt: null, consumed: 0, peak: 0, ...fields } as Cycle,
      { reading: reading({ used, resetsAt: null }), at: START + HOUR_MS },
      reading({ used: after, resetsAt: START + 9 * HOUR_MS }),
      START + 5 * HOUR_MS,
    );
  assertEquals([passed({}), passed({ peak: null }), passed({}, 0, 3)], [true, true, true]);
  assertEquals([passed({ consumed: 0.5 }), passed({ peak: 0.5 }), passed({}, 0.5)], [false, false, false]);
});

Deno.test("a window begins with its first use also while the vendor may go back to an earlier reset, and not if it does", () => {
  const at = (time: string) => utc(`2026-11-21 ${time}`);
  // Unused, the window of 10:00 to 15:00 gives way to one that waits for its first use.
  const waiting = [
    { at: at("12:00"), used: 0, resetsAt: at("15:00") },
    { at: at("12:10"), used: 0, resetsAt: at("17:10") },
    { at: at("12:20"), used: 0, resetsAt: at("17:20") },
    { at: at("12:30"), used: 2, resetsAt: at("17:25") },
  ];
  const facts = (cycles: readonly Cycle[]) =>
    cycles.map(({ startedAt, endedAt, consumed, peak }) => [startedAt, endedAt, consumed, peak]);
  const used = replayOne([...waiting, { at: at("12:40"), used: 5, resetsAt: at("17:25") }]);
  assertEquals(facts(used.cycles), [[at("12:25"), null, 5, 5]]);
  const reverted = replayOne([
    ...waiting,
    { at: at("12:40"), used: 0, resetsAt: at("15:00") },
    { at: at("12:50"), used: 1, resetsAt: at("15:00") },
  ]);
  assertEquals(facts(reverted.cycles), [[at("12:00"), null, 1, 1]]);
  assertEquals(reverted.entries.reduce((sum, { consumed }) => sum + consumed, 0), 1);
});
