/** Bounds of the rules about levels: window, forecast, tools, how full cycles get, their spread and trend. */
import { steadyBand } from "../../lib/model/insights/band.ts";
import {
  findInsights,
  type InsightCycle,
  type InsightForecast,
  type InsightQuota,
  listCorrelated,
} from "../../lib/model/insights/insight.ts";
import { assertClose, assertEquals } from "../support/assert.ts";
import { cycles, days, factsOf, hours, NOW, only, quota, repeat } from "../support/insight_facts.ts";
import { BALANCE, DAY_MS, HOUR_MS, MONTHLY, ONE_WEEK, ROLLING, utc } from "../support/readings.ts";

type Fields = Partial<InsightQuota>;

Deno.test("a narrow move past a low edge leaves the band as it is, too", () => {
  assertEquals([steadyBand([0.24, 0.26]), steadyBand([0.24, 0.27])], ["unused", "light"]);
  assertEquals([steadyBand([0.26, 0.23]), steadyBand([0.26, 0.229])], ["light", "unused"]);
});

Deno.test("at most fifty insights are returned", () => {
  const of = (count: number) =>
    findInsights(factsOf(repeat(count, 0).map((_, index) => quota({ quota: `q${index}`, used: 5 })))).length;
  assertEquals([of(49), of(50), of(51)], [49, 50, 50]);
});

Deno.test("a key is hidden with its group, whatever its quota is called", () => {
  assertEquals(listCorrelated("trend:a/b/c:d"), ["trend:a/b/c:d", "trend-24h:a/b/c:d"]);
  assertEquals([listCorrelated(""), listCorrelated(":trend"), listCorrelated("x:trend")], [[""], [":trend"], [
    "x:trend",
  ]]);
});

Deno.test("budget has used, limit and passed time as evidence, as far as they are known", () => {
  const of = (fields: Fields) =>
    only(factsOf([quota({ used: 62, ...fields })]), "budget")?.evidence.map(({ label, value }) => [
      label,
      value,
    ]);
  const amounts = [["Used", "62 requests"], ["Limit", "100 requests"]];
  assertEquals(of({ resetsAt: NOW + 2.75 * HOUR_MS }), [...amounts, ["Window passed", "45%"]]);
  assertEquals(of({}), amounts);
  assertEquals(of({ resetsAt: NOW + HOUR_MS, window: ROLLING }), amounts);
});

const FORECAST: InsightForecast = {
  state: "lasts",
  ratePerHour: 12,
  projectedShare: 0.62,
  emptyAt: null,
  marginMs: null,
  runOutProbability: null,
  pastCycles: 0,
};
const headed = (fields: Partial<InsightForecast>, more: Fields = {}) =>
  quota({ forecast: { ...FORECAST, ...fields }, ...more });

Deno.test("forecast states its figure: all is used, nothing is used, or how much at the reset", () => {
  const of = (fields: Partial<InsightForecast>) => {
    const { metric, figure } = only(factsOf([headed(fields)]), "forecast")!;
    return [metric, figure.value, figure.unit];
  };
  assertEquals(of({ state: "blocked" }), ["blocked", 1, "share"]);
  assertEquals(of({ state: "exhausted" }), ["100%", 1, "share"]);
  assertEquals(of({ state: "idle" }), ["0 requests/h", 0, "requests"]);
  assertEquals(of({}), ["62%", 0.62, "share"]);
  assertEquals(of({ state: "runs-dry", emptyAt: NOW + 90_000 }), ["in 1m", 90, "seconds"]);
  assertEquals(of({ state: "runs-dry", emptyAt: NOW }), ["in 0s", 0, "seconds"]);
});

Deno.test("a title begins with a capital, whatever the vendor calls the quota", () => {
  const insight = only(factsOf([headed({ state: "exhausted" }, { label: "speech (daily)" })]), "forecast");
  assertEquals(insight?.title, "Speech (daily): nothing is left");
});

Deno.test("the most severe forecast comes first: blocked, used up, soon empty; and what is not in use comes last", () => {
  const ranked = (...quotas: readonly InsightQuota[]) =>
    findInsights(factsOf(quotas)).map((insight) => insight.quota?.at(-1));
  assertEquals(
    ranked(
      headed({ state: "runs-dry", emptyAt: NOW + 2 * HOUR_MS }, { quota: "a" }),
      headed({ state: "exhausted" }, { quota: "b" }),
      headed({ state: "runs-dry", emptyAt: NOW + 1 }, { quota: "c" }),
      headed({ state: "blocked" }, { quota: "d" }),
    ),
    ["d", "b", "c", "a"],
  );
  const quiet = headed({ state: "idle" }, { quota: "a" });
  assertEquals(ranked(quiet, headed({}, { quota: "b" }), headed({ projectedShare: 0.7 }, { quota: "c" })), [
    "c",
    "b",
    "a",
  ]);
});

