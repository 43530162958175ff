/** The figures of a back-test, from projections whose errors are known by hand. */
import { createBacktest, lengthClass } from "../../lib/model/forecast/backtest.ts";
import type { Checkpoint } from "../../lib/model/forecast/backtest_replay.ts";
import {
  capShare,
  createTally,
  divideOrNull,
  isOut,
  type Method,
} from "../../lib/model/forecast/backtest_tally.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import { createForecastWithout } from "../../lib/model/forecast/parts.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS } from "../support/readings.ts";

const FIRST = {} as Cycle;
const SECOND = {} as Cycle;

/** A checkpoint at which every rule projects the same, unless it is named. */
function point(
  truth: number,
  projected: number | null,
  { cycle = FIRST, ...naive }: Partial<Record<Exclude<Method, "forecast">, number>> & { cycle?: Cycle } = {},
): Checkpoint {
  const same = projected ?? 0;
  return {
    cycle,
    windowMs: 5 * HOUR_MS,
    now: 0,
    at: 0,
    forecast: createForecastWithout("lasts", "room-left", { projectedShare: projected }),
    naive: { "since-start": same, "last-hour": same, persistence: same, ...naive },
    truth,
  };
}

function figures(method: Method, points: readonly Checkpoint[]) {
  const tally = createTally();
  for (const one of points) tally.add(one);
  return tally.group().methods.find((one) => one.method === method)!;
}

Deno.test("errors are distances of shares that stop at the limit", () => {
  const { error } = figures("forecast", [point(0.5, 0.75), point(0.5, 0.25), point(1, 1.5), point(1.2, 0.5)]);
  assertEquals(error.mean, (0.25 + 0.25 + 0 + 0.5) / 4);
  assertEquals(figures("forecast", [point(0.5, 0.75)]).error.worst, 0.25);
  assertEquals([error.worst, error.bias], [0.5, (0.25 - 0.25 + 0 - 0.5) / 4]);
});

Deno.test("each rule is judged by its own projection", () => {
  const one = point(0.5, 0.75, { "since-start": 1, "last-hour": 0.5, "persistence": 0 });
  const errors = (["forecast", "since-start", "last-hour", "persistence"] as const)
    .map((method) => figures(method, [one]).error.bias);
  assertEquals(errors, [0.25, 0.5, 0, -0.5]);
});

Deno.test("a run-out that comes is a hit or a miss, and one that does not a false alarm", () => {
  const { runOut } = figures("forecast", [
    ...Array.from({ length: 3 }, () => point(1, 1.2)),
    ...Array.from({ length: 2 }, () => point(1, 0.9)),
    point(0.9, 1),
    point(0.9, 0.9),
  ]);
  assertEquals([runOut.hits, runOut.misses, runOut.falseAlarms], [3, 2, 1]);
  assertEquals([runOut.precision, runOut.recall], [3 / 4, 3 / 5]);
  const none = figures("forecast", [point(0.5, 0.5)]).runOut;
  assertEquals([none.precision, none.recall], [null, null]);
});

Deno.test("cycles are counted once, and checkpoints without a forecast are not judged", () => {
  const tally = createTally();
  for (const one of [point(1, 1), point(1, null), point(0.5, 0.75, { cycle: SECOND })]) tally.add(one);
  const { cycles, ranOut, checkpoints, suppressed, methods } = tally.group();
  assertEquals([cycles, ranOut, checkpoints, suppressed], [2, 1, 3, 1]);
  assertEquals(methods.map(({ error }) => error.mean), [0.125, 0.125, 0.125, 0.125]);
  const silent = figures("persistence", [point(1, null)]);
  assertEquals(silent.error, { mean: null, worst: null, usualWorst: null, bias: null });
  assertEquals(silent.runOut.misses, 0);
});

Deno.test("the usual worst error is that of nineteen in twenty, to a tenth of a point, rounded up", () => {
  const usual = (small: number, large: number) =>
    figures("forecast", [
      ...Array.from({ length: small }, () => point(0.5, 0.5625)),
      ...Array.from({ length: large }, () => point(0.5, 0.75)),
    ]).error.usualWorst;
  assertEquals([usual(19, 1), usual(18, 1), usual(20, 0), usual(0, 1)], [0.063, 0.251, 0.063, 0.251]);
  // No error is larger than everything.
  assertEquals(figures("forecast", [point(0, 1)]).error.usualWorst, 1);
  assertEquals(figures("forecast", [point(0, 0)]).error.usualWorst, 0.001);
});

Deno.test("a share is out at the limit but for rounding, and a part of nothing is unknown", () => {
  assertEquals([isOut(1), isOut(1.1), isOut(1 - 0.9e-9), isOut(1 - 2e-9)], [true, true, true, false]);
  assertEquals([capShare(0.5), capShare(1), capShare(1.5)], [0.5, 1, 1]);
  assertEquals([divideOrNull(1, 4), divideOrNull(0, 1), divideOrNull(0, 0), divideOrNull(1, 0)], [
    0.25,
    0,
    null,
    null,
  ]);
});

Deno.test("windows below a day, three days and two weeks are hours, days and weeks", () => {
  const classes = [DAY_MS - 1, DAY_MS, 3 * DAY_MS - 1, 3 * DAY_MS, 14 * DAY_MS - 1, 14 * DAY_MS].map(
    lengthClass,
  );
  assertEquals(classes, ["hours", "day", "day", "week", "week", "month"]);
});

Deno.test("a report without checkpoints has no figures and no classes", () => {
  const { byConfidence, byLength, probability, overall } = createBacktest().report();
  assertEquals([byConfidence, byLength], [[], []]);
  assertEquals(probability, { checkpoints: 0, brier: null, baseRateBrier: null });
  assert(overall.methods.every(({ error }) => error.worst === null));
  assertClose(overall.checkpoints, 0);
});
