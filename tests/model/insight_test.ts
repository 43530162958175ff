/** Properties of all insights: order, bounds, hidden ones, and that none is meaningless. */
import fc from "fast-check";
import {
  computeStats,
  CORRELATED,
  findInsights,
  type Insight,
  INSIGHT_RANGES,
  INSIGHT_RULES,
  type InsightAccount,
  type InsightBucket,
  type InsightFacts,
  listCorrelated,
  MAX_INSIGHTS,
} from "../../lib/model/insights/insight.ts";
import { UNITS, type Window } from "../../lib/model/quota.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import {
  account,
  cycles,
  days,
  facts,
  factsOf,
  hours,
  NOW,
  quota,
  repeat,
} from "../support/insight_facts.ts";
import { BALANCE, DAY_MS, FIVE_HOURS, HOUR_MS, MONTHLY, ONE_WEEK, ROLLING } from "../support/readings.ts";

const SEVERITIES = ["negative", "warning", "info", "positive"];

/** A quota for which nearly every rule has an insight. */
const busy = quota({
  used: 96,
  resetsAt: NOW + HOUR_MS,
  cycles: cycles(repeat(8, 96)),
  days: days(repeat(40, 10)),
  hours: hours(repeat(25, 2)),
  parts: [{ name: "web", used: 90 }, { name: "search", used: 10 }],
});
const typesOf = (given: InsightFacts) => findInsights(given).map((insight) => insight.type);

Deno.test("insights are sorted by severity, then by the order of the rules", () => {
  assertEquals(typesOf(factsOf([busy])), [
    "cycle-utilization",
    "budget",
    "top-tool",
    "billing-use",
    "tool-share",
    "usage",
    "coverage",
    "weekly-pace",
    "plan-capacity",
    "trend",
    "trend-24h",
    "variance",
  ]);
});

Deno.test("among insights of one rule and severity the fuller quota comes first, equal ones in order of their keys", () => {
  const given = factsOf([
    quota({ quota: "c", used: 10 }),
    quota({ quota: "b", used: 20 }),
    quota({ quota: "a", used: 10 }),
  ]);
  assertEquals(findInsights(given).map((insight) => insight.key), [
    "budget:acme/work/b",
    "budget:acme/work/a",
    "budget:acme/work/c",
  ]);
});

Deno.test("every rule is listed once, and its type is in its keys", () => {
  const types = INSIGHT_RULES.map((rule) => rule.type);
  assertEquals(new Set(types).size, types.length);
  assertEquals(types.filter((type) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(type)), []);
  for (const { key, type, account, quota } of findInsights(factsOf([busy]))) {
    assertEquals(key, `${type}:${quota ?? account}`);
  }
});

Deno.test("a hidden insight is not returned, nor those correlated with it", () => {
  const of = (...hidden: readonly string[]) => typesOf(factsOf([busy], { hidden }));
  const all = of();
  assertEquals(of("budget:acme/work/five-hour"), without(all, "budget", "cycle-utilization"));
  assertEquals(of("tool-share:acme/work/five-hour"), without(all, "tool-share", "top-tool"));
  assertEquals(of("trend-24h:acme/work/five-hour"), without(all, "trend", "trend-24h"));
  assertEquals(of("usage:acme/work/five-hour"), without(all, "usage", "weekly-pace"));
  assertEquals(of("variance:acme/work/five-hour"), without(all, "variance"));
});

Deno.test("hiding a key hides it for its own quota; hiding a type hides it for all", () => {
  const two = [quota({ quota: "a", used: 5 }), quota({ quota: "b", used: 5 })];
  const of = (...hidden: readonly string[]) =>
    findInsights(factsOf(two, { hidden })).map((insight) => insight.quota);
  assertEquals(of("budget:acme/work/a"), ["acme/work/b"]);
  assertEquals(of("cycle-utilization"), []);
  assertEquals(of("", "nothing", "budget:", "constructor").length, 2);
});

Deno.test("listCorrelated() returns a key with those of its group", () => {
  assertEquals(listCorrelated("trend:a/b/c"), ["trend:a/b/c", "trend-24h:a/b/c"]);
  assertEquals(listCorrelated("usage"), ["weekly-pace", "usage"]);
  assertEquals(listCorrelated("coverage:a/b"), ["coverage:a/b"]);
  const grouped = CORRELATED.flat();
  assertEquals(new Set(grouped).size, grouped.length);
});