Deno.test("forecast names all that its rate is based on", () => {
  const of = (cycle: number, recent: number, past: number) =>
    only(factsOf([headed({ basis: { cycle, recent, past } })]), "forecast")?.evidence[1]?.value;
  assertEquals(of(0, 0, 0), "12 requests/h");
  assertEquals(of(0, 1, 0), "12 requests/h over the recent past");
  assertEquals(of(0.5, 0, 0.5), "12 requests/h over this cycle and earlier cycles");
  assertEquals(of(0.5, 0.2, 0.3), "12 requests/h over this cycle, the recent past and earlier cycles");
});

Deno.test("forecast has the time until the reset as evidence, while it is ahead", () => {
  const of = (resetsAt: number | null) =>
    only(factsOf([headed({}, { resetsAt })]), "forecast")?.evidence.slice(2);
  assertEquals([of(null), of(NOW)], [[], []]);
  const until = { label: "Until the reset", from: NOW };
  assertEquals(of(NOW + 1), [{ ...until, value: "0s", to: NOW + 1 }]);
  assertEquals(of(NOW + 3 * HOUR_MS), [{ ...until, value: "3h", to: NOW + 3 * HOUR_MS }]);
});

const tools = (used: readonly number[], fields: Fields = {}) =>
  quota({ parts: used.map((each, index) => ({ name: `t${index}`, used: each })), ...fields });

Deno.test("tool-share needs ten calls, or a dollar, and counts every part that was used", () => {
  const of = (used: readonly number[], fields: Fields = {}) =>
    only(factsOf([tools(used, fields)]), "tool-share")?.figure.value;
  assertEquals([of([6, 4]), of([6, 3.9])], [0.6, undefined]);
  const dollars = { unit: "usd" } as const;
  assertEquals([of([0.75, 0.25], dollars), of([0.75, 0.24], dollars)], [0.75, undefined]);
  // Half a call, as some vendors count, is part of the ten.
  assertEquals(of([9, 0.5, 0.5]), 0.9);
  assertEquals(of([9, 1, 0], { gone: true }), undefined);
});

Deno.test("tool-share names three tools, the others together, and up to twenty as evidence", () => {
  const of = (used: readonly number[]) => only(factsOf([tools(used)]), "tool-share")!;
  const [three, four] = [of([50, 30, 20]), of([50, 30, 15, 5])];
  assertEquals(three.description, "Five hours, 100 requests so far: t0 50%, t1 30%, t2 20%.");
  assertEquals(four.description, "Five hours, 100 requests so far: t0 50%, t1 30%, t2 15%, others 5%.");
  assertEquals([of(repeat(20, 1)).evidence.length, of(repeat(21, 1)).evidence.length], [20, 20]);
});

/** Whole cycles of some hours with that peak, with a window so short that none are joined. */
const utilization = (given: readonly InsightCycle[], fields: Fields = {}) =>
  only(factsOf([quota({ cycles: given, ...fields })], { range: "30d" }), "cycle-utilization");
const LARGER = "It is at its limit: a larger plan would leave room.";

Deno.test("a larger plan is advised from five cycles and seven days on, or from three cycles of about a week", () => {
  const isAdvised = (count: number, hours: number) =>
    utilization(cycles(repeat(count, 99), { hours }))?.description.endsWith(LARGER);
  const cases: readonly (readonly [count: number, hours: number, expected: boolean])[] = [
    [5, 36, true],
    [4, 48, false],
    [7, 24, true],
    [6, 27, false],
    [3, 156, true],
    [3, 155, false],
  ];
  for (const [count, hours, expected] of cases) {
    assertEquals(isAdvised(count, hours), expected, `${count} of ${hours} hours`);
  }
});

Deno.test("a cycle is in use if it has a peak or a consumption, however small", () => {
  const [peaked, consumed, idle, ...rest] = cycles([0.5, 0, 0, 60, 60]);
  const insight = utilization([
    { ...peaked!, consumed: 0 },
    { ...consumed!, consumed: 0.5 },
    { ...idle!, consumed: 0 },
    ...rest,
  ]);
  assertEquals(insight?.sublabel, "average peak of 4 whole cycles with use");
  assertEquals(insight?.evidence.at(-1), {
    label: "Not counted, without use",
    value: "1 whole cycle",
    count: 1,
  });
  assertEquals(utilization(cycles([60, 60, 60]))?.evidence.length, 2);
});

Deno.test("the first band is that of the first three cycles, not of fewer", () => {
  // 81% after two cycles, 79% after three.
  assertEquals(utilization(cycles([81, 81, 75]))?.severity, "info");
});

Deno.test("a smaller plan is advised up to half of the limit, whatever is unknown or gone", () => {
  const smaller = (peak: number, other: Fields = { used: 5 }) => {
    const idle = quota({ cycles: cycles([...repeat(39, 10), peak]) });
    return only(factsOf([idle, quota({ quota: "tools", ...other })], { range: "30d" }), "cycle-utilization")
      ?.description.includes("a smaller plan may be enough");
  };
  assertEquals([smaller(30), smaller(49.9), smaller(50)], [true, true, false]);
  assertEquals([smaller(30, { used: null }), smaller(30, { used: 90, gone: true })], [true, true]);
});

