/** Use is the difference between two readings with the same quota, unit, plan, limit, source and cycle. */
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import type { Reading, Snapshot } from "../../lib/model/quota.ts";
import fc from "fast-check";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import {
  ACCOUNT,
  BALANCE,
  DAY_MS,
  FIVE_HOURS,
  HOUR_MS,
  MINUTE_MS,
  MONTHLY,
  ONE_WEEK,
  reading,
  replayOne,
  utc,
} from "../support/readings.ts";

const NOON = utc("2026-11-21 12:00");
const sum = (parts: readonly { readonly consumed: number }[]) =>
  parts.reduce((total, { consumed }) => total + consumed, 0);
const used = (sessions: ReturnType<typeof replayOne>["sessions"]) =>
  sum(sessions.flatMap(({ quotas }) => quotas));

interface Step extends Partial<Reading> {
  readonly minute: number;
  readonly plan?: string;
}

const replayPlans = (steps: readonly Step[]) =>
  replayOne(steps.map(({ minute, ...fields }) => ({ at: NOON + minute * MINUTE_MS, ...fields })));

Deno.test("a due reset that is only postponed ends nothing, however often and in whatever window", () => {
  for (
    const [window, length] of [[FIVE_HOURS, 60], [ONE_WEEK, 5 * 24 * 60], [MONTHLY, 5 * 24 * 60]] as const
  ) {
    for (const level of [99, 100, 37]) {
      const steps = [];
      let reset = 20;
      for (let round = 0; round < 3; round++) {
        steps.push({ minute: reset - 5, used: level, window, resetsAt: NOON + reset * MINUTE_MS });
        reset += length;
        steps.push({ minute: reset - length + 5, used: level, window, resetsAt: NOON + reset * MINUTE_MS });
      }
      const { cycles, entries, sessions } = replayPlans(steps);
      assertEquals([cycles.length, sum(entries), sessions.length], [1, 0, 0], `${window.kind} ${level}`);
    }
  }
});

Deno.test("a due reset with a next window is a reset even if the value is as high again", () => {
  const weekly = { window: ONE_WEEK, unit: "percent" } as const;
  const { cycles, entries } = replayPlans([
    { ...weekly, minute: 0, used: 40, resetsAt: NOON + 10 * MINUTE_MS },
    { ...weekly, minute: 30, used: 40, resetsAt: NOON + 10 * MINUTE_MS + 7 * DAY_MS },
  ]);
  assertEquals([cycles.length, sum(entries)], [2, 40]);
  const monthly = { window: MONTHLY, unit: "percent" } as const;
  const months = replayPlans([
    { ...monthly, minute: 0, used: 40, resetsAt: NOON + 10 * MINUTE_MS },
    { ...monthly, minute: 30, used: 40, resetsAt: NOON + 10 * MINUTE_MS + 30 * DAY_MS },
  ]);
  assertEquals([months.cycles.length, sum(months.entries)], [2, 40]);
});

Deno.test("another plan within the cycle has another total: its share is not use", () => {
  const snapshots = (list: readonly (readonly [minute: number, plan: string, used: number])[]) => {
    let state = emptyState(ACCOUNT);
    let consumed = 0;
    for (const [minute, plan, used] of list) {
      const snapshot: Snapshot = {
        account: ACCOUNT,
        at: NOON + minute * MINUTE_MS,
        plan,
        readings: [reading({ used, unit: "percent", window: ONE_WEEK, resetsAt: NOON + 4 * DAY_MS })],
      };
      const step = advance(state, snapshot);
      state = step.state;
      for (const change of step.changes) if (change.kind === "entry") consumed += change.consumed;
    }
    return { consumed, state };
  };
  assertEquals(snapshots([[0, "pro", 9], [5, "pro", 10], [10, "plus", 80], [15, "plus", 80]]).consumed, 1);
  assertEquals(snapshots([[0, "plus", 80], [5, "pro", 10], [10, "pro", 12]]).consumed, 2);
  assertEquals(snapshots([[0, "pro", 10], [5, "plus", 80], [10, "pro", 11], [15, "pro", 13]]).consumed, 2);
  const { state } = snapshots([[0, "pro", 10], [60, "pro", 30], [65, "plus", 80]]);
  assertEquals(state.quotas["five-hour"]?.recent, [], "Nor does the rate know of the jump");
});

