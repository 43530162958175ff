/** Which provisional readings become final, which are reverted, and which continue: each bound. */
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import { beginMark } from "../../lib/model/engine/mark.ts";
import {
  continueFall,
  correctableFrom,
  type Fall,
  isDropped,
  isReverted,
  isSettled,
  type PendingReset,
  type ProvisionalReadings,
  startProvisional,
  type StateBefore,
  updateProvisional,
} from "../../lib/model/engine/pending_reset.ts";
import type { Rise } from "../../lib/model/engine/session_parts.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import { BALANCE, DAY_MS, HOUR_MS, MINUTE_MS, reading, replayOne, utc } from "../support/readings.ts";

const START = utc("2026-11-21 10:00");
const RESET = START + 5 * HOUR_MS;
const OTHER = RESET + 3 * HOUR_MS;
/** A twentieth of five hours. */
const TOLERANCE = 15 * MINUTE_MS;
const left = (remaining: number, limit: number | null = 100) => ({ used: null, remaining, limit });

function standing(fields: Partial<Reading>, resetsAt: number | null = RESET): StateBefore {
  return {
    reading: reading({ resetsAt, ...fields }),
    at: START,
    cycle: { startedAt: START, resetsAt } as Cycle,
  };
}

function fallFrom(fields: Partial<Reading>, rises: readonly Rise[] = []): Fall {
  const low = reading({ resetsAt: OTHER, ...fields });
  return {
    cycle: {
      startedAt: START + HOUR_MS,
      resetsAt: OTHER,
      peak: low.used,
      consumed: low.used ?? 0,
      limit: 100,
      count: 1,
      lastAt: START + HOUR_MS,
    } as Cycle,
    mark: beginMark(low, null),
    evidence: [],
    rises,
  };
}

Deno.test("a pending reset whose reading has no reset is dropped by the value, and otherwise by the old reset", () => {
  const dropped = (known: number | null, next: Partial<Reading>) =>
    isDropped(
      { before: standing({ used: 50 }, known) } as PendingReset,
      reading({ used: 10, resetsAt: OTHER }),
      reading(next),
    );
  assertEquals(dropped(RESET, { used: 20, resetsAt: RESET }), true);
  assertEquals(dropped(RESET, { used: 50, resetsAt: OTHER }), false);
  assertEquals([50, 20].map((used) => dropped(RESET, { used, resetsAt: null })), [true, false]);
  assertEquals([50, 20].map((used) => dropped(null, { used, resetsAt: RESET })), [true, false]);
  assertEquals(dropped(null, { used: null }), false);
});

Deno.test("a vendor has gone back to a reset within the tolerance, if it is nearer to that than to its last one", () => {
  const back = (last: number | null, next: number | null, known: number | null = RESET) =>
    isReverted(
      { before: standing({ used: 60 }, known) } as ProvisionalReadings,
      reading({ used: 20, resetsAt: last }),
      reading({ used: 60, resetsAt: next }),
    );
  assertEquals([RESET - TOLERANCE, RESET + TOLERANCE].map((next) => back(OTHER, next)), [true, true]);
  assertEquals([RESET - TOLERANCE - 1, RESET + TOLERANCE + 1].map((next) => back(OTHER, next)), [
    false,
    false,
  ]);
  assertEquals([back(OTHER, null), back(null, RESET, null)], [false, false]);
  assertEquals([back(null, RESET), back(null, RESET + TOLERANCE)], [true, true]);
  // Nearer to the last one: it only moves step by step.
  const last = RESET + 2 * 10 * MINUTE_MS;
  assertEquals([back(last, RESET + 10 * MINUTE_MS), back(last, RESET + 10 * MINUTE_MS + 1)], [true, false]);
  // It had not moved away.
  assertEquals(back(RESET + TOLERANCE, RESET + TOLERANCE), true);
  assertEquals(back(RESET + TOLERANCE + 1, RESET + TOLERANCE), false);
});

Deno.test("readings are reverted by what is left if nothing else is comparable, and not by unknown values", () => {
  const reverted = (before: Partial<Reading>, doubtful: Partial<Reading>, now: Partial<Reading>) =>
    isReverted(
      { before: standing(before) } as ProvisionalReadings,
      reading({ resetsAt: OTHER, ...doubtful }),
      reading({ resetsAt: RESET, ...now }),
    );
  assertEquals([40, 60, 61].map((now) => reverted(left(40), left(80), left(now))), [true, true, false]);
  const both = (used: number, remaining: number) => ({ used, remaining });
  assertEquals(reverted(both(60, 40), both(20, 80), left(40)), true);
  assertEquals(reverted(both(60, 40), left(80), both(0, 40)), true);
  assertEquals(reverted(left(40), both(20, 80), both(0, 40)), true);
  assertEquals(reverted({ used: 60 }, { used: 20 }, left(40)), false);
  assertEquals(reverted({ used: 60 }, left(80), { used: 60 }), false);
  assertEquals(reverted(left(40), { used: 20 }, left(40)), false);
});

