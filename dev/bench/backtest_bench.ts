/**
 * Measures how good the forecast is, and what judging it costs: `deno run -A dev/bench/backtest_bench.ts >
 * docs/backtest.md && deno fmt docs/backtest.md`, some minutes. Everything but the times is reproducible.
 */
import { DAY_MS } from "../../lib/model/duration.ts";
import { clockAt } from "../../lib/base/clock.ts";
import { prepareDemo } from "../../lib/demo/mod.ts";
import {
  backtest,
  type BacktestReport,
  createBacktest,
  historyStep,
  type Method,
  pointsOfBuckets,
  type QuotaHistory,
} from "../../lib/model/forecast/backtest.ts";
import { FIVE_MINUTES, HOUR } from "../../lib/model/engine/bucket.ts";
import { TUNING, type Tuning } from "../../lib/model/forecast/forecast.ts";
import { type QuotaKey, quotaKey } from "../../lib/model/quota.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { providers } from "../../providers/mod.ts";
import { fillHistory } from "./history.ts";
import { personaHistories, type PersonaHistory, PERSONAS } from "./personas.ts";

const DEMO_ANCHOR = Date.parse("2026-11-20T14:00:00Z");
const DEMO_ZONE = "Europe/Berlin";
/** The rule was tuned on seeds 1 to 6 and 200 days; it has never seen these. */
const SEEDS = [101, 102, 103, 104];
const MADE_UP = { days: 200, from: Date.UTC(2025, 0, 6) };

const METHOD_WORDS: Readonly<Record<Method, string>> = {
  forecast: "**forecast**",
  "since-start": "mean rate since the start",
  "last-hour": "slope of the last hour",
  persistence: "stays as it is",
};
const LENGTH_WORDS = { hours: "under a day", day: "a day", week: "a week", month: "a month" } as const;

await main();

async function main(): Promise<void> {
  say("# How good the forecast is");
  say(
    "Made by `deno run -A dev/bench/backtest_bench.ts > docs/backtest.md`; all but the times are the same",
    "each time. `syntrack backtest` makes the same report from your own history.",
  );
  say(
    "Closed cycles are replayed. At every twentieth of the window a forecast is made with only what was known then, and",
    "the share it projects for the reset is compared with where the cycle ended. Errors are in percentage points of the",
    "limit; both sides are capped at the limit, where counters stop. Instants before any use and after everything was",
    "used are left out, since every rule is right there. Three naive rules are judged at the same instants. *19 of 20*:",
    "95% of the errors are below this. *Bias* above 0 means that too much was projected. *Precision*: the share of",
    "warnings that came true. *Recall*: the share of instants in cycles that ran out that had a warning.",
  );

  say(
    "In short: the forecast is closer to the truth than each naive slope, on average and at its worst, for every length",
    "of window. It warns of running out less often than the mean rate does and is right far more often; the price is",
    "that it misses some, mostly where few past cycles ran out (the demo). No rule can foresee work that comes in",
    "bursts: there any can be wrong by nearly everything, and expecting no more use is as good on average. That is what",
    "the run-out probability, *tight* and the confidence are for.",
  );

  say("## The demo's month");
  say(
    "`syntrack demo --seed 1` on a fixed day: 30 days of six quotas of two providers, with nights in which the",
    "laptop is closed, an outage and a rate limit.",
  );
  const demo = await demoHistories();
  describe(backtest(demo, { zone: DEMO_ZONE }));
  say("With five working days, which affects the weekly quota only:");
  describe(backtest(demo, { zone: DEMO_ZONE, workDays: 5 }), ["week"]);

  say("## Made-up people");
  const people = SEEDS.flatMap((seed) => [...personaHistories({ seed, ...MADE_UP })]);
  say(
    `${PERSONAS.length} kinds of people (steady, office hours, bursts, nightly jobs, evenings, moody) with five`,
    "kinds of quotas each (five hours from the first use in whole percents, five hours back to back, a day, a week",
    `in whole percents, a month), ${MADE_UP.days} days, read every five minutes, ${SEEDS.length} seeds. The rule`,
    "was tuned on other seeds.",
  );
  describe(backtest(people));
  say("By person, mean error (worst):");
  byPersona(people);
  say("## What each part is worth");
  say("The same people, with parts of the rule left out:");
  ablations(people);
  say("Weekly quotas of office workers, by the working days that are set:");
  workingDays(people.filter(({ persona, shape }) => persona === "office" && shape.name === "weekly"));

  say("## What it costs");
  await costs();
}

