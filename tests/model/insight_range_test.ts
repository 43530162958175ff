/** Bounds of the rules about a range: use, pace, billing period, sessions, coverage, and the row of figures. */
import {
  computeStats,
  findInsights,
  type InsightQuota,
  type InsightRange,
} from "../../lib/model/insights/insight.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import {
  account,
  cycles,
  days,
  facts,
  factsOf,
  hours,
  NOW,
  only,
  quota,
  repeat,
} from "../support/insight_facts.ts";
import { BALANCE, DAY_MS, HOUR_MS, MONTHLY, utc } from "../support/readings.ts";

type Fields = Partial<InsightQuota>;

const DAILY = { kind: "fixed", seconds: 86_400 } as const;

/** First read some days before now, and consuming each amount on the days until today. */
function seenFor(daysAgo: number, consumed: readonly number[], fields: Fields = {}): InsightQuota {
  return quota({ firstAt: NOW - daysAgo * DAY_MS, days: days(consumed), ...fields });
}

const MOMENT = 1 / DAY_MS;

Deno.test("a range is summed up from exactly its minimum of time on", () => {
  const of =
    (type: "usage" | "weekly-pace" | "plan-capacity" | "billing-use", range: InsightRange) =>
    (daysAgo: number, consumed: readonly number[]) =>
      only(factsOf([seenFor(daysAgo, consumed, { window: DAILY })], { range }), type) !== undefined;
  const cases = [
    [of("usage", "7d"), 1],
    [of("usage", "30d"), 3],
    [of("weekly-pace", "7d"), 3],
    [of("plan-capacity", "7d"), 7],
    [of("billing-use", "7d"), 1],
  ] as const;
  for (const [shown, least] of cases) {
    const consumed = repeat(least + 1, 5);
    assertEquals([shown(least, consumed), shown(least - MOMENT, consumed)], [true, false], `${least} days`);
  }
});

Deno.test("weekly-pace needs readings on three days, and plan-capacity on five", () => {
  const of = (type: "weekly-pace" | "plan-capacity", seen: number) => {
    const kept = days(repeat(9, 5)).filter((_, index) => index < seen - 1 || index === 8);
    return only(factsOf([quota({ window: DAILY, days: kept })], { range: "30d" }), type) !== undefined;
  };
  // Those of the last week: all but the first two of the nine.
  assertEquals([of("weekly-pace", 4), of("weekly-pace", 5)], [false, true]);
  assertEquals([of("plan-capacity", 4), of("plan-capacity", 5)], [false, true]);
});

Deno.test("usage of a single request has an average, and a busiest day only above the average", () => {
  const of = (daysAgo: number, ...consumed: readonly number[]) =>
    only(factsOf([seenFor(daysAgo, consumed)]), "usage")?.description;
  assertEquals(
    of(2, 0, 1, 0),
    "1 request of Five hours in the last 7 days, 0.5 requests a day on average, most on 2026-11-20 (1 request).",
  );
  // 20 in two days are 10 a day.
  assertEquals(
    of(2, 10, 10, 0),
    "20 requests of Five hours in the last 7 days, 10 requests a day on average.",
  );
  assertStringIncludes(of(2, 9, 11, 0) ?? "", "most on 2026-11-20 (11 requests)");
  // Of two equal days, the earlier.
  assertStringIncludes(of(3, 0, 15, 15, 0) ?? "", "most on 2026-11-19 (15 requests)");
});

Deno.test("the month of weekly-pace and plan-capacity is compared with what the limit allows, however little that is", () => {
  const monthly = { window: { kind: "fixed", seconds: 30 * 86_400 }, unit: "usd" } as const;
  const of = (limit: number, daily: number) => {
    const given = factsOf([quota({ ...monthly, limit, days: days([...repeat(30, daily), daily / 2]) })]);
    return (["weekly-pace", "plan-capacity"] as const).map((type) => only(given, type)?.metric);
  };
  assertEquals(of(1, 0.01), ["30%", "$1.00"]);
  assertEquals(of(0.5, 0.01), ["60%", "$0.50"]);
});

