import fc from "fast-check";
import type { Bucket } from "../../lib/model/engine/bucket.ts";
import { dayStart, isoDate } from "../../lib/model/time.ts";
import {
  INTERVALS,
  listSlots,
  mergeUse,
  type Slot,
  sumIntoSlots,
  sumUses,
  type Use,
} from "../../lib/model/history/usage.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, utc } from "../support/readings.ts";

const FROM = utc("2026-03-01 00:00");
const zones = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
);

function bucketAt(start: number, consumed: number, limit: number | null = 100): Bucket {
  const used = consumed;
  const share = limit === null ? null : used / limit;
  return {
    step: 3_600_000,
    start,
    firstAt: start,
    lastAt: start + 60_000,
    count: 2,
    first: 0,
    last: used,
    low: 0,
    high: used,
    leftLow: null,
    leftHigh: null,
    leftSum: 0,
    leftCount: 0,
    shareLast: share,
    shareLow: 0,
    shareHigh: share,
    limit,
    consumed,
    resets: 0,
  };
}

Deno.test("slots follow each other without a gap, and cover the requested range", () => {
  const interval = fc.constantFrom(...INTERVALS);
  fc.assert(
    fc.property(
      fc.nat(400),
      fc.integer({ min: 1, max: 40 }),
      interval,
      zones,
      (day, days, interval, zone) => {
        const from = dayStart(FROM + day * DAY_MS, zone);
        const to = dayStart(from, zone, interval === "5m" ? 1 : days);
        const slots = listSlots(interval, from, to, zone);
        assert(slots[0]!.from <= from && slots.at(-1)!.to >= to);
        slots.forEach((slot, i) => {
          assert(slot.to > slot.from);
          assert(i === 0 || slot.from === slots[i - 1]!.to);
        });
      },
    ),
  );
});

Deno.test("days begin at midnight in the zone, also when clocks change", () => {
  const days = listSlots("1d", utc("2026-03-27 23:00"), utc("2026-03-31 22:00"), "Europe/Berlin");
  assertEquals(days.map(({ from }) => isoDate(from, "Europe/Berlin")), [
    "2026-03-28",
    "2026-03-29",
    "2026-03-30",
    "2026-03-31",
  ]);
  assertEquals(days.map(({ from, to }) => (to - from) / HOUR_MS), [24, 23, 24, 24]);
  const months = listSlots("1mo", utc("2026-01-15 00:00"), utc("2026-03-02 00:00"), "UTC");
  assertEquals(months.map(({ from }) => isoDate(from, "UTC")), ["2026-01-01", "2026-02-01", "2026-03-01"]);
});

Deno.test("no hour belongs to two days, also where the clock changes by half an hour", () => {
  const zone = "Australia/Lord_Howe";
  // Turned back on 5 April and forward on 4 October, at two in the morning.
  for (const [date, halfHours] of [["2026-04-05", 49], ["2026-10-04", 47]] as const) {
    const from = dayStart(utc(`${date} 01:00`), zone);
    const slots = listSlots("1h", from, dayStart(from, zone, 2), zone);
    const ofDay = slots.filter((slot) => isoDate(slot.from, zone) === date);
    assertEquals(ofDay.reduce((sum, slot) => sum + slot.to - slot.from, 0), halfHours * HOUR_MS / 2);
    for (const slot of slots) assertEquals(isoDate(slot.from, zone), isoDate(slot.to - 1, zone));
  }
});

Deno.test("short slots begin at multiples of their length after midnight in the zone", () => {
  const minutes = (interval: "5m" | "30m" | "1h", from: string, to: string, zone: string) =>
    listSlots(interval, utc(from), utc(to), zone)
      .map(({ from, to }) => [new Date(from).toISOString().slice(11, 16), (to - from) / 60_000]);
  const [from, to] = ["2026-11-21 10:47", "2026-11-21 10:58"];
  assertEquals(minutes("5m", from, to, "UTC"), [["10:45", 5], ["10:50", 5], ["10:55", 5]]);
  assertEquals(minutes("30m", from, "2026-11-21 11:01", "UTC"), [["10:30", 30], ["11:00", 30]]);
  assertEquals(minutes("1h", from, "2026-11-21 12:00", "UTC"), [["10:00", 60], ["11:00", 60]]);
  // Midnight there is at 18:15 here.
  assertEquals(minutes("1h", from, to, "Asia/Kathmandu"), [["10:15", 60]]);
});

Deno.test("weeks begin on Monday and follow each other", () => {
  const weeks = listSlots("1w", utc("2026-11-18 12:00"), utc("2026-12-01 00:00"), "UTC");
  assertEquals(weeks.map(({ from }) => isoDate(from, "UTC")), ["2026-11-16", "2026-11-23", "2026-11-30"]);
});

