/** Quiet hours over clock changes: they begin and end when the clock of the zone first shows their times, or passes them. */
import { parseQuietHours, quietEnd } from "../../lib/model/alerts/delivery.ts";
import { assertEquals } from "../support/assert.ts";

/** @param end the end of the quiet hours, or null outside them */
type Case = readonly [zone: string, quiet: string, now: string, end: string | null];

const CASES: readonly Case[] = [
  // Turned forward at 2:00 by an hour: what ends at a skipped time ends with the gap.
  ["Europe/Berlin", "22:00-02:30", "2026-03-29T01:59+01:00", "2026-03-29T03:00+02:00"],
  ["Europe/Berlin", "22:00-02:30", "2026-03-29T03:00+02:00", null],
  ["Europe/Berlin", "22:00-07:00", "2026-03-28T22:00+01:00", "2026-03-29T07:00+02:00"],
  ["Europe/Berlin", "02:30-06:00", "2026-03-29T01:59+01:00", null],
  ["Europe/Berlin", "02:30-06:00", "2026-03-29T03:00+02:00", "2026-03-29T06:00+02:00"],
  // Turned back at 3:00 by an hour: the first occurrence of a time counts.
  ["Europe/Berlin", "22:00-07:00", "2026-10-24T22:00+02:00", "2026-10-25T07:00+01:00"],
  ["Europe/Berlin", "02:15-06:00", "2026-10-25T02:14+02:00", null],
  ["Europe/Berlin", "02:15-06:00", "2026-10-25T02:15+02:00", "2026-10-25T06:00+01:00"],
  ["Europe/Berlin", "02:15-06:00", "2026-10-25T02:10+01:00", "2026-10-25T06:00+01:00"],
  ["Europe/Berlin", "22:00-02:30", "2026-10-25T02:29+02:00", "2026-10-25T02:30+02:00"],
  ["Europe/Berlin", "22:00-02:30", "2026-10-25T02:15+01:00", null],
  ["America/New_York", "21:30-02:45", "2026-03-08T01:45-05:00", "2026-03-08T03:00-04:00"],
  ["America/New_York", "01:30-05:00", "2026-11-01T01:10-05:00", "2026-11-01T05:00-05:00"],
  // By half an hour at 2:00, in the other half of the year.
  ["Australia/Lord_Howe", "22:00-02:15", "2026-10-04T01:45+10:30", "2026-10-04T02:30+11:00"],
  ["Australia/Lord_Howe", "22:00-02:15", "2026-10-04T02:30+11:00", null],
  ["Australia/Lord_Howe", "01:45-06:00", "2026-04-05T01:40+10:30", "2026-04-05T06:00+10:30"],
  ["Australia/Lord_Howe", "22:00-07:00", "2026-04-04T23:00+11:00", "2026-04-05T07:00+10:30"],
];

for (const [zone, quiet, now, end] of CASES) {
  Deno.test(`at ${now} in ${zone}, quiet hours of ${quiet} ${end === null ? "are over" : `end at ${end}`}`, () => {
    const found = quietEnd(parseQuietHours(quiet)!, Date.parse(now), zone);
    assertEquals(found, end === null ? null : Date.parse(end));
  });
}
