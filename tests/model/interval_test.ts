/** The reading interval is learned from the readings, so that a history means the same wherever it is viewed. */
import fc from "fast-check";
import {
  accountIntervalMs,
  addDistance,
  estimateInterval,
  expectedMs,
  idleMsFor,
  isGap,
  MAX_DISTANCES,
  measureDistances,
  recentMsFor,
  staleAfterMs,
} from "../../lib/model/engine/interval.ts";
import { DEFAULT_RULES } from "../../lib/model/engine/state.ts";
import { pointsFromReadings } from "../../lib/model/history/history.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, reading, replay, replayOne, utc } from "../support/readings.ts";

const START = utc("2026-11-21 00:00");
const minutes = (...distances: readonly number[]) => distances.map((one) => one * MINUTE_MS);
const every = (minute: number, times: number) => Array.from({ length: times }, () => minute);
const inMinutes = (ms: number | null) => ms === null ? null : ms / MINUTE_MS;

Deno.test("two hours after two readings a minute apart are a gap, even without later readings", () => {
  const marks = [0, 1, 121].map((minute) => ({
    firstAt: minute * MINUTE_MS,
    lastAt: minute * MINUTE_MS,
    count: 1,
  }));
  assertEquals(isGap(marks, [1, 2], 5 * MINUTE_MS), true);
  // Readings that were always two hours apart have no gap.
  const seldom = [0, 120, 240].map((minute) => ({
    ...marks[0]!,
    firstAt: minute * MINUTE_MS,
    lastAt: minute * MINUTE_MS,
  }));
  assertEquals(isGap(seldom, [1, 2], 5 * MINUTE_MS), false);
});

Deno.test("the intervals before the first mark decide whether an hour after it is a gap", () => {
  const marks = [0, 60].map((minute) => ({
    firstAt: minute * MINUTE_MS,
    lastAt: minute * MINUTE_MS,
    count: 1,
  }));
  const after = (minutes: number) =>
    isGap(marks, [0, 1], 5 * MINUTE_MS, Array.from({ length: 10 }, () => minutes * MINUTE_MS));
  assertEquals([1, 5, 30, 60].map(after), [true, true, false, false]);
});

Deno.test("two half hours after minutes already show that an hour is no gap", () => {
  const minutes = [...Array.from({ length: 11 }, (_, minute) => minute), 40, 70, 130];
  const marks = minutes.map((minute) => ({
    firstAt: minute * MINUTE_MS,
    lastAt: minute * MINUTE_MS,
    count: 1,
  }));
  const last = marks.length - 1;
  assertEquals(isGap(marks, [last - 1, last], 5 * MINUTE_MS), false);
});

Deno.test("the interval is the most common distance, and a night does not count", () => {
  const cases: readonly (readonly [distances: readonly number[], interval: number | null])[] = [
    [[], null],
    [[30], 30],
    [[480], null],
    [[1, 480], 1],
    [[1440, 1440], 1440],
    [every(1, 16), 1],
    [[...every(1, 8), 480, ...every(1, 7)], 1],
    [[...every(30, 8), 570, ...every(30, 7)], 30],
    // One or some lost polls are no gap either.
    [[...every(30, 10), 60, 30, 60, 30], 30],
    // Now and then by hand.
    [[30, 30, 12, 18, 30, 30, 2, 28], 30],
    // From a server to a timer: the second long wait in a row is no gap any more.
    [[...every(1, 15), 30], 1],
    [[...every(1, 14), 30, 30], 30],
    [[...every(1, 14), 30, 60], 30],
    // And back: after half of the stored distances.
    [[...every(30, 9), ...every(1, 7)], 30],
    [[...every(30, 7), ...every(1, 9)], 1],
  ];
  for (const [distances, interval] of cases) {
    assertEquals(inMinutes(estimateInterval(minutes(...distances))), interval, distances.join(" "));
  }
});

Deno.test("with irregular readings, the interval is nearly the longest distance between them", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 10, max: 24 }), { minLength: 16, maxLength: 16 }),
    (distances) => {
      const interval = estimateInterval(minutes(...distances))!;
      assert(interval <= Math.max(...distances) * MINUTE_MS);
      assert(distances.filter((one) => one * MINUTE_MS > interval).length <= 2);
    },
  ));
});