Deno.test("the cycles of a calendar month are those of half a year", () => {
  const cycle = (endedAt: number): InsightCycle => ({
    startedAt: endedAt - 5 * DAY_MS,
    endedAt,
    resetsAt: endedAt,
    peak: 60,
    consumed: 60,
    limit: 100,
    whole: true,
  });
  const counted = (daysAgo: number, window = MONTHLY) =>
    utilization([cycle(NOW - daysAgo * DAY_MS), cycle(NOW - 20 * DAY_MS), cycle(NOW)], { window }) !==
      undefined;
  // Six months of up to 31 days; it ends after that, not at it.
  assertEquals([counted(185), counted(186)], [true, false]);
  // A window of unknown length is not looked for beyond the 30 days of the range.
  const unknown = { kind: "fixed", seconds: null } as const;
  assertEquals([counted(29, unknown), counted(30, unknown)], [true, false]);
});

Deno.test("days of a rolling window count if they were still read after the range began", () => {
  const given = days([10, 20, 20, 20, 20, 20, 20, 20, 20, 5], 0.3);
  const counted = (lastAt: number) =>
    only(
      factsOf([
        quota({
          window: ROLLING,
          days: given.map((day) => day.start === utc("2026-11-14") ? { ...day, lastAt } : day),
        }),
      ]),
      "cycle-utilization",
    )?.evidence[0]?.count;
  // The range began on 2026-11-14 at noon; the days after it are six.
  assertEquals([counted(utc("2026-11-14 12:00")), counted(utc("2026-11-14 12:00") + 1)], [6, 7]);
});

Deno.test("variance is over the cycles with use, from the first to the last of them", () => {
  const given = cycles([0, 20, null, 30, 0.6, 60, null]);
  const insight = only(factsOf([quota({ cycles: given })], { range: "30d" }), "variance");
  assertEquals(insight?.sublabel, "highest peak compared with the mean of 4 whole cycles with use");
  assertEquals(insight?.evidence[0], {
    label: "Mean peak",
    value: "28%",
    from: given[1]!.startedAt,
    to: given[5]!.endedAt!,
    count: 4,
  });
});

const trendOf = (peaks: readonly number[], fields: Fields = {}) =>
  only(factsOf([quota({ cycles: cycles(peaks), ...fields })]), "trend");

Deno.test("a change is a factor from threefold on", () => {
  assertEquals(trendOf([10, 10, 30, 30])?.metric, "3 times as much");
  assertEquals(trendOf([10, 10, 29.9, 29.9])?.metric, "+199%");
});

Deno.test("a rise is no warning while the share of the limit is unknown", () => {
  const unlimited = cycles([20, 20, 60, 60]).map((one) => ({ ...one, limit: null }));
  assertEquals(trendOf([20, 20, 60, 60])?.severity, "warning");
  assertEquals(trendOf([], { cycles: unlimited })?.severity, "info");
});

Deno.test("the least amount of a trend is a hundredth of the limit, and nothing without one", () => {
  const usd = { unit: "usd", limit: null } as const;
  assertClose(trendOf([0.001, 0.001, 0.002, 0.002], usd)?.figure.value ?? 0, 1);
  assertEquals(trendOf([0, 0, 30, 30], { unit: "tokens", limit: null }), undefined);
});

Deno.test("trend-24h leaves out what is older than 24 hours, and needs six hours in the newer half too", () => {
  const of = (older: readonly number[], newer: number) =>
    only(factsOf([quota({ hours: hours([...older, ...repeat(newer, 13), 500]) })]), "trend-24h");
  assertClose(of([900, ...repeat(12, 10)], 12)?.figure.value ?? 0, 0.3);
  const sparse = (count: number) => {
    const given = hours([...repeat(24, 10), 0]);
    const kept = given.filter((_, index) => index < 12 || index >= 24 - count);
    return only(factsOf([quota({ hours: kept })]), "trend-24h");
  };
  assertEquals([sparse(5), sparse(6)?.evidence.map(({ count }) => count)], [undefined, [12, 6]]);
});

Deno.test("a rise within a day is a warning if half of the limit was used in any hour", () => {
  const severity = (shares: readonly (number | null)[]) => {
    const given = hours([...repeat(12, 10), ...repeat(12, 20), 0]).map((hour, index) => ({
      ...hour,
      shareHigh: shares[index - 12] ?? null,
    }));
    return only(factsOf([quota({ hours: given })]), "trend-24h")?.severity;
  };
  assertEquals([severity([]), severity([0.1, 0.49]), severity([0.1, 0.5])], ["info", "info", "warning"]);
});

Deno.test("rules about windows and cycles say nothing about a balance, which has none", () => {
  const balance = quota({
    window: BALANCE,
    used: 5,
    cycles: cycles(repeat(8, 50)),
    days: days(repeat(10, 5)),
    remaining: 100,
  });
  const types = findInsights(factsOf([balance, quota({ window: ONE_WEEK })])).map(({ type }) => type);
  assertEquals(types, ["weekly-pace", "billing-use", "usage", "coverage"]);
});
