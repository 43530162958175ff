import { decideReset, hasDroppedToZero, moveTolerance } from "../../lib/model/engine/cycle.ts";
import type { Cycle, Evidence, PreviousReading } from "../../lib/model/engine/cycle.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import {
  BALANCE,
  FIVE_HOURS,
  MONTHLY,
  ONE_HOUR,
  ONE_WEEK,
  reading,
  replayOne,
  ROLLING,
  utc,
} from "../support/readings.ts";

type Polled = Partial<Reading> & { readonly time: string };

/** A history of one quota and the times at which a cycle must have ended, in order. */
interface Case {
  readonly name: string;
  readonly polls: readonly Polled[];
  readonly ends: readonly string[];
  /** The total consumption, if it matters. */
  readonly consumed?: number;
  /** Signals of the last reset, if they matter. */
  readonly evidence?: readonly Evidence[];
}

const DAY = "2026-11-21";
const on = (time: string): number => utc(time.length > 8 ? time : `${DAY} ${time}`);
const at = (
  time: string,
  used: number | null,
  reset: string | null,
  more: Partial<Reading> = {},
): Polled => ({
  time,
  used,
  resetsAt: reset === null ? null : on(reset),
  ...more,
});
const search = { window: ONE_HOUR, quota: "search" };
const weekly = { window: ONE_WEEK, quota: "weekly", unit: "percent" } as const;
const monthly = { window: MONTHLY, quota: "monthly" };

