import { type AccountState, advance, emptyState } from "../../lib/model/engine/advance.ts";
import { DAY, FIVE_MINUTES, HOUR } from "../../lib/model/engine/bucket.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import fc from "fast-check";
import { assert, assertEquals } from "../support/assert.ts";
import {
  ACCOUNT,
  HOUR_MS,
  MINUTE_MS,
  ONE_HOUR,
  ONE_WEEK,
  reading,
  replay,
  replayOne,
  utc,
} from "../support/readings.ts";

interface History {
  readonly name: string;
  readonly polls: readonly (readonly [at: string, used: number, resetsAt: string | null])[];
  readonly consumed: number;
  readonly peak: number;
  /** First and last time of each session. */
  readonly uses: readonly (readonly [string, string])[];
}

const FIXTURE: { readonly window: Window; readonly limit: number; readonly histories: readonly History[] } =
  JSON.parse(
    Deno.readTextFileSync(new URL("../fixtures/model/false_reset_2026-09-09.json", import.meta.url)),
  );

const weekly = { quota: "weekly", unit: "percent", window: ONE_WEEK, limit: 100 } as const;
const sum = (parts: readonly { readonly consumed: number }[]) =>
  parts.reduce((total, { consumed }) => total + consumed, 0);

for (const { name, polls, consumed, peak, uses } of FIXTURE.histories) {
  Deno.test(`the false reset of 9 September 2026 leaves no trace: ${name}`, () => {
    const kept = replayOne(polls.map(([at, used, resetsAt]) => ({
      ...weekly,
      window: FIXTURE.window,
      limit: FIXTURE.limit,
      at: Date.parse(at),
      used,
      resetsAt: resetsAt === null ? null : Date.parse(resetsAt),
    })));
    assertEquals(kept.entries.filter((entry) => entry.reset).length, 0);
    assertEquals(sum(kept.entries), consumed);
    for (const step of [FIVE_MINUTES, HOUR, DAY]) {
      const buckets = kept.buckets.filter((bucket) => bucket.step === step);
      assertEquals([sum(buckets), buckets.reduce((n, { resets }) => n + resets, 0)], [consumed, 0]);
    }
    const [cycle, ...others] = kept.cycles;
    assertEquals(others, []);
    assertEquals([cycle?.endedAt, cycle?.endedBy, cycle?.consumed], [null, [], consumed]);
    assertEquals([cycle?.peak, cycle?.count], [peak, polls.length]);
    assertEquals(Math.abs((cycle?.resetsAt ?? 0) - utc("2026-09-14 10:00")) < 10_000, true);
    assertEquals(sum(kept.sessions.flatMap(({ quotas }) => quotas)), consumed);
    assertEquals(
      kept.sessions.map(({ startedAt, lastRiseAt }) => [startedAt, lastRiseAt]),
      uses.map((times) => times.map((time) => Date.parse(time))),
    );
    const recent = Object.values(kept.state.quotas)[0]?.recent ?? [];
    assertEquals(sum(recent) <= consumed, true, "Nor does the burn rate know of it");
  });
}

const on = (time: string) => utc(`2026-09-09 ${time}`);
const OLD = utc("2026-09-14 10:00");
const NEW = utc("2026-09-16 10:05");

Deno.test("while an early reset is pending, nothing has happened yet", () => {
  const held = replayOne([
    { ...weekly, at: on("10:00"), used: 60, resetsAt: OLD },
    { ...weekly, at: on("10:05"), used: 2, resetsAt: NEW },
  ]);
  assertEquals(held.cycles.map(({ endedAt, peak, count, resetsAt }) => [endedAt, peak, count, resetsAt]), [
    [null, 60, 2, OLD],
  ]);
  assertEquals(held.entries.map(({ consumed, reset }) => [consumed, reset]), [[0, false], [0, false]]);
  assertEquals(held.state.quotas.weekly?.reading.used, 2, "What was read is shown all the same");
});

Deno.test("a confirmed early reset counts fully from the reading that showed it first", () => {
  const kept = replayOne([
    { ...weekly, at: on("09:55"), used: 59, resetsAt: OLD },
    { ...weekly, at: on("10:00"), used: 60, resetsAt: OLD },
    { ...weekly, at: on("10:07"), used: 2, resetsAt: NEW },
    { ...weekly, at: on("10:13"), used: 5, resetsAt: NEW },
  ]);
  assertEquals(kept.entries.map(({ consumed, reset }) => [consumed, reset]), [
    [0, false],
    [1, false],
    [2, true],
    [3, false],
  ]);
  const [old, open] = kept.cycles;
  assertEquals([old?.endedAt, old?.peak, old?.consumed, old?.count], [on("10:07"), 60, 1, 2]);
  assertEquals([open?.startedAt, open?.peak, open?.consumed, open?.count, open?.whole], [
    on("10:07"),
    5,
    5,
    2,
    true,
  ]);
  const short = kept.buckets.filter(({ step }) => step === FIVE_MINUTES);
  assertEquals(short.map(({ consumed, resets }) => [consumed, resets]), [[0, 0], [1, 0], [2, 1], [3, 0]]);
  assertEquals(
    kept.sessions.map(({ startedAt, lastRiseAt, readings, quotas }) => [
      startedAt,
      lastRiseAt,
      readings,
      quotas[0]?.consumed,
    ]),
    [[on("09:55"), on("10:13"), 3, 6]],
  );
});

