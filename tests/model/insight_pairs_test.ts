/** Rules that compare two quotas: when they apply, which pair they pick, and the time they cover. */
import { findInsights, type Insight, type InsightQuota } from "../../lib/model/insights/insight.ts";
import { assertClose, assertEquals } from "../support/assert.ts";
import { days, factsOf, NOW, only, quota, repeat } from "../support/insight_facts.ts";
import { BALANCE, DAY_MS, FIVE_HOURS, ONE_HOUR, ONE_WEEK, utc } from "../support/readings.ts";

type Fields = Partial<InsightQuota>;

const short = (consumed: readonly number[], fields: Fields = {}) =>
  quota({ unit: "percent", days: days(consumed), ...fields });
const weekly = (consumed: readonly number[], fields: Fields = {}) =>
  quota({
    quota: "weekly",
    label: "Weekly",
    unit: "percent",
    window: ONE_WEEK,
    days: days(consumed),
    ...fields,
  });

/** The times and counts of the evidence. */
function spansOf(insight: Insight | undefined): readonly (readonly (number | undefined)[])[] {
  return insight?.evidence.map(({ from, to, count }) => [from, to, count]) ?? [];
}

function ratioOf(...quotas: readonly InsightQuota[]) {
  return only(factsOf(quotas), "window-ratio");
}

Deno.test("window-ratio covers the last 30 days, and says from when to when", () => {
  const insight = ratioOf(short([500, ...repeat(30, 80)]), weekly([1, ...repeat(30, 10)]))!;
  assertEquals(insight.figure.value, 8);
  assertEquals(spansOf(insight), repeat(2, [utc("2026-10-23"), NOW, 30]));
});

for (
  const [what, fields, isShown] of [
    ["of a second", { window: { kind: "fixed", seconds: 1 } }, true],
    ["of no length", { window: { kind: "fixed", seconds: 0 } }, false],
    ["of an unknown length", { window: { kind: "fixed", seconds: null } }, false],
    ["without windows", { window: BALANCE }, false],
    ["with a limit of one", { limit: 1 }, true],
    ["with a limit of zero", { limit: 0 }, false],
    ["without a limit", { limit: null }, false],
    ["no longer listed", { gone: true }, false],
  ] as const
) {
  Deno.test(`window-ratio with a short quota ${what} is ${isShown ? "stated" : "omitted"}`, () => {
    assertEquals(ratioOf(short(repeat(6, 80), fields), weekly(repeat(6, 10))) !== undefined, isShown);
  });
}

Deno.test("window-ratio needs a limit of the long window too, and a quota without one hides no other pair", () => {
  for (const limit of [null, 0]) {
    assertEquals(ratioOf(short(repeat(6, 80)), weekly(repeat(6, 10), { limit })), undefined);
    const shortest = short(repeat(6, 80), { quota: "hourly", window: ONE_HOUR, limit });
    assertEquals(ratioOf(shortest, short(repeat(6, 80)), weekly(repeat(6, 10)))?.figure.value, 8);
  }
});

Deno.test("window-ratio picks the pair that differs most in length, then the one whose long window was used most", () => {
  const hourly = short(repeat(6, 200), { quota: "hourly", label: "Hourly", window: ONE_HOUR });
  const widest = ratioOf(hourly, short(repeat(6, 80)), weekly(repeat(6, 10)));
  assertEquals(widest?.title, "Hourly against Weekly");
  const more = weekly(repeat(6, 12), { quota: "z", label: "Fuller" });
  const fullest = ratioOf(short(repeat(6, 80)), weekly(repeat(6, 10)), more);
  assertEquals(fullest?.title, "Five hours against Fuller");
  const alike = weekly(repeat(6, 10), { quota: "a", label: "Alike" });
  assertEquals(ratioOf(short(repeat(6, 80)), weekly(repeat(6, 10)), alike)?.quota, "acme/work/a");
});

Deno.test("window-ratio names one window in the singular", () => {
  const one = ratioOf(short([50, 50]), weekly([50, 50]))!;
  assertEquals(one.evidence[0]?.value, "1 full window");
  assertEquals(
    one.description,
    "One Weekly window holds about 1 full Five hours window: in the last 30 days 1 of them took 100% of it.",
  );
});