const CASES: readonly Case[] = [
  // These are not resets.
  {
    name: "an advertised reset that wobbles by seconds ends nothing",
    polls: [
      at("10:00", 10, "15:00:00"),
      at("10:01", 11, "15:00:01"),
      at("10:02", 11, "14:59:59"),
      at("10:03", 12, "15:00:02"),
    ],
    ends: [],
    consumed: 2,
  },
  {
    name: "a reset that moves a little further with each use ends nothing",
    polls: [at("10:00", 10, "15:00"), at("10:05", 12, "15:04"), at("10:10", 15, "15:09")],
    ends: [],
    consumed: 5,
  },
  {
    name: "an idle hourly window that slides along ends nothing, polled every five minutes",
    polls: [
      at("10:00", 0, "11:00", search),
      at("10:05", 0, "11:05", search),
      at("10:10", 0, "11:10", search),
    ],
    ends: [],
  },
  {
    name: "an idle hourly window that slides along ends nothing, polled every half hour",
    polls: [
      at("10:00", 0, "11:00", search),
      at("10:30", 0, "11:30", search),
      at("11:00", 0, "12:00", search),
    ],
    ends: [],
  },
  {
    name: "an idle hourly window that slides along ends nothing, polled every three hours",
    polls: [
      at("10:00", 0, "11:00", search),
      at("13:00", 0, "14:00", search),
      at("16:00", 0, "17:00:01", search),
    ],
    ends: [],
  },
  {
    name: "an idle window of which only the remainder is known ends nothing either",
    polls: [
      at("10:00", null, "11:00", { ...search, remaining: 100 }),
      at("13:00", null, "14:00", { ...search, remaining: 100 }),
    ],
    ends: [],
  },
  {
    name: "the first use of an idle window ends nothing",
    polls: [
      at("10:00", 0, "11:00", search),
      at("10:30", 0, "11:30", search),
      at("11:00", 3, "11:59", search),
    ],
    ends: [],
    consumed: 3,
  },
  {
    name: "a passed reset the vendor still shows ends nothing until something changes",
    polls: [at("14:55", 80, "15:00"), at("15:03", 80, "15:00"), at("15:10", 82, "15:00")],
    ends: [],
    consumed: 2,
  },
  {
    name:
      "a fall while the reset stands is a correction, and what is below the highest value counts as nothing",
    polls: [
      at("10:00", 60, "15:00"),
      at("10:05", 20, "15:00"),
      at("10:10", 25, "15:00"),
      at("10:15", 61, "15:00"),
    ],
    ends: [],
    consumed: 1,
  },
  {
    name: "a reset that moves before its time without a fall ends nothing",
    polls: [at("10:00", 60, "15:00"), at("10:05", 60, "16:00"), at("10:10", 61, "17:00")],
    ends: [],
    consumed: 1,
  },
  {
    name: "a reset that moves back ends nothing, even with a fall",
    polls: [at("10:00", 60, "15:00"), at("10:05", 40, "13:00")],
    ends: [],
  },
  {
    name: "the rollback of 9 September 2026 ends nothing: reset moved on, then back",
    polls: [
      at("2026-09-09 10:00", 3, "2026-09-14 10:00", weekly),
      at("2026-09-09 10:05", 30, "2026-09-16 10:05", weekly),
      at("2026-09-09 10:10", 3, "2026-09-14 10:00", weekly),
      at("2026-09-09 10:15", 4, "2026-09-14 10:00", weekly),
    ],
    ends: [],
  },
  {
    name: "the same rollback ends nothing when the reset moved back first, then on",
    polls: [
      at("2026-09-09 10:00", 3, "2026-09-14 10:00", weekly),
      at("2026-09-09 10:05", 30, "2026-09-11 10:00", weekly),
      at("2026-09-09 10:10", 3, "2026-09-14 10:00", weekly),
    ],
    ends: [],
  },
  {
    name: "a reset that appears where none was ends nothing",
    polls: [at("10:00", 0, null), at("10:05", 4, "15:05")],
    ends: [],
    consumed: 4,
  },
  {
    name: "a reset left out for a poll ends nothing",
    polls: [at("10:00", 40, "15:00"), at("10:05", 40, null), at("10:10", 41, "15:00")],
    ends: [],
    consumed: 1,
  },
  {
    name: "a reset left out for a poll ends nothing, even with a small correction",
    polls: [at("10:00", 40, "15:00"), at("10:05", 39, null), at("10:10", 40, "15:00")],
    ends: [],
  },
  {
    name: "a reset left out just after it passed ends nothing while use goes on",
    polls: [at("14:58", 40, "15:00"), at("15:04", 41, null), at("15:08", 42, null)],
    ends: [],
    consumed: 2,
  },
  {
    name: "without an advertised reset a fall by less than half is a correction",
    polls: [at("10:00", 60, null), at("10:05", 31, null)],
    ends: [],
    consumed: 0,
  },
  {
    name: "a rolling window never resets",
    polls: [
      at("10:00", 90, "11:00", { window: ROLLING }),
      at("12:00", 5, "15:00", { window: ROLLING }),
      at("13:00", 0, null, { window: ROLLING }),
    ],
    ends: [],
    consumed: 0,
  },
  {
    name: "a balance never resets; a top-up ends its cycle and consumes nothing",
    polls: [
      at("10:00", null, null, { window: BALANCE, limit: null, remaining: 12 }),
      at("11:00", null, null, { window: BALANCE, limit: null, remaining: 9 }),
      at("12:00", null, null, { window: BALANCE, limit: null, remaining: 59 }),
      at("13:00", null, null, { window: BALANCE, limit: null, remaining: 58 }),
    ],
    ends: ["12:00"],
    consumed: 4,
    evidence: ["topped-up"],
  },
  {
    name: "a balance of which a refund of cents comes back was not topped up",
    polls: [
      at("10:00", null, null, { window: BALANCE, limit: null, remaining: 12 }),
      at("11:00", null, null, { window: BALANCE, limit: null, remaining: 9.95 }),
      at("12:00", null, null, { window: BALANCE, limit: null, remaining: 10 }),
    ],
    ends: [],
  },
  {
    name: "an empty balance that has something again was topped up",
    polls: [
      at("10:00", null, null, { window: BALANCE, limit: null, remaining: 0 }),
      at("11:00", null, null, { window: BALANCE, limit: null, remaining: 0.5 }),
      at("12:00", null, null, { window: BALANCE, limit: null, remaining: -0.25 }),
      at("13:00", null, null, { window: BALANCE, limit: null, remaining: 4.75 }),
    ],
    ends: ["11:00", "13:00"],
    consumed: 0.75,
  },
  {
    name: "a balance that states what was granted was topped up when that rose",
    polls: [
      at("10:00", 30, null, { window: BALANCE, limit: 50, remaining: 20 }),
      at("11:00", 31, null, { window: BALANCE, limit: 50, remaining: 20.9 }),
      at("12:00", 33, null, { window: BALANCE, limit: 50.25, remaining: 17.25 }),
    ],
    ends: ["12:00"],
    consumed: 3,
  },
  {
    name: "values that are not known end nothing",
    polls: [at("10:00", null, null, { limit: null }), at("12:00", null, null, { limit: null })],
    ends: [],
    consumed: 0,
  },
  {
    name: "a clock that steps forward by minutes ends nothing",
    polls: [at("10:00", 10, "15:00"), at("10:40", 11, "15:00"), at("10:41", 11, "15:00")],
    ends: [],
    consumed: 1,
  },

  // These are resets.
  {
    name: "a passed reset that moved on with a lower value ends the cycle at the reset",
    polls: [at("14:58", 80, "15:00"), at("15:03", 2, "20:00")],
    ends: ["15:00"],
    consumed: 2,
    evidence: ["reset-passed", "reset-moved", "use-fell"],
  },
  {
    name: "a passed reset that moved on with an equal value ends the cycle",
    polls: [at("14:58", 5, "15:00"), at("15:03", 5, "20:00"), at("15:15", 5, "20:00")],
    ends: ["15:00"],
    consumed: 5,
    evidence: ["reset-passed", "reset-moved"],
  },
  {
    name: "a passed reset that moved on with a higher value ends the cycle",
    polls: [at("14:58", 5, "15:00"), at("15:03", 20, "20:00")],
    ends: ["15:00"],
    consumed: 20,
  },
  {
    name: "a window in which nothing was used ends as well",
    polls: [at("14:58", 0, "15:00"), at("15:03", 0, "20:00")],
    ends: ["15:00"],
    consumed: 0,
  },
  {
    name: "a poll seconds after the reset sees it, whatever the value does",
    polls: [
      at("09:59", 5, "10:00"),
      at("10:00:30", 20, "15:00"),
      at("14:59", 20, "15:00"),
      at("15:00:30", 20, "20:00"),
      at("19:59", 90, "20:00"),
      at("20:00:30", 1, "2026-11-22 01:00"),
    ],
    ends: ["10:00", "15:00", "20:00"],
    consumed: 20 + 20 + 70 + 1,
  },
  {
    name: "a clock a minute behind the vendor's sees the reset when it moves",
    polls: [at("14:57", 5, "15:00"), at("14:59", 6, "20:00"), at("15:01", 7, "20:00")],
    ends: ["14:59"],
    consumed: 7,
  },
  {
    name: "a clock a minute ahead of the vendor's waits until something changes",
    polls: [at("14:59", 50, "15:00"), at("15:00:30", 51, "15:00"), at("15:01:30", 0, "20:00")],
    ends: ["15:01:30"],
    consumed: 1,
  },
  {
    name: "a reset the vendor applied late ends the cycle when it shows",
    polls: [at("14:55", 80, "15:00"), at("15:03", 80, "15:00"), at("15:10", 1, "20:00")],
    ends: ["15:10"],
    consumed: 1,
  },
  {
    name: "a value that fell before the vendor moved the reset ends one cycle, not two",
    polls: [
      at("14:58", 80, "15:00"),
      at("15:01", 4, "15:00"),
      at("15:05", 6, "20:00"),
      at("15:10", 7, "20:00"),
    ],
    ends: ["15:00"],
    consumed: 7,
  },
  {
    name: "a vendor that shows a spent reset for hours ends one cycle, and corrections end none",
    polls: [
      at("14:58", 80, "15:00"),
      at("15:04", 10, "15:00"),
      at("16:00", 12, "15:00"),
      at("17:00", 11, "15:00"),
    ],
    ends: ["15:00"],
    consumed: 12,
  },
  {
    name: "an early reset that the next reading confirms ends the cycle when it was first seen",
    polls: [
      at("2026-11-18 12:00", 64, "2026-11-20 09:00", weekly),
      at("2026-11-18 12:05", 1, "2026-11-25 12:03", weekly),
      at("2026-11-18 12:10", 1, "2026-11-25 12:03", weekly),
    ],
    ends: ["2026-11-18 12:05"],
    consumed: 1,
    evidence: ["reset-moved", "use-fell"],
  },
  {
    name: "an early reset of a calendar window ends the cycle when it was first seen",
    polls: [
      at("10:00", 64, "2026-12-01", monthly),
      at("10:05", 0, "2026-12-21", monthly),
      at("10:10", 3, "2026-12-21", monthly),
    ],
    consumed: 3,
    ends: ["10:05"],
  },
  {
    name: "a month that ends while the value stands ends the cycle at the reset",
    polls: [
      at("2026-11-30 23:59", 7, "2026-12-01", monthly),
      at("2026-12-01 00:04", 7, "2027-01-01", monthly),
      at("2026-12-01 00:15", 7, "2027-01-01", monthly),
    ],
    ends: ["2026-12-01"],
    consumed: 7,
  },
  {
    name: "a window that ended and was not begun again advertises no reset and nothing used",
    polls: [at("14:58", 30, "15:00"), at("15:03", 0, null), at("15:10", 0, null), at("16:00", 5, "21:00")],
    ends: ["15:00"],
    consumed: 5,
    evidence: ["reset-passed", "reset-gone", "use-fell"],
  },
  {
    name: "a window in which nothing was used can end so too",
    polls: [at("14:58", 0, "15:00"), at("15:03", 0, null), at("15:08", 0, null)],
    ends: ["15:00"],
  },
  {
    name: "a window that ends before its time, with no reset and nothing used",
    polls: [at("13:00", 30, "15:00"), at("13:05", 0, null), at("13:10", 0, null)],
    ends: ["13:05"],
    evidence: ["reset-gone", "use-fell"],
  },
  {
    name: "a reset left out around its time is still known afterwards",
    polls: [at("14:50", 40, "15:00"), at("14:55", 41, null), at("15:05", 44, "20:00")],
    ends: ["15:00"],
    consumed: 45,
  },
  {
    name: "without an advertised reset a fall by more than half is one",
    polls: [at("10:00", 60, null), at("10:05", 29, null), at("10:10", 29, null)],
    ends: ["10:05"],
    consumed: 29,
    evidence: ["use-fell"],
  },
  {
    name: "where only the remainder is known, its rise without an advertised reset is one",
    polls: [
      at("10:00", null, null, { remaining: 20 }),
      at("10:05", null, null, { remaining: 95 }),
      at("10:10", null, null, { remaining: 94 }),
    ],
    ends: ["10:05"],
    consumed: 6,
    evidence: ["left-rose"],
  },
  {
    name: "a gap over several windows ends the one cycle at its reset",
    polls: [at("09:00", 50, "10:00"), at("2026-11-22 09:00", 12, "2026-11-22 12:00")],
    ends: ["10:00"],
    consumed: 12,
  },
  {
    name: "an hourly window that was used and then slides ends once",
    polls: [
      at("12:25", 12, "12:31", search),
      at("12:32", 0, "13:32", search),
      at("12:37", 0, "13:37", search),
      at("14:40", 0, "15:40", search),
    ],
    ends: ["12:31"],
  },
  {
    name: "a clock that steps far ahead ends what passed, once",
    polls: [
      at("10:00", 10, "15:00"),
      at("2026-11-25 10:00", 10, "15:00"),
      at("2026-11-25 10:05", 11, "15:00"),
    ],
    ends: [],
    consumed: 1,
  },
];