Deno.test("at most fifty insights are returned, including the most severe ones", () => {
  const quotas = Array.from({ length: 70 }, (_, index) => quota({ quota: `q${index}`, used: 10 }));
  const given = findInsights(factsOf([...quotas, quota({ quota: "z", used: 99 })]));
  assertEquals(given.length, MAX_INSIGHTS);
  assertEquals(given[0]?.quota, "acme/work/z");
});

Deno.test("hidden insights make room for others", () => {
  const quotas = Array.from({ length: 51 }, (_, index) => quota({ quota: `q${index}`, used: index + 10 }));
  const given = factsOf(quotas);
  const last = findInsights({ ...given, hidden: ["budget:acme/work/q50"] }).at(-1);
  assertEquals(last?.quota, "acme/work/q0");
});

Deno.test("of many cycles only the newest two hundred are used", () => {
  const many = quota({
    cycles: [
      ...cycles(repeat(50, 0.5), { endedAgo: 202 * HOUR_MS, hours: 1 }),
      ...cycles(repeat(200, 60), { hours: 1 }),
    ],
    window: { kind: "fixed", seconds: 3600 },
  });
  const found = findInsights(factsOf([many], { range: "30d" })).find(({ type }) =>
    type === "cycle-utilization"
  );
  assertEquals(found?.evidence[0]?.count, 200);
});

Deno.test("an unknown zone is refused", () => {
  assertThrows(() => findInsights(factsOf([busy], { zone: "Atlantis/City" })), /zone/i);
});

Deno.test("an external label is plain text, whatever it contains", () => {
  const label = "<script>${alert}\u0000";
  assert(findInsights(factsOf([{ ...busy, label }])).some((insight) => insight.description.includes(label)));
});

// Properties: facts of any kind, as a damaged or foreign history might contain them.

const WINDOWS: readonly Window[] = [FIVE_HOURS, ONE_WEEK, MONTHLY, ROLLING, BALANCE, {
  kind: "fixed",
  seconds: 0,
}];
const amount = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.constantFrom(0, Number.MIN_VALUE, 1e-9, 1e300, Number.MAX_VALUE),
);
const known = fc.option(amount, { nil: null });
const past = fc.integer({ min: NOW - 70 * DAY_MS, max: NOW });
const instant = fc.option(fc.integer({ min: NOW - 2 * DAY_MS, max: NOW + 40 * DAY_MS }), { nil: null });

const cycle = fc.record({
  startedAt: past,
  length: fc.option(fc.integer({ min: 0, max: 32 * DAY_MS }), { nil: null }),
  resetsAt: instant,
  peak: known,
  consumed: amount,
  limit: known,
  whole: fc.boolean(),
}).map(({ length, ...rest }) => ({ ...rest, endedAt: length === null ? null : rest.startedAt + length }));

function bucketsOf(step: number): fc.Arbitrary<readonly InsightBucket[]> {
  const slot = fc.record({
    index: fc.integer({ min: 0, max: 45 }),
    consumed: amount,
    count: fc.integer({ min: 1, max: 2000 }),
    high: known,
    leftHigh: known,
    shareHigh: known,
  }).map(({ index, ...rest }) => {
    const start = Math.floor(NOW / step) * step - index * step;
    return { ...rest, start, firstAt: start, lastAt: Math.max(start, Math.min(start + step - 1, NOW)) };
  });
  return fc.uniqueArray(slot, { selector: ({ start }) => start, maxLength: 40 });
}

const anyQuota = fc.record({
  id: fc.constantFrom("five-hour", "weekly", "tools", "constructor", "__proto__"),
  label: fc.constantFrom("Five hours", "", "Weekly"),
  unit: fc.constantFrom(...UNITS),
  window: fc.constantFrom(...WINDOWS),
  used: known,
  limit: known,
  remaining: known,
  resetsAt: instant,
  parts: fc.array(fc.record({ name: fc.constantFrom("web", "search", "other"), used: amount }), {
    maxLength: 4,
  }),
  gone: fc.boolean(),
  firstAt: fc.option(past, { nil: null }),
  cycles: fc.uniqueArray(cycle, { selector: ({ startedAt }) => startedAt, maxLength: 12 }),
  days: bucketsOf(DAY_MS),
  hours: bucketsOf(HOUR_MS),
  forecast: fc.option(
    fc.record({
      state: fc.constantFrom("idle", "analysing", "lasts", "tight", "runs-dry", "exhausted", "unknown"),
      ratePerHour: known,
      projectedShare: known,
      emptyAt: instant,
      marginMs: known,
      runOutProbability: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
      pastCycles: fc.nat(40),
    }),
    { nil: null },
  ),
}).map(({ id, ...rest }) => quota({ quota: id, ...rest } as Parameters<typeof quota>[0]));

