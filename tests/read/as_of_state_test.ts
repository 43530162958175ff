/** Accounts as they were at an instant: which readings and outcomes count, and how far back they reach. */
import { emptyState } from "../../lib/model/engine/advance.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { AccountState } from "../../lib/model/engine/state.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import { recordAt, sessionIdleAt, stateAt } from "../../lib/read/as_of.ts";
import type { AccountRecord, StoredReading } from "../../lib/store/store.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { type Past, pastStore, storedAt } from "../support/past_store.ts";
import { ACCOUNT, HOUR_MS, MINUTE_MS, reading, replay, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const QUOTA = "acme/work/five-hour";
const OTHER = "acme/work/other";
const END = AT + 10 * HOUR_MS;

const after = (minutes: number) => AT + minutes * MINUTE_MS;
const every = (minutes: number, count: number, last = AT) =>
  Array.from({ length: count }, (_, i) => last - (count - 1 - i) * minutes * MINUTE_MS);

/** The state of an account with the quotas of the readings, read last at the end of them. */
function lastState(
  readings: Readonly<Record<QuotaKey, readonly StoredReading[]>>,
  plan: string | null,
): AccountState {
  const ids = Object.keys(readings).map((key) => key.split("/")[2]!);
  const { state } = replay([{ at: END, readings: ids.map((quota) => reading({ quota, used: 99 })) }]);
  return { ...state, plan };
}

function outcome(at: number, kind: Outcome["kind"] = "ok"): Outcome {
  return {
    account: ACCOUNT,
    at,
    durationMs: 0,
    kind,
    failures: kind === "ok" ? 0 : 1,
    nextAt: null,
    nextReason: "interval",
    credential: null,
  };
}

function cycle(startedAt: number, quota: QuotaKey = QUOTA): Cycle {
  return {
    quota,
    startedAt,
    endedAt: null,
    resetsAt: null,
    peak: null,
    consumed: 0,
    limit: 100,
    count: 1,
    lastAt: END,
    whole: true,
    endedBy: [],
  };
}

Deno.test("an account whose last reading and poll were by then is as stored", async () => {
  const readings = { [QUOTA]: [storedAt(AT, { used: 10 })] };
  const { state } = replay([{ at: AT, readings: [reading({ used: 70 })] }]);
  const record: AccountRecord = { account: ACCOUNT, state, outcome: outcome(AT), okAt: AT };
  const store = pastStore({ readings, outcomes: [outcome(AT), outcome(AT - 1, "auth"), outcome(AT - 9)] });
  assertEquals(await recordAt(store, record, AT), record);
  // One that was never read, too.
  const unread: AccountRecord = { account: ACCOUNT, state: emptyState(ACCOUNT), outcome: null, okAt: null };
  assertEquals(await recordAt(store, unread, AT), unread);
});

Deno.test("of an account with a later poll, the last outcome and the last success by then count", async () => {
  const { state } = replay([{ at: after(-9), readings: [reading({ used: 70 })] }]);
  const outcomes = [
    outcome(after(3)),
    outcome(after(2), "auth"),
    outcome(after(1), "unavailable"),
    outcome(after(0)),
    outcome(after(-5)),
  ];
  const record: AccountRecord = { account: ACCOUNT, state, outcome: outcomes[0]!, okAt: after(3) };
  const at = async (now: number) => {
    const then = await recordAt(pastStore({ outcomes }), record, now);
    // Its readings are not later, so there is nothing to rebuild.
    assertEquals(then.state, state);
    return [then.outcome?.at, then.okAt].map((at) => typeof at === "number" ? (at - AT) / MINUTE_MS : null);
  };
  assertEquals(await at(after(2)), [2, 0]);
  assertEquals(await at(after(2) - 1), [1, 0]);
  assertEquals(await at(after(0)), [0, 0]);
  assertEquals(await at(after(0) - 1), [-5, -5]);
  assertEquals(await at(after(-5) - 1), [null, null]);
});

Deno.test("readings up to the instant make the state, those of the next millisecond do not", async () => {
  const readings = { [QUOTA]: [storedAt(after(-10), { used: 10 }), storedAt(AT, { used: 20 })] };
  const store = pastStore({ readings, cycles: [cycle(after(-10))] });
  const record = { account: ACCOUNT, state: lastState(readings, null), outcome: outcome(END), okAt: END };
  const at = async (now: number) => {
    const { state } = await recordAt(store, record, now);
    const own = state.quotas["five-hour"];
    return [state.at, own?.at, own?.reading.used, own?.cycle.count];
  };
  assertEquals(await at(AT), [AT, AT, 20, 2]);
  assertEquals(await at(AT - 1), [after(-10), after(-10), 10, 1]);
  assertEquals(await at(after(-10) - 1), [null, undefined, undefined, undefined]);
});

Deno.test("an account is as recent as its most recent quota, whose plan is its own", async () => {
  const readings = {
    [QUOTA]: [storedAt(after(-20), { used: 10 })],
    [OTHER]: [storedAt(after(-10), { used: 10 })],
  };
  const terms = {
    [QUOTA]: [{ until: END, unit: null, plan: "Old" }],
    [OTHER]: [{ until: END, unit: null, plan: "New" }],
  };
  const cycles = [cycle(after(-20)), cycle(after(-20), OTHER)];
  const state = await stateAt(pastStore({ readings, terms, cycles }), lastState(readings, "Latest"), AT);
  assertEquals([state.at, state.plan], [after(-10), "New"]);
  assertEquals(Object.keys(state.quotas), ["five-hour", "other"]);
  const never = await stateAt(pastStore({ cycles }), lastState(readings, "Latest"), AT);
  assertEquals([never.at, never.plan, never.wholeAt, never.quotas], [null, "Latest", undefined, {}]);
});

Deno.test("the last snapshot of all quotas is the last one polled, or without any the first", async () => {
  const local = { source: "statusline" };
  const cases: readonly (readonly [five: Past["readings"], expected: number | undefined])[] = [
    // Polled together: the last readings of all are whole.
    [{ [QUOTA]: [storedAt(after(-9))], [OTHER]: [storedAt(after(-9))] }, undefined],
    // A local reading since then.
    [
      { [QUOTA]: [storedAt(after(-9)), storedAt(after(-5), local)], [OTHER]: [storedAt(after(-9))] },
      after(-9),
    ],
    // Two polls, of which the second lacked a quota.
    [{ [QUOTA]: [storedAt(after(-9))], [OTHER]: [storedAt(after(-9)), storedAt(after(-4))] }, undefined],
    // Local readings only: none counts as gone.
    [{ [QUOTA]: [storedAt(after(-9), local)], [OTHER]: [storedAt(after(-3), local)] }, after(-9)],
    [{ [QUOTA]: [storedAt(after(-3), local)], [OTHER]: [storedAt(after(-3), local)] }, undefined],
    // The poll was before the cycle that is open now.
    [
      {
        [QUOTA]: [storedAt(after(-70)), storedAt(after(-60), local), storedAt(after(-5), local)],
        [OTHER]: [storedAt(after(-6), local)],
      },
      after(-70),
    ],
  ];
  for (const [place, [readings = {}, expected]] of cases.entries()) {
    const cycles = [cycle(after(-50)), cycle(after(-50), OTHER)];
    const { wholeAt } = await stateAt(pastStore({ readings, cycles }), lastState(readings, null), AT);
    assertEquals([place, wholeAt], [place, expected]);
  }
});

Deno.test("the cycle open at an instant is the last one read by then", async () => {
  const began = after(-30);
  const before = { resetsAt: began, used: 80 };
  const next = { resetsAt: began + 5 * HOUR_MS, used: 1 };
  const readings = {
    [QUOTA]: [
      storedAt(after(-60), { ...before, used: 70 }),
      storedAt(after(-40), before),
      storedAt(after(-20), next),
      storedAt(after(-10), { ...next, used: 5 }),
    ],
  };
  const cycles = [cycle(began), cycle(after(-60)), cycle(after(-500))];
  const at = async (now: number) => {
    const state = await stateAt(pastStore({ readings, cycles }), lastState(readings, null), now);
    const { cycle } = state.quotas["five-hour"]!;
    return [(cycle.startedAt - AT) / MINUTE_MS, cycle.peak, cycle.count];
  };
  assertEquals(await at(after(-10)), [-30, 5, 2]);
  assertEquals(await at(after(-20)), [-30, 1, 1]);
  // It has begun, which no reading shows yet.
  assertEquals(await at(after(-20) - 1), [-60, 80, 2]);
  assertEquals(await at(after(-40)), [-60, 80, 2]);
  // The start of a cycle moves to its first use: the readings before it are all of the quota then.
  const moved = [cycle(after(-20))];
  const early = await stateAt(pastStore({ readings, cycles: moved }), lastState(readings, null), after(-40));
  assertEquals(early.quotas["five-hour"]!.cycle.count, 2);
});

Deno.test("the rhythm of readings reaches back before the cycle, over sixteen distances", async () => {
  const instants = [...every(30, 30, after(-10)), AT];
  const readings = { [QUOTA]: instants.map((at) => storedAt(at, { used: 5 })) };
  const cycles = [cycle(AT), cycle(instants[0]!)];
  const { quotas } = await stateAt(pastStore({ readings, cycles }), lastState(readings, null), AT);
  const minutes = quotas["five-hour"]!.distances!.map((one) => one / MINUTE_MS);
  assertEquals(minutes, [...Array.from({ length: 15 }, () => 30), 10]);
});

Deno.test("all of the last hour counts for the rate, however often it was read", async () => {
  for (const count of [15, 17, 80]) {
    const instants = every(1, count, AT);
    const all = instants.map((at, i) => storedAt(at, { used: i, limit: 1000, consumed: 1 }));
    const readings = { [QUOTA]: all };
    const cycles = [cycle(AT), cycle(instants[0]!)];
    const { quotas } = await stateAt(pastStore({ readings, cycles }), lastState(readings, null), AT);
    const { recent } = quotas["five-hour"]!;
    const sum = recent.reduce((all, { consumed }) => all + consumed, 0);
    // One a minute, in sums over five minutes.
    const least = Math.min(60, count - 1);
    assert(sum >= least && sum < least + 5, `${count}: ${sum}`);
    assertEquals(recent.at(-1)!.to, AT);
  }
});

Deno.test("an account may be idle as long as the readings up to the instant are apart, over sixteen distances", async () => {
  const session = {
    account: ACCOUNT,
    startedAt: after(-60),
    endedAt: null,
    lastRiseAt: AT,
    readings: 2,
    quotas: [{
      quota: "five-hour",
      startedAt: after(-60),
      lastRiseAt: AT,
      start: 0,
      end: 1,
      leftStart: null,
      leftEnd: null,
      consumed: 1,
    }],
  };
  const idleAt = async (instants: readonly number[], now: number) => {
    const readings = { [QUOTA]: instants.map((at) => storedAt(at)) };
    return await sessionIdleAt(pastStore({ readings }), session, now, 0) / MINUTE_MS;
  };
  const rare = every(30, 4, after(-20));
  // Of few readings the shortest distance counts, so the reading of that very moment tells.
  assertEquals(await idleAt([...rare.slice(-3), AT], AT - 1), 45);
  assertEquals(await idleAt([...rare.slice(-3), AT], AT), 30);
  // Nine of sixteen are long, and after the next reading eight.
  const changed = [...every(30, 10, after(-7)), ...every(1, 7, AT)];
  assertEquals(await idleAt(changed, AT), 45);
  assertEquals(await idleAt([...changed, after(1)], after(1)), 1.5);
});