async function demoHistories(): Promise<readonly QuotaHistory[]> {
  const demo = await prepareDemo({
    clock: clockAt(DEMO_ANCHOR),
    providers,
    seed: 1,
    zone: DEMO_ZONE,
    vendors: ["synthetic", "zai"],
  });
  const store = await openSqliteStore(":memory:");
  try {
    await demo.fill(store);
    const histories: QuotaHistory[] = [];
    for (const { account, state } of await store.latest()) {
      for (const { reading } of Object.values(state.quotas)) {
        const quota = quotaKey(account, reading.quota);
        histories.push({
          window: reading.window,
          intervalMs: 10 * 60_000,
          points: await store.readings({ quota }),
          cycles: await store.cycles({ quota, limit: 10_000 }),
        });
      }
    }
    return histories;
  } finally {
    await store[Symbol.asyncDispose]();
    await demo.close();
  }
}

function describe(report: BacktestReport, only?: readonly string[]): void {
  const groups = [
    ...only ? [] : [{ name: "all", ...report.overall }],
    ...report.byLength.filter(({ length }) => only?.includes(length) ?? true)
      .map((group) => ({ name: LENGTH_WORDS[group.length], ...group })),
  ];
  table(
    ["window", "rule", "mean", "worst", "19 of 20", "bias", "precision", "recall"],
    groups.flatMap(({ name, methods }) =>
      methods.map(({ method, error, runOut }, index) => [
        index === 0 ? name : "",
        METHOD_WORDS[method],
        points(error.mean),
        points(error.worst),
        points(error.usualWorst),
        points(error.bias),
        percent(runOut.precision),
        percent(runOut.recall),
      ])
    ),
  );
  table(
    ["window", "cycles", "of which ran out", "instants", "of which nothing was said"],
    groups.map(({ name, cycles, ranOut, checkpoints, suppressed }) => [
      name,
      cycles,
      ranOut,
      checkpoints,
      `${suppressed} (${percent(suppressed / Math.max(1, checkpoints))})`,
    ]),
  );
  if (only) return;
  table(
    ["sure of it", "instants", "mean error"],
    report.byConfidence.map(({ confidence, checkpoints, mean }) => [confidence, checkpoints, points(mean)]),
  );
  const { checkpoints, brier, baseRateBrier } = report.probability;
  say(
    `Run-out probability: given ${checkpoints} times; its mean squared error (Brier) is`,
    `${brier?.toFixed(3) ?? "-"}, that of always naming the overall share ${
      baseRateBrier?.toFixed(3) ?? "-"
    }.`,
    `Cycles left out: ${
      Object.entries(report.leftOut).map(([fate, count]) => `${count} ${fate}`).join(", ")
    }.`,
  );
}

function byPersona(people: readonly PersonaHistory[]): void {
  table(
    ["person", ...Object.values(METHOD_WORDS)],
    PERSONAS.map((persona) => {
      const { overall } = backtest(people.filter((one) => one.persona === persona));
      return [
        persona,
        ...overall.methods.map(({ error }) => `${points(error.mean)} (${points(error.worst)})`),
      ];
    }),
  );
}