const session = fc.record({
  startedAt: past,
  length: fc.option(fc.integer({ min: -5, max: DAY_MS }), { nil: null }),
  use: fc.array(fc.record({ quota: fc.constantFrom("five-hour", "constructor"), consumed: amount }), {
    maxLength: 2,
  }),
}).map(({ startedAt, length, use }) => ({
  startedAt,
  endedAt: length === null ? null : startedAt + length,
  use,
}));

const anyAccount: fc.Arbitrary<InsightAccount> = fc.record({
  plan: fc.constantFrom(null, "Pro"),
  quotas: fc.uniqueArray(anyQuota, { selector: ({ key }) => key, maxLength: 4 }),
  sessions: fc.uniqueArray(session, { selector: ({ startedAt }) => startedAt, maxLength: 6 }),
}).map(account);

const anyFacts: fc.Arbitrary<InsightFacts> = fc.record({
  zone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"),
  range: fc.constantFrom(...INSIGHT_RANGES),
  accounts: fc.tuple(anyAccount, anyAccount).map(([one, other]) => [
    one,
    {
      ...other,
      account: "zeta/home" as const,
      quotas: other.quotas.map((each) => ({ ...each, key: `zeta/home/${each.quota}` as const })),
    },
  ]),
}).map(facts);

/** All visible text. */
function textsOf({ title, metric, sublabel, description, evidence }: Insight): readonly string[] {
  return [title, metric, sublabel, description, ...evidence.flatMap(({ label, value }) => [label, value])];
}

const NONSENSE = /NaN|undefined|Infinity|null|\[object|Invalid/;

Deno.test("insights never contain NaN, undefined or empty text, whatever the facts", () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const insights = findInsights(given);
      assert(insights.length <= MAX_INSIGHTS);
      assertEquals(new Set(insights.map(({ key }) => key)).size, insights.length);
      const ranks = insights.map(({ severity }) => SEVERITIES.indexOf(severity));
      assertEquals(ranks, ranks.toSorted((a, b) => a - b));
      for (const insight of insights) {
        assert(Number.isFinite(insight.figure.value));
        assert(insight.evidence.length > 0);
        assert(insight.metric !== "" && insight.description.endsWith("."));
        for (const text of textsOf(insight)) assert(!NONSENSE.test(text), text);
        for (const { from, to } of insight.evidence) {
          assert(from === undefined || to === undefined || from <= to, `${insight.key}: ${from} to ${to}`);
        }
      }
      for (const { value, label, sublabel } of computeStats(given)) {
        assert(!NONSENSE.test(`${value} ${label} ${sublabel}`));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("insights do not depend on the order of the facts, and do not change them", () => {
  fc.assert(
    fc.property(anyFacts, fc.infiniteStream(fc.nat()), (given, random) => {
      const before = JSON.stringify(given);
      const shuffled: InsightFacts = {
        ...given,
        accounts: shuffle(given.accounts, random).map((one) => ({
          ...one,
          sessions: shuffle(one.sessions, random),
          quotas: shuffle(one.quotas, random).map((each) => ({
            ...each,
            parts: shuffle(each.parts, random),
            cycles: shuffle(each.cycles, random),
            days: shuffle(each.days, random),
            hours: shuffle(each.hours, random),
          })),
        })),
      };
      assertEquals(findInsights(shuffled), findInsights(given));
      assertEquals(computeStats(shuffled), computeStats(given));
      assertEquals(JSON.stringify(given), before);
    }),
    { numRuns: 150 },
  );
});

Deno.test("hiding an insight removes it and adds no new one while there is room", () => {
  fc.assert(
    fc.property(anyFacts, fc.nat(), (given, pick) => {
      const all = findInsights(given);
      const one = all[pick % Math.max(1, all.length)];
      if (!one || all.length === MAX_INSIGHTS) return;
      const gone = new Set(listCorrelated(one.key));
      assertEquals(
        findInsights({ ...given, hidden: [one.key] }).map(({ key }) => key),
        all.map(({ key }) => key).filter((key) => !gone.has(key)),
      );
    }),
    { numRuns: 100 },
  );
});

function shuffle<T>(values: readonly T[], random: Iterator<number>): readonly T[] {
  const left = [...values];
  return values.map(() => {
    const [taken] = left.splice((random.next().value ?? 0) % left.length, 1);
    return taken as T;
  });
}

function without(types: readonly string[], ...gone: readonly string[]): readonly string[] {
  return types.filter((type) => !gone.includes(type));
}