Deno.test("plan-capacity covers the last 30 days, including today", () => {
  const insight = only(factsOf([quota({ days: days([7, ...repeat(29, 1), 1]) })]), "plan-capacity");
  assertStringIncludes(insight?.description ?? "", "you used 30 requests");
  assertEquals(insight?.evidence.at(-1)?.from, utc("2026-10-23"));
});

Deno.test("windows of unknown length are as long as the whole cycles on average", () => {
  const month = {
    startedAt: utc("2026-10-01"),
    endedAt: utc("2026-10-31"),
    resetsAt: null,
    peak: 65,
    consumed: 65,
    limit: 300,
    whole: true,
  };
  const empty = { ...month, startedAt: utc("2026-11-01"), endedAt: utc("2026-11-01") };
  const partial = { ...month, startedAt: utc("2026-11-02"), endedAt: utc("2026-11-04"), whole: false };
  const unknown = { ...month, startedAt: utc("2026-11-05"), endedAt: null };
  const monthly = quota({
    window: MONTHLY,
    limit: 300,
    cycles: [month, empty, partial, unknown],
    days: days([...repeat(6, 10), 5]),
  });
  // 65 in 6.5 days is 300 in the 30 days of the one cycle that says anything.
  assertEquals(only(factsOf([monthly]), "weekly-pace")?.metric, "100%");
});

const credits = (remaining: number | null, daily: number, id = "credits") =>
  quota({
    quota: id,
    label: "Credits",
    unit: "usd",
    window: BALANCE,
    limit: null,
    remaining,
    days: days([...repeat(6, daily), daily / 2]),
  });

Deno.test("weekly-pace says how long what is left of a balance lasts, if it is known and not overdrawn", () => {
  const of = (remaining: number | null, daily = 10) =>
    only(factsOf([credits(remaining, daily)]), "weekly-pace")?.metric;
  assertEquals([of(null), of(-1), of(5, 0)], [undefined, undefined, undefined]);
  assertEquals([of(0), of(0.5), of(5, 0.5)], ["about 0 days", "about 0.05 days", "about 10 days"]);
  assertEquals([of(3650), of(3651)], ["about 365 days", "more than a year"]);
});

Deno.test("among balances the one that ends first comes first", () => {
  const given = factsOf([credits(25, 10, "a"), credits(5, 10, "b"), credits(15, 10, "c")]);
  const found = findInsights(given).filter(({ type }) => type === "weekly-pace");
  assertEquals(found.map((insight) => insight.quota?.at(-1)), ["b", "c", "a"]);
});

Deno.test("billing-use states the highest of the cycles that began in the period", () => {
  const [first, second] = cycles([40, 70]);
  const of = (...given: InsightQuota["cycles"]) =>
    only(factsOf([quota({ days: days([5, 5, 5]), cycles: given })]), "billing-use")
      ?.evidence.find(({ label }) => label === "Highest of its cycles");
  assertEquals(of(first!, second!), {
    label: "Highest of its cycles",
    value: "70%",
    from: utc("2026-11-01"),
    to: NOW,
    count: 2,
  });
  assertEquals(of({ ...first!, limit: null }), undefined);
  assertEquals(of({ ...first!, startedAt: utc("2026-10-31"), endedAt: utc("2026-10-31 05:00") }), undefined);
});

