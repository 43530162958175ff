/** Ledger, cycles, buckets and sessions have the same sum, whatever vendors state. */
import { DAY, FIVE_MINUTES, HOUR } from "../../lib/model/engine/bucket.ts";
import type { Reading } from "../../lib/model/quota.ts";
import fc from "fast-check";
import { assertEquals } from "../support/assert.ts";
import {
  BALANCE,
  DAY_MS,
  type FakePoll,
  FIVE_HOURS,
  HOUR_MS,
  MINUTE_MS,
  MONTHLY,
  ONE_WEEK,
  reading,
  replay,
  replayOne,
  ROLLING,
  utc,
} from "../support/readings.ts";

const START = utc("2026-09-09");
const sum = (parts: readonly { readonly consumed: number }[]) =>
  parts.reduce((total, { consumed }) => total + consumed, 0);

/** The use of a quota by the ledger, the cycles, the buckets of each length and the sessions. */
function sumsOf(polls: readonly FakePoll[], quota: string): readonly number[] {
  const { entries, cycles, buckets, sessions } = replay(polls);
  return [
    sum(entries.get(quota) ?? []),
    sum(cycles.get(quota) ?? []),
    ...[FIVE_MINUTES, HOUR, DAY].map((step) =>
      sum((buckets.get(quota) ?? []).filter((bucket) => bucket.step === step))
    ),
    sum(sessions.flatMap(({ quotas }) => quotas.filter((part) => part.quota === quota))),
  ].map((total) => Math.round(total * 1e6) / 1e6);
}

Deno.test("a reset missing in the middle of an early reset counts nothing twice", () => {
  const OLD = utc("2026-09-13 04:00");
  const NEW = utc("2026-09-14 10:00");
  const weekly = { quota: "weekly", unit: "percent", window: ONE_WEEK, limit: 100 } as const;
  const kept = replayOne([
    { ...weekly, at: START, used: 4, resetsAt: OLD },
    { ...weekly, at: START + 1 * MINUTE_MS, used: 0, resetsAt: NEW },
    { ...weekly, at: START + 2 * MINUTE_MS, used: 3, resetsAt: NEW },
    { ...weekly, at: START + 3 * MINUTE_MS, used: 30, resetsAt: null },
    { ...weekly, at: START + 4 * MINUTE_MS, used: 33, resetsAt: NEW },
  ]);
  assertEquals(kept.entries.map(({ consumed, reset }) => [consumed, reset]), [
    [0, false],
    [0, true],
    [3, false],
    [27, false],
    [3, false],
  ]);
  assertEquals(kept.cycles.map(({ endedAt, peak, consumed }) => [endedAt, peak, consumed]), [
    [START + MINUTE_MS, 4, 0],
    [null, 33, 33],
  ]);
  assertEquals(sum(kept.sessions.flatMap(({ quotas }) => quotas)), 33);
});

Deno.test("use that became known late stays in its own session when later readings are reverted", () => {
  const OLD = utc("2026-09-13 04:00");
  const NEW = utc("2026-09-14 10:00");
  const LATER = utc("2026-09-16 10:05");
  const weekly = { quota: "weekly", unit: "percent", window: ONE_WEEK, limit: 100 } as const;
  const kept = replayOne([
    { ...weekly, at: START, used: 60, resetsAt: OLD },
    { ...weekly, at: START + 1 * MINUTE_MS, used: 3, resetsAt: NEW },
    { ...weekly, at: START + 2 * MINUTE_MS, used: 0, resetsAt: NEW },
    // Long enough after the first use for a separate session.
    { ...weekly, at: START + 15 * MINUTE_MS, used: 30, resetsAt: LATER },
    { ...weekly, at: START + 16 * MINUTE_MS, used: 60, resetsAt: NEW },
    { ...weekly, at: START + 17 * MINUTE_MS, used: 0, resetsAt: LATER },
  ]);
  assertEquals(kept.entries.map(({ consumed }) => consumed), [0, 3, 0, 27, 0, 0]);
  assertEquals(kept.sessions.map(({ quotas }) => sum(quotas)), [3, 27]);
});

Deno.test("use that became known during a later session does not replace an earlier one", () => {
  const chat = { quota: "chat" } as const;
  const search = { quota: "search" } as const;
  const polls: readonly FakePoll[] = [
    { at: START, readings: [reading({ ...chat, used: 0 }), reading({ ...search, used: 90 })] },
    // An unannounced fall is pending until search is read again.
    { at: START + MINUTE_MS, readings: [reading({ ...chat, used: 60 }), reading({ ...search, used: 3 })] },
    { at: START + 6 * HOUR_MS, readings: [reading({ ...chat, used: 70 })] },
    { at: START + 7 * HOUR_MS, readings: [reading({ ...chat, used: 70 }), reading({ ...search, used: 4 })] },
  ];
  assertEquals(sumsOf(polls, "chat"), [70, 70, 70, 70, 70, 70]);
  assertEquals(sumsOf(polls, "search"), [4, 4, 4, 4, 4, 4]);
});