Deno.test("a plan that is only spelled differently is the same plan, so use counts", () => {
  const consumed = (plans: readonly string[]) => {
    let state = emptyState(ACCOUNT);
    const entries: { readonly consumed: number; readonly planBefore?: string | undefined }[] = [];
    for (const [index, plan] of plans.entries()) {
      const at = NOON + 5 * index * MINUTE_MS;
      const one = reading({
        used: 10 + 2 * index,
        unit: "percent",
        window: ONE_WEEK,
        resetsAt: NOON + 4 * DAY_MS,
      });
      const step = advance(state, { account: ACCOUNT, at, plan, readings: [one] });
      state = step.state;
      for (const change of step.changes) if (change.kind === "entry") entries.push(change);
    }
    return [sum(entries), entries.filter(({ planBefore }) => planBefore !== undefined).length];
  };
  assertEquals(consumed(["Pro", "pro", "PRO "]), [4, 0]);
  assertEquals(consumed(["Token Plan Plus", "token_plan_plus", "Token  plan-plus"]), [4, 0]);
  assertEquals(consumed(["pro", "pro+", "pro"]), [0, 2], "A mark that means something tells another plan");
});

Deno.test("a session in which the unit changes is shown in the new unit, and ends if it cannot be converted", () => {
  const resetsAt = NOON + 4 * HOUR_MS;
  const requests = { unit: "requests", limit: 300, resetsAt } as const;
  const credits = { unit: "credits", limit: 1500, resetsAt } as const;
  const there = replayPlans([
    { minute: 0, ...requests, used: 30 },
    { minute: 5, ...requests, used: 45 },
    { minute: 10, ...credits, used: 225 },
    { minute: 15, ...credits, used: 240 },
  ]).sessions;
  assertEquals(
    there.map((
      { startedAt, quotas },
    ) => [startedAt, quotas.map(({ start, end, consumed }) => [start, end, consumed])]),
    [[NOON, [[150, 240, 90]]]],
  );
  const back = replayPlans([
    { minute: 0, ...credits, used: 150 },
    { minute: 5, ...credits, used: 225 },
    { minute: 10, ...requests, used: 45 },
    { minute: 15, ...requests, used: 48 },
  ]).sessions;
  assertEquals(back.map(({ quotas }) => quotas.map(({ consumed }) => consumed)), [[18]]);
  const unknown = replayPlans([
    { minute: 0, unit: "requests", limit: null, used: 30 },
    { minute: 5, unit: "requests", limit: null, used: 45 },
    { minute: 10, unit: "credits", limit: null, used: 225 },
    { minute: 15, unit: "credits", limit: null, used: 240 },
  ]).sessions;
  assertEquals(unknown.map(({ quotas }) => quotas.map(({ consumed }) => consumed)), [[15], [15]]);
});

Deno.test("values of two units are never subtracted, and a cycle is shown in one unit", () => {
  const requests = { unit: "requests", limit: 1500, resetsAt: NOON + 4 * HOUR_MS } as const;
  const percent = { unit: "percent", limit: 100, resetsAt: NOON + 4 * HOUR_MS } as const;
  const { cycles, entries, sessions, state, buckets } = replayPlans([
    { minute: 0, ...requests, used: 60 },
    { minute: 5, ...percent, used: 4 },
    { minute: 10, ...requests, used: 60 },
    { minute: 15, ...percent, used: 4 },
  ]);
  assertEquals([sum(entries), sessions.length, cycles.length], [0, 0, 1]);
  assertEquals([cycles[0]?.peak, cycles[0]?.limit], [4, 100]);
  assertEquals(state.quotas["five-hour"]?.recent, []);
  const day = buckets.find(({ step }) => step === DAY_MS);
  assertEquals([day?.low, day?.high, day?.limit], [4, 4, 100]);
});

Deno.test("use before a change of unit is shown in the new unit, converted by the two limits", () => {
  const { cycles } = replayPlans([
    { minute: 0, unit: "requests", limit: 300, used: 0, resetsAt: NOON + 4 * HOUR_MS },
    { minute: 5, unit: "requests", limit: 300, used: 30, resetsAt: NOON + 4 * HOUR_MS },
    { minute: 10, unit: "credits", limit: 1500, used: 150, resetsAt: NOON + 4 * HOUR_MS },
    { minute: 15, unit: "credits", limit: 1500, used: 160, resetsAt: NOON + 4 * HOUR_MS },
  ]);
  assertEquals(cycles.map(({ peak, consumed }) => [peak, consumed]), [[160, 160]]);
});

Deno.test("if a limit is unknown, a new unit begins a new cycle that states the reason", () => {
  const { cycles, entries } = replayPlans([
    { minute: 0, unit: "requests", limit: null, used: 60, window: BALANCE },
    { minute: 5, unit: "credits", limit: null, used: 9000, window: BALANCE },
    { minute: 10, unit: "credits", limit: null, used: 9001, window: BALANCE },
  ]);
  assertEquals(cycles.map(({ endedBy, peak, consumed }) => [endedBy, peak, consumed]), [
    [["unit-changed"], 60, 0],
    [[], 9001, 1],
  ]);
  assertEquals(sum(entries), 1);
});

