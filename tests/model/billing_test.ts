import { billingPeriods, isMonthWindow, rejoinCycles, sumByPeriod } from "../../lib/model/history/billing.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, MONTHLY, ONE_WEEK, ROLLING, utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 12:00");

function cycle(from: string, to: string, fields: { readonly open?: boolean; readonly whole?: boolean } = {}) {
  return {
    startedAt: utc(from),
    endedAt: fields.open ? null : utc(to),
    resetsAt: utc(to),
    whole: fields.whole ?? true,
  };
}

Deno.test("without a monthly quota, billing periods are the calendar months of the zone", () => {
  const weekly = { window: ONE_WEEK, cycles: [cycle("2026-11-16", "2026-11-23", { open: true })] };
  assertEquals(billingPeriods([weekly], NOW, "Europe/Berlin"), {
    current: { from: utc("2026-10-31 23:00"), to: utc("2026-11-30 23:00"), by: "calendar" },
    before: { from: utc("2026-09-30 22:00"), to: utc("2026-10-31 23:00"), by: "calendar" },
  });
});

Deno.test("January follows December", () => {
  const { current, before } = billingPeriods([], utc("2027-01-01 00:00"), "UTC");
  assertEquals([current.from, current.to, before?.from], [
    utc("2027-01-01"),
    utc("2027-02-01"),
    utc("2026-12-01"),
  ]);
});

Deno.test("the cycles of a monthly quota are the billing periods", () => {
  const monthly = {
    window: MONTHLY,
    cycles: [cycle("2026-10-10", "2026-11-10"), cycle("2026-11-10", "2026-12-10", { open: true })],
  };
  assertEquals(billingPeriods([monthly], NOW, "UTC"), {
    current: { from: utc("2026-11-10"), to: utc("2026-12-10"), by: "cycle" },
    before: { from: utc("2026-10-10"), to: utc("2026-11-10"), by: "cycle" },
  });
  assertEquals(billingPeriods([{ ...monthly, cycles: monthly.cycles.slice(1) }], NOW, "UTC").before, null);
  const after = (end: string) => {
    const cycles = [cycle("2026-10-10", end), monthly.cycles[1]!];
    return billingPeriods([{ ...monthly, cycles }], NOW, "UTC").before?.to ?? null;
  };
  assertEquals(after("2026-11-09 00:01"), utc("2026-11-09 00:01"), "clocks differ");
  assertEquals(after("2026-11-09 00:00"), null);
});

Deno.test("a cycle in progress when first seen has no known beginning, unless its window has a length", () => {
  const seen = cycle("2026-11-15", "2026-12-10", { open: true, whole: false });
  assertEquals(billingPeriods([{ window: MONTHLY, cycles: [seen] }], NOW, "UTC").current.by, "calendar");
  const thirty = { kind: "fixed", seconds: 30 * 86_400 } as const;
  assertEquals(billingPeriods([{ window: thirty, cycles: [seen] }], NOW, "UTC").current, {
    from: utc("2026-11-10"),
    to: utc("2026-12-10"),
    by: "cycle",
  });
});

Deno.test("27.5 to 32 days are a month, a moment less or more is none", () => {
  const from = utc("2026-11-15");
  const periodOf = (ms: number) => {
    const cycle = { startedAt: from, endedAt: null, resetsAt: from + ms, whole: true };
    return billingPeriods([{ window: MONTHLY, cycles: [cycle] }], NOW, "UTC").current.by;
  };
  const isMonth = (seconds: number) => isMonthWindow({ kind: "calendar", seconds });
  for (const [hours, by] of [[27.5 * 24, "cycle"], [32 * 24, "cycle"]] as const) {
    const beyond = hours === 32 * 24 ? 1 : -1;
    assertEquals([periodOf(hours * HOUR_MS), periodOf(hours * HOUR_MS + beyond)], [by, "calendar"]);
    assertEquals([isMonth(hours * 3600), isMonth(hours * 3600 + beyond)], [true, false]);
  }
});

Deno.test("a period includes its first moment and not its last", () => {
  const monthly = {
    window: MONTHLY,
    cycles: [cycle("2026-10-10", "2026-11-10"), cycle("2026-11-10", "2026-12-10", { open: true })],
  };
  const fromAt = (now: number) => billingPeriods([monthly], now, "UTC").current.from;
  assertEquals([fromAt(utc("2026-11-10") - 1), fromAt(utc("2026-11-10"))], [
    utc("2026-10-10"),
    utc("2026-11-10"),
  ]);
  const { by: last } = billingPeriods([monthly], utc("2026-12-10") - 1, "UTC").current;
  const { by: next } = billingPeriods([monthly], utc("2026-12-10"), "UTC").current;
  assertEquals([last, next], ["cycle", "calendar"]);
});

Deno.test("a monthly cycle whose reset passed unseen is not the current period any more", () => {
  const spent = cycle("2026-10-10", "2026-11-10", { open: true });
  assertEquals(billingPeriods([{ window: MONTHLY, cycles: [spent] }], NOW, "UTC").current.by, "calendar");
});