Deno.test("billing-use compares only with a month whose first day is known and that has readings", () => {
  const all = days(repeat(60, 10));
  const former = (fields: Fields) =>
    only(factsOf([quota({ days: all, ...fields })]), "billing-use")
      ?.evidence.find(({ label }) => label === "The one before")?.value;
  const stored = (from: string) => ({ days: all.filter(({ start }) => start >= utc(from)) });
  assertEquals(former({}), "310 requests");
  // Read long before, but no longer stored.
  const firstAt = utc("2026-01-01");
  assertEquals(former({ firstAt, ...stored("2026-10-02") }), "300 requests");
  assertEquals(former({ firstAt, ...stored("2026-10-03") }), undefined);
  // First read in the course of a day.
  assertEquals(former({ firstAt: utc("2026-10-02"), ...stored("2026-10-02") }), "300 requests");
  assertEquals(former({ firstAt: utc("2026-10-02") + 1, ...stored("2026-10-02") }), undefined);
  // Nothing was read in all of October.
  const gap = all.filter(({ start }) => start < utc("2026-10-01") || start >= utc("2026-11-01"));
  assertEquals(former({ days: gap }), undefined);
});

interface SessionFields {
  readonly minutes?: number;
  readonly consumed?: number;
  readonly of?: string;
}

function session(startedAt: number, { minutes = 60, consumed = 1, of = "five-hour" }: SessionFields = {}) {
  return { startedAt, endedAt: startedAt + minutes * 60_000, use: [{ quota: of, consumed }] };
}

function average(sessions: Parameters<typeof account>[0] & object, quotas = [quota()]) {
  return only(facts({ accounts: [account({ quotas, ...sessions })] }), "session-average");
}

Deno.test("session-average includes sessions that began with the range, ended just now, or lasted no time", () => {
  const start = NOW - 7 * DAY_MS;
  const of = (...sessions: readonly ReturnType<typeof session>[]) => average({ sessions })?.figure.value;
  const inside = [session(start), session(NOW - HOUR_MS)];
  assertEquals(of(...inside, session(NOW - 2 * HOUR_MS, { minutes: 0 })), 2400);
  assertEquals(of(...inside, session(NOW - 2 * HOUR_MS, { minutes: -1 })), undefined);
  assertEquals(of(...inside, session(start - 1)), undefined);
  assertEquals(of(...inside, session(NOW - HOUR_MS + 1)), undefined);
});

Deno.test("session-average covers the time from the first begin to the last end", () => {
  const sessions = [
    session(NOW - 30 * HOUR_MS, { minutes: 1500 }),
    session(NOW - 20 * HOUR_MS),
    session(NOW - 10 * HOUR_MS),
  ];
  const [length, use] = average({ sessions })!.evidence;
  // The first one lasts longest.
  assertEquals([length?.from, length?.to, length?.count], [NOW - 30 * HOUR_MS, NOW - 5 * HOUR_MS, 3]);
  assertEquals([use?.from, use?.to, use?.count], [NOW - 30 * HOUR_MS, NOW - 5 * HOUR_MS, 3]);
});

Deno.test("session-average lists up to ten quotas by share, then by amount; those that were not used are left out", () => {
  const ids = Array.from({ length: 12 }, (_, index) => `q${index}`);
  const use = [
    ...ids.map((id, index) => ({ quota: id, consumed: index === 11 ? 0 : 0.9 + index })),
    { quota: "few", consumed: 5 },
    { quota: "many", consumed: 50 },
  ];
  const sessions = repeat(3, 0).map((_, index) => ({ ...session(NOW - (index + 2) * HOUR_MS), use }));
  const quotas = [
    ...ids.map((id) => quota({ quota: id, label: id })),
    quota({ quota: "few", label: "few", limit: null }),
    quota({ quota: "many", label: "many", limit: null }),
  ];
  const labels = (given: readonly InsightQuota[]) =>
    average({ sessions }, [...given])!.evidence.slice(1).map(({ label }) => label);
  assertEquals(labels(quotas), ["q10", "q9", "q8", "q7", "q6", "q5", "q4", "q3", "q2", "q1"]);
  assertEquals(labels(quotas.filter(({ quota }) => ["q0", "q11", "few", "many"].includes(quota))), [
    "q0",
    "many",
    "few",
  ]);
});

