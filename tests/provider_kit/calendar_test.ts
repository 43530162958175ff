import fc from "fast-check";
import { monthsLater, nextDay, nextHour, nextMonth, nextWeek } from "../../lib/provider_kit/calendar.ts";
import { assert, assertEquals } from "../support/assert.ts";

const iso = (at: number) => new Date(at).toISOString();
const at = Date.parse;

Deno.test("the next day, week and month in UTC begin at midnight, and never now", () => {
  assertEquals(iso(nextDay(at("2026-11-21T12:00:00Z"))), "2026-11-22T00:00:00.000Z");
  assertEquals(iso(nextDay(at("2026-11-22T00:00:00Z"))), "2026-11-23T00:00:00.000Z");
  assertEquals(iso(nextWeek(at("2026-11-21T12:00:00Z"))), "2026-11-23T00:00:00.000Z");
  assertEquals(iso(nextWeek(at("2026-11-23T00:00:00Z"))), "2026-11-30T00:00:00.000Z");
  assertEquals(iso(nextMonth(at("2026-11-21T12:00:00Z"))), "2026-12-01T00:00:00.000Z");
  assertEquals(iso(nextMonth(at("2026-12-01T00:00:00Z"))), "2027-01-01T00:00:00.000Z");
});

Deno.test("an hour of a zone follows its clock through summer and winter", () => {
  const next = (from: string) => iso(nextHour(at(from), 20, "America/New_York"));
  assertEquals(next("2026-11-21T12:00:00Z"), "2026-11-22T01:00:00.000Z");
  assertEquals(next("2026-11-22T01:00:00Z"), "2026-11-23T01:00:00.000Z");
  assertEquals(next("2026-07-01T12:00:00Z"), "2026-07-02T00:00:00.000Z");
  assertEquals(next("2026-11-01T01:30:00Z"), "2026-11-02T01:00:00.000Z");
});

Deno.test("a month later is the same time of day, on the last day if the month is shorter", () => {
  assertEquals(iso(monthsLater(at("2026-11-21T12:34:56.789Z"), 1)), "2026-12-21T12:34:56.789Z");
  assertEquals(iso(monthsLater(at("2027-01-31T08:00:00Z"), 1)), "2027-02-28T08:00:00.000Z");
  assertEquals(iso(monthsLater(at("2026-12-31T08:00:00Z"), 2)), "2027-02-28T08:00:00.000Z");
});

Deno.test("the next start is within the length of the current period", () => {
  const day = 86_400_000;
  fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), (now) => {
    for (const [next, most] of [[nextDay, day], [nextWeek, 7 * day], [nextMonth, 31 * day]] as const) {
      const wait = next(now) - now;
      assert(wait > 0 && wait <= most && next(now) % day === 0);
    }
    assertEquals(new Date(nextWeek(now)).getUTCDay(), 1);
    assertEquals(new Date(nextMonth(now)).getUTCDate(), 1);
  }));
});