for (const { name, polls, ends, consumed, evidence } of CASES) {
  Deno.test(`decideReset(): ${name}`, () => {
    const { cycles, entries } = replayOne(polls.map(({ time, ...fields }) => ({ at: on(time), ...fields })));
    const closed = cycles.filter((cycle) => cycle.endedAt !== null);
    assertEquals(closed.map((cycle) => cycle.endedAt), ends.map(on));
    const topUps = closed.filter((cycle) => cycle.endedBy.includes("topped-up")).length;
    assertEquals(entries.filter((entry) => entry.reset).length, ends.length - topUps);
    if (consumed !== undefined) {
      assertEquals(entries.reduce((sum, entry) => sum + entry.consumed, 0), consumed);
      assertEquals(cycles.reduce((sum, cycle) => sum + cycle.consumed, 0), consumed);
    }
    if (evidence) assertEquals(closed.at(-1)?.endedBy, evidence);
  });
}

Deno.test("a cycle begins where the previous one ended", () => {
  const { cycles } = replayOne([
    { at: on("14:58"), used: 80, resetsAt: on("15:00") },
    { at: on("15:03"), used: 2, resetsAt: on("20:00") },
  ]);
  assertEquals(cycles.map((cycle) => cycle.startedAt), [on("14:58"), on("15:00")]);
  assertEquals(cycles.map((cycle) => cycle.whole), [false, true]);
  assertEquals(cycles.map((cycle) => cycle.peak), [80, 2]);
  assertEquals(cycles.map((cycle) => cycle.count), [1, 1]);
});

