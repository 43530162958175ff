/** Days and weeks, and the readings that fall into them. */
import {
  bucketsIn,
  lastDays,
  lastWeeks,
  type Period,
  readBuckets,
  sumPeriods,
} from "../../lib/read/periods.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { storedReadings } from "./stored.ts";

const QUOTA = "acme/work/five-hour";
const NOW = utc("2026-11-22 10:30");
const DAY = "2026-11-21";
const at = (time: string) => utc(`${DAY} ${time}`);
const period = (from: string, to: string): Period => ({ from: at(from), to: at(to), label: from });

/** Every five minutes, one is consumed. */
const everyFiveMinutes = (from: string, to: string) =>
  Array.from({ length: (at(to) - at(from)) / (5 * MINUTE_MS) }, (_, i) => ({
    at: at(from) + i * 5 * MINUTE_MS,
    consumed: 1,
  }));

Deno.test("the last days and weeks of a zone end with today and this week, without gaps", () => {
  // In New York it is still Sunday.
  const now = utc("2026-11-23 03:00");
  assertEquals(lastDays(now, "America/New_York", 3), [
    { from: utc("2026-11-22 05:00"), to: utc("2026-11-23 05:00"), label: "2026-11-22" },
    { from: utc("2026-11-21 05:00"), to: utc("2026-11-22 05:00"), label: "2026-11-21" },
    { from: utc("2026-11-20 05:00"), to: utc("2026-11-21 05:00"), label: "2026-11-20" },
  ]);
  assertEquals(lastWeeks(now, "America/New_York", 2), [
    { from: utc("2026-11-16 05:00"), to: utc("2026-11-23 05:00"), label: "2026-W47" },
    { from: utc("2026-11-09 05:00"), to: utc("2026-11-16 05:00"), label: "2026-W46" },
  ]);
  assertEquals(lastWeeks(now, "UTC", 1), [
    { from: utc("2026-11-23"), to: utc("2026-11-30"), label: "2026-W48" },
  ]);
  // Samoa had no 30 December 2011.
  const samoa = lastDays(utc("2011-12-31 12:00"), "Pacific/Apia", 4);
  assertEquals(samoa.map(({ label }) => label), ["2012-01-01", "2011-12-31", "2011-12-29", "2011-12-28"]);
  assertEquals(samoa[2], { from: utc("2011-12-29 10:00"), to: utc("2011-12-30 10:00"), label: "2011-12-29" });
  assertEquals([lastDays(now, "UTC", 0), lastWeeks(now, "UTC", 0)], [[], []]);
});

Deno.test("a reading at the beginning of a period is in it, and one at its end in the next", async () => {
  const [edge, end] = [at("10:00"), at("11:00")];
  const entries = [edge - 1, edge, end - 1, end].map((at, i) => ({ at, consumed: 10 ** i }));
  const periods = [
    { from: edge - HOUR_MS, to: edge, label: "before" },
    { from: edge, to: end, label: "own" },
    { from: end, to: end + HOUR_MS, label: "after" },
    { from: end + HOUR_MS, to: end + 2 * HOUR_MS, label: "empty" },
  ];
  const { store } = storedReadings(entries);
  const sums = await sumPeriods(store, QUOTA, periods, NOW);
  assertEquals(sums.map(({ sum }) => sum?.consumed ?? null), [1, 110, 1000, null]);
  assertEquals(sums.map(({ label }) => label), ["before", "own", "after", "empty"]);
  const buckets = await readBuckets(store, QUOTA, periods, NOW);
  assertEquals(bucketsIn(buckets, periods[1]!).map(({ consumed }) => consumed), [110]);
});

Deno.test("nothing is read for no periods", async () => {
  const { store, asked } = storedReadings(everyFiveMinutes("10:00", "11:00"));
  assertEquals(await readBuckets(store, QUOTA, [], NOW), []);
  assertEquals(asked, []);
});

Deno.test("periods of whole hours are read by hours, any others by five minutes too", async () => {
  const stepsOf = async (...periods: readonly Period[]) => {
    const { store, asked } = storedReadings([]);
    await readBuckets(store, QUOTA, periods, NOW);
    return [...new Set(asked.map(({ step }) => step))];
  };
  const whole = period("10:00", "12:00");
  assertEquals(await stepsOf(whole, period("12:00", "14:00")), [HOUR_MS]);
  const both = [HOUR_MS, 5 * MINUTE_MS];
  assertEquals(await stepsOf(whole, period("12:00", "13:30")), both);
  assertEquals(await stepsOf(period("09:30", "10:00"), whole), both);
  assertEquals(await stepsOf(period("09:30", "10:45")), both);
});

/** What the periods consumed when buckets of five minutes from before an instant are gone. */
async function consumedIn(
  periods: readonly Period[],
  fineSince: string,
  entries = everyFiveMinutes("09:00", "14:00"),
) {
  const { store } = storedReadings(entries, { fine: at(fineSince) });
  return (await sumPeriods(store, QUOTA, periods, NOW)).map(({ sum }) => sum?.consumed ?? 0);
}

Deno.test("readings are counted in the period in which they were made, in any order of the periods", async () => {
  const periods = [period("10:30", "11:30"), period("11:30", "12:30"), period("12:30", "13:00")];
  assertEquals(await consumedIn(periods, "00:00"), [12, 12, 6]);
  assertEquals(await consumedIn(periods.toReversed(), "00:00"), [6, 12, 12]);
});

Deno.test("where only hours are left, each counts once, towards the period in which it ended", async () => {
  const periods = [period("10:30", "11:30"), period("11:30", "12:30"), period("12:30", "13:30")];
  for (
    const [fineSince, ...consumed] of [
      ["10:00", 12, 12, 12],
      ["10:30", 12, 12, 12],
      // The hour from 10:00 ends in the first period, and is known only as a whole.
      ["11:00", 12 + 6, 12, 12],
      ["11:10", 12, 12 + 6, 12],
      ["12:00", 12, 12 + 6, 12],
      ["12:05", 12, 12, 12 + 6],
      ["13:00", 12, 12, 12 + 6],
      ["23:00", 12, 12, 12],
    ] as const
  ) assertEquals([fineSince, ...await consumedIn(periods, fineSince)], [fineSince, ...consumed]);
});

Deno.test("a reading at the very beginning of the periods counts, however much of its hour is left", async () => {
  const periods = [period("10:30", "11:30")];
  const only = everyFiveMinutes("10:30", "10:35");
  for (const fineSince of ["10:00", "10:30", "10:35", "23:00"]) {
    assertEquals([fineSince, await consumedIn(periods, fineSince, only)], [fineSince, [1]]);
  }
  const entries = everyFiveMinutes("10:30", "12:00");
  for (const fineSince of ["10:00", "10:40", "11:00"]) {
    assertEquals([fineSince, await consumedIn(periods, fineSince, entries)], [fineSince, [12]]);
  }
});
