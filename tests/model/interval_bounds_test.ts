/** The learned interval at its bounds: how much is remembered, and when few readings are enough. */
import { addDistance, estimateInterval, measureDistances } from "../../lib/model/engine/interval.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS } from "../support/readings.ts";

const every = (minutes: number, times: number) => Array.from({ length: times }, () => minutes * MINUTE_MS);
const inMinutes = (ms: number | null) => ms === null ? null : ms / MINUTE_MS;
const intervalOf = (...minutes: readonly number[]) =>
  inMinutes(estimateInterval(minutes.map((one) => one * MINUTE_MS)));

Deno.test("the eighth reading of a new rhythm changes the interval, since sixteen are remembered", () => {
  const after = (readings: number) => {
    const distances = [...every(30, 40), ...every(1, readings)];
    const instants = distances.reduce((all, one) => [...all, all.at(-1)! + one], [0]);
    const kept = distances.reduce<readonly number[]>(addDistance, []);
    assertEquals(kept, distances.slice(-16));
    assertEquals(measureDistances(instants), kept);
    return inMinutes(estimateInterval(kept));
  };
  assertEquals([after(7), after(8)], [30, 1]);
  assertEquals([addDistance(undefined, 5), addDistance([5], 6)], [[5], [5, 6]]);
});

Deno.test("of four distances the usual one counts, of fewer the longest up to an hour", () => {
  assertEquals([intervalOf(1, 1, 60), intervalOf(1, 1, 1, 60)], [60, 1]);
  const hour = [MINUTE_MS, HOUR_MS];
  assertEquals([estimateInterval(hour), estimateInterval([MINUTE_MS, HOUR_MS + 1])], [HOUR_MS, MINUTE_MS]);
});

Deno.test("the usual one of five distances is the third", () => {
  assertEquals([intervalOf(30, 30, 1, 30, 1), intervalOf(30, 1, 1, 30, 1)], [30, 1]);
});