Deno.test("after a gap over several windows, the new cycle begins with the window it belongs to", () => {
  const { cycles } = replayOne([
    { at: on("09:00"), used: 50, resetsAt: on("10:00") },
    { at: on("2026-11-22 09:00"), used: 12, resetsAt: on("2026-11-22 12:00") },
  ]);
  assertEquals(cycles[0]?.endedAt, on("10:00"));
  assertEquals(cycles[1]?.startedAt, on("2026-11-22 07:00"));
});

Deno.test("a new cycle never begins after its first reading", () => {
  const { cycles } = replayOne([
    { at: on("09:00"), used: 50, resetsAt: on("10:00") },
    { at: on("12:00"), used: 1, resetsAt: on("2026-11-24 12:00") },
  ]);
  assertEquals(cycles[1]?.startedAt, on("12:00"));
});

Deno.test("an open cycle keeps its known reset while the vendor omits it", () => {
  const { cycles } = replayOne([
    { at: on("10:00"), used: 5, resetsAt: on("15:00") },
    { at: on("10:05"), used: 5, resetsAt: null },
  ]);
  assertEquals(cycles[0]?.resetsAt, on("15:00"));
});

Deno.test("decideReset() states no evidence if there is no reset", () => {
  const verdict = decideReset(
    {
      reading: reading({ used: 60, resetsAt: on("15:00") }),
      at: on("10:00"),
      cycle: openSince("09:00", "15:00"),
    },
    reading({ used: 20, resetsAt: on("15:00") }),
    on("10:05"),
  );
  assertEquals(verdict.kind, "none");
  assertEquals(verdict.evidence, []);
});

