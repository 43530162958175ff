/** What two readings say about a reset, at each bound: just below, at and above it. */
import { type BaselineReason } from "../../lib/model/engine/mark.ts";
import {
  continueCycle,
  type Cycle,
  decideReset,
  hasDroppedToZero,
  isIdle,
  isUnused,
  type PreviousReading,
} from "../../lib/model/engine/cycle.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import { BALANCE, DAY_MS, HOUR_MS, MINUTE_MS, MONTHLY, reading, utc } from "../support/readings.ts";

const at = (time: string) => utc(time.length > 8 ? time : `2026-11-21 ${time}`);
/** A twentieth of five hours. */
const TOLERANCE = 15 * MINUTE_MS;

interface Case {
  readonly before: Partial<Reading>;
  readonly after: Partial<Reading>;
  readonly cycle?: PreviousReading["cycle"];
  readonly from?: number;
  readonly to?: number;
  readonly changed?: Exclude<BaselineReason, "source">;
}

/** Decides between two readings around 15:00, when the window of the first one ends. */
function decide({ before, after, cycle, from = at("14:58"), to = at("15:03"), changed }: Case) {
  const resetsAt = at("15:00");
  return decideReset(
    {
      reading: reading({ resetsAt, ...before }),
      at: from,
      cycle: cycle ??
        { startedAt: at("10:00"), resetsAt: before.resetsAt === undefined ? resetsAt : before.resetsAt },
    },
    reading({ resetsAt, ...after }),
    to,
    changed ?? null,
  );
}
const kind = (one: Case) => decide(one).kind;

Deno.test("a due reset needs a fall by more than rounding, of whatever both readings state", () => {
  const used = (before: number | null, after: number | null) =>
    kind({
      before: { used: before, limit: 1 },
      after: { used: after, limit: 1 },
    });
  assertEquals([used(1, 1 - 1e-9), used(1, 1 - 1.1e-9)], ["none", "reset"]);
  const left = (before: number | null, after: number | null) =>
    kind({
      before: { used: null, remaining: before, limit: 1 },
      after: { used: null, remaining: after, limit: 1 },
    });
  assertEquals([left(0.5, 0.5), left(0, 1e-9), left(0, 1.1e-9)], ["none", "none", "reset"]);
  assertEquals([left(null, 0.9), left(0.2, null), left(null, null)], ["none", "none", "none"]);
  // Where one reading states only what is left, that is compared.
  const [bare, both] = [{ used: null, remaining: 20 }, { used: 5, remaining: 95 }];
  assertEquals([kind({ before: bare, after: both }), kind({ before: both, after: bare })], ["reset", "none"]);
});

Deno.test("without a stated reset, a fall to exactly half is a correction, and any rise of what is left a reset", () => {
  const fall = (before: Partial<Reading>, after: Partial<Reading>) =>
    kind({ before: { ...before, resetsAt: null }, after: { ...after, resetsAt: null } });
  assertEquals([fall({ used: 60 }, { used: 30 }), fall({ used: 60 }, { used: 29.9 })], ["none", "early"]);
  assertEquals(fall({ used: null, remaining: 20 }, { used: 5, remaining: 21 }), "early");
});

Deno.test("values are compared after a changed limit, but not after another change of the whole", () => {
  const kinds = (["limit", "unit", "plan", "window"] as const)
    .map((changed) => kind({ before: { used: 60 }, after: { used: 5 }, changed }));
  assertEquals(kinds, ["reset", "none", "none", "none"]);
});

Deno.test("a new plan ends the cycle if its window has a length and began since the last reading", () => {
  const change = (fields: Partial<Reading>, resetsAt: number, to: number) =>
    decide({
      before: { used: 5, ...fields },
      after: { used: 60, resetsAt, ...fields },
      from: at("12:00"),
      to,
      changed: "plan",
    });
  const early = change({}, at("17:05"), at("12:05"));
  assertEquals([early.kind, early.evidence, early.endedAt], [
    "reset",
    ["reset-moved", "plan-changed"],
    at("12:05"),
  ]);
  assertEquals(change({}, at("16:00"), at("12:05")).kind, "none");
  assertEquals(change({ window: MONTHLY }, at("2026-12-21 12:05"), at("12:05")).kind, "none");
  // A due reset needs no explanation.
  const due = change({}, at("20:00"), at("15:05"));
  assertEquals([due.kind, due.evidence, due.endedAt], [
    "reset",
    ["reset-passed", "reset-moved"],
    at("15:00"),
  ]);
});

Deno.test("a cycle ends at its reset if that lies after the last reading, and otherwise when the reset was seen", () => {
  const end = (from: number) => decide({ before: { used: 60 }, after: { used: 5 }, from }).endedAt;
  assertEquals([end(at("15:00") - 1), end(at("15:00"))], [at("15:00"), at("15:03")]);
  const early = decide({
    before: { used: 60 },
    after: { used: 0, resetsAt: at("17:05") },
    from: at("12:00"),
    to: at("12:05"),
  });
  assertEquals([early.kind, early.endedAt], ["early", at("12:05")]);
});

Deno.test("a new cycle begins at the reset, unless its window begins later by more than the tolerance", () => {
  const start = (began: number) =>
    decide({
      before: { used: 60 },
      after: { used: 5, resetsAt: began + 5 * HOUR_MS },
      to: at("16:00"),
    }).startedAt;
  assertEquals([start(at("15:00") + TOLERANCE), start(at("15:00") + TOLERANCE + 1)], [
    at("15:00"),
    at("15:00") + TOLERANCE + 1,
  ]);
});