Deno.test("coverage begins with the range or the first reading, and the lower one comes first", () => {
  const seen = (fields: Fields) =>
    only(factsOf([quota({ days: days([1, 1, 1]), ...fields })]), "coverage")!.evidence.map(({ from }) =>
      from
    );
  assertEquals(seen({}), [utc("2026-11-19"), utc("2026-11-19")]);
  assertEquals(seen({ firstAt: utc("2026-01-01") }), [utc("2026-11-15"), utc("2026-11-15")]);
  const kept = (account: "acme/a" | "acme/b" | "acme/c", indexes: readonly number[]) => ({
    account,
    providerName: "Acme",
    plan: null,
    sessions: [],
    quotas: [quota({ days: days(repeat(7, 1)).filter((_, index) => indexes.includes(index)) })],
  });
  const accounts = [kept("acme/a", [0, 1, 2, 6]), kept("acme/b", [0, 6]), kept("acme/c", [0, 1, 6])];
  const found = findInsights(facts({ accounts })).filter(({ type }) => type === "coverage");
  assertEquals(found.map((insight) => insight.account), ["acme/b", "acme/c", "acme/a"]);
});

Deno.test("coverage takes the number of readings from the quota with most of them", () => {
  const [few, many] = [4, 6].map((count) =>
    quota({ quota: `q${count}`, days: days([1, 1]).map((day) => ({ ...day, count })) })
  );
  for (const quotas of [[few!, many!], [many!, { ...few!, quota: "a" }]]) {
    assertEquals(only(factsOf(quotas), "coverage")?.evidence.at(-1)?.count, 12);
  }
});

Deno.test("coverage counts the hours since the first reading, or the days", () => {
  const hourly = quota({ hours: hours(repeat(11, 1)).filter((_, index) => index % 2 === 0) });
  const byHour = only(factsOf([hourly], { range: "1d" }), "coverage");
  assertEquals(
    byHour?.description.split(",")[0],
    "There are readings in 6 of the 11 hours since the first one",
  );
  const daily = quota({ firstAt: utc("2026-11-15"), days: days(repeat(7, 1)).slice(1) });
  const byDay = only(factsOf([daily]), "coverage");
  assertEquals(byDay?.description.split(",")[0], "There are readings on 6 of the last 7 days");
});

Deno.test("the stats row has up to six quotas, those with the largest share", () => {
  const quotas = repeat(7, 0).map((_, index) =>
    quota({ quota: `q${index}`, label: `q${index}`, days: days([1, 2 + index]) })
  );
  const labels = computeStats(factsOf(quotas)).map(({ label }) => label);
  assertEquals(labels, [
    ...["q6", "q5", "q4", "q3", "q2", "q1"].map((id) => `${id}, 30 days`),
    "Sessions",
    "Readings since",
  ]);
});

Deno.test("the stats row counts the sessions of the range, and reaches back to the first reading of any account", () => {
  const given = facts({
    accounts: [
      account({
        quotas: [quota({ days: days([1, 1]) })],
        sessions: [session(NOW), session(NOW - 7 * DAY_MS), session(NOW - 7 * DAY_MS - 1)],
      }),
      account({
        account: "other/one",
        quotas: [quota({ key: "other/one/five-hour", days: days([1, 1, 1]) })],
      }),
    ],
  });
  const [sessions, since] = computeStats(given).slice(-2);
  assertEquals([sessions?.value, since?.sublabel], ["2", "2026-11-19"]);
});

Deno.test("the stats row says since when there are readings, unless that is the first of the 30 days", () => {
  const of = (firstAt: number) =>
    computeStats(factsOf([quota({ firstAt, days: days(repeat(30, 1)) })]))[0]?.sublabel;
  // The 30 days begin on 2026-10-23.
  assertEquals(of(utc("2026-10-24")), "7 requests in 7 days");
  assertEquals(of(utc("2026-10-24") + 1), "since 2026-10-24, 7 requests in 7 days");
});
