/** Rules about use over days: in a range, in a billing period, and compared with the plan. */
import { assert, assertClose, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { days, factsOf, hours, NOW, only, quota, repeat } from "../support/insight_facts.ts";
import { BALANCE, DAY_MS, HOUR_MS, MONTHLY, ONE_HOUR, utc } from "../support/readings.ts";

const DAILY = { kind: "fixed", seconds: 86_400 } as const;
/** 215 in the last 7 days, with half of today passed: 6.5 days. */
const WEEK = [999, 10, 20, 30, 40, 50, 60, 5];

Deno.test("usage sums up the last 7 calendar days, including today", () => {
  const insight = only(factsOf([quota({ days: days(WEEK) })]), "usage");
  assertEquals(insight?.figure, { value: 215, unit: "requests" });
  assertEquals(insight?.severity, "info");
  assertEquals(
    insight?.description,
    "215 requests of Five hours in the last 7 days, 33 requests a day on average, most on 2026-11-20 " +
      "(60 requests).",
  );
  assertEquals(insight?.evidence, [
    { label: "Used", value: "215 requests", from: utc("2026-11-15"), to: NOW, count: 7 },
  ]);
});

Deno.test("usage of a day covers the last 24 hours, of a month 30 days", () => {
  const given = [quota({ hours: hours(repeat(30, 2)), days: days(repeat(40, 10)) })];
  const of = (range: "1d" | "30d") => only(factsOf(given, { range }), "usage");
  assertEquals(of("1d")?.figure.value, 48);
  assertEquals(of("1d")?.description, "48 requests of Five hours in the last 24 hours.");
  assertEquals(of("30d")?.figure.value, 300);
});

Deno.test("usage names no busiest day if all days were alike", () => {
  const alike = only(factsOf([quota({ days: days(repeat(7, 10)) })]), "usage")?.description;
  assertEquals(alike, "70 requests of Five hours in the last 7 days, 10.8 requests a day on average.");
  const nothing = only(factsOf([quota({ days: days(repeat(7, 0)) })]), "usage")?.description;
  assertEquals(nothing, "0 requests of Five hours in the last 7 days.");
});

Deno.test("usage needs a quarter of a day, a day, or three days", () => {
  const of = (fields: Parameters<typeof quota>[0], range: "1d" | "7d" | "30d") =>
    only(factsOf([quota(fields)], { range }), "usage") !== undefined;
  assertEquals([of({ hours: hours(repeat(6, 1)) }, "1d"), of({ hours: hours(repeat(7, 1)) }, "1d")], [
    false,
    true,
  ]);
  assertEquals([of({ days: days([1]) }, "7d"), of({ days: days([1, 1]) }, "7d")], [false, true]);
  assertEquals([of({ days: days([1, 1, 1]) }, "30d"), of({ days: days([1, 1, 1, 1]) }, "30d")], [
    false,
    true,
  ]);
});

Deno.test("unknown use is not shown as zero", () => {
  const unknown = days([0, 0, 0, 0]).map((day) => ({ ...day, high: null }));
  assertEquals(only(factsOf([quota({ days: unknown })]), "usage"), undefined);
  const left = unknown.map((day) => ({ ...day, leftHigh: 7 }));
  assertEquals(only(factsOf([quota({ days: left })]), "usage")?.metric, "0 requests");
});

Deno.test("percentages beyond one window are shown as windows", () => {
  const of = (...consumed: readonly number[]) =>
    only(factsOf([quota({ unit: "percent", days: days(consumed) })]), "usage")?.metric;
  assertEquals(of(0, 40, 60), "100%");
  assertEquals(of(0, 140, 200), "3.4 full windows");
});

Deno.test("weekly-pace projects 6.5 days of use to 30 and compares it with what the limit allows", () => {
  const insight = only(factsOf([quota({ window: DAILY, days: days(WEEK) })]), "weekly-pace");
  assertClose(insight?.figure.value ?? 0, 215 / 6.5 * 30 / 3000, 1e-6);
  assertEquals([insight?.metric, insight?.severity], ["33%", "positive"]);
  assertEquals(
    insight?.description,
    "At the pace of the last 7 days, 30 days would use 992 requests of Five hours, 33% of the 3,000 requests " +
      "its limit allows in that time.",
  );
  assertEquals(insight?.sublabel, "of what 30 days allow; 6.5 days since 2026-11-15");
});

for (
  const [total, severity] of [[324, "positive"], [325, "info"], [519, "info"], [520, "warning"], [
    617,
    "warning",
  ], [618, "negative"]] as const
) {
  Deno.test(`weekly-pace of ${total} in 6.5 days with 650 allowed is ${severity}`, () => {
    const given = factsOf([quota({ window: DAILY, days: days([...repeat(6, 0), total]) })]);
    assertEquals(only(given, "weekly-pace")?.severity, severity);
  });
}

Deno.test("weekly-pace needs three days, readings on three of them, and a limit and length to compare with", () => {
  const of = (fields: Parameters<typeof quota>[0]) =>
    only(factsOf([quota({ window: DAILY, days: days(WEEK), ...fields })]), "weekly-pace");
  assert(of({}));
  assertEquals(of({ days: days([1, 1, 1]) }), undefined);
  assert(of({ days: days([1, 1, 1, 1]) }));
  assertEquals(of({ days: days([1, 1, 1, 1, 1]).filter((_, index) => index % 4 === 0) }), undefined);
  assertEquals(of({ limit: null }), undefined);
  assertEquals(of({ limit: 0 }), undefined);
  assertEquals(of({ gone: true }), undefined);
  assertEquals(of({ window: MONTHLY }), undefined);
  assertEquals(of({ window: { kind: "fixed", seconds: 0 } }), undefined);
});

Deno.test("weekly-pace of a calendar window takes the length from its cycles", () => {
  const cycle = {
    startedAt: utc("2026-11-01"),
    endedAt: null,
    resetsAt: utc("2026-12-01"),
    peak: 65,
    consumed: 65,
    limit: 300,
    whole: true,
  };
  const monthly = quota({ window: MONTHLY, limit: 300, cycles: [cycle], days: days([...repeat(6, 10), 5]) });
  // 65 in 6.5 days is 300 in 30.
  assertEquals(only(factsOf([monthly]), "weekly-pace")?.metric, "100%");
});

for (
  const [remaining, severity, lasts] of [
    [29.9, "negative", "about 3 days"],
    [30, "warning", "about 3 days"],
    [70, "info", "about 7 days"],
    [300, "positive", "about 30 days"],
    [4000, "positive", "more than a year"],
  ] as const
) {
  Deno.test(`weekly-pace of a balance of $${remaining} at $10 a day: it lasts ${lasts}`, () => {
    const balance = quota({
      label: "Credits",
      unit: "usd",
      window: BALANCE,
      limit: null,
      remaining,
      days: days([...repeat(6, 10), 5]),
    });
    const insight = only(factsOf([balance]), "weekly-pace");
    assertEquals([insight?.metric, insight?.severity], [lasts, severity]);
    assertEquals(insight?.figure.unit, "days");
    assertStringIncludes(insight?.description ?? "", "30 days would use $300.00");
  });
}

Deno.test("weekly-pace of an untouched balance is omitted", () => {
  const balance = quota({ window: BALANCE, limit: null, remaining: 5, days: days(repeat(7, 0)) });
  assertEquals(only(factsOf([balance]), "weekly-pace"), undefined);
});

Deno.test("plan-capacity compares the use of 30 days with thirty daily budgets", () => {
  const given = quota({ window: DAILY, limit: 20, days: days([...repeat(29, 10), 5]) });
  const insight = only(factsOf([given]), "plan-capacity");
  assertEquals(insight?.figure, { value: 0.5, unit: "share" });
  assertEquals([insight?.metric, insight?.severity], ["600 requests", "info"]);
  assertEquals(
    insight?.description,
    "The limit of Five hours allows 20 requests a day and 600 requests in 30 days; in the last 30 days you used " +
      "295 requests, 50% of what it allowed.",
  );
  // A limit for every hour is 24 of them per day.
  const hourly = quota({ window: ONE_HOUR, limit: 250, days: days([...repeat(29, 10), 5]) });
  assertEquals(only(factsOf([hourly]), "plan-capacity")?.metric, "180K requests");
});

Deno.test("plan-capacity needs a week, with readings on five days of it", () => {
  const of = (count: number, seen = count) =>
    only(
      factsOf([quota({ days: days(repeat(count, 1)).slice(0, 1).concat(days(repeat(seen - 1, 1))) })]),
      "plan-capacity",
    );
  assertEquals(of(7), undefined);
  assert(of(8));
  assertEquals(of(8, 4), undefined);
  assert(of(8, 5));
});

Deno.test("billing-use is the current calendar month so far, compared with the previous one", () => {
  const insight = only(factsOf([quota({ days: days(repeat(60, 10)) })]), "billing-use");
  assertEquals(insight?.figure, { value: 210, unit: "requests" });
  assertEquals(insight?.sublabel, "since 2026-11-01, UTC");
  assertEquals(
    insight?.description,
    "210 requests of Five hours in 21 days of a billing period of 30 days (the calendar month). The whole one " +
      "before used 310 requests.",
  );
  assertEquals(insight?.evidence.map(({ label, from, to }) => [label, from, to]), [
    ["This period", utc("2026-11-01"), NOW],
    ["The one before", utc("2026-10-01"), utc("2026-11-01")],
  ]);
});

Deno.test("billing-use names the days without readings, and compares only whole periods", () => {
  const insight = only(factsOf([quota({ days: days(repeat(11, 10)) })]), "billing-use");
  assertStringIncludes(insight?.description ?? "", "of which the first 10 days were not seen");
  assert(!insight?.description.includes("before used"));
  const half = only(factsOf([quota({ days: days(repeat(40, 10)) })]), "billing-use");
  assertEquals(half?.evidence.length, 1);
  assertEquals(only(factsOf([quota({ days: days([5]) })]), "billing-use"), undefined);
  // The first day may be incomplete: no one starts at midnight.
  for (const [count, isWhole] of [[52, true], [51, true], [50, false]] as const) {
    const { description } = only(factsOf([quota({ days: days(repeat(count, 10)) })]), "billing-use")!;
    assertEquals(description.includes("The whole one before used"), isWhole, `${count} days`);
  }
});

Deno.test("billing-use follows the cycles of a monthly quota", () => {
  const cycle = (from: string, to: string, open: boolean) => ({
    startedAt: utc(from),
    endedAt: open ? null : utc(to),
    resetsAt: utc(to),
    peak: 80,
    consumed: 80,
    limit: 100,
    whole: true,
  });
  const monthly = quota({
    quota: "monthly",
    window: MONTHLY,
    cycles: [cycle("2026-10-10", "2026-11-10", false), cycle("2026-11-10", "2026-12-10", true)],
  });
  const insight = only(factsOf([monthly, quota({ days: days(repeat(60, 10)) })]), "billing-use");
  assertEquals(insight?.figure.value, 120);
  assertEquals(insight?.sublabel, "since 2026-11-10, UTC");
  assertEquals(insight?.evidence[1]?.value, "310 requests");
});

Deno.test("days are in the zone", () => {
  const zone = "Asia/Tokyo";
  const tokyo = days(repeat(8, 10)).map((day) => ({ ...day, start: day.start - 9 * HOUR_MS }));
  const insight = only(factsOf([quota({ days: tokyo, firstAt: NOW - 90 * DAY_MS })], { zone }), "usage");
  assertEquals(insight?.figure.value, 70);
  assertEquals(insight?.evidence[0]?.from, utc("2026-11-14 15:00"));
});

Deno.test("plan-capacity needs a limit and a length as well", () => {
  const of = (fields: Parameters<typeof quota>[0]) =>
    only(factsOf([quota({ days: days(repeat(30, 1)), ...fields })]), "plan-capacity");
  assert(of({}));
  assertEquals(of({ limit: null }), undefined);
  assertEquals(of({ limit: 0 }), undefined);
  assertEquals(of({ window: MONTHLY }), undefined);
  assertEquals(of({ gone: true }), undefined);
  assertEquals(of({})?.evidence.map(({ value }) => value), [
    "480 requests",
    "14,400 requests",
    "30 requests",
  ]);
});

Deno.test("amounts below one keep two decimals, and the amount one is in the singular", () => {
  const of = (consumed: number) => only(factsOf([quota({ days: days([0, consumed]) })]), "usage")?.metric;
  assertEquals([of(0.256), of(1), of(2.34), of(20.6)], [
    "0.26 requests",
    "1 request",
    "2.3 requests",
    "21 requests",
  ]);
});
