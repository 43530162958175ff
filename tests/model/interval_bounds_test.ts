/** The learned interval at its bounds: how much is remembered, and when few readings are enough. */
import {
  addDistance,
  estimateInterval,
  idleMsFor,
  isGap,
  measureDistances,
} from "../../lib/model/engine/interval.ts";
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

Deno.test("an account is idle after one and a half intervals, of few distances the shortest, of one up to an hour", () => {
  const idle = (...minutes: readonly number[]) =>
    inMinutes(idleMsFor(10 * MINUTE_MS, minutes.map((one) => one * MINUTE_MS)));
  assertEquals([idle(), idle(60), idle(61)], [10, 90, 10]);
  assertEquals([idle(120, 90), idle(120, 90, 100), idle(30, 30, 30, 60)], [135, 135, 45]);
  // No part of a millisecond is lost, and no pause of days counts.
  assertEquals([idleMsFor(0, [7, 7, 7, 7]), idleMsFor(0, [1])], [11, 2]);
  assertEquals(idle(...Array.from({ length: 5 }, () => 3 * 24 * 60)), 36 * 60);
});

Deno.test("a pause of two and a half intervals is no gap, a longer one is", () => {
  const isPause = (last: number) => {
    const instants = [0, 1, 2, 3, 4, 5, 5 + last].map((minute) => minute * MINUTE_MS);
    const marks = instants.map((at) => ({ firstAt: at, lastAt: at, count: 1 }));
    return [0, 2 * MINUTE_MS, 3 * MINUTE_MS].map((leastMs) => isGap(marks, [5, 6], leastMs));
  };
  assertEquals([isPause(2.5), isPause(2.51), isPause(3)], [
    [false, false, false],
    [true, true, false],
    [true, true, false],
  ]);
});
