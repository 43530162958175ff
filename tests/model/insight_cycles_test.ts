/** Rules about cycles: how full they get, how much they vary, and their trend. */
import { findInsights } from "../../lib/model/insights/insight.ts";
import { findBand, steadyBand } from "../../lib/model/insights/band.ts";
import { assert, assertClose, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { cycles, days, factsOf, hours, NOW, only, quota, repeat } from "../support/insight_facts.ts";
import { DAY_MS, HOUR_MS, ROLLING } from "../support/readings.ts";

const WEEK_HOURS = 7 * 24;
const LONG = { kind: "fixed", seconds: 604_800 } as const;

function utilization(peaks: readonly (number | null)[], more: Parameters<typeof quota>[0] = {}) {
  return only(factsOf([quota({ cycles: cycles(peaks), ...more })]), "cycle-utilization");
}

/** Enough cycles for advice: forty of five hours are eight days. */
function advice(peak: number, more: Parameters<typeof quota>[0] = {}): string {
  const facts = factsOf([quota({ cycles: cycles(repeat(40, peak)), ...more })], { range: "30d" });
  return only(facts, "cycle-utilization")?.description ?? "";
}

Deno.test("cycle-utilization is the mean of the peaks of whole cycles with use", () => {
  const insight = utilization([60, 0, 40, 80]);
  assertEquals(insight?.key, "cycle-utilization:acme/work/five-hour");
  assertEquals(insight?.figure, { value: 0.6, unit: "share" });
  assertEquals(insight?.metric, "60%");
  assertEquals(insight?.severity, "info");
  assertEquals(insight?.sublabel, "average peak of 3 whole cycles with use");
  assertEquals(
    insight?.description,
    "On average, Five hours peaked at 60% of its limit (80% at most) over 3 whole cycles with use since " +
      "2026-11-20, not counting 1 idle one. The limit fits the use.",
  );
  assertEquals(insight?.evidence[0], {
    label: "Average peak",
    value: "60%",
    from: NOW - HOUR_MS - 20 * HOUR_MS,
    to: NOW - HOUR_MS,
    count: 3,
  });
});

Deno.test("cycle-utilization is omitted below three whole cycles with use", () => {
  assertEquals(utilization([60, 40]), undefined);
  assertEquals(utilization([60, 0, 40]), undefined);
  assertEquals(utilization([60, null, 40]), undefined);
  assert(utilization([60, 40, 50]));
});

Deno.test("cycle-utilization excludes cycles that are open, or were in progress when first seen", () => {
  const [first, ...rest] = cycles([90, 10, 20, 30]);
  const last = cycles([95], { endedAgo: 0 })[0];
  assert(first && last);
  const open = { ...last, startedAt: NOW - HOUR_MS, endedAt: null };
  assertClose(
    only(factsOf([quota({ cycles: [{ ...first, whole: false }, ...rest, open] })]), "cycle-utilization")
      ?.figure
      .value ?? 0,
    0.2,
  );
});

Deno.test("cycle-utilization covers the range, or six windows if those are longer", () => {
  const recent = cycles([50, 50, 50]);
  const old = cycles([90, 90], { endedAgo: 8 * DAY_MS });
  const mixed = [quota({ cycles: [...old, ...recent] })];
  assertClose(only(factsOf(mixed), "cycle-utilization")?.figure.value ?? 0, 0.5);
  assertClose(only(factsOf(mixed, { range: "30d" }), "cycle-utilization")?.figure.value ?? 0, 0.66);
  // Six weeks of a weekly quota, although the range is a day.
  const weekly = quota({ window: LONG, cycles: cycles(repeat(8, 30), { hours: WEEK_HOURS }) });
  assertEquals(only(factsOf([weekly], { range: "1d" }), "cycle-utilization")?.evidence[0]?.count, 6);
});

Deno.test("cycle-utilization of a window that never resets uses whole days", () => {
  const rolling = quota({ window: ROLLING, days: days([10, 20, 20, 20, 5], 0.3) });
  const insight = only(factsOf([rolling]), "cycle-utilization");
  // Today is not over; the first day is complete, since it began with a reading, but that is not recorded.
  assertEquals(insight?.sublabel, "average peak of 3 days with use");
  assertEquals(insight?.metric, "30%");
});

for (
  const [peak, severity, band, words] of [
    [24.9, "positive", "unused", "Most of it goes unused"],
    [25, "positive", "light", "There is room to spare"],
    [49.9, "positive", "light", "There is room to spare"],
    [50, "info", "good", "The limit fits the use"],
    [79.9, "info", "good", "The limit fits the use"],
    [80, "warning", "high", "Little room is left"],
    [94.9, "warning", "high", "Little room is left"],
    [95, "negative", "full", "a larger plan would leave room"],
    [130, "negative", "full", "a larger plan would leave room"],
  ] as const
) {
  Deno.test(`cycle-utilization at ${peak}% is in the band "${band}"`, () => {
    assertEquals(findBand(peak / 100), band);
    assertEquals(utilization(repeat(3, peak))?.severity, severity);
    assertStringIncludes(advice(peak), words);
  });
}

Deno.test("a band changes only when the average crosses its edge by a margin", () => {
  assertEquals(steadyBand([]), null);
  assertEquals(steadyBand([0.79, 0.81]), "good");
  assertEquals(steadyBand([0.79, 0.81, 0.82]), "high");
  assertEquals(steadyBand([0.81, 0.79]), "high");
  assertEquals(steadyBand([0.81, 0.77]), "good");
  assertEquals(steadyBand([0.1, 0.99, 0.94, 0.93]), "full");
  assertEquals(steadyBand([0.1, 0.99, 0.929]), "high");
});

Deno.test("a larger plan is advised only after five cycles and seven days", () => {
  const larger = "a larger plan would leave room";
  assert(!utilization(repeat(4, 99))?.description.includes(larger));
  // Five cycles of five hours are a day.
  assert(!utilization(repeat(5, 99))?.description.includes(larger));
  assert(advice(99).includes(larger));
  const weekly = (count: number) =>
    quota({ window: LONG, cycles: cycles(repeat(count, 99), { hours: WEEK_HOURS }) });
  assert(only(factsOf([weekly(3)]), "cycle-utilization")?.description.includes(larger));
});

Deno.test("advice names the current plan of the account", () => {
  const given = factsOf([quota({ cycles: cycles(repeat(40, 99)) })], { range: "30d" });
  const named = { ...given, accounts: given.accounts.map((one) => ({ ...one, plan: "Pro" })) };
  assertStringIncludes(only(named, "cycle-utilization")?.description ?? "", "a larger plan than Pro would");
});

Deno.test("a smaller plan is not advised while any quota of the account needs this one", () => {
  const smaller = "a smaller plan may be enough";
  assertStringIncludes(advice(10), smaller);
  // Its own worst cycle.
  const spiky = quota({ cycles: cycles([...repeat(39, 10), 50]) });
  const descriptionOf = (...quotas: Parameters<typeof factsOf>[0]) =>
    only(factsOf(quotas, { range: "30d" }), "cycle-utilization")?.description ?? "";
  assert(!descriptionOf(spiky).includes(smaller));
  // Another quota that is half used now, and one that is not.
  const idle = quota({ cycles: cycles(repeat(40, 10)) });
  assert(!descriptionOf(idle, quota({ quota: "tools", used: 50 })).includes(smaller));
  assert(descriptionOf(idle, quota({ quota: "tools", used: 49 })).includes(smaller));
  // Another quota whose cycles use much of it, or one of them nearly all, and one that is just as idle.
  const beside = (...shares: readonly number[]) => {
    const other = quota({ quota: "tools", used: 5, cycles: cycles(shares) });
    const found = findInsights(factsOf([idle, other], { range: "30d" }));
    return found.some(({ description }) => description.includes(smaller));
  };
  assertEquals([beside(...repeat(40, 60)), beside(...repeat(39, 30), 80), beside(...repeat(39, 30), 79)], [
    false,
    false,
    true,
  ]);
});

Deno.test("variance is how far the highest peak is above the mean, in three words", () => {
  const of = (...peaks: readonly number[]) => only(factsOf([quota({ cycles: cycles(peaks) })]), "variance");
  const strong = of(10, 20, 60);
  assertClose(strong?.figure.value ?? 0, 1);
  assertEquals([strong?.severity, strong?.metric], ["warning", "+100%"]);
  assertEquals(
    strong?.description,
    "Use of Five hours is very uneven: its highest peak, 60% of the limit, is 100% above the mean of 30%, " +
      "over 3 whole cycles with use.",
  );
  // 60 against a mean of 40 is exactly half more: not very uneven yet.
  assertEquals(of(30, 30, 60)?.severity, "info");
  // 66 against a mean of 60 is a tenth.
  assertEquals(of(57, 57, 66)?.severity, "positive");
  assertEquals(of(50, 50), undefined);
});

Deno.test("trend compares the newer half of the cycles with the older half", () => {
  const of = (...peaks: readonly number[]) => only(factsOf([quota({ cycles: cycles(peaks) })]), "trend");
  const rising = of(20, 20, 99, 30, 30);
  assertEquals(rising?.figure, { value: 0.5, unit: "change" });
  assertEquals(rising?.severity, "info");
  assertEquals(rising?.sublabel, "2 whole cycles compared with the 2 before");
  assertEquals(
    rising?.description,
    "Use of Five hours is rising: 30 requests a whole cycle, 20 requests before (+50%).",
  );
  assertEquals(of(40, 40, 60, 60)?.severity, "warning");
  assertEquals([of(20, 20, 50, 50)?.severity, of(20, 20, 50, 49)?.severity], ["warning", "info"]);
  assertEquals([of(40, 40, 20, 20)?.metric, of(40, 40, 20, 20)?.severity], ["-50%", "info"]);
  assertEquals(of(10, 10, 40, 40)?.metric, "4 times as much");
  assertEquals(of(10, 10, 29, 29)?.metric, "+190%");
  assertEquals(of(10, 10, 10, 10)?.metric, "unchanged");
});

Deno.test("trend is steady up to 15% either way", () => {
  const of = (before: number, after: number) =>
    only(factsOf([quota({ limit: 1000, cycles: cycles([before, before, after, after]) })]), "trend")?.title;
  assertEquals(of(100, 115), "Five hours: use is steady");
  assertEquals(of(100, 116), "Five hours: use is rising");
  assertEquals(of(100, 85), "Five hours: use is steady");
  assertEquals(of(100, 84), "Five hours: use is falling");
});

Deno.test("trend is omitted below four cycles, from zero, and for a handful of steps", () => {
  const of = (...peaks: readonly number[]) => only(factsOf([quota({ cycles: cycles(peaks) })]), "trend");
  assertEquals(of(20, 20, 30), undefined);
  assertEquals(of(0, 0, 30, 30), undefined);
  assertEquals(of(1, 1, 2, 2), undefined);
});

Deno.test("trend-24h compares the last twelve whole hours with the previous twelve", () => {
  const of = (older: number, newer: number) =>
    only(
      factsOf([quota({ hours: hours([...repeat(12, older), ...repeat(12, newer), 500]) })], { range: "1d" }),
      "trend-24h",
    );
  const rising = of(10, 13);
  assertClose(rising?.figure.value ?? 0, 0.3);
  assertEquals(
    rising?.description,
    "Use of Five hours is rising: 156 requests in 12 hours, 120 requests before (+30%).",
  );
  assertEquals(rising?.evidence.map(({ from, to }) => [from, to]), [
    [NOW - 24 * HOUR_MS, NOW - 12 * HOUR_MS],
    [NOW - 12 * HOUR_MS, NOW],
  ]);
  assertEquals(of(100, 125)?.title, "Five hours: use is steady");
  assertEquals(of(100, 75)?.title, "Five hours: use is steady");
  assertEquals(of(100, 74)?.title, "Five hours: use is falling");
});

Deno.test("trend-24h needs six hours with readings in each half", () => {
  const of = (count: number) =>
    only(factsOf([quota({ hours: hours([...repeat(count, 10), ...repeat(12, 20), 0]) })]), "trend-24h");
  assertEquals(of(5), undefined);
  assert(of(6));
});

Deno.test("trend needs five percentage points, ten requests, or a hundredth of a limit", () => {
  const of = (fields: Parameters<typeof quota>[0], before: number, after: number) =>
    only(factsOf([quota({ cycles: cycles([before, before, after, after]), ...fields })]), "trend") !==
      undefined;
  assertEquals([of({ unit: "percent" }, 1, 1.4), of({ unit: "percent" }, 1, 1.5)], [false, true]);
  assertEquals([of({}, 2, 2.9), of({}, 2, 3)], [false, true]);
  assertEquals([of({ limit: 2000 }, 4, 5.9), of({ limit: 2000 }, 4, 6)], [false, true]);
  const tokens = { unit: "tokens", limit: 10_000 } as const;
  assertEquals([of(tokens, 20, 29), of(tokens, 20, 30)], [false, true]);
  assertEquals(of({ unit: "tokens", limit: null }, 0.1, 0.2), true);
});

Deno.test("a cycle that ended when the range began is outside it", () => {
  const of = (endedAgo: number) =>
    only(factsOf([quota({ cycles: cycles([50, 50, 50], { endedAgo }) })]), "cycle-utilization");
  // The oldest of the three ended ten hours before the newest.
  assertEquals(of(7 * DAY_MS - 10 * HOUR_MS), undefined);
  assert(of(7 * DAY_MS - 10 * HOUR_MS - 1));
});