Deno.test("an early fall is a reset if its window began between the readings, with a tolerance", () => {
  const fall = (began: number) =>
    kind({
      before: { used: 60, resetsAt: at("12:00") },
      after: { used: 5, resetsAt: began + 5 * HOUR_MS },
      cycle: { startedAt: at("07:00"), resetsAt: at("12:00") },
      from: at("10:00"),
      to: at("10:30"),
    });
  assertEquals([at("10:00") - TOLERANCE, at("10:00") - TOLERANCE + 1].map(fall), ["none", "early"]);
  assertEquals([at("10:30") + TOLERANCE, at("10:30") + TOLERANCE + 1].map(fall), ["early", "none"]);
});

Deno.test("a month ends if its reset moved by 88 % of its length, or by 20 days if that is unknown", () => {
  const moved = (byMs: number, whole: boolean) =>
    kind({
      before: { used: 5, window: MONTHLY, resetsAt: at("2026-12-01") },
      after: { used: 6, window: MONTHLY, resetsAt: at("2026-12-01") + byMs },
      cycle: { startedAt: at("2026-11-01"), resetsAt: at("2026-12-01"), whole },
      from: at("2026-11-30 23:00"),
      to: at("2026-12-01 00:05"),
    });
  const least = 0.88 * 30 * DAY_MS;
  assertEquals([moved(least, true), moved(least - 1, true)], ["reset", "none"]);
  assertEquals([moved(20 * DAY_MS, false), moved(20 * DAY_MS - 1, false)], ["reset", "none"]);
  // February follows January.
  assertEquals(moved(28 * DAY_MS, true), "reset");
});

Deno.test("a balance is topped up by a larger grant if both are stated, and otherwise by more than a hundredth", () => {
  const topUp = (before: Partial<Reading>, after: Partial<Reading>) => {
    const balance = { used: null, limit: null, remaining: null, window: BALANCE, resetsAt: null };
    return kind({ before: { ...balance, ...before }, after: { ...balance, ...after } }) === "top-up";
  };
  assertEquals([topUp({ limit: 0.5 }, { limit: 0.5 + 1e-9 }), topUp({ limit: 0.5 }, { limit: 0.5 + 2e-9 })], [
    false,
    true,
  ]);
  assertEquals([101, 101.01].map((remaining) => topUp({ remaining: 100 }, { remaining })), [false, true]);
  assertEquals(
    [topUp({ remaining: 9 }, { remaining: 9, limit: 50 }), topUp({ limit: 50 }, { remaining: 9 })],
    [
      false,
      false,
    ],
  );
  assertEquals([topUp({}, { remaining: 9 }), topUp({ remaining: 9 }, {})], [false, false]);
});

Deno.test("a window is unused if nothing of it was used or all is left, and idle if its reset is a whole window away", () => {
  const unused = (used: number | null, remaining: number | null, limit: number | null) =>
    isUnused(reading({ used, remaining, limit }));
  assertEquals([unused(0, null, null), unused(0.5, 100, 100)], [true, false]);
  assertEquals([unused(null, 100, 100), unused(null, 99.9, 100), unused(null, 110, 100)], [
    true,
    false,
    true,
  ]);
  assertEquals([unused(null, 100, null), unused(null, null, 100), unused(null, null, null)], [
    false,
    false,
    false,
  ]);
  const idle = (resetsAt: number | null, used = 0) => isIdle(reading({ used, resetsAt }), at("10:00"));
  assertEquals([idle(at("15:00") - TOLERANCE), idle(at("15:00") - TOLERANCE - 1)], [true, false]);
  assertEquals([idle(at("15:00"), 1), idle(null)], [false, false]);
});

Deno.test("hasDroppedToZero() needs a reset that moved on by more than the tolerance, and a limit", () => {
  const dropped = (after: Partial<Reading>, limit: number | null = 100) => {
    const known = at("15:00");
    const before = {
      reading: reading({ used: 50, limit, resetsAt: known }),
      at: at("12:00"),
      cycle: { startedAt: at("10:00"), resetsAt: known },
    };
    return hasDroppedToZero(
      before,
      reading({ used: 0, limit, resetsAt: at("17:05"), ...after }),
      at("12:05"),
    );
  };
  const moved = (byMs: number) => dropped({ resetsAt: at("15:00") + byMs });
  assertEquals([moved(TOLERANCE), moved(TOLERANCE + 1)], [false, true]);
  assertEquals([dropped({}, 0.5), dropped({}, 0), dropped({}, null)], [true, false, false]);
});

Deno.test("a reading continues a cycle with what it states, and what it omits stays", () => {
  const cycle = {
    resetsAt: at("15:00"),
    peak: 40,
    consumed: 10,
    limit: 100,
    count: 3,
    lastAt: at("12:00"),
  } as Cycle;
  const next = (fields: Partial<Reading>, from = cycle) => {
    const one = continueCycle(from, reading(fields), at("12:05"), 2);
    return [one.resetsAt, one.peak, one.consumed, one.limit, one.count, one.lastAt];
  };
  assertEquals(next({ used: 42, limit: 200, resetsAt: at("15:01") }), [
    at("15:01"),
    42,
    12,
    200,
    4,
    at("12:05"),
  ]);
  assertEquals(next({ used: 30, limit: null }), [at("15:00"), 40, 12, 100, 4, at("12:05")]);
  assertEquals([next({ used: null })[1], next({ used: 0 }, { ...cycle, peak: null })[1]], [40, 0]);
  assertEquals(next({ used: null }, { ...cycle, peak: null })[1], null);
});
