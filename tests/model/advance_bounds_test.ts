import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import { assertEquals } from "../support/assert.ts";
import { ACCOUNT, MINUTE_MS, ONE_WEEK, replayOne, utc } from "../support/readings.ts";

const START = utc("2026-11-21 10:00");

Deno.test("a state counts what snapshots left out from the first part on", () => {
  const total = (parts: number) => {
    const dropped = Array.from({ length: parts }, () => ({ what: "tokens", why: "no number" }));
    return advance(emptyState(ACCOUNT), { account: ACCOUNT, at: START, readings: [], dropped }).state
      .droppedTotal;
  };
  assertEquals([0, 1, 2].map(total), [undefined, 1, 2]);
});

Deno.test("a past session is remembered only as long as a correction may follow", () => {
  const old = START + 3 * 24 * 60 * MINUTE_MS;
  const past = (...steps: readonly (readonly [minute: number, used: number, resetsAt: number])[]) =>
    replayOne(steps.map(([minute, used, resetsAt]) => ({
      window: ONE_WEEK,
      at: START + minute * MINUTE_MS,
      used,
      resetsAt,
    }))).state.sessions?.past.length;
  const two = [[0, 60, old], [1, 61, old], [60, 61, old], [61, 62, old]] as const;
  assertEquals(past(...two), 0);
  // An early reset that the next reading has to confirm.
  const next = START + 7 * 24 * 60 * MINUTE_MS + 62 * MINUTE_MS;
  assertEquals(past(...two, [62, 2, next]), 0);
  assertEquals(past(...two, [62, 2, next], [120, 9, next]), 1);
  // Moved on without a fall.
  assertEquals(past(...two, [62, 62, old + 24 * 60 * MINUTE_MS], [120, 63, old + 24 * 60 * MINUTE_MS]), 1);
});