Deno.test("a raised or lowered limit is another total", () => {
  const steps = (...limits: readonly number[]) =>
    limits.map((limit, index) => ({
      minute: 5 * index,
      used: limit / 10,
      limit,
      resetsAt: NOON + 4 * HOUR_MS,
    }));
  assertEquals(sum(replayPlans(steps(100, 1000, 200, 2000)).entries), 0);
});

Deno.test("figures of another source are a new starting point", () => {
  const resetsAt = NOON + 4 * HOUR_MS;
  const { entries } = replayPlans([
    { minute: 0, used: 42, resetsAt },
    { minute: 5, used: 42.5, resetsAt, source: "statusline" },
    { minute: 10, used: 42, resetsAt },
    { minute: 15, used: 44, resetsAt, source: "statusline" },
    { minute: 20, used: 44, resetsAt },
  ]);
  assertEquals(entries.map(({ consumed }) => consumed), [0, 0, 0, 1.5, 0]);
});

Deno.test("an early reset of a week with a nearer next date is confirmed once the old date has passed", () => {
  const week = (minute: number, used: number, hours: number) => ({
    minute,
    used,
    window: ONE_WEEK,
    unit: "percent" as const,
    resetsAt: NOON + hours * HOUR_MS,
  });
  for (const [start, high] of [[60, 61], [33, 80], [20, 21]] as const) {
    const steps = [
      week(0, start, 3),
      week(10, high, 3),
      week(20, 0, 99),
      week(30, 1, 99),
      week(40, 2, 99),
      week(190, 3, 99),
    ];
    const { cycles, entries, sessions, buckets } = replayPlans(steps);
    assertEquals(cycles.map(({ peak, consumed }) => [peak, consumed]), [[high, high - start], [3, 3]]);
    assertEquals(cycles[0]?.endedAt, NOON + 20 * MINUTE_MS);
    assertEquals([sum(entries), used(sessions)], [high - start + 3, high - start + 3]);
    assertEquals(sum(buckets.filter(({ step }) => step === DAY_MS)), high - start + 3);
    // As long as the old date is ahead, the vendor may still revert it.
    assertEquals(replayPlans([...steps.slice(0, 5), week(50, high, 3)]).cycles.length, 1);
    assertEquals(sum(replayPlans([...steps.slice(0, 5), week(50, high + 1, 3)]).entries), high - start + 1);
  }
});

Deno.test("an early reset with a nearer next date is confirmed after a day as well", () => {
  const week = (hour: number, used: number, resetsAt: number) => ({
    minute: hour * 60,
    used,
    window: ONE_WEEK,
    unit: "percent" as const,
    resetsAt: NOON + resetsAt * HOUR_MS,
  });
  const hours = Array.from({ length: 26 }, (_, hour) => week(hour + 1, hour < 20 ? 0 : 2, 140));
  const { cycles, entries } = replayPlans([week(0, 70, 100), ...hours]);
  assertEquals(cycles.map(({ peak }) => peak), [70, 2]);
  assertEquals(sum(entries), 2);
});

Deno.test("a value that grows step by step beyond the one before its fall was an early reset, and counts fully", () => {
  const week = (minute: number, used: number, hours: number) => ({
    minute,
    used,
    window: ONE_WEEK,
    unit: "percent" as const,
    resetsAt: NOON + hours * HOUR_MS,
  });
  for (const levels of [[20, 40, 62, 70, 71], [35, 61, 64], [31, 80]]) {
    const steps = levels.map((used, index) => week(80 + 60 * index, used, 106));
    const { cycles, entries, sessions } = replayPlans([
      week(0, 60, 10),
      week(10, 61, 10),
      week(20, 0, 106),
      ...steps,
    ]);
    const last = levels.at(-1) ?? 0;
    assertEquals(cycles.map(({ peak, consumed }) => [peak, consumed]), [[61, 1], [last, last]]);
    assertEquals([sum(entries), used(sessions)], [1 + last, 1 + last]);
  }
  // A figure above it at once is the previous one, whatever date comes with it.
  const slip = [week(0, 60, 10), week(10, 61, 10), week(20, 0, 106), week(30, 1, 106), week(40, 61, 106)];
  assertEquals(sum(replayPlans(slip).entries), 1);
});

interface Turn {
  readonly minutes: number;
  readonly used: number;
  readonly change: "none" | "unit" | "plan" | "limit" | "source";
}

