/** What reverts a pending reset, and until when: each bound. */
import fc from "fast-check";
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import {
  correctableFrom,
  isAlive,
  isDropped,
  isReverted,
  type PendingReset,
  type ProvisionalReadings,
  statesOtherReset,
} from "../../lib/model/engine/pending_reset.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ACCOUNT, DAY_MS, HOUR_MS, MINUTE_MS, reading, ROLLING, utc } from "../support/readings.ts";

const START = utc("2026-11-21 10:00");
const RESET = START + 5 * HOUR_MS;
/** A twentieth of five hours. */
const TOLERANCE = 15 * MINUTE_MS;

const standing = (fields: Partial<Reading>, resetsAt: number | null = RESET) => ({
  reading: reading({ resetsAt, ...fields }),
  at: START + HOUR_MS,
  cycle: { startedAt: START, resetsAt } as Cycle,
});

Deno.test("without a stated reset, a value has returned if it is near the old one and not below it", () => {
  const dropped = (from: number, low: number, to: number, limit: number | null = 100) =>
    isDropped(
      { before: standing({ used: from, limit }, null) } as PendingReset,
      reading({ used: low, limit }),
      reading({ used: to, limit }),
    );
  assertEquals([dropped(50, 10, 50), dropped(50, 10, 49.9)], [true, false]);
  assertEquals([dropped(50, 10, 60), dropped(50, 10, 60.1)], [true, false]);
  assertEquals([dropped(10, 5, 10), dropped(10, 5, 10.1)], [false, true]);
  // Without a limit the value itself is the measure.
  assertEquals([dropped(100, 10, 110, null), dropped(100, 10, 111, null)], [true, false]);
  const bare = { used: null, remaining: null } as const;
  assertEquals(
    isDropped({ before: standing(bare, null) } as PendingReset, reading(bare), reading(bare)),
    false,
  );
});

Deno.test("a reading wanders if its reset differs by more than the tolerance while the known one is ahead", () => {
  const at = START + 2 * HOUR_MS;
  const stray = (resetsAt: number | null, now = at, fields: Partial<Reading> = { used: 5 }) =>
    statesOtherReset(standing(fields) as never, reading({ used: 5, resetsAt }), now);
  assertEquals([stray(RESET + TOLERANCE), stray(RESET + TOLERANCE + 1)], [false, true]);
  assertEquals([stray(RESET - TOLERANCE), stray(RESET - TOLERANCE - 1)], [false, true]);
  assertEquals([stray(RESET + HOUR_MS, RESET - 1), stray(RESET + HOUR_MS, RESET)], [true, false]);
  assertEquals(stray(null), false);
});

Deno.test("doubtful readings stay in doubt for a day, or until shortly after the known reset", () => {
  const alive = (resetsAt: number | null, since: number, at: number) =>
    isAlive({ before: standing({ used: 5 }, resetsAt), since } as ProvisionalReadings, at);
  assertEquals([alive(RESET, START, RESET + TOLERANCE), alive(RESET, START, RESET + TOLERANCE + 1)], [
    true,
    false,
  ]);
  const far = START + 90 * HOUR_MS;
  assertEquals([alive(far, START, START + 24 * HOUR_MS), alive(far, START, START + 24 * HOUR_MS + 1)], [
    true,
    false,
  ]);
  assertEquals(alive(null, START, START + 1), false);
});

Deno.test("they are reverted by a reading of the old reset whose value is no nearer to theirs than to the old one", () => {
  const taken = (old: number, doubtful: number, now: number, resetsAt: number | null = RESET) =>
    isReverted(
      { before: standing({ used: old }) } as ProvisionalReadings,
      reading({ used: doubtful, resetsAt: RESET + 3 * HOUR_MS }),
      reading({ used: now, resetsAt }),
    );
  assertEquals([taken(60, 20, 60), taken(60, 20, 40), taken(60, 20, 39)], [true, true, false]);
  assertEquals([taken(60, 20, 60, RESET + 3 * HOUR_MS), taken(60, 20, 60, null)], [false, false]);
  assertEquals(
    statesOtherReset(
      standing({ used: 5, window: ROLLING }, null) as never,
      reading({ resetsAt: RESET }),
      START,
    ),
    false,
  );
});

Deno.test("a poll corrects no use older than the state before it announces, however long ago that was", () => {
  const step = fc.record({
    hours: fc.constantFrom(0.1, 1, 30, 100),
    used: fc.constantFrom(0, 3, 4, 30, 33, 60),
    resetsAt: fc.constantFrom(START + 20 * DAY_MS, START + 30 * DAY_MS, START + 2 * DAY_MS, null),
  });
  let oldest = 0;
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    let state = emptyState(ACCOUNT);
    let at = START;
    for (const { hours, used, resetsAt } of steps) {
      at += hours * HOUR_MS;
      const before = state.quotas["five-hour"];
      const step = advance(state, { account: ACCOUNT, at, readings: [reading({ used, resetsAt })] });
      state = step.state;
      const from = before ? correctableFrom(before) : Infinity;
      for (const change of step.changes) {
        if (change.kind !== "adjust") continue;
        assert(change.at >= from, `Corrected at ${change.at}, announced from ${from}`);
        oldest = Math.max(oldest, at - change.at);
      }
    }
  }));
  assert(oldest > 4 * DAY_MS, `No correction was older than ${oldest} ms`);
});
