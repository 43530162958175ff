/** The learned interval at its bounds: how much is remembered, and when few readings are enough. */
import {
  accountIntervalMs,
  addDistance,
  estimateInterval,
  expectedMs,
  idleMsFor,
  isGap,
  measureDistances,
  recentMsFor,
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

Deno.test("distances of up to two and a half usual ones are regular, and two longer ones a new interval", () => {
  // Of sixteen, the longest two do not count unless they are the last and too long to be regular.
  const endsWith = (last: number) => inMinutes(estimateInterval([...every(2, 14), ...every(last, 2)]));
  assertEquals([endsWith(5), endsWith(5.1)], [2, 5.1]);
  // Three of seven are more than a tenth.
  const alternates = (other: number) => intervalOf(2, other, 2, other, 2, other, 2);
  assertEquals([alternates(5), alternates(5.1)], [5, 2]);
});

Deno.test("an account is idle after one and a half intervals, of few distances the shortest, of one up to an hour", () => {
  const idle = (...minutes: readonly number[]) =>
    inMinutes(idleMsFor(10 * MINUTE_MS, minutes.map((one) => one * MINUTE_MS)));
  assertEquals([idle(), idle(60), idle(61)], [10, 90, 10]);
  assertEquals([idle(120, 90), idle(120, 90, 100), idle(30, 30, 30, 60)], [135, 135, 45]);
  // Four reveal the usual one, three do not.
  assertEquals([idle(20, 30, 30), idle(20, 30, 30, 30)], [30, 45]);
  // An unknown interval adds nothing.
  assertEquals([idleMsFor(0, []), idleMsFor(0, [2 * HOUR_MS]), recentMsFor(0, null)], [0, 0, 0]);
  // No part of a millisecond is lost, and no pause of days counts.
  assertEquals([idleMsFor(0, [7, 7, 7, 7]), idleMsFor(0, [1])], [11, 2]);
  assertEquals(idle(...Array.from({ length: 5 }, () => 3 * 24 * 60)), 36 * 60);
});

Deno.test("a pause of two and a half intervals is no gap, a longer one is", () => {
  const isPause = (last: number) => {
    const instants = [0, 1, 2, 3, 4, 5, 5 + last].map((minute) => minute * MINUTE_MS);
    const marks = instants.map((at) => ({ firstAt: at, lastAt: at, count: 1 }));
    return [0, 2 * MINUTE_MS, 3 * MINUTE_MS].map((minMs) => isGap(marks, [5, 6], minMs));
  };
  assertEquals([isPause(2.5), isPause(2.51), isPause(3)], [
    [false, false, false],
    [true, true, false],
    [true, true, false],
  ]);
});

Deno.test("the readings inside a mark count as if they were evenly distributed", () => {
  const start = 1_000 * HOUR_MS;
  /** A pause after an hour, and then some readings within some minutes. */
  const isPause = (
    pause: number,
    { count, within }: { count: number; within: number },
    known = [HOUR_MS],
  ) => {
    const last = start + within * MINUTE_MS;
    const next = last + pause * MINUTE_MS;
    const marks = [{ firstAt: start, lastAt: last, count }, { firstAt: next, lastAt: next, count: 1 }];
    return isGap(marks, [0, 1], 5 * MINUTE_MS, known);
  };
  // Two distances of two minutes are too few to make the hour an exception, three are not.
  assertEquals([3, 4].map((count) => isPause(100, { count, within: 2 * (count - 1) })), [false, true]);
  // Of the half hour between three readings and of the hour between two, two and a half are no gap yet.
  assertEquals([75, 76].map((pause) => isPause(pause, { count: 3, within: 60 }, [])), [false, true]);
  assertEquals([150, 151].map((pause) => isPause(pause, { count: 2, within: 60 }, [])), [false, true]);
});

Deno.test("half-hourly readings after a pause show whether it is a gap", () => {
  const isPause = (pause: number) => {
    const marks = [0, pause, pause + 30, pause + 60, pause + 90].map((minute) => ({
      firstAt: minute * MINUTE_MS,
      lastAt: minute * MINUTE_MS,
      count: 1,
    }));
    return isGap(marks, [0, 1], 5 * MINUTE_MS);
  };
  assertEquals([75, 76].map(isPause), [false, true]);
});

Deno.test("the readings inside the mark after a pause count once", () => {
  const hours = (first: number, last: number, count: number) => ({
    firstAt: first * HOUR_MS,
    lastAt: last * HOUR_MS,
    count,
  });
  // After three hours and before eight, nine are a gap: the interval may be three.
  assertEquals(isGap([hours(0, 3, 2), hours(12, 20, 2)], [0, 1], HOUR_MS), true);
  assertEquals(isGap([hours(0, 4, 2), hours(13, 21, 2)], [0, 1], HOUR_MS), false);
});

Deno.test("a reading without figures counts for the interval as well", () => {
  const marks = [0, 8, 9].map((hour) => ({ firstAt: hour * HOUR_MS, lastAt: hour * HOUR_MS, count: 1 }));
  assertEquals(isGap(marks, [0, 2], HOUR_MS), true);
});

Deno.test("an account is read as often as its most frequent quota, a quota as often as itself", () => {
  const planned = (minutes: number) => ({
    kind: "ok" as const,
    at: 0,
    nextAt: minutes * MINUTE_MS,
    nextReason: "interval",
  });
  const [often, rarely] = [every(5, 6), every(30, 6)];
  const account = {
    at: HOUR_MS,
    quotas: {
      rarely: { at: HOUR_MS, distances: rarely },
      often: { at: HOUR_MS, distances: often },
      // No longer read.
      gone: { at: HOUR_MS - 1, distances: every(1, 6) },
    },
  };
  const bothOf = (plan: number) => [
    inMinutes(accountIntervalMs(account, planned(plan))),
    inMinutes(expectedMs({ distances: rarely }, planned(plan))),
  ];
  assertEquals([bothOf(1), bothOf(10), bothOf(60)], [[5, 30], [10, 30], [60, 60]]);
});
