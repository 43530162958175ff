import fc from "fast-check";
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { Change } from "../../lib/model/engine/state.ts";
import { addToTally, EMPTY_TALLY, NO_POLLS, type Tally } from "../../lib/model/engine/tally.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import { ACCOUNT, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const KEY = `${ACCOUNT}/five-hour` as const;

function outcome(fields: Partial<Outcome> = {}): Outcome {
  return {
    account: ACCOUNT,
    at: AT,
    durationMs: 5,
    kind: "ok",
    failures: 0,
    nextAt: null,
    nextReason: "interval",
    credential: null,
    ...fields,
  };
}

function entry(consumed: number): Change {
  return { kind: "entry", quota: "five-hour", consumed, reset: false };
}

function adjust(by: number): Change {
  return { kind: "adjust", quota: "five-hour", at: AT, by, resets: 0 };
}

function total(tally: Tally): number | undefined {
  return tally.consumed.get(KEY)?.total;
}

Deno.test("addToTally() counts polls of each account by outcome", () => {
  let tally = addToTally(EMPTY_TALLY, outcome(), []);
  tally = addToTally(tally, outcome({ kind: "auth" }), []);
  tally = addToTally(tally, outcome({ kind: "auth" }), []);
  tally = addToTally(tally, outcome({ account: "acme/home" }), []);
  assertEquals(tally.polls.get(ACCOUNT), { ...NO_POLLS, ok: 1, auth: 2 });
  assertEquals(tally.polls.get("acme/home"), { ...NO_POLLS, ok: 1 });
  assertEquals(EMPTY_TALLY.polls.size, 0);
});

Deno.test("reverted consumption holds the total until as much is consumed again", () => {
  let tally = addToTally(EMPTY_TALLY, outcome(), [entry(3)]);
  const totals: (number | undefined)[] = [];
  for (const changes of [[entry(27)], [adjust(-27)], [entry(20)], [entry(10)], [adjust(4)]]) {
    tally = addToTally(tally, outcome(), changes);
    totals.push(total(tally));
  }
  assertEquals(totals, [30, 30, 30, 33, 37]);
});

Deno.test("consumption of an earlier run that this run reverts is offset against this run's count", () => {
  let tally = addToTally(EMPTY_TALLY, outcome(), [adjust(-5)]);
  assertEquals(total(tally), 0);
  tally = addToTally(tally, outcome(), [entry(7)]);
  assertEquals(total(tally), 2);
});

Deno.test("a total never falls, whatever a vendor states", () => {
  const used = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 30 });
  fc.assert(fc.property(used, (values) => {
    let state = emptyState(ACCOUNT);
    let tally = EMPTY_TALLY;
    let before = 0;
    for (const [index, value] of values.entries()) {
      const snapshot = { account: ACCOUNT, at: AT + index * MINUTE_MS, readings: [reading({ used: value })] };
      const step = advance(state, snapshot);
      state = step.state;
      tally = addToTally(tally, outcome(), step.changes);
      const now = total(tally) ?? 0;
      assert(now >= before, `${now} after ${before}`);
      before = now;
    }
  }));
});

Deno.test("for rising use, the total is the rise", () => {
  const rises = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(rises, (steps) => {
    let state = emptyState(ACCOUNT);
    let tally = EMPTY_TALLY;
    let used = 0;
    for (const [index, by] of steps.entries()) {
      if (index > 0) used += by;
      const snapshot = { account: ACCOUNT, at: AT + index * MINUTE_MS, readings: [reading({ used })] };
      const step = advance(state, snapshot);
      state = step.state;
      tally = addToTally(tally, outcome(), step.changes);
    }
    assertClose(total(tally) ?? 0, used);
  }));
});