Deno.test("decideReset() does not take rounding for a fall", () => {
  const before = reading({ used: 0.1 + 0.2, limit: 1 });
  const verdict = decideReset(
    { reading: before, at: on("15:01"), cycle: openSince("09:00", "15:00") },
    reading({ used: 0.3, limit: 1, resetsAt: on("15:00") }),
    on("15:05"),
  );
  assertEquals(verdict.kind, "none");
});

Deno.test("decideReset() treats a reset moved by at most its tolerance as the same, and one moved further as postponed", () => {
  const kind = (movedMs: number, used: number) =>
    decideReset(
      {
        reading: reading({ used: 60, resetsAt: on("15:00") }),
        at: on("14:55"),
        cycle: openSince("10:00", "15:00"),
      },
      reading({ used, resetsAt: on("15:00") + movedMs }),
      on("15:05"),
    ).kind;
  const tolerance = 15 * 60_000;
  // A small fall at a due reset is that reset; if it is only postponed, it is a correction.
  assertEquals([kind(0, 40), kind(tolerance, 40), kind(tolerance + 1, 40)], ["reset", "reset", "none"]);
  assertEquals([kind(tolerance + 1, 29), kind(tolerance + 1, 60)], ["reset", "none"]);
});

Deno.test("decideReset() accepts a passed reset from its time on, and two minutes before if the vendor has moved on", () => {
  const kind = (time: number, resetsAt: number, used = 5) =>
    decideReset(
      {
        reading: reading({ used: 60, resetsAt: on("15:00") }),
        at: on("14:50"),
        cycle: openSince("10:00", "15:00"),
      },
      reading({ used, resetsAt }),
      time,
    );
  assertEquals(kind(on("15:00"), on("15:00"), 50).kind, "reset");
  assertEquals(kind(on("15:00") - 1, on("15:00"), 50).kind, "none");
  const next = on("20:00");
  assertEquals(kind(on("14:58"), next).kind, "reset");
  assertEquals(kind(on("14:58") - 1, next).kind, "early");
  assertEquals([kind(on("15:00"), next).endedAt, kind(on("14:58"), next).endedAt], [
    on("15:00"),
    on("14:58"),
  ]);
});

