import { type AccountState, advance, DEFAULT_RULES, emptyState } from "../../lib/model/engine/advance.ts";
import { DAY, FIVE_MINUTES, HOUR, rollUp } from "../../lib/model/engine/bucket.ts";
import { estimateInterval, recentMsFor } from "../../lib/model/engine/interval.ts";
import { burnRate, sumConsumedIn } from "../../lib/model/engine/ledger.ts";
import type { Reading, Snapshot } from "../../lib/model/quota.ts";
import { recentRate } from "../../lib/model/view/view.ts";
import fc from "fast-check";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import {
  ACCOUNT,
  BALANCE,
  DAY_MS,
  type FakePoll,
  FIVE_HOURS,
  HOUR_MS,
  MINUTE_MS,
  MONTHLY,
  ONE_HOUR,
  ONE_WEEK,
  reading,
  replay,
  replayOne,
  ROLLING,
  SECOND_MS,
  utc,
} from "../support/readings.ts";

const START = utc("2026-11-21 00:00");

const windows = fc.constantFrom(FIVE_HOURS, ONE_HOUR, ONE_WEEK, MONTHLY, ROLLING, BALANCE);
const amount = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, 0, 1e9) },
);
/**
 * The position of a reset: at the reading, soon, long ago, far away, a window away, or nowhere; or one
 * of a few times, so that a vendor goes back and forth between them.
 */
const resets: fc.Arbitrary<(at: number) => number | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: -3 * HOUR_MS, max: 6 * HOUR_MS }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-400 * DAY_MS, -SECOND_MS, 0, HOUR_MS, 5 * HOUR_MS, 7 * DAY_MS, 4000 * DAY_MS),
  },
).map((after) => (at: number) => after === null ? null : at + after);
const fewResets: typeof resets = fc.constantFrom(5, 11, 30, 7 * 24)
  .map((hours) => () => START + hours * HOUR_MS);
const pauseMs = fc.oneof(
  fc.integer({ min: SECOND_MS, max: 20 * MINUTE_MS }),
  fc.constantFrom(1, MINUTE_MS, HOUR_MS, 5 * HOUR_MS, 3 * DAY_MS),
);