function ablations(people: readonly QuotaHistory[]): void {
  const variants: readonly (readonly [string, Partial<Tuning>])[] = [
    ["the rule", {}],
    ["without past cycles", { mostPast: 0 }],
    ["without the last hour", { recentReach: 0 }],
    ["without the time of day", { likeTimeOfDayMs: Infinity }],
    ["the last hour may raise the rate", { capped: false }],
    ["no past cycles, and the last hour may raise the rate", { mostPast: 0, capped: false }],
    ["the newest eight past cycles only", { mostPast: 8 }],
  ];
  table(
    ["variant", "mean", "worst", "19 of 20", "bias", "precision", "recall"],
    variants.map(([name, tuning]) => {
      const { error, runOut } = backtest(people, { tuning: { ...TUNING, ...tuning } }).overall.methods[0]!;
      return [
        name,
        points(error.mean),
        points(error.worst),
        points(error.usualWorst),
        points(error.bias),
        percent(runOut.precision),
        percent(runOut.recall),
      ];
    }),
  );
}

function workingDays(people: readonly QuotaHistory[]): void {
  const rows = [5, 6, 7].flatMap((workDays) =>
    [TUNING, { ...TUNING, mostPast: 0 }].map((tuning) => {
      const { error } = backtest(people, { workDays, zone: "UTC", tuning }).overall.methods[0]!;
      return [
        workDays,
        tuning.mostPast > 0 ? "yes" : "no",
        points(error.mean),
        points(error.worst),
        points(error.bias),
      ];
    })
  );
  table(["working days", "past cycles", "mean", "worst", "bias"], rows);
}

async function costs(): Promise<void> {
  const year = createBacktest();
  let count = 0;
  let took = 0;
  // Two seeds are sixty quotas. Generating them is not measured.
  for (const seed of [1, 2]) {
    for (const one of personaHistories({ seed, days: 365, from: MADE_UP.from })) {
      const began = performance.now();
      year.add(one);
      took += performance.now() - began;
      count++;
    }
  }
  const { overall } = year.report();
  const rows: (string | number)[][] = [[
    `${count} quotas, 365 days of points every five minutes, in memory`,
    overall.cycles,
    overall.checkpoints,
    `${(took / 1000).toFixed(2)} s`,
  ]];

  const folder = await Deno.makeTempDir({ prefix: "syntrack-bench-" });
  try {
    const store = await openSqliteStore(`${folder}/syntrack.db`);
    const endAt = Date.parse("2026-03-10T12:00:00Z");
    const filled = await fillHistory(store, {
      accounts: 1,
      quotas: 4,
      days: 365,
      stepMs: FIVE_MINUTES,
      endAt,
    });
    const began = performance.now();
    const read = createBacktest();
    let points = 0;
    for (const quota of filled.quotas) {
      const history = await bucketHistory(store, quota, endAt);
      if (!history || history.cycles.length === 0) continue;
      points += history.points.length;
      read.add(history);
    }
    const whole = performance.now() - began;
    await store[Symbol.asyncDispose]();
    const { overall } = read.report();
    rows.push([
      `3 quotas of one account, 365 days, ${points} buckets read from SQLite`,
      overall.cycles,
      overall.checkpoints,
      `${(whole / 1000).toFixed(2)} s`,
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  table(["history", "cycles", "instants", "time"], rows);
}

async function bucketHistory(store: Store, quota: QuotaKey, to: number): Promise<QuotaHistory | null> {
  const described = await store.describe(quota);
  // A quota that never resets gives nothing to judge.
  if (!described || described.window.kind === "balance" || described.window.kind === "rolling") return null;
  const step = historyStep(described.window);
  return {
    window: described.window,
    intervalMs: step,
    points: pointsOfBuckets(await store.series({ quota, step, from: to - 365 * DAY_MS, to: to + HOUR })),
    cycles: await store.cycles({ quota, limit: 100_000 }),
  };
}

function points(share: number | null): string {
  return share === null ? "-" : (share * 100).toFixed(1);
}

function percent(share: number | null): string {
  return share === null ? "-" : `${Math.round(share * 100)} %`;
}

/** Prints a paragraph. */
function say(...lines: readonly string[]): void {
  console.log(`${lines.join("\n")}\n`);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const isText = (index: number) => rows.some((row) => /[a-z]{3}/i.test(String(row[index])));
  const rule = head.map((_, index) => isText(index) ? "---" : "---:");
  say(line(head), line(rule), ...rows.map(line));
}