Deno.test("sumByPeriod() counts a cycle in the period in which it started", () => {
  const of = (startedAt: number, peak: number | null, whole = true) => ({
    startedAt,
    endedAt: startedAt + 5 * HOUR_MS,
    whole,
    peak,
    limit: 200,
    consumed: peak ?? 0,
  });
  const { current, before } = billingPeriods([], NOW, "UTC");
  assert(before);
  const cycles = [
    of(utc("2026-10-31 22:00"), 90),
    of(utc("2026-11-01"), 50, false),
    of(utc("2026-11-02"), 60),
    of(utc("2026-11-03"), null),
  ];
  assertEquals(sumByPeriod(cycles, [current, before]), [
    { period: current, count: 3, whole: 2, peak: 60, share: 0.3, consumed: 110 },
    { period: before, count: 1, whole: 1, peak: 90, share: 0.45, consumed: 90 },
  ]);
  assertEquals(sumByPeriod([], [current])[0]?.peak, null);
});

const START = utc("2026-11-20 10:00");
/** A piece of a five-hour window, in minutes from its start. */
function piece(from: number, to: number, peak: number | null) {
  return {
    startedAt: START + from * MINUTE_MS,
    endedAt: START + to * MINUTE_MS,
    resetsAt: START + to * MINUTE_MS,
    peak,
    consumed: peak ?? 0,
    limit: 100,
    whole: true,
  };
}

Deno.test("rejoinCycles() joins the pieces of one window", () => {
  const joined = rejoinCycles([piece(0, 60, 20), piece(60, 61, 21), piece(61, 300, 70)], FIVE_HOURS);
  assertEquals(joined.map(({ startedAt, endedAt, peak, consumed }) => [startedAt, endedAt, peak, consumed]), [
    [START, START + 300 * MINUTE_MS, 70, 70],
  ]);
});

Deno.test("rejoinCycles() keeps whole windows apart, however similar they are", () => {
  const windows = [piece(0, 300, 80), piece(300, 600, 80), piece(600, 900, 80)];
  assertEquals(rejoinCycles(windows, FIVE_HOURS), windows);
  // Clocks differ: a window that seems slightly short is still one.
  const skewed = [piece(0, 298, 80), piece(298, 300, 79)];
  assertEquals(rejoinCycles(skewed, FIVE_HOURS).length, 2);
  // By less than a twentieth, which are 15 minutes.
  const count = (minutes: number) =>
    rejoinCycles([piece(0, minutes, 20), piece(minutes, 300, 21)], FIVE_HOURS).length;
  assertEquals([count(285), count(285.001)], [1, 2]);
});

Deno.test("rejoinCycles() takes a peak below half of the previous one for a reset", () => {
  assertEquals(rejoinCycles([piece(0, 60, 80), piece(60, 300, 40)], FIVE_HOURS).length, 1);
  assertEquals(rejoinCycles([piece(0, 60, 80), piece(60, 300, 39)], FIVE_HOURS).length, 2);
  assertEquals(rejoinCycles([piece(0, 60, null), piece(60, 300, 39)], FIVE_HOURS).length, 2);
  assertEquals(rejoinCycles([piece(0, 60, 0), piece(60, 300, 0)], FIVE_HOURS).length, 2);
  assertEquals(rejoinCycles([piece(0, 60, 0.5), piece(60, 300, 0.25)], FIVE_HOURS).length, 1);
});

Deno.test("rejoinCycles() changes nothing if the length of the window is unknown", () => {
  const pieces = [piece(0, 60, 80), piece(60, 300, 80)];
  assertEquals(rejoinCycles(pieces, MONTHLY), pieces);
  assertEquals(rejoinCycles(pieces, { kind: "fixed", seconds: null }), pieces);
});

Deno.test("rejoinCycles() changes nothing of a window that slides, as it ends at no time", () => {
  const pieces = [piece(0, 60, 80), piece(60, 300, 80)];
  assertEquals(rejoinCycles(pieces, ROLLING), pieces);
});

Deno.test("of several monthly quotas, the one whose period began last decides", () => {
  const one = { window: MONTHLY, cycles: [cycle("2026-11-05", "2026-12-05", { open: true })] };
  const other = { window: MONTHLY, cycles: [cycle("2026-11-18", "2026-12-18", { open: true })] };
  for (const quotas of [[one, other], [other, one]]) {
    assertEquals(billingPeriods(quotas, NOW, "UTC").current.from, utc("2026-11-18"));
  }
  // Even if it ends first; and of those that began together, the one that ends last.
  const short = { window: MONTHLY, cycles: [cycle("2026-11-06", "2026-12-04", { open: true })] };
  const long = { window: MONTHLY, cycles: [cycle("2026-11-05", "2026-12-06", { open: true })] };
  for (const [quotas, to] of [[[one, short], "2026-12-04"], [[one, long], "2026-12-06"]] as const) {
    for (const sorted of [quotas, quotas.toReversed()]) {
      assertEquals(billingPeriods(sorted, NOW, "UTC").current.to, utc(to));
    }
  }
});

Deno.test("rejoinCycles() does not join pieces that together are longer than the window", () => {
  assertEquals(rejoinCycles([piece(0, 60, 50), piece(60, 300, 60)], FIVE_HOURS).length, 1);
  assertEquals(rejoinCycles([piece(0, 60, 50), piece(60, 300.001, 60)], FIVE_HOURS).length, 2);
  const open = { ...piece(60, 300, 60), endedAt: null };
  assertEquals(rejoinCycles([piece(0, 60, 50), open], FIVE_HOURS).map(({ endedAt }) => endedAt), [null]);
  assertEquals(rejoinCycles([piece(0, 60, 50), { ...open, resetsAt: null }], FIVE_HOURS).length, 2);
});