Deno.test("a consistent early reset is confirmed a day later", () => {
  const before = [
    { ...weekly, at: on("10:00"), used: 60, resetsAt: OLD },
    { ...weekly, at: on("10:05"), used: 2, resetsAt: NEW },
    { ...weekly, at: on("10:10"), used: 3, resetsAt: NEW },
  ];
  const soon = replayOne([...before, { ...weekly, at: on("23:00"), used: 61, resetsAt: OLD }]);
  assertEquals(soon.cycles.map(({ endedAt, consumed }) => [endedAt, consumed]), [[null, 1]]);
  const late = replayOne([...before, {
    ...weekly,
    at: utc("2026-09-10 10:06"),
    used: 61,
    resetsAt: OLD,
  }]);
  assertEquals(late.cycles.length, 2);
  assertEquals(
    late.state.quotas.weekly?.doubt?.before.reading.used,
    3,
    "It is the going back that is doubted",
  );
});

Deno.test("a reset time that only moved while the value continued reverts nothing", () => {
  const kept = replayOne([
    { ...weekly, at: on("10:00"), used: 10, resetsAt: OLD },
    { ...weekly, at: on("10:05"), used: 14, resetsAt: NEW },
    { ...weekly, at: on("10:10"), used: 18, resetsAt: OLD },
    { ...weekly, at: on("10:15"), used: 22, resetsAt: OLD },
    { ...weekly, at: on("10:20"), used: 11, resetsAt: OLD },
  ]);
  assertEquals(kept.entries.map(({ consumed }) => consumed), [0, 4, 4, 4, 0]);
  assertEquals(kept.state.quotas.weekly?.doubt, undefined);
});

Deno.test("a stale answer of the previous window removes nothing and adds nothing", () => {
  const five = { limit: 100 };
  const kept = replayOne([
    { ...five, at: on("14:58"), used: 80, resetsAt: on("15:00") },
    { ...five, at: on("15:05"), used: 2, resetsAt: on("20:00") },
    { ...five, at: on("15:10"), used: 80, resetsAt: on("15:00") },
    { ...five, at: on("15:15"), used: 3, resetsAt: on("20:00") },
  ]);
  assertEquals(kept.cycles.map(({ endedAt, peak, consumed }) => [endedAt, peak, consumed]), [
    [on("15:00"), 80, 0],
    [null, 3, 3],
  ]);
  assertEquals(kept.entries.map(({ consumed }) => consumed), [0, 2, 0, 1]);
});

Deno.test("without any stated reset, a value that returns at once never fell", () => {
  const used = (values: readonly number[]) =>
    replayOne(values.map((used, i) => ({ at: on("10:00") + i * MINUTE_MS, used })));
  assertEquals(used([30, 3, 31]).cycles.length, 1);
  assertEquals(sum(used([30, 3, 31]).entries), 1);
  // Too little to distinguish from use after a real reset.
  assertEquals(used([1, 0, 1]).cycles.length, 2);
  assertEquals(used([30, 3, 60]).cycles.length, 2);
  assertEquals(sum(used([30, 3, 60]).entries), 60);
  assertEquals(used([30, 3, 3, 30]).cycles.length, 2);
});

Deno.test("a value missing in some readings loses no use, not even across a reset", () => {
  const left = replayOne([
    { at: on("10:00"), used: 10, resetsAt: on("15:00") },
    { at: on("10:05"), used: null, resetsAt: on("15:00") },
    { at: on("10:10"), used: null, resetsAt: null },
    { at: on("10:15"), used: 25, resetsAt: on("15:00") },
  ]);
  assertEquals(left.entries.map(({ consumed }) => consumed), [0, 0, 0, 15]);
  const reset = replayOne([
    { at: on("14:58"), used: 10, resetsAt: on("15:00") },
    { at: on("15:03"), used: null, resetsAt: on("20:00") },
    { at: on("15:08"), used: 7, resetsAt: on("20:00") },
  ]);
  assertEquals(reset.entries.map(({ consumed }) => consumed), [0, 0, 7]);
  assertEquals(reset.cycles.map(({ consumed }) => consumed), [0, 7]);
});

