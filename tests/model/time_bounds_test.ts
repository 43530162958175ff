/** Instants and local times at the bounds of days, clock changes and tolerances. */
import {
  dayStart,
  instantAt,
  isFuture,
  isSameZone,
  isZone,
  midnight,
  nameZone,
  offsetAt,
  wallTime,
  weekStart,
} from "../../lib/model/time.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";

const BERLIN = "Europe/Berlin";

Deno.test("an instant is in the future when it is more than five seconds ahead", () => {
  const now = utc("2026-11-21 12:00");
  assertEquals([-1, 0, 5000, 5001].map((ms) => isFuture(now + ms, now)), [false, false, false, true]);
});

Deno.test("a local time is the instant at which clocks of its zone show it", () => {
  const at = (month: number, day: number, hour: number, minute: number, zone: string) =>
    instantAt({ year: 2026, month, day, hour, minute }, zone);
  assertEquals(at(1, 1, 0, 0, "UTC"), utc("2026-01-01"));
  assertEquals(at(12, 31, 23, 59, "UTC"), utc("2026-12-31 23:59"));
  assertEquals(at(1, 15, 12, 30, BERLIN), utc("2026-01-15 11:30"));
  assertEquals(at(7, 15, 12, 30, BERLIN), utc("2026-07-15 10:30"));
  assertEquals(at(7, 15, 20, 15, "America/New_York"), utc("2026-07-16 00:15"));
  assertEquals(at(7, 15, 0, 15, "Asia/Kathmandu"), utc("2026-07-14 18:30"));
});

Deno.test("a local time that occurs twice is the first, and a skipped one is as if clocks had not changed", () => {
  const at = (month: number, day: number, hour: number, minute: number, zone = BERLIN) =>
    instantAt({ year: 2026, month, day, hour, minute }, zone);
  // Clocks go back from 03:00 to 02:00 at 01:00 UTC.
  const autumn = [[1, 59], [2, 0], [2, 59], [3, 0]].map(([hour, minute]) => at(10, 25, hour!, minute!));
  assertEquals(autumn, [
    utc("2026-10-24 23:59"),
    utc("2026-10-25 00:00"),
    utc("2026-10-25 00:59"),
    utc("2026-10-25 02:00"),
  ]);
  // Clocks go forward from 02:00 to 03:00 at 01:00 UTC.
  const spring = [[1, 59], [2, 0], [2, 59], [3, 0]].map(([hour, minute]) => at(3, 29, hour!, minute!));
  assertEquals(spring, [
    utc("2026-03-29 00:59"),
    utc("2026-03-29 01:00"),
    utc("2026-03-29 01:59"),
    utc("2026-03-29 01:00"),
  ]);
  // West of Greenwich: from 02:00 to 03:00 at 07:00 UTC, and from 02:00 back to 01:00 at 06:00 UTC.
  assertEquals([at(3, 8, 2, 30, "America/New_York"), at(11, 1, 1, 30, "America/New_York")], [
    utc("2026-03-08 07:30"),
    utc("2026-11-01 05:30"),
  ]);
});

Deno.test("a day whose midnight lies within a skipped hour begins at its end", () => {
  // Toronto went from 23:30 to 00:30.
  const change = utc("1919-03-31 04:30");
  assertEquals(midnight(1919, 3, 31, "America/Toronto"), change);
  assertEquals(dayStart(change + 12 * HOUR_MS, "America/Toronto"), change);
  const { day, hour, minute } = wallTime(change, "America/Toronto");
  assertEquals([day, hour, minute], [31, 0, 30]);
  assertEquals(wallTime(change - 1, "America/Toronto").day, 30);
});

Deno.test("weeks can be moved by any number, back and forward", () => {
  const at = utc("2026-11-21 12:00");
  const monday = utc("2026-11-16");
  assertEquals([-2, -1, 0, 1, 2].map((weeks) => (weekStart(at, "UTC", weeks) - monday) / DAY_MS), [
    -14,
    -7,
    0,
    7,
    14,
  ]);
  // Sunday is the last day of its week, Monday the first.
  const sunday = utc("2026-11-22 23:59");
  assertEquals([weekStart(sunday, "UTC"), weekStart(sunday + MINUTE_MS, "UTC")], [monday, utc("2026-11-23")]);
});

Deno.test("a fraction of a millisecond before a clock change is before it", () => {
  const change = utc("2026-03-29 01:00");
  assertEquals([offsetAt(change - 0.5, BERLIN), offsetAt(change, BERLIN), offsetAt(change + 0.5, BERLIN)], [
    HOUR_MS,
    2 * HOUR_MS,
    2 * HOUR_MS,
  ]);
});

Deno.test("names of zones are compared and spelled as the runtime knows them", () => {
  assertEquals([isSameZone("UTC", "UTC"), isSameZone("UTC", BERLIN)], [true, false]);
  assertEquals([isSameZone(BERLIN, "europe/berlin"), isSameZone(BERLIN, "Mars/Olympus")], [true, false]);
  assertEquals([nameZone("europe/BERLIN"), isZone("europe/BERLIN"), isZone("Mars/Olympus")], [
    BERLIN,
    true,
    false,
  ]);
});