Deno.test("a bucket counts in the slot of its last reading, and a reading at the end of a slot in the next one", () => {
  const slots = [0, 1].map((hour) => ({ from: FROM + hour * HOUR_MS, to: FROM + (hour + 1) * HOUR_MS }));
  const endingAt = (lastAt: number, consumed: number) => ({ ...bucketAt(FROM, consumed), lastAt });
  const consumed = (...lastAts: readonly number[]) =>
    sumIntoSlots(lastAts.map((lastAt, i) => endingAt(FROM + lastAt, 10 ** i)), slots)
      .map((use) => use?.consumed ?? null);
  assertEquals(consumed(-1, 0, 1), [110, null]);
  assertEquals(consumed(HOUR_MS - 1, HOUR_MS), [1, 10]);
  assertEquals(consumed(2 * HOUR_MS - 1, 2 * HOUR_MS), [null, 1]);
});

Deno.test("a day counts in the week in which it begins", () => {
  const days = listSlots("1d", utc("2026-11-21 00:00"), utc("2026-11-25 00:00"), "UTC");
  const weeks = listSlots("1w", days[0]!.from, days.at(-1)!.to, "UTC");
  const uses = days.map((_, i): Use => ({ consumed: 10 ** i, share: null, high: null, resets: 0 }));
  // Saturday and Sunday, then Monday and Tuesday.
  assertEquals(sumUses(uses, days, weeks).map((use) => use?.consumed), [11, 1100]);
});

Deno.test("no consumption is lost or counted twice, however it is summed up", () => {
  const buckets = fc.uniqueArray(fc.nat(40 * 24), { maxLength: 200 }).map((hours) =>
    hours.sort((a, b) => a - b).map((hour) => bucketAt(FROM + hour * HOUR_MS, (hour * 7) % 13))
  );
  fc.assert(
    fc.property(buckets, zones, fc.constantFrom("1w" as const, "1mo" as const), (buckets, zone, longer) => {
      const to = FROM + 41 * DAY_MS;
      const days = listSlots("1d", FROM, to, zone);
      const uses = sumIntoSlots(buckets, days);
      const sum = (all: readonly (Use | null)[]) =>
        all.reduce((total, use) => total + (use?.consumed ?? 0), 0);
      const wanted = buckets.filter(({ lastAt }) => lastAt >= days[0]!.from).reduce(
        (total, one) => total + one.consumed,
        0,
      );
      assertEquals(sum(uses), wanted);
      const long = listSlots(longer, FROM, to, zone);
      const summed = sumUses(uses, days, long);
      // Data before the first long slot of these days does not exist; all days are in one slot.
      assertEquals(sum(summed), wanted);
      const high = (all: readonly (Use | null)[]) => Math.max(0, ...all.map((use) => use?.high ?? 0));
      assertEquals(high(summed), high(uses));
    }),
  );
});

Deno.test("a slot without a bucket is unknown, which is not zero", () => {
  const slots: readonly Slot[] = [{ from: FROM, to: FROM + HOUR_MS }, {
    from: FROM + HOUR_MS,
    to: FROM + 2 * HOUR_MS,
  }];
  const [first, second] = sumIntoSlots([bucketAt(FROM + HOUR_MS, 0)], slots);
  assertEquals(first, null);
  assertEquals(second, { consumed: 0, share: 0, high: 0, resets: 0 });
});

Deno.test("without a limit there is an amount and no share", () => {
  const [use] = sumIntoSlots([bucketAt(FROM, 5, null)], [{ from: FROM, to: FROM + HOUR_MS }]);
  assertEquals(use, { consumed: 5, share: null, high: null, resets: 0 });
  const known: Use = { consumed: 1, share: 0.5, high: 0.7, resets: 1 };
  assertEquals(mergeUse(use!, known), { consumed: 6, share: 0.5, high: 0.7, resets: 1 });
});

Deno.test("two quotas' use adds up, and the higher level and every reset count", () => {
  const one: Use = { consumed: 1, share: 0.25, high: 0.7, resets: 1 };
  const other: Use = { consumed: 2, share: 0.5, high: 0.4, resets: 2 };
  const sum = { consumed: 3, share: 0.75, high: 0.7, resets: 3 };
  assertEquals(mergeUse(one, other), sum);
  assertEquals(mergeUse(other, one), sum);
  const bare = { ...other, share: null, high: null };
  assertEquals(mergeUse(one, bare), { consumed: 3, share: 0.25, high: 0.7, resets: 3 });
  assertEquals(mergeUse({ ...bare, high: 0 }, bare), { consumed: 4, share: null, high: 0, resets: 4 });
});
