/** Rules about the state and use of an account: window, forecast, tools, calls, sessions, coverage. */
import { computeStats, findInsights } from "../../lib/model/insights/insight.ts";
import type { InsightForecast, InsightQuota } from "../../lib/model/insights/insight.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { account, days, facts, factsOf, hours, NOW, only, quota, repeat } from "../support/insight_facts.ts";
import { BALANCE, DAY_MS, HOUR_MS, MINUTE_MS, MONTHLY, ONE_WEEK, utc } from "../support/readings.ts";

Deno.test("budget is the used share of the current window, beside the passed share of time", () => {
  const insight = only(factsOf([quota({ used: 62, resetsAt: NOW + 2.75 * HOUR_MS })]), "budget");
  assertEquals(insight?.figure, { value: 0.62, unit: "share" });
  assertEquals(
    insight?.description,
    "62% of Five hours is used, with 45% of its window gone; it resets in 2h 45m.",
  );
  assertEquals(insight?.sublabel, "62 of 100 requests used");
  for (
    const [used, severity] of [[49.9, "positive"], [50, "info"], [80, "warning"], [95, "negative"]] as const
  ) {
    assertEquals(only(factsOf([quota({ used })]), "budget")?.severity, severity);
  }
});

Deno.test("budget is omitted if use or limit is unknown, and after a reset without a reading", () => {
  for (const fields of [{ used: null }, { used: 5, limit: null }, { used: 5, gone: true }]) {
    assertEquals(only(factsOf([quota(fields)]), "budget"), undefined);
  }
  assertEquals(only(factsOf([quota({ used: 5, resetsAt: NOW })]), "budget"), undefined);
  assert(only(factsOf([quota({ used: 5, resetsAt: NOW + 1 })]), "budget"));
  assertEquals(only(factsOf([quota({ used: 5, window: BALANCE })]), "budget"), undefined);
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

Deno.test("forecast uses the words of the forecast", () => {
  const of = (fields: Partial<InsightForecast>) =>
    only(factsOf([quota({ resetsAt: NOW + 3 * HOUR_MS, forecast: { ...FORECAST, ...fields } })]), "forecast");
  const lasts = of({ runOutProbability: 0.125, pastCycles: 8 });
  assertEquals([lasts?.severity, lasts?.metric, lasts?.title], ["positive", "62%", "Five hours: lasts"]);
  assertEquals(
    lasts?.description,
    "At 12 requests/h, Five hours reaches 62% of its limit by its reset; it resets in 3h.",
  );
  assertEquals(lasts?.evidence.at(-1), {
    label: "Chance of running out",
    value: "13%, from 8 past cycles",
    count: 8,
  });
  assertEquals(of({ state: "tight", projectedShare: 0.9 })?.severity, "warning");
  const dry = of({ state: "runs-dry", projectedShare: 1.4, emptyAt: NOW + HOUR_MS, marginMs: 2 * HOUR_MS });
  assertEquals(dry?.severity, "negative");
  assertEquals(dry?.figure, { value: 3600, unit: "seconds" });
  assertEquals(dry?.description, "At 12 requests/h, Five hours runs out in 1h, 2h before its reset.");
  assertEquals(of({ state: "exhausted" })?.title, "Five hours: nothing is left");
  assertEquals(of({ state: "idle", ratePerHour: 0 })?.metric, "0 requests/h");
  assertMatch(
    of({ state: "idle", ratePerHour: 0 })!.description,
    /is not in use: 0 requests\/h\.$/,
  );
  assertEquals(of({ state: "analysing" }), undefined);
  assertEquals(of({ state: "unknown" }), undefined);
  assertEquals(of({ projectedShare: null }), undefined);
});

Deno.test("tool-share lists the parts of a quota, the largest first", () => {
  const parts = [["search", 30], ["web", 50], ["zread", 12], ["vision", 8], ["none", 0]] as const;
  const tools = quota({ label: "Tools", parts: parts.map(([name, used]) => ({ name, used })) });
  const insight = only(factsOf([tools]), "tool-share");
  assertEquals(insight?.metric, "web 50%");
  assertEquals(
    insight?.description,
    "Tools, 100 requests so far: web 50%, search 30%, zread 12%, others 8%.",
  );
  assertEquals(insight?.evidence.map((one) => one.value), [
    "50 requests (50%)",
    "30 requests (30%)",
    "12 requests (12%)",
    "8 requests (8%)",
  ]);
  assertEquals(only(factsOf([tools]), "top-tool"), undefined);
});

Deno.test("top-tool warns above 70%, not at it", () => {
  const of = (first: number, second: number) =>
    only(
      factsOf([
        quota({ label: "Tools", parts: [{ name: "web", used: first }, { name: "search", used: second }] }),
      ]),
      "top-tool",
    );
  assertEquals(of(70, 30), undefined);
  assertEquals(of(71, 29)?.severity, "warning");
  assertEquals(of(71, 29)?.description, "web makes up 71% of Tools: 71 of 100 requests so far.");
  // Below ten calls shares are chance; a single tool is always all of it.
  assertEquals(of(9, 0.9), undefined);
  assertEquals(only(factsOf([quota({ parts: [{ name: "web", used: 50 }] })]), "top-tool"), undefined);
});

const tokens = (consumed: readonly number[]) =>
  quota({ quota: "tokens", label: "Tokens", unit: "tokens", limit: null, days: days(consumed) });
const calls = (consumed: readonly number[]) =>
  quota({ quota: "calls", label: "Calls", limit: null, days: days(consumed) });

Deno.test("tokens-per-call divides the tokens of an account by its calls", () => {
  const insight = only(factsOf([tokens(repeat(7, 1000)), calls(repeat(7, 10))]), "tokens-per-call");
  assertEquals(insight?.key, "tokens-per-call:acme/work");
  assertEquals(insight?.figure, { value: 100, unit: "tokens-per-request" });
  assertEquals(
    insight?.description,
    "About 100 tokens for each call in the last 7 days: 7,000 tokens of Tokens and 70 requests of Calls.",
  );
});

Deno.test("tokens-per-call counts only days on which both were read, and needs twenty calls", () => {
  // The calls were first read five days ago; the tokens of the day before do not count.
  assertEquals(
    only(factsOf([tokens([9000, ...repeat(5, 1000)]), calls(repeat(5, 10))]), "tokens-per-call")?.figure
      .value,
    100,
  );
  assertEquals(only(factsOf([tokens([1000, 1000]), calls([10, 9])]), "tokens-per-call"), undefined);
  assert(only(factsOf([tokens([1000, 1000]), calls([10, 10])]), "tokens-per-call"));
  assertEquals(only(factsOf([tokens([0, 0]), calls([10, 10])]), "tokens-per-call"), undefined);
  assertEquals(only(factsOf([calls(repeat(7, 10))]), "tokens-per-call"), undefined);
});

const short = (consumed: readonly number[], fields: Partial<InsightQuota> = {}) =>
  quota({ unit: "percent", days: days(consumed), ...fields });
const weekly = (consumed: readonly number[], fields: Partial<InsightQuota> = {}) =>
  quota({
    quota: "weekly",
    label: "Weekly",
    unit: "percent",
    window: ONE_WEEK,
    days: days(consumed),
    ...fields,
  });

Deno.test("window-ratio is how many full short windows make one long window", () => {
  const insight = only(factsOf([short(repeat(6, 80)), weekly(repeat(6, 10))]), "window-ratio");
  assertEquals(insight?.key, "window-ratio:acme/work/weekly");
  assertEquals(insight?.figure, { value: 8, unit: "windows" });
  assertEquals(
    insight?.description,
    "One Weekly window holds about 8 full Five hours windows: in the last 30 days 4.8 of them took 60% of it.",
  );
  assertEquals(insight?.sublabel, "full windows of 5 h in one of 7 days");
  // The evidence spans the readings of both.
  const [from, to] = [insight!.evidence[0]!.from!, insight!.evidence[0]!.to!];
  const wider = (buckets: InsightQuota["days"]) =>
    buckets.map((one) => ({ ...one, firstAt: one.firstAt - 1000, lastAt: one.lastAt + 1000 }));
  const [one, other] = [short(repeat(6, 80)), weekly(repeat(6, 10))];
  for (
    const quotas of [[{ ...one, days: wider(one.days) }, other], [one, { ...other, days: wider(other.days) }]]
  ) {
    const evidence = only(factsOf(quotas), "window-ratio")!.evidence;
    assertEquals(evidence.map(({ from, to }) => [from, to]), [[from - 1000, to + 1000], [
      from - 1000,
      to + 1000,
    ]]);
  }
});

Deno.test("window-ratio needs a tenth of the long window, one short one, and two days", () => {
  const of = (one: readonly number[], other: readonly number[]) =>
    only(factsOf([short(one), weekly(other)]), "window-ratio");
  assertEquals(of([50, 49], [5, 5]), undefined);
  assert(of([50, 50], [5, 5]));
  assertEquals(of([50, 50], [5, 4.9]), undefined);
  assertEquals(of([100], [20]), undefined);
});

Deno.test("window-ratio is omitted between quotas that do not count the same thing", () => {
  // Percentages whose ratio changes more than twofold between the two halves.
  assertEquals(only(factsOf([short([90, 90, 10, 10]), weekly([5, 5, 10, 10])]), "window-ratio"), undefined);
  // Requests of which the long window counted far more.
  const requests = (one: number, other: number) =>
    only(
      factsOf([
        short(repeat(4, one), { unit: "requests" }),
        weekly(repeat(4, other), { unit: "requests", limit: 1000 }),
      ]),
      "window-ratio",
    );
  assertEquals(requests(50, 300), undefined);
  assertEquals(requests(50, 50)?.figure.value, 10);
  // Different units are never compared.
  assertEquals(
    only(factsOf([short(repeat(4, 50), { unit: "requests" }), weekly(repeat(4, 20))]), "window-ratio"),
    undefined,
  );
});

function sessionOf(hoursAgo: number, minutes: number | null, consumed: number) {
  const startedAt = NOW - hoursAgo * HOUR_MS;
  const endedAt = minutes === null ? null : startedAt + minutes * MINUTE_MS;
  return {
    startedAt,
    endedAt,
    use: [{ quota: "five-hour", consumed }, { quota: "unheard-of", consumed: 1 }],
  };
}

Deno.test("session-average is the mean length and use of the finished sessions in the range", () => {
  const sessions = [
    sessionOf(50, 60, 30),
    sessionOf(30, 90, 60),
    sessionOf(20, 120, 45),
    sessionOf(1, null, 900),
  ];
  const given = facts({ accounts: [account({ quotas: [quota()], sessions })] });
  const insight = only(given, "session-average");
  assertEquals(insight?.figure, { value: 5400, unit: "seconds" });
  assertEquals(
    insight?.description,
    "3 sessions in the last 7 days, on average 1h 30m long and using 45 requests of Five hours.",
  );
  assertEquals(only({ ...given, range: "1d" }, "session-average"), undefined);
});

Deno.test("coverage is the number of days in the range with readings, and warns below 80%", () => {
  const seen = (kept: readonly number[]) =>
    only(
      factsOf([quota({ days: days(repeat(7, 1)).filter((_, index) => kept.includes(index)) })]),
      "coverage",
    );
  const good = seen([0, 1, 2, 3, 4, 6]);
  assertEquals([good?.metric, good?.severity], ["86%", "info"]);
  assertEquals(
    good?.description,
    "There are readings on 6 of the last 7 days, 133 in all.",
  );
  const poor = seen([0, 1, 2, 4, 6]);
  assertEquals([poor?.metric, poor?.severity], ["71%", "warning"]);
  assert(poor?.description.endsWith("; what was used may be more than what is shown."));
});

Deno.test("coverage counts from the first reading on, in hours if the range is a day", () => {
  const started = only(factsOf([quota({ days: days([1, 1, 1]) })]), "coverage");
  assertEquals(
    started?.description,
    "There are readings on 3 of the 3 days since the first one, 61 in all.",
  );
  const today = only(factsOf([quota({ days: days([1]) })]), "coverage");
  assertMatch(today?.description ?? "", /^There are readings on one day so far, \d+ in all\.$/);
  const old = only(factsOf([quota({ days: days([1, 1, 1]), firstAt: NOW - 90 * DAY_MS })]), "coverage");
  assertEquals(old?.metric, "43%");
  assertEquals(old?.sublabel, "61 readings, the first on 2026-08-23");
  const byHour = only(factsOf([quota({ hours: hours(repeat(30, 1)) })], { range: "1d" }), "coverage");
  assertEquals(byHour?.description, "There are readings in 24 of the last 24 hours, 144 in all.");
});

Deno.test("an account that was never read has no insights", () => {
  assertEquals(findInsights(factsOf([])), []);
  assertEquals(findInsights(factsOf([quota()])), []);
  assertEquals(computeStats(factsOf([quota()])), []);
});

Deno.test("the stats row is the use of 30 and of 7 days, the sessions, and the time covered", () => {
  const sessions = [sessionOf(50, 60, 30), sessionOf(1, null, 900), sessionOf(24 * 8, 60, 1)];
  const quotas = [quota({ days: days(repeat(40, 10)) }), weekly([5, 5, 5])];
  assertEquals(computeStats(facts({ accounts: [account({ quotas, sessions })] })), [
    { value: "300 requests", label: "Five hours, 30 days", sublabel: "70 requests in 7 days" },
    { value: "15%", label: "Weekly, 30 days", sublabel: "since 2026-11-19, 15% in 7 days" },
    { value: "2", label: "Sessions", sublabel: "in the last 7 days" },
    { value: "40 days", label: "Readings since", sublabel: "2026-10-13" },
  ]);
});

Deno.test("the stats row names the provider if there are several accounts, and does not take missing data for 0", () => {
  const quiet = quota({ key: "other/one/five-hour", days: days(repeat(40, 10)).slice(0, 20) });
  const given = facts({
    accounts: [
      account({ quotas: [quota({ days: days([3, 3]) })] }),
      account({
        account: "other/one",
        providerName: "Other",
        quotas: [quiet],
      }),
    ],
  });
  const [first, second] = computeStats(given);
  assertEquals(first?.label, "Other, Five hours, 30 days");
  assertEquals(first?.sublabel, "no readings in 7 days");
  assertEquals(second?.label, "Acme, Five hours, 30 days");
  assertEquals(utc("2026-11-21 12:00"), given.now);
});

Deno.test("budget states the passed share of a window only if its length and end are known and consistent", () => {
  const of = (fields: Partial<InsightQuota>) =>
    only(factsOf([quota({ used: 10, resetsAt: NOW + HOUR_MS, ...fields })]), "budget")?.description;
  assertEquals(of({}), "10% of Five hours is used, with 80% of its window gone; it resets in 1h.");
  const plain = "10% of Five hours is used; it resets in 1h.";
  assertEquals(of({ window: MONTHLY }), plain);
  assertEquals(of({ window: { kind: "fixed", seconds: null } }), plain);
  assertEquals(of({ window: { kind: "fixed", seconds: 0 } }), plain);
  assertEquals(of({ resetsAt: NOW + 6 * HOUR_MS }), "10% of Five hours is used; it resets in 6h.");
  assertEquals(of({ resetsAt: NOW + 5 * HOUR_MS })?.includes("with 0% of its window gone"), true);
  assertEquals(of({ resetsAt: null }), "10% of Five hours is used.");
});

Deno.test("among forecasts that run out the earliest comes first, and each states its rate", () => {
  const dry = (id: string, hoursLeft: number) =>
    quota({
      quota: id,
      forecast: { ...FORECAST, state: "runs-dry", emptyAt: NOW + hoursLeft * HOUR_MS },
    });
  const found = findInsights(factsOf([dry("a", 3), dry("b", 1), dry("c", 2)]));
  assertEquals(found.map((insight) => insight.quota), ["acme/work/b", "acme/work/c", "acme/work/a"]);
  assertEquals(found[0]?.sublabel, "at this pace");
  assertEquals(found[0]?.evidence, [
    { label: "Forecast", value: "runs out" },
    { label: "Rate", value: "12 requests/h" },
  ]);
  const rateOf = (basis: { readonly cycle: number; readonly recent: number; readonly past: number }) =>
    findInsights(
      factsOf([quota({ forecast: { ...FORECAST, state: "runs-dry", emptyAt: NOW + HOUR_MS, basis } })]),
    )[0]
      ?.evidence.find(({ label }) => label === "Rate")?.value;
  assertEquals(rateOf({ cycle: 1, recent: 0, past: 0 }), "12 requests/h over this cycle");
  assertEquals(
    rateOf({ cycle: 0.5, recent: 0.3, past: 0.2 }),
    "12 requests/h over this cycle, the recent past and earlier cycles",
  );
});

Deno.test("tokens-per-call takes the pair with most calls", () => {
  const few = quota({ quota: "a-few", label: "Few", limit: null, days: days(repeat(7, 5)) });
  const insight = only(factsOf([few, tokens(repeat(7, 1000)), calls(repeat(7, 10))]), "tokens-per-call");
  assertEquals(insight?.sublabel, "Tokens by Calls");
});

Deno.test("window-ratio takes the pair furthest apart, and among equal ones the most used long window", () => {
  const day = weekly(repeat(6, 20), { quota: "daily", window: { kind: "rolling", seconds: 86_400 } });
  const other = weekly(repeat(6, 15), { quota: "weekly-large", label: "Large" });
  const of = (...quotas: readonly InsightQuota[]) => only(factsOf(quotas), "window-ratio")?.quota;
  assertEquals(of(short(repeat(6, 80)), day), "acme/work/daily");
  assertEquals(of(short(repeat(6, 80)), day, weekly(repeat(6, 10))), "acme/work/weekly");
  assertEquals(of(short(repeat(6, 80)), weekly(repeat(6, 10)), other), "acme/work/weekly-large");
  assertEquals(of(short(repeat(6, 80)), weekly(repeat(6, 10), { gone: true })), undefined);
  assertEquals(of(short(repeat(6, 80)), weekly(repeat(6, 10), { window: MONTHLY })), undefined);
  assertEquals(of(short(repeat(6, 80), { limit: null }), weekly(repeat(6, 10))), undefined);
});

Deno.test("window-ratio allows the ratio of a half to be up to twice or half that of the whole", () => {
  // In total: 300 to 30 points, 10 to 1. The newer half of the first: 100 to 20, half of that.
  const of = (one: readonly number[], other: readonly number[]) =>
    only(factsOf([short(one), weekly(other)]), "window-ratio")?.figure.value;
  assertEquals(of([200, 100], [10, 20]), 10);
  assertEquals(of([200, 99], [10, 20]), undefined);
  assertEquals(of([201, 99], [10, 20]), undefined);
});

Deno.test("session-average starts with the quota whose limit a session uses most of", () => {
  const session = (hoursAgo: number) => ({
    startedAt: NOW - hoursAgo * HOUR_MS,
    endedAt: NOW - hoursAgo * HOUR_MS + HOUR_MS,
    use: [{ quota: "large", consumed: 50 }, { quota: "small", consumed: 5 }],
  });
  const quotas = [
    quota({ quota: "large", label: "Large", limit: 1000 }),
    quota({ quota: "small", label: "Small", limit: 10 }),
    quota({ quota: "unused", label: "Unused" }),
  ];
  const given = facts({ accounts: [account({ quotas, sessions: [session(5), session(9), session(20)] })] });
  assertEquals(only(given, "session-average")?.evidence.map(({ label, value }) => [label, value]), [
    ["Average length", "1h"],
    ["Small", "5 requests"],
    ["Large", "50 requests"],
  ]);
});

Deno.test("coverage of exactly 80% is good", () => {
  const four = quota({ days: days(repeat(5, 1)).filter((_, index) => index !== 2) });
  assertEquals(only(factsOf([four]), "coverage")?.severity, "info");
});

Deno.test("a quota was first seen at its oldest known time", () => {
  const since = (fields: Partial<InsightQuota>) =>
    computeStats(factsOf([quota(fields)])).find(({ label }) => label === "Readings since")?.sublabel;
  const cycle = {
    startedAt: utc("2026-11-12"),
    endedAt: null,
    resetsAt: null,
    peak: 1,
    consumed: 1,
    limit: 100,
    whole: false,
  };
  assertEquals(since({ days: days([1, 1]), hours: hours([1]), cycles: [cycle] }), "2026-11-12");
  assertEquals(since({ days: days([1, 1]), hours: hours([1]) }), "2026-11-20");
  assertEquals(since({ hours: hours([1]) }), "2026-11-21");
  assertEquals(since({ hours: hours([1]), firstAt: utc("2026-01-02") }), "2026-01-02");
});

Deno.test("forecast names no reset or run-out that is past or unknown", () => {
  const of = (fields: Partial<InsightForecast>, resetsAt: number | null = null) =>
    only(factsOf([quota({ resetsAt, forecast: { ...FORECAST, ...fields } })]), "forecast")?.description;
  const gone = "Nothing is left of Five hours: 100% of its limit is used";
  assertEquals(of({ state: "exhausted" }), `${gone}.`);
  assertEquals(of({ state: "exhausted" }, NOW), `${gone}.`);
  assertEquals(of({ state: "exhausted" }, NOW + HOUR_MS), `${gone}; it resets in 1h.`);
  const stands = "At 12 requests/h, Five hours reaches 130% of its limit by its reset.";
  assertEquals(of({ state: "runs-dry", projectedShare: 1.3, emptyAt: NOW - 1 }), stands);
  assertEquals(
    of({ state: "runs-dry", ratePerHour: null, emptyAt: NOW + HOUR_MS }),
    "Five hours runs out in 1h.",
  );
});