/** Polls of an account with up to three quotas, which may disappear, return, and state anything. */
const polls: fc.Arbitrary<readonly FakePoll[]> = fc.record({
  windows: fc.tuple(windows, windows, windows),
  steps: fc.array(
    fc.record({
      pauseMs,
      readings: fc.array(
        fc.record({
          quota: fc.constantFrom(0, 1, 2),
          used: amount,
          limit: amount,
          remaining: amount,
          reset: fc.oneof(resets, { weight: 2, arbitrary: fewResets }),
        }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 30 },
  ),
}).map(({ windows, steps }) => {
  let at = START;
  return steps.map((step) => {
    at += step.pauseMs;
    return {
      at,
      readings: step.readings.map(({ quota, reset, ...values }) =>
        reading({
          ...values,
          quota: `quota-${quota}`,
          window: windows[quota] ?? ROLLING,
          resetsAt: reset(at),
        })
      ),
    };
  });
});

Deno.test("replaying the same polls changes nothing", () => {
  fc.assert(fc.property(polls, (list) => {
    const once = replay(list);
    const again = replay(list, once.state);
    assertEquals(again.state, once.state);
    assert(again.changes.every((changes) => changes.length === 0));
  }));
});

Deno.test("duplicates and late polls among others change nothing", () => {
  fc.assert(fc.property(polls, fc.array(fc.nat(100), { maxLength: 20 }), (list, positions) => {
    const disturbed = list.flatMap((poll, index) => [
      poll,
      ...positions.filter((_, where) => where % list.length === index)
        .flatMap((position) => list[position % (index + 1)] ?? []),
    ]);
    const { changes: _a, ...clean } = replay(list);
    const { changes: _b, ...kept } = replay(disturbed);
    assertEquals(kept, clean);
  }));
});

Deno.test("two answers to the same poll are two answers", () => {
  fc.assert(fc.property(polls, (list) => assertEquals(replay(list), replay(list))));
});

Deno.test("advance() alters neither the state nor the snapshot it is given", () => {
  fc.assert(fc.property(polls, (list) => {
    const half = Math.floor(list.length / 2);
    const { state } = replay(list.slice(0, half));
    const frozen = JSON.stringify([state, list]);
    replay(list.slice(half), deepFreeze(state));
    assertEquals(JSON.stringify([state, list]), frozen);
  }));
});

Deno.test("a state survives JSON, with the same results afterwards", () => {
  fc.assert(fc.property(polls, fc.nat(30), (list, cut) => {
    const before = replay(list.slice(0, cut)).state;
    const restored: AccountState = JSON.parse(JSON.stringify(before));
    assertEquals(restored, before);
    assertEquals(replay(list.slice(cut), restored), replay(list.slice(cut), before));
  }));
});

Deno.test("advance() is total: it never throws, whatever the readings say", () => {
  const anyNumber = fc.oneof(
    fc.constantFrom(null, 0, -0, -5, Number.MAX_VALUE, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const anyReading: fc.Arbitrary<Reading> = fc.record({
    quota: fc.constantFrom("five-hour", "constructor", "__proto__", "to-string", "", "1"),
    label: fc.string(),
    unit: fc.constantFrom("percent", "requests", "tokens", "credits", "usd", "seconds"),
    used: anyNumber,
    limit: anyNumber,
    remaining: anyNumber,
    window: fc.record({
      kind: fc.constantFrom("fixed", "calendar", "rolling", "balance"),
      seconds: fc.constantFrom(null, 0, 1, 18_000, Number.MAX_VALUE),
    }),
    resetsAt: anyNumber,
  });
  const steps = fc.array(fc.tuple(pauseMs, fc.array(anyReading, { maxLength: 4 })), { maxLength: 12 });
  fc.assert(fc.property(steps, (list) => {
    let at = START;
    const { state, entries } = replay(list.map(([pause, readings]) => ({ at: at += pause, readings })));
    assertEquals(
      new Set(Object.keys(state.quotas)),
      new Set(list.flatMap(([, all]) => all.map((r) => r.quota))),
    );
    for (const entry of [...entries.values()].flat()) assert(entry.consumed >= 0);
  }));
});

Deno.test("the cycles of a quota follow each other and never overlap", () => {
  fc.assert(fc.property(polls, (list) => {
    for (const cycles of replay(list).cycles.values()) {
      for (const [index, cycle] of cycles.entries()) {
        const next = cycles[index + 1];
        assertEquals(cycle.endedAt === null, next === undefined, "Only the last cycle is open");
        assertEquals(cycle.endedBy.length > 0, cycle.endedAt !== null);
        assert(cycle.whole || index === 0, "Only the first cycle may have been under way");
        assert(cycle.startedAt <= cycle.lastAt, "A cycle begins at or before its last reading");
        if (cycle.endedAt !== null) {
          assert(cycle.endedAt > cycle.lastAt, "A cycle ends after its last reading");
        }
        if (next && cycle.endedAt !== null) assert(cycle.endedAt <= next.startedAt);
      }
    }
  }));
});

Deno.test("a cycle ends after its last reading, and no later than the reading that showed it", () => {
  fc.assert(fc.property(polls, (list) => {
    const { cycles, entries } = replay(list);
    for (const [quota, all] of cycles) {
      const resets = (entries.get(quota) ?? []).filter((entry) => entry.reset);
      const ended = all.filter((cycle) => !cycle.endedBy.includes("topped-up"));
      const ends = ended.flatMap((cycle) => cycle.endedAt ?? []);
      assertEquals(ends.length, resets.length);
      for (const [index, end] of ends.entries()) assert(end <= (resets[index]?.at ?? 0));
    }
  }));
});

Deno.test("an ended cycle is not changed again, unless the next one turns out never to have begun", () => {
  fc.assert(fc.property(polls, (list) => {
    const ended = new Map<string, number>();
    for (const changes of replay(list).changes) {
      const voided = changes.flatMap((change) =>
        change.kind === "void-cycle" ? [`${change.quota}@${change.startedAt}`] : []
      );
      for (const change of changes) {
        if (change.kind !== "cycle") continue;
        const { endedAt, startedAt } = change.cycle;
        const key = `${change.quota}@${startedAt}`;
        assert(!ended.has(key) || voided.includes(`${change.quota}@${ended.get(key)}`));
        if (endedAt !== null) ended.set(key, endedAt);
        else ended.delete(key);
      }
    }
  }));
});

Deno.test("the cycles of a quota consume the sum of its entries", () => {
  fc.assert(fc.property(polls, (list) => {
    const { cycles, entries } = replay(list);
    for (const [quota, all] of cycles) {
      assertEquals(total(all), total(entries.get(quota) ?? []));
    }
  }));
});

Deno.test("the buckets of every step have the same sum as the entries", () => {
  fc.assert(fc.property(polls, (list) => {
    const { buckets, entries } = replay(list);
    for (const [quota, all] of buckets) {
      const sum = total(entries.get(quota) ?? []);
      for (const step of [FIVE_MINUTES, HOUR, DAY]) {
        assertEquals(total(all.filter((b) => b.step === step)), sum);
      }
    }
  }));
});

Deno.test("the day buckets in the result are the five-minute buckets rolled up", () => {
  fc.assert(fc.property(polls, (list) => {
    for (const all of replay(list).buckets.values()) {
      const short = all.filter((bucket) => bucket.step === FIVE_MINUTES);
      for (const step of [HOUR, DAY]) {
        // Shares are quotients, so first and last of them still agree exactly; nothing else is divided.
        assertEquals(rollUp(short, step), all.filter((bucket) => bucket.step === step));
      }
    }
  }));
});

Deno.test("peaks are upper bounds of the used amount, except for what the vendor reverted", () => {
  fc.assert(fc.property(polls.map(withKnownUse), (list) => {
    const { cycles, buckets, changes } = replay(list);
    const corrected = new Set(
      changes.flat().flatMap((change) => change.kind === "adjust" ? [change.quota] : []),
    );
    for (const poll of list) {
      const seen = new Set<string>();
      for (const { quota, used } of poll.readings) {
        if (seen.has(quota)) continue;
        seen.add(quota);
        assert(used !== null);
        for (const bucket of buckets.get(quota) ?? []) {
          if (poll.at < bucket.start || poll.at >= bucket.start + bucket.step) continue;
          assert(bucket.high !== null && bucket.low !== null && bucket.low <= used && bucket.high >= used);
        }
        if (corrected.has(quota)) continue;
        const cycle = cycles.get(quota)?.findLast((cycle) => cycle.startedAt <= poll.at);
        // Before its first use a window is idle, and no cycle has begun.
        if (!cycle) continue;
        assert(cycle.peak !== null && cycle.peak >= used);
      }
    }
  }));
});

Deno.test("a quota is not affected by the others of its account", () => {
  fc.assert(fc.property(polls, (list) => {
    const alone = list.map((poll) => ({
      ...poll,
      readings: poll.readings.filter((r) => r.quota === "quota-1"),
    }));
    assertEquals(ownState(replay(alone).state), ownState(replay(list).state));
    assertEquals(replay(alone).cycles.get("quota-1"), replay(list).cycles.get("quota-1"));
  }));
});

Deno.test("recent entries stay few and reach back only as far as the rules say", () => {
  fc.assert(fc.property(fc.array(pauseMs, { maxLength: 200 }), (pauses) => {
    let at = START;
    const { state } = replayOne(pauses.map((pause) => ({ at: at += pause, used: 1 })));
    const { recent = [], distances = [] } = state.quotas["five-hour"] ?? {};
    const recentMs = recentMsFor(DEFAULT_RULES.recentMs, estimateInterval(distances));
    assert(recent.length <= 2 + recentMs / FIVE_MINUTES);
    for (const [index, slot] of recent.entries()) {
      assert(slot.to > at - recentMs && slot.from < slot.to);
      assertEquals(recent[index + 1]?.from ?? at, slot.to);
    }
  }));
});

Deno.test("polls every ten seconds for hours leave only a handful of slots", () => {
  const { state } = replayOne(
    Array.from({ length: 1000 }, (_, index) => ({ at: START + index * 10 * SECOND_MS, used: index })),
  );
  assertEquals(state.quotas["five-hour"]?.recent.length, 12 + 1);
});

Deno.test("the recent rate is that of the ledger", () => {
  const { state, entries } = replayOne(
    Array.from({ length: 45 }, (_, minute) => ({ at: START + minute * MINUTE_MS, used: minute * 2 })),
  );
  const quota = state.quotas["five-hour"];
  assert(quota);
  assertClose(recentRate(quota) ?? 0, burnRate(entries) ?? 1);
  assertClose(recentRate(quota) ?? 0, 120);
});

Deno.test("the rate restarts after a gap longer than the recent period", () => {
  const { state } = replayOne([
    { at: START, used: 0 },
    { at: START + 10 * MINUTE_MS, used: 50 },
    { at: START + 3 * HOUR_MS, used: 60 },
  ]);
  assertEquals(state.quotas["five-hour"]?.recent, []);
});

Deno.test("the first snapshot is a baseline: it consumes nothing and opens a cycle in progress", () => {
  const { cycles, entries, buckets, state } = replayOne([{ at: START, used: 40, resetsAt: START + HOUR_MS }]);
  assertEquals(entries, [{ at: START, consumed: 0, reset: false }]);
  assertEquals(cycles, [{
    quota: "acme/work/five-hour",
    startedAt: START,
    endedAt: null,
    resetsAt: START + HOUR_MS,
    peak: 40,
    consumed: 0,
    limit: 100,
    count: 1,
    lastAt: START,
    whole: false,
    endedBy: [],
  }]);
  assertEquals(buckets.map((bucket) => bucket.step), [FIVE_MINUTES, HOUR, DAY]);
  assertEquals(state.at, START);
});

Deno.test("parts that snapshots left out are counted once for each snapshot", () => {
  const dropped = [{ what: "a window of 7 hours", why: "unknown" }, { what: "tokens", why: "no number" }];
  let state = emptyState(ACCOUNT);
  const totals = [dropped, [], dropped.slice(1), undefined].map((dropped, minute) => {
    const snapshot = { account: ACCOUNT, at: START + minute * MINUTE_MS, readings: [reading({ used: 1 })] };
    state = advance(state, { ...snapshot, ...dropped && { dropped } }).state;
    return state.droppedTotal ?? 0;
  });
  assertEquals(totals, [2, 2, 3, 3]);
});

Deno.test("a clock set back produces older snapshots, which change nothing", () => {
  const before = replayOne([{ at: START + HOUR_MS, used: 40 }]).state;
  const { state, changes } = advance(before, snapshot(START, [reading({ used: 41 })]));
  assertEquals(state, before);
  assertEquals(changes, []);
});

Deno.test("a second snapshot of the same time changes nothing, whatever it contains", () => {
  const before = replayOne([{ at: START, used: 40 }]).state;
  const { state, changes } = advance(before, {
    ...snapshot(START, [reading({ quota: "weekly" })]),
    plan: "Pro",
  });
  assertEquals(state, before);
  assertEquals(changes, []);
});

Deno.test("a quota that disappears keeps its state, and continues when it returns", () => {
  const { state, cycles, entries } = replay([
    { at: START, readings: [reading({ used: 10 })] },
    { at: START + MINUTE_MS, readings: [] },
    { at: START + 2 * MINUTE_MS, readings: [reading({ used: 12 })] },
  ]);
  assertEquals(cycles.get("five-hour")?.length, 1);
  assertEquals(total(entries.get("five-hour") ?? []), 2);
  assertEquals(state.quotas["five-hour"]?.at, START + 2 * MINUTE_MS);
});

Deno.test("of two readings of one quota in a snapshot, the first counts", () => {
  const { state, changes } = replay([{
    at: START,
    readings: [reading({ used: 10 }), reading({ used: 99 })],
  }]);
  assertEquals(state.quotas["five-hour"]?.reading.used, 10);
  assertEquals(changes.flat().filter((change) => change.kind === "entry").length, 1);
});

Deno.test("an id that is also a property of every object is a normal id", () => {
  for (const quota of ["constructor", "__proto__", "to-string", "has-own-property"]) {
    const { state, entries } = replayOne([
      { at: START, quota, used: 1 },
      { at: START + MINUTE_MS, quota, used: 4 },
    ]);
    assertEquals(Object.keys(state.quotas), [quota]);
    assertEquals(sumConsumedIn(entries, 0, Infinity), 3);
  }
});

Deno.test("the plan is that of the last snapshot", () => {
  const first = advance(emptyState(ACCOUNT), { ...snapshot(START, []), plan: "Pro" });
  assertEquals(first.state.plan, "Pro");
  assertEquals(advance(first.state, snapshot(START + 1, [])).state.plan, null);
});

/** If use becomes known only later, a pending reading may be higher than any before it. */
function withKnownUse(list: readonly FakePoll[]): readonly FakePoll[] {
  return list.map(({ at, readings }) => ({
    at,
    readings: readings.map((one) => ({ ...one, used: one.used ?? 0 })),
  }));
}

/** The state of one quota, without its part in the session, which belongs to the account. */
function ownState(state: AccountState): unknown {
  const quota = state.quotas["quota-1"];
  return JSON.parse(JSON.stringify(quota ?? null, (key, value) => key === "strand" ? undefined : value));
}

function snapshot(at: number, readings: readonly Reading[]): Snapshot {
  return { account: ACCOUNT, at, readings };
}

function total(parts: readonly { readonly consumed: number }[]): number {
  return parts.reduce((sum, part) => sum + part.consumed, 0);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