Deno.test("a cycle that began with a first use is removed when that use is reverted", () => {
  const OLD = utc("2026-09-12");
  const weekly = { quota: "weekly", unit: "percent", window: ONE_WEEK, limit: 100 } as const;
  const used = START + 9 * HOUR_MS;
  const kept = replayOne([
    { ...weekly, at: START, used: 0, resetsAt: OLD },
    { ...weekly, at: used, used: 97, resetsAt: used + 7 * DAY_MS },
    { ...weekly, at: used + MINUTE_MS, used: 0, resetsAt: OLD },
  ]);
  assertEquals(kept.cycles.map(({ startedAt, endedAt, consumed }) => [startedAt, endedAt, consumed]), [
    [START, null, 0],
  ]);
  assertEquals(kept.entries.map(({ consumed, reset }) => [consumed, reset]), [[0, false], [0, false], [
    0,
    false,
  ]]);
});

const WINDOWS = [FIVE_HOURS, ONE_WEEK, MONTHLY, ROLLING, BALANCE];
const AMOUNTS = [0, 1, 2, 3, 4, 9, 30, 33, 50, 60, 97, 100, 130];
/** The stated resets: past, due soon, far away, or missing. */
const RESETS = [
  null,
  0,
  20 * MINUTE_MS,
  5 * HOUR_MS,
  30 * HOUR_MS,
  3 * DAY_MS,
  7 * DAY_MS,
  8 * DAY_MS,
  31 * DAY_MS,
];

interface Told {
  readonly amount: number | null;
  readonly left: boolean | null;
  readonly reset: number | null;
  readonly sliding: boolean;
}

const told: fc.Arbitrary<Told> = fc.record({
  amount: fc.option(fc.constantFrom(...AMOUNTS), { freq: 12 }),
  left: fc.constantFrom(false, false, false, true, null),
  reset: fc.constantFrom(...RESETS),
  sliding: fc.boolean(),
});

const poll = fc.record({
  minutes: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 20 }) },
    { weight: 2, arbitrary: fc.integer({ min: 21, max: 400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 401, max: 6000 }) },
  ),
  plan: fc.constantFrom("pro", "pro", "pro", "pro", "Pro", "max", ""),
  first: told,
  second: fc.option(told, { freq: 4 }),
  limit: fc.constantFrom(100, 100, 100, 100, 100, 200, null),
  source: fc.constantFrom("", "", "", "status line"),
});

Deno.test("whatever is stated about two quotas, all sums agree after every poll", () => {
  fc.assert(fc.property(
    fc.array(poll, { minLength: 1, maxLength: 20 }),
    fc.constantFrom(...WINDOWS),
    fc.constantFrom(...WINDOWS),
    (steps, firstWindow, secondWindow) => {
      let at = START;
      const polls = steps.map(({ minutes, plan, first, second, limit, source }): FakePoll => {
        at += minutes * MINUTE_MS;
        const one = (quota: string, window: Reading["window"], { amount, left, reset, sliding }: Told) =>
          reading({
            quota,
            unit: "percent",
            window,
            limit,
            used: left === true ? null : amount,
            remaining: left === false || amount === null ? null : 130 - amount,
            resetsAt: reset === null ? null : sliding ? at + reset : START + reset,
            ...source !== "" && { source },
          });
        return {
          at,
          ...plan !== "" && { plan },
          readings: [
            one("first", firstWindow, first),
            ...second ? [one("second", secondWindow, second)] : [],
          ],
        };
      });
      for (let length = 1; length <= polls.length; length++) {
        for (const quota of ["first", "second"]) {
          const [ledger = 0, ...others] = sumsOf(polls.slice(0, length), quota);
          assertEquals(others, others.map(() => ledger), `${quota} after ${length} polls`);
        }
      }
    },
  ));
});

Deno.test("what a new window under a new plan already contains is not counted", () => {
  const first = START + 5 * HOUR_MS;
  const polls: readonly FakePoll[] = [
    { at: START + 4 * HOUR_MS, plan: "pro", readings: [reading({ used: 50, resetsAt: first })] },
    // The previous window has ended, and the reading is a share of another total.
    { at: first + HOUR_MS, plan: "max", readings: [reading({ used: 20, resetsAt: first + 5 * HOUR_MS })] },
    {
      at: first + 2 * HOUR_MS,
      plan: "max",
      readings: [reading({ used: 23, resetsAt: first + 5 * HOUR_MS })],
    },
  ];
  const { entries, cycles } = replay(polls);
  assertEquals(entries.get("five-hour")?.map(({ consumed, reset }) => [consumed, reset]), [
    [0, false],
    [0, true],
    [3, false],
  ]);
  assertEquals(cycles.get("five-hour")?.map(({ consumed, peak }) => [consumed, peak]), [[0, 50], [3, 23]]);
});