Deno.test("window-ratio is omitted if the counts of the two differ by more than a fifth", () => {
  const of = (one: number, other: number) =>
    ratioOf(
      short(repeat(4, one), { unit: "requests", limit: 10 }),
      weekly(repeat(4, other), { unit: "requests" }),
    )?.figure.value;
  // 80 is a fifth less than 100.
  assertEquals([of(20, 25), of(25, 20)], [8, 12.5]);
  assertEquals([of(19.9, 25), of(25, 19.9)], [undefined, undefined]);
});

Deno.test("window-ratio is omitted if either half of the time has less than half or more than twice the ratio", () => {
  const of = (one: readonly number[], other: readonly number[]) => ratioOf(short(one), weekly(other))?.figure;
  // 2 in the older half, which is less than half of 220 / 30; and the other way round.
  assertEquals(of([10, 10, 100, 100], [5, 5, 10, 10]), undefined);
  assertEquals(of([100, 100, 10, 10], [10, 10, 5, 5]), undefined);
  // Nothing was used of one of them in one half.
  assertEquals(of([0, 0, 100, 100], [5, 5, 10, 10]), undefined);
  assertEquals(of([100, 100, 100, 100], [0, 0, 10, 10]), undefined);
  // 4 and 8 are within the bounds of 20 / 3.
  assertClose(of([20, 20, 80, 80], [5, 5, 10, 10])?.value ?? 0, 200 / 30, 1e-9);
});

const tokens = (consumed: readonly number[], fields: Fields = {}) =>
  quota({ quota: "tokens", label: "Tokens", unit: "tokens", limit: null, days: days(consumed), ...fields });
const calls = (consumed: readonly number[], fields: Fields = {}) =>
  quota({ quota: "calls", label: "Calls", limit: null, days: days(consumed), ...fields });

function perCall(...quotas: readonly InsightQuota[]) {
  return only(factsOf(quotas), "tokens-per-call");
}

Deno.test("tokens-per-call is stated from one token and one day on", () => {
  assertEquals(perCall(tokens([2000]), calls([20]))?.metric, "100");
  assertEquals(perCall(tokens([1, 0]), calls([10, 10]))?.metric, "0.05");
  assertEquals(perCall(tokens([0, 0]), calls([10, 10])), undefined);
});

Deno.test("tokens-per-call uses the pair with most calls, then most tokens, then the first by key", () => {
  const labels = (...quotas: readonly InsightQuota[]) => perCall(...quotas)?.sublabel;
  const many = calls([20, 20], { quota: "all-calls", label: "All" });
  assertEquals(labels(tokens([500, 500]), calls([10, 10]), many), "Tokens by All");
  const output = tokens([600, 600], { quota: "written", label: "Output" });
  assertEquals(labels(tokens([500, 500]), output, calls([10, 10])), "Output by Calls");
  const all = tokens([600, 600], { quota: "all", label: "All" });
  assertEquals(labels(tokens([500, 500]), all, calls([10, 10])), "All by Calls");
  const input = tokens([500, 500], { quota: "input", label: "Input" });
  assertEquals(labels(tokens([500, 500]), input, calls([10, 10])), "Input by Calls");
});

Deno.test("tokens-per-call says from when to when both were read", () => {
  const spans = (one: InsightQuota, other: InsightQuota) => spansOf(perCall(one, other));
  const [from, to] = [utc("2026-11-19"), NOW];
  assertEquals(
    spans(tokens([9, 9, 100, 100, 100]), calls(repeat(3, 10))),
    repeat(2, [from, to, 3]),
  );
  // The first and the last reading of either.
  const wider = (buckets: InsightQuota["days"]) =>
    buckets.map((one) => ({ ...one, firstAt: one.firstAt - 1000, lastAt: one.lastAt + 1000 }));
  const [one, other] = [tokens(repeat(3, 100)), calls(repeat(3, 10))];
  for (
    const [first, second] of [[{ ...one, days: wider(one.days) }, other], [one, {
      ...other,
      days: wider(other.days),
    }]] as const
  ) {
    assertEquals(spans(first, second), repeat(2, [from - 1000, to + 1000, 3]));
  }
});

Deno.test("a quota without a limit comes after those whose share is known", () => {
  const unlimited = quota({ quota: "a", limit: null, window: FIVE_HOURS, days: days([500, 500]) });
  const limited = quota({ quota: "b", days: days([25, 25]) });
  const found = findInsights(factsOf([unlimited, limited])).filter(({ type }) => type === "usage");
  assertEquals(found.map((insight) => insight.quota), ["acme/work/b", "acme/work/a"]);
  assertEquals(found[0]?.evidence[0]?.from, NOW - 1.5 * DAY_MS);
});