Deno.test("the stored distances are bounded and give the same result as the last readings", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 1e9 }), { maxLength: 40 }), (distances) => {
    let remembered: readonly number[] | undefined;
    let at = START;
    const instants = [at];
    for (const distance of distances) {
      instants.push(at += distance);
      remembered = addDistance(remembered, distance);
    }
    assert((remembered ?? []).length <= MAX_DISTANCES);
    assertEquals(remembered ?? [], measureDistances(instants));
    const interval = estimateInterval(remembered ?? []);
    assert(interval === null || interval > 0 && interval <= 24 * HOUR_MS);
  }));
});

Deno.test("recent period and idle time grow with the interval, and are never shorter than their settings", () => {
  const { recentMs, idleMs } = DEFAULT_RULES;
  assertEquals([recentMsFor(recentMs, null), recentMsFor(recentMs, MINUTE_MS)], [recentMs, recentMs]);
  assertEquals(recentMsFor(recentMs, 2 * HOUR_MS), 5 * HOUR_MS);
  assertEquals(idleMsFor(idleMs, minutes(...every(1, 9))), idleMs);
  assertEquals(idleMsFor(idleMs, minutes(...every(30, 9))), 45 * MINUTE_MS);
  assertEquals(idleMsFor(idleMs, minutes(480)), idleMs);
});

Deno.test("an account is stale depending on how often it was read, or was planned to be read", () => {
  const stateEvery = (minute: number) =>
    replayOne(Array.from({ length: 9 }, (_, i) => ({ at: START + i * minute * MINUTE_MS, used: i }))).state;
  const outcome = (nextReason: string, minute: number) => ({
    kind: "ok" as const,
    at: START,
    nextAt: START + minute * MINUTE_MS,
    nextReason,
  });
  const cases = [
    [1, "interval", 1, 1],
    // A system timer, with the settings of a server.
    [30, "interval", 1, 30],
    // The interval was just set longer.
    [1, "interval", 30, 30],
    [1, "cron", 15 * 60, 15 * 60],
    // A poll after the reset that comes before the regular one.
    [60, "reset", 200, 200],
    // Reasons unrelated to the interval.
    [1, "retry-after", 200, 1],
    [1, "fed", 30, 10],
    [1, "fed-waiting", 600, 1],
  ] as const;
  for (const [read, reason, planned, expected] of cases) {
    const interval = accountIntervalMs(stateEvery(read), outcome(reason, planned));
    assertEquals([read, reason, planned, inMinutes(interval)], [read, reason, planned, expected]);
  }
  const unread = { at: null, quotas: {} };
  assertEquals(inMinutes(accountIntervalMs(unread, outcome("reset", 200))), 200);
  assertEquals(accountIntervalMs(unread, outcome("retry-after", 200)), 0);
  for (
    const none of [null, { ...outcome("interval", 5), kind: "auth" as const }, {
      ...outcome("interval", 5),
      nextAt: null,
    }]
  ) {
    assertEquals([accountIntervalMs(unread, none), expectedMs({}, none)], [0, 0]);
  }
  assertEquals(accountIntervalMs(unread, outcome("interval", -1)), 0);
  assertEquals(accountIntervalMs(unread, outcome("interval", 5)), 5 * MINUTE_MS);
  assert(staleAfterMs(30 * MINUTE_MS) > 40 * MINUTE_MS && staleAfterMs(MINUTE_MS) < 40 * MINUTE_MS);
});

Deno.test("a gap is judged by the intervals before and after it, not by the current one", () => {
  const gapsOf = (distances: readonly number[]) => {
    let at = 0;
    const marks = [0, ...distances].map((distance) => {
      at += distance * MINUTE_MS;
      return { firstAt: at, lastAt: at, count: 1 };
    });
    return distances.flatMap((distance, i) => isGap(marks, [i, i + 1], 5 * MINUTE_MS) ? [distance] : []);
  };
  assertEquals(gapsOf([...every(30, 20), ...every(1, 40)]), []);
  assertEquals(gapsOf([...every(1, 40), ...every(30, 20)]), []);
  assertEquals(gapsOf([...every(1, 40), 30, ...every(1, 40)]), [30]);
  assertEquals(gapsOf([...every(30, 20), 480, ...every(30, 20)]), [480]);
  assertEquals(gapsOf([...every(30, 20), 60, ...every(30, 20)]), []);
  assertEquals(gapsOf([30]), []);
  assertEquals(gapsOf([30, 30]), []);
  assertEquals(gapsOf([1440, 1440, 1440]), []);
});

