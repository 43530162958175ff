/** From how much history, and from how much work in it, an hour counts as idle. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../lib/model/duration.ts";
import type { TimeRange } from "../../../lib/model/forecast/work_week.ts";
import { findIdleWeek, type IdleWeek, idleWeek, listIdleRanges } from "../../../lib/model/horizon/idle.ts";
import { assertEquals } from "../../support/assert.ts";
import { READ_AT } from "../../support/views.ts";

/** Thursday, 19 November 2026, 13:00. */
const NOW = READ_AT;
const TODAY = NOW - 13 * HOUR_MS;
const [SUNDAY, MONDAY, THURSDAY, FRIDAY] = [0, 1, 4, 5] as const;

/** A session of so many minutes, at an hour of the day so many days ago. */
function session(daysAgo: number, hour: number, minutes = 50): TimeRange {
  const from = TODAY - daysAgo * DAY_MS + hour * HOUR_MS;
  return { from, to: from + minutes * MINUTE_MS };
}

/** Every working day from nine to five, over four weeks; the newest first. */
const OFFICE: readonly TimeRange[] = Array.from({ length: 28 }, (_, i) => session(i + 1, 9, 8 * 60 - 1))
  .filter(({ from }) => ![0, 6].includes(new Date(from).getUTCDay()));

function isIdle(week: IdleWeek | null, day: number, hour: number): boolean | undefined {
  return week?.[day * 24 + hour];
}

Deno.test("weekdays are judged apart once each of their hours was seen in three weeks", () => {
  const sundayIsFree = (from: number, now = NOW) => {
    const week = idleWeek(OFFICE, from, now, "UTC");
    assertEquals([isIdle(week, MONDAY, 9), isIdle(week, SUNDAY, 3)], [false, true]);
    return isIdle(week, SUNDAY, 9);
  };
  const weeks = 21 * DAY_MS;
  assertEquals([sundayIsFree(NOW - weeks), sundayIsFree(NOW - weeks + HOUR_MS)], [true, false]);
  // Neither the hour in which the history began nor the present one is a whole hour.
  const half = HOUR_MS / 2;
  assertEquals([sundayIsFree(NOW - weeks + half), sundayIsFree(NOW - weeks + half, NOW + half)], [
    false,
    false,
  ]);
  assertEquals(sundayIsFree(NOW - weeks - half, NOW + half), true);
});

Deno.test("idle hours are known after seven days in which anything was done", () => {
  const isKnown = (from: number, active: readonly TimeRange[] = OFFICE) =>
    idleWeek(active, from, NOW, "UTC") !== null;
  assertEquals([isKnown(NOW - 7 * DAY_MS), isKnown(NOW - 7 * DAY_MS + 1)], [true, false]);
  assertEquals([isKnown(NOW - 7 * DAY_MS, [session(2, 9, 5)]), isKnown(NOW - 7 * DAY_MS, [])], [true, false]);
  // An hour that has just begun says nothing about whole hours, nor does one from before the history.
  assertEquals([isKnown(NOW - 7 * DAY_MS, [session(0, 13, 5)]), isKnown(NOW - 7 * DAY_MS, [session(9, 9)])], [
    false,
    false,
  ]);
});

Deno.test("only the last four weeks count", () => {
  const month = NOW - 40 * DAY_MS;
  const week = idleWeek([...OFFICE, session(28, 3), session(27, 3)], month, NOW, "UTC");
  // 28 days ago it was before 13:00 on a Thursday, and the day after is within four weeks.
  assertEquals([isIdle(week, THURSDAY, 3), isIdle(week, FRIDAY, 3)], [true, false]);
});

Deno.test("without three weeks, an hour is idle if it was worked on at most a tenth of the days", () => {
  const at = (days: number, ...sessions: readonly TimeRange[]) => {
    const week = idleWeek([...OFFICE, ...sessions], NOW - days * DAY_MS, NOW, "UTC");
    // All days have the same hours, and midnight is one of them.
    assertEquals([isIdle(week, SUNDAY, 0), isIdle(week, FRIDAY, 0)], [true, true]);
    assertEquals(isIdle(week, SUNDAY, 3), isIdle(week, THURSDAY, 3));
    return isIdle(week, SUNDAY, 3);
  };
  assertEquals(at(10), true);
  assertEquals([at(10, session(2, 3)), at(9, session(2, 3))], [true, false]);
  assertEquals(at(10, session(2, 3), session(5, 3)), false);
  assertEquals([at(20, session(2, 3), session(5, 3)), at(19, session(2, 3), session(5, 3))], [true, false]);
});

Deno.test("a session works in each hour it touches, and in no other", () => {
  const start = session(2, 20, 0).from;
  const hours = (from: number, to: number) => {
    const active = [...OFFICE, { from: start + from * MINUTE_MS, to: start + to * MINUTE_MS }];
    const week = idleWeek(active, NOW - 28 * DAY_MS, NOW, "UTC");
    // Two days ago was a Tuesday.
    return [19, 20, 21, 22].filter((hour) => isIdle(week, 2, hour) === false);
  };
  assertEquals([hours(30, 70), hours(0, 59), hours(59, 60), hours(5, 5)], [[20, 21], [20], [20, 21], [20]]);
  assertEquals(hours(-1, 1), [19, 20]);
});

Deno.test("the history of sessions begins with the earliest", () => {
  const sessions = OFFICE.map(({ from, to }) => ({ startedAt: from, lastRiseAt: to }));
  const first = Math.min(...OFFICE.map(({ from }) => from));
  const week = findIdleWeek(sessions, NOW, "UTC");
  assertEquals(week, idleWeek(OFFICE, first, NOW, "UTC"));
  assertEquals([isIdle(week, SUNDAY, 9), isIdle(week, MONDAY, 9)], [true, false]);
  assertEquals(findIdleWeek(sessions.slice(0, 3), NOW, "UTC"), null);
  assertEquals(findIdleWeek([], NOW, "UTC"), null);
});

/** The idle parts of a range of today, in hours, if the user is idle in these hours of it. */
function shown(hours: readonly number[], from: number, to: number): readonly (readonly number[])[] {
  const week = Array.from(
    { length: 168 },
    (_, place) => hours.some((hour) => place === THURSDAY * 24 + hour),
  );
  const range = { from: TODAY + from * HOUR_MS, to: TODAY + to * HOUR_MS };
  return listIdleRanges(week, range, "UTC")
    .map(({ from, to }) => [(from - TODAY) / HOUR_MS, (to - TODAY) / HOUR_MS]);
}

Deno.test("a break is idle time from two hours on", () => {
  assertEquals(shown([10], 8, 20), []);
  assertEquals(shown([10, 11], 8, 20), [[10, 12]]);
  assertEquals(shown([9, 10, 11, 13, 15, 16], 8, 20), [[9, 12], [15, 17]]);
});

Deno.test("a break that reaches beyond the range is judged by all of it, and shown in it", () => {
  assertEquals(shown([6, 7], 7.75, 20), [[7.75, 8]]);
  assertEquals(shown([17, 18], 8, 17.25), [[17, 17.25]]);
  assertEquals(shown([17, 18, 19, 20, 21, 22], 8, 17.25), [[17, 17.25]]);
  assertEquals(shown([7], 7.75, 20), []);
  assertEquals(shown([17], 8, 17.25), []);
  // It only touches the range.
  assertEquals([shown([6, 7], 8, 20), shown([17, 18], 8, 17)], [[], []]);
  const all = Array.from({ length: 24 }, (_, hour) => hour);
  assertEquals(shown(all, 8, 17.5), [[8, 17.5]]);
});