Deno.test("a fall is settled once the old reset has passed, after a day, or with a hundred rises", () => {
  const settled = (at: number, known = RESET, rises = 0, resetsAt: number | null = OTHER) =>
    isSettled(
      {
        ...startProvisional(standing({ used: 60 }, known), START + HOUR_MS, null),
        fall: fallFrom({ used: 2 }, Array.from({ length: rises }, () => ({} as Rise))),
      },
      reading({ used: 3, resetsAt }),
      at,
    );
  assertEquals([settled(RESET - 1), settled(RESET)], [false, true]);
  const far = START + 4 * DAY_MS;
  const day = START + HOUR_MS + DAY_MS;
  assertEquals([settled(day - 1, far), settled(day, far)], [false, true]);
  const soon = START + 2 * HOUR_MS;
  assertEquals([settled(soon, RESET, 99), settled(soon, RESET, 100)], [false, true]);
  // As long as the vendor states the other reset.
  const resets = [RESET + TOLERANCE, RESET + TOLERANCE + 1, RESET - TOLERANCE, RESET - TOLERANCE - 1, null];
  assertEquals(resets.map((reset) => settled(RESET, RESET, 0, reset)), [false, true, false, true, false]);
});

Deno.test("a value that is back is settled if half of it was used step by step since the fall", () => {
  const settled = (before: Partial<Reading>, risen: Partial<Reading>, now: Partial<Reading>) =>
    isSettled(
      { ...startProvisional(standing(before), START, null), fall: fallFrom(risen) },
      reading({ resetsAt: OTHER, ...now }),
      RESET,
    );
  const used = (risen: number) => settled({ used: 60 }, { used: risen }, { used: 60 });
  assertEquals([used(29.5), used(30)], [false, true]);
  const remaining = (risen: number, limit: number | null) =>
    settled(left(40, limit), left(risen, limit), left(40, null));
  assertEquals([remaining(70.5, 100), remaining(70, 100), remaining(70, null)], [false, true, false]);
  assertEquals(settled({ used: 60 }, { used: null }, { used: 60 }), false);
  // Below the value of that time, only time decides.
  assertEquals(settled(left(40), left(99), left(40.5)), true);
  assertEquals(
    isSettled(startProvisional(standing({ used: 60 }), START, null), reading({ resetsAt: OTHER }), RESET),
    false,
  );
});

Deno.test("a fall continues with its rises, until the value is back at once", () => {
  const at = START + 2 * HOUR_MS;
  const next = (used: number, from = 2) =>
    continueFall(
      { ...startProvisional(standing({ used: 60 }), START, null), fall: fallFrom({ used: from }) },
      reading({ used, resetsAt: OTHER + 1 }),
      at,
    );
  const rise = {
    quota: "five-hour",
    at,
    from: START + HOUR_MS,
    start: 2,
    end: 5,
    leftStart: null,
    leftEnd: null,
    consumed: 3,
  };
  assertEquals(next(5)?.rises, [rise]);
  const { cycle, mark } = next(5)!;
  assertEquals([cycle.consumed, cycle.peak, cycle.count, cycle.lastAt, cycle.resetsAt], [
    5,
    5,
    2,
    at,
    OTHER + 1,
  ]);
  assertEquals(mark.used, 5);
  assertEquals([next(2)?.rises, next(2)?.cycle.count], [[], 2]);
  assertEquals([next(60), next(60, 30)?.cycle.consumed], [undefined, 60]);
});

Deno.test("provisional readings are final with more than a hundred entries, or once the old reset stays", () => {
  const entry = { at: START, consumed: 1, begun: null };
  const doubt = (entries: number, returning = false): ProvisionalReadings => ({
    ...startProvisional(standing({ used: 60 }), START, null),
    entries: Array.from({ length: entries }, () => entry),
    returning,
  });
  const update = (doubt: ProvisionalReadings, resetsAt = OTHER, isEntry = true) =>
    updateProvisional(
      doubt,
      reading({ resetsAt: OTHER }),
      reading({ used: 5, resetsAt }),
      START,
      isEntry ? entry : null,
    );
  assertEquals(update(doubt(99))?.entries.length, 100);
  assertEquals([update(doubt(100)), update(doubt(100), OTHER, false)?.entries.length], [undefined, 100]);
  assertEquals([update(doubt(0), RESET)?.returning, update(doubt(0))?.returning], [true, false]);
  assertEquals([update(doubt(0, true), RESET), update(doubt(0, true))?.returning], [undefined, false]);
  assertEquals([doubt(0).readings, update(doubt(0))?.readings], [1, 2]);
});

Deno.test("a balance that falls to zero may be corrected for a while; one that was not above zero is final", () => {
  const correctable = (...amounts: readonly (number | null)[]) => {
    const { state } = replayOne(amounts.map((remaining, index) => ({
      at: START + index * MINUTE_MS,
      window: BALANCE,
      used: null,
      limit: null,
      remaining,
    })));
    return correctableFrom(state.quotas["five-hour"]!);
  };
  assertEquals(correctable(5, 0), START + MINUTE_MS);
  assertEquals(correctable(0.01, 0), START + MINUTE_MS);
  for (const before of [0, -5, null]) assertEquals(correctable(before, 0), Infinity, `${before} before`);
  // Still zero: it is the same fall.
  assertEquals(correctable(5, 0, 0), START + MINUTE_MS);
});