const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 9 }),
    used: fc.integer({ min: 0, max: 100 }),
    change: fc.constantFrom("none", "none", "none", "unit", "plan", "limit", "source"),
  }),
  { minLength: 1, maxLength: 25 },
);

/** Snapshots within one window, whose total changes at the marked turns. */
function snapshotsOf(list: readonly Turn[]): readonly Snapshot[] {
  const flags = { unit: false, plan: false, limit: false, source: false };
  let at = NOON;
  return list.map(({ minutes, used, change }) => {
    at += minutes * MINUTE_MS;
    if (change !== "none") flags[change] = !flags[change];
    const limit = flags.limit ? 200 : 100;
    const one = reading({
      unit: flags.unit ? "credits" : "percent",
      used,
      limit,
      remaining: limit - used,
      resetsAt: NOON + 5 * HOUR_MS,
      ...flags.source && { source: "statusline" },
    });
    return { account: ACCOUNT, at, plan: flags.plan ? "max" : "pro", readings: [one] };
  });
}

function entriesOf(snapshots: readonly Snapshot[]) {
  let state = emptyState(ACCOUNT);
  return snapshots.map((snapshot) => {
    const step = advance(state, snapshot);
    state = step.state;
    const entry = step.changes.find((change) => change.kind === "entry");
    assert(entry);
    return { ...entry, state };
  });
}

Deno.test("no sequence within one window consumes more than its highest value minus its first", () => {
  fc.assert(fc.property(turns, (list) => {
    const plain = list.map((turn) => ({ ...turn, change: "none" as const }));
    const consumed = sum(entriesOf(snapshotsOf(plain)));
    const values = plain.map(({ used }) => used);
    assertClose(consumed, Math.max(...values) - values[0]!);
  }));
});

Deno.test("a changed unit, plan or limit, and a new source, consume nothing and state the reason", () => {
  fc.assert(fc.property(turns, (list) => {
    const seen = new Set<string | undefined>();
    for (const [index, { consumed, baseline }] of entriesOf(snapshotsOf(list)).entries()) {
      const change = list[index]!.change;
      const { source } = snapshotsOf(list)[index]!.readings[0]!;
      if (index > 0 && (change === "unit" || change === "plan" || change === "limit")) {
        assertEquals([consumed, baseline], [0, change]);
      } else if (index > 0 && !seen.has(source)) {
        assertEquals([consumed, baseline], [0, "source"]);
      } else assertEquals(baseline, undefined);
      seen.add(source);
    }
  }));
});

Deno.test("consumption is bounded by the sum of the rises of each total", () => {
  fc.assert(fc.property(turns, (list) => {
    const snapshots = snapshotsOf(list);
    let bound = 0;
    let [low, high] = [0, 0];
    for (const [index, { readings: [one] }] of snapshots.entries()) {
      const change = list[index]!.change;
      if (index === 0 || change === "unit" || change === "plan" || change === "limit") {
        bound += high - low;
        [low, high] = [one!.used!, one!.used!];
      } else high = Math.max(high, one!.used!);
    }
    bound += high - low;
    const consumed = sum(entriesOf(snapshots));
    assert(consumed <= bound + 1e-9, `${consumed} > ${bound}`);
  }));
});

Deno.test("a partial snapshot changes only the quotas it names", () => {
  fc.assert(fc.property(turns, turns, (list, others) => {
    const whole = snapshotsOf(list);
    const partial = snapshotsOf(others).map((snapshot, index): Snapshot => ({
      ...snapshot,
      at: snapshot.at + 1 + index,
      partial: true,
      readings: snapshot.readings.map((one) => ({ ...one, quota: "seven-day" })),
    }));
    const merged = [...whole, ...partial].sort((a, b) => a.at - b.at);
    const own = (snapshots: readonly Snapshot[]) => {
      let state = emptyState(ACCOUNT);
      for (const snapshot of snapshots) state = advance(state, snapshot).state;
      return state.quotas["five-hour"];
    };
    assertEquals(own(merged), own(whole));
  }));
});

Deno.test("a length stated a little differently, or for once not at all, is no other window; a week instead of hours is", () => {
  const over = (lengths: readonly (number | null)[]) => {
    const { sessions, cycles } = replayPlans(lengths.map((seconds, place) => ({
      minute: place * 10,
      used: 10 + 10 * place,
      window: { kind: "fixed", seconds },
    })));
    return [used(sessions), cycles.length];
  };
  assertEquals(over([18_000, 17_940, 18_000, 18_600]), [30, 1]);
  assertEquals(over([18_000, null, 18_000]), [20, 1]);
  assertEquals(over([18_000, 18_000, 604_800]), [10, 2]);
});