Deno.test("the first use of a window whose reset moved along is not doubtful", () => {
  const hour = { quota: "search", window: ONE_HOUR };
  const { state } = replayOne([
    { ...hour, at: on("10:00"), used: 0, resetsAt: on("11:00") },
    { ...hour, at: on("10:30"), used: 0, resetsAt: on("11:30") },
    { ...hour, at: on("10:58"), used: 3, resetsAt: on("11:55") },
  ]);
  assertEquals(state.quotas.search?.doubt, undefined);
});

/** A truthful vendor's week, polled irregularly: rises and, possibly, one early reset. */
const truth = fc.record({
  steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 4,
    maxLength: 40,
  }),
  used: fc.integer({ min: 0, max: 40 }),
});

Deno.test("a series of wrong readings between correct ones changes no count", () => {
  const lies = fc.record({
    from: fc.nat(40),
    length: fc.integer({ min: 1, max: 12 }),
    // By more than was used meanwhile, otherwise it would be undetectable.
    by: fc.integer({ min: 40, max: 60 }),
    up: fc.boolean(),
  });
  fc.assert(fc.property(truth, lies, ({ steps, used }, lie) => {
    let at = on("00:00");
    let level = used + 60;
    const told = steps.map(([minutes, rise]) => {
      at += minutes * MINUTE_MS;
      level += rise;
      return { ...weekly, at, used: level, resetsAt: OLD as number };
    });
    const from = 1 + lie.from % (told.length - 2);
    const to = Math.min(from + lie.length, told.length - 1);
    const lying = told.map((one, i) =>
      i < from || i >= to ? one : { ...one, used: one.used + (lie.up ? lie.by : -lie.by), resetsAt: NEW }
    );
    const honest = replayOne(told);
    const lied = replayOne(lying);
    assertEquals(sum(lied.entries), sum(honest.entries));
    assertEquals(lied.cycles, honest.cycles);
    assertEquals(sum(lied.sessions.flatMap(({ quotas }) => quotas)), sum(honest.entries));
    const days = ({ buckets }: typeof lied) =>
      buckets.filter(({ step }) => step === DAY).map(({ consumed, resets }) => [consumed, resets]);
    assertEquals(days(lied), days(honest));
  }));
});

Deno.test("the stored data of a pending reset is bounded", () => {
  let state: AccountState = emptyState(ACCOUNT);
  let longest = 0;
  const feed = (at: number, one: Partial<Reading>) => {
    state = advance(state, { account: ACCOUNT, at, readings: [reading({ ...weekly, ...one })] }).state;
    longest = Math.max(longest, JSON.stringify(state).length);
  };
  feed(on("00:00"), { used: 0, resetsAt: OLD });
  for (let minute = 1; minute < 2000; minute++) {
    feed(on("00:00") + minute * MINUTE_MS, { used: minute, resetsAt: NEW });
  }
  assert(longest < 16_000, `A state grew to ${longest} characters`);
  assertEquals(state.quotas.weekly?.doubt, undefined);
});

Deno.test("sums agree after every poll, not only at the end", () => {
  const step = fc.record({
    minutes: fc.integer({ min: 1, max: 90 }),
    used: fc.constantFrom(0, 3, 4, 30, 33, 60),
    reset: fc.constantFrom(OLD, NEW, OLD - 30 * HOUR_MS, null),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
    let at = on("00:00");
    const polls = steps.map(({ minutes, used, reset }) => ({
      at: at += minutes * MINUTE_MS,
      readings: [reading({ ...weekly, used, resetsAt: reset })],
    }));
    for (let length = 1; length <= polls.length; length++) {
      const { entries, cycles, buckets, sessions } = replay(polls.slice(0, length));
      const all = sum(entries.get("weekly") ?? []);
      assertEquals(sum(cycles.get("weekly") ?? []), all);
      for (const size of [FIVE_MINUTES, HOUR, DAY]) {
        assertEquals(sum((buckets.get("weekly") ?? []).filter((one) => one.step === size)), all);
      }
      assertEquals(sum(sessions.flatMap(({ quotas }) => quotas)), all);
    }
  }));
});

Deno.test("a rise confirmed late stays in its session when later readings are reverted", () => {
  const week = (minute: number, used: number, resetsAt: number | null) => ({
    ...weekly,
    at: on("00:00") + minute * MINUTE_MS,
    used,
    resetsAt,
  });
  const { entries, sessions } = replayOne([
    week(1, 30, null),
    week(2, 4, NEW),
    week(3, 60, OLD),
    week(4, 0, NEW),
  ]);
  assertEquals(sum(entries), 4);
  assertEquals(sum(sessions.flatMap(({ quotas }) => quotas)), 4);
});