Deno.test("moveTolerance() is ten minutes, or a twentieth of a long window", () => {
  assertEquals(moveTolerance(reading({ window: ONE_HOUR })), 10 * 60_000);
  assertEquals(moveTolerance(reading({ window: FIVE_HOURS })), 15 * 60_000);
  assertEquals(moveTolerance(reading({ window: ONE_WEEK })), 8.4 * 3_600_000);
  assertEquals(moveTolerance(reading({ window: MONTHLY })), 10 * 60_000);
});

function openSince(startedAt: string, resetsAt: string): { startedAt: number; resetsAt: number } {
  return { startedAt: on(startedAt), resetsAt: on(resetsAt) };
}

Deno.test("hasDroppedToZero() is a fall to at most a tenth of the limit, and to less than half of the previous value", () => {
  const fell = (was: number, now: number, more: Partial<Reading> = {}, limit = 100, at = on("12:05")) => {
    const known = on("15:00");
    const cycle = { startedAt: on("10:00"), resetsAt: known } as Cycle;
    const before = { reading: reading({ used: was, limit, resetsAt: known }), at: on("12:00"), cycle };
    const after = reading({ used: now, limit, resetsAt: on("17:05"), ...more });
    return hasDroppedToZero(before as PreviousReading, after, at);
  };
  assertEquals([fell(50, 0), fell(50, 10), fell(50, 10.5)], [true, true, false]);
  assertEquals([fell(20, 9.9), fell(20, 10), fell(8, 5), fell(0, 0)], [true, false, false, false]);
  // The reset has moved on by more than a vendor's rounding.
  assertEquals([fell(50, 0, { resetsAt: on("15:10") }), fell(50, 0, { resetsAt: null })], [false, false]);
  assertEquals(fell(50, 0, { window: ROLLING }), false);
  // Once the known reset has passed, it is no early one.
  assertEquals([on("15:00") - 1, on("15:00")].map((at) => fell(50, 0, {}, 100, at)), [true, false]);
  // Without a limit there is no tenth; the remainder shows the use as well.
  assertEquals(fell(50, 0, {}, 0), false);
  assertEquals(fell(50, 0, { used: null, remaining: 95 }), true);
  assertEquals(fell(50, 0, { used: null, remaining: null }), false);
});