Deno.test("buckets with many and with few readings are distinguished by their counts", () => {
  const bucket = (start: number, count: number) => ({
    firstAt: start * HOUR_MS,
    lastAt: start * HOUR_MS + (count === 1 ? 0 : 59 * MINUTE_MS),
    count,
  });
  const dense = [0, 1, 2, 5, 6, 7].map((hour) => bucket(hour, 60));
  const rare = [0, 3, 6, 9, 12, 15].map((hour) => bucket(hour, 1));
  const gaps = (marks: typeof dense) =>
    marks.slice(1).flatMap((_, i) => isGap(marks, [i, i + 1], 75 * MINUTE_MS) ? [i] : []);
  assertEquals(gaps(dense), [2]);
  assertEquals(gaps(rare), []);
});

/** Periods of work in a day, in minutes, with at least three hours between them. */
const patternArbitrary = fc.array(
  fc.record({ rest: fc.integer({ min: 180, max: 400 }), work: fc.integer({ min: 60, max: 300 }) }),
  { minLength: 1, maxLength: 4 },
).map((parts) => {
  let minute = 0;
  return parts.map(({ rest, work }) => {
    const from = minute + rest;
    minute = from + work;
    return [from, minute] as const;
  });
});

/** Minutes with a reading, up to `end`. */
const READ: Readonly<Record<string, fc.Arbitrary<(end: number) => readonly number[]>>> = {
  "each minute": fc.constant((end) => Array.from({ length: end }, (_, minute) => minute)),
  "each half hour": fc.integer({ min: 0, max: 29 })
    .map((first) => (end: number) => every(30, Math.floor((end - first) / 30)).map((_, i) => first + i * 30)),
  // Without a bias: sixteen distances of eight minutes and then half an hour are a gap, not irregular readings.
  "at odd instants": fc.infiniteStream(fc.noBias(fc.integer({ min: 8, max: 30 }))).map(
    (waits) => (end: number) => {
      const instants = [0];
      while (instants.at(-1)! < end) instants.push(instants.at(-1)! + waits.next().value!);
      return instants;
    },
  ),
};

for (const [name, readArbitrary] of Object.entries(READ)) {
  Deno.test(`readings ${name} give the periods of use, within one interval`, () => {
    fc.assert(
      fc.property(patternArbitrary, readArbitrary, (pattern, read) => {
        const usedAt = (minute: number) =>
          pattern.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(minute, to) - from), 0);
        const instants = read(pattern.at(-1)![1] + 400);
        const { sessions } = replay(instants.map((minute) => ({
          at: START + minute * MINUTE_MS,
          readings: [reading({ limit: 10_000, used: usedAt(minute) })],
        })));
        const waits = instants.slice(1).map((minute, i) => minute - instants[i]!);
        const slack = Math.max(...waits);
        const found = sessions.map(({ startedAt, lastRiseAt }) =>
          [startedAt, lastRiseAt].map((at) => (at - START) / MINUTE_MS)
        );
        assertEquals(found.length, pattern.length, JSON.stringify({ found, pattern }));
        for (const [place, [from, to]] of pattern.entries()) {
          const [start, end] = found[place]!;
          assert(Math.abs(start! - from) <= slack && Math.abs(end! - to) <= slack, `${found} for ${pattern}`);
        }
      }),
      { numRuns: 40 },
    );
  });
}

Deno.test("changing from a timer to a server and back splits no session except at the change", () => {
  const instants = [...every(30, 12), ...every(1, 120), ...every(30, 12)].reduce<number[]>(
    (all, wait) => [...all, (all.at(-1) ?? 0) + wait],
    [],
  );
  const { sessions, entries } = replay(instants.map((minute) => ({
    at: START + minute * MINUTE_MS,
    readings: [reading({ limit: 10_000, used: minute })],
  })));
  assertEquals(sessions.length, 2);
  const line = entries.get("five-hour")!.map(({ at }) => ({ at, used: 1, limit: 10 }));
  assert(pointsFromReadings(line, 5 * MINUTE_MS).every(([, share]) => share !== null));
});
