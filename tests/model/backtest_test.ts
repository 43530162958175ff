import fc from "fast-check";
import { personaHistories } from "../../dev/bench/personas.ts";
import {
  backtest,
  type Checkpoint,
  createBacktest,
  type HistoryPoint,
  METHODS,
  pointsFromBuckets,
  type QuotaHistory,
  replayHistory,
} from "../../lib/model/forecast/backtest.ts";
import { selectPastCycles } from "../../lib/model/forecast/closed_cycle.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import { TUNING } from "../../lib/model/forecast/forecast.ts";
import { computeCurve, estimateOutlook, shareAt } from "../../lib/model/forecast/past_cycles.ts";
import type { Window } from "../../lib/model/quota.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import {
  BALANCE,
  DAY_MS,
  FIVE_HOURS,
  HOUR_MS,
  MINUTE_MS,
  reading,
  replay,
  utc,
} from "../support/readings.ts";

const START = utc("2026-11-02");
const WINDOW_MS = 5 * HOUR_MS;
const STEP_MS = 5 * MINUTE_MS;

/** Consecutive closed five-hour cycles, in which use is a function of the elapsed fraction. */
function history(
  uses: readonly ((fraction: number) => number)[],
  fields: { readonly window?: Window; readonly change?: (cycle: Cycle, index: number) => Partial<Cycle> } =
    {},
): QuotaHistory {
  const points: HistoryPoint[] = [];
  const cycles: Cycle[] = [];
  for (const [index, use] of uses.entries()) {
    const startedAt = START + index * WINDOW_MS;
    let before = 0;
    let lastAt = startedAt;
    for (let at = startedAt; at < startedAt + WINDOW_MS; at += STEP_MS) {
      const used = use((at - startedAt) / WINDOW_MS);
      points.push({ at, used, limit: 100, remaining: null, consumed: Math.max(0, used - before) });
      before = used;
      lastAt = at;
    }
    const cycle: Cycle = {
      quota: "acme/work/five-hour",
      startedAt,
      endedAt: startedAt + WINDOW_MS,
      resetsAt: startedAt + WINDOW_MS,
      peak: before,
      consumed: before,
      limit: 100,
      count: 60,
      lastAt,
      whole: true,
      endedBy: ["reset-passed", "use-fell"],
    };
    cycles.push({ ...cycle, ...fields.change?.(cycle, index) });
  }
  return { window: fields.window ?? FIVE_HOURS, intervalMs: STEP_MS, points, cycles };
}

function checkpointsOf(of: QuotaHistory): readonly Checkpoint[] {
  const found: Checkpoint[] = [];
  replayHistory(of, { every: 0.05, tuning: TUNING }, {
    cycle: () => {},
    checkpoint: (point) => found.push(point),
  });
  return found;
}

const straight = (end: number) => (fraction: number) => end * fraction;

Deno.test("linear use is predicted without error by the forecast and by the mean rate", () => {
  const { overall } = backtest([history([straight(60), straight(60), straight(60)])]);
  assertEquals([overall.cycles, overall.ranOut], [3, 0]);
  const errors = Object.fromEntries(overall.methods.map(({ method, error }) => [method, error]));
  // The last known value is five minutes older than the reset.
  assert(errors["forecast"]!.worst! < 0.012);
  assert(errors["since-start"]!.worst! < 0.012);
  assert(errors["persistence"]!.mean! > 0.2);
  assertClose(errors["persistence"]!.bias!, -errors["persistence"]!.mean!);
});

Deno.test("errors are mean distances, the worst distance, and signed means", () => {
  // One cycle that stays at 40: expecting more is wrong by the projected amount.
  const { overall } = backtest([history([() => 40])], { every: 0.5 });
  assertEquals([overall.checkpoints, overall.suppressed], [1, 0]);
  const [, sinceStart, , persistence] = overall.methods;
  assertClose(sinceStart!.error.mean!, 0.4);
  assertClose(sinceStart!.error.bias!, 0.4);
  assertClose(sinceStart!.error.worst!, 0.4);
  // To a tenth of a point, rounded up.
  assertClose(sinceStart!.error.usualWorst!, 0.4, 0.0011);
  assertEquals(persistence!.error, { mean: 0, worst: 0, usualWorst: 0.001, bias: 0 });
});

Deno.test("run-outs are counted as hits, misses and false alarms", () => {
  const dry = straight(120);
  const capped = (fraction: number) => Math.min(100, dry(fraction));
  // Everything is used in the first half hour of the calm one, so the mean rate is a false alarm at first.
  const calm = (fraction: number) => Math.min(50, fraction * 500);
  const { overall } = backtest([history([capped, calm])], {
    every: 0.1,
    tuning: { ...TUNING, maxPastCycles: 0 },
  });
  assertEquals([overall.cycles, overall.ranOut], [2, 1]);
  for (const { method, runOut } of overall.methods) {
    if (method === "persistence") {
      assertEquals([runOut.hits, runOut.misses, runOut.falseAlarms], [0, 8, 0]);
      assertEquals([runOut.precision, runOut.recall], [null, 0]);
    }
    if (method === "since-start") {
      assertEquals([runOut.hits, runOut.misses, runOut.falseAlarms], [8, 0, 5]);
      assertClose(runOut.precision!, 8 / 13);
      assertEquals(runOut.recall, 1);
    }
  }
});

Deno.test("only points with use and with something left are evaluated", () => {
  const late = (fraction: number) => fraction < 0.5 ? 0 : (fraction - 0.5) * 100;
  const early = (fraction: number) => Math.min(100, fraction * 200);
  const found = checkpointsOf(history([late, early]));
  assert(found.every(({ now, cycle }) => {
    const fraction = (now - cycle.startedAt) / WINDOW_MS;
    return cycle.startedAt === START ? fraction > 0.5 : fraction < 0.5;
  }));
  assertEquals(found.length, 9 + 9);
});

Deno.test("cycles that cannot be evaluated are counted by reason", () => {
  const uses = Array.from({ length: 6 }, () => straight(50));
  const report = backtest([
    history(uses, {
      change: (cycle, index) =>
        [
          { whole: false },
          { resetsAt: null },
          { limit: null },
          { endedAt: cycle.startedAt + HOUR_MS },
          { lastAt: cycle.startedAt + 3 * HOUR_MS },
          { endedAt: null },
        ][index]!,
    }),
    history([straight(50)], { window: BALANCE }),
  ]);
  assertEquals(report.leftOut, {
    "not-whole": 1,
    "no-reset": 2,
    "no-limit": 1,
    "ended-early": 1,
    "end-unseen": 1,
  });
  assertEquals(report.overall.cycles, 0);
  assertEquals(report.overall.methods[0]!.error, { mean: null, worst: null, usualWorst: null, bias: null });
});

Deno.test("a report without histories is empty", () => {
  const report = backtest([]);
  assertEquals(report.byLength, []);
  assertEquals(report.overall.methods.map(({ method }) => method), [...METHODS]);
  assertEquals(report.probability, { checkpoints: 0, brier: null, baseRateBrier: null });
});

Deno.test("a long gap suppresses the forecast instead of using old figures", () => {
  const whole = history([straight(60)]);
  const gap = {
    ...whole,
    points: whole.points.filter(({ at }) => at < START + HOUR_MS || at > START + 3 * HOUR_MS),
  };
  const { overall } = backtest([gap]);
  assertEquals([overall.checkpoints, overall.suppressed], [19, 7]);
});

/** A year of synthetic users would be too much here: some weeks of two of them. */
const people = [...personaHistories({ seed: 7, days: 35, from: START })];

Deno.test("forecasts never use later data", () => {
  const someone = fc.constantFrom(...people.filter(({ shape }) => shape.name !== "monthly"));
  fc.assert(
    fc.property(someone, fc.double({ min: 0.1, max: 0.95, noNaN: true }), fc.nat(), (one, when, noise) => {
      const first = one.points[0]!.at;
      const cut = first + Math.round(when * (one.points.at(-1)!.at - first));
      const other: QuotaHistory = {
        ...one,
        points: one.points.map((point, index) =>
          point.at <= cut
            ? point
            : { ...point, used: (index * 37 + noise) % 100, consumed: (noise + index) % 5 }
        ),
        cycles: one.cycles.map((cycle) =>
          cycle.endedAt! <= cut ? cycle : { ...cycle, peak: noise % 100, consumed: noise % 100 }
        ),
      };
      const before = (point: Checkpoint) => point.now <= cut;
      const made = ({ now, forecast, naive }: Checkpoint) => ({ now, forecast, naive });
      const expected = checkpointsOf(one).filter(before).map(made);
      assertEquals(checkpointsOf(other).filter(before).map(made), expected);
      assert(when < 0.5 || expected.length > 0 || one.cycles.length < 3);
    }),
    { numRuns: 25 },
  );
});

Deno.test("histories evaluated one at a time give the same report as all at once", () => {
  const judged = createBacktest();
  for (const one of people) judged.add(one);
  assertEquals(judged.report(), backtest(people));
});

Deno.test("the classes by length add up to the whole", () => {
  const { overall, byLength } = backtest(people);
  for (const name of ["cycles", "ranOut", "checkpoints", "suppressed"] as const) {
    assertEquals(byLength.reduce((sum, group) => sum + group[name], 0), overall[name]);
  }
  const hits = byLength.reduce((sum, group) => sum + group.methods[0]!.runOut.hits, 0);
  assertEquals(hits, overall.methods[0]!.runOut.hits);
});

Deno.test("for synthetic users the forecast beats the naive rules on average and in the worst case", () => {
  const { overall } = backtest(people);
  const [own, ...naive] = overall.methods.map(({ error }) => error);
  for (const other of naive) {
    assert(own!.mean! < other.mean!);
    assert(own!.worst! < other.worst!);
  }
});

Deno.test("buckets give points at their last readings", () => {
  const polls = [0, 2, 4, 7].map((minutes) => ({
    at: START + minutes * MINUTE_MS,
    readings: [reading({ used: minutes * 2, limit: 100, resetsAt: START + WINDOW_MS })],
  }));
  const buckets = replay(polls).buckets.get("five-hour")!.filter(({ step }) => step === STEP_MS);
  assertEquals(pointsFromBuckets(buckets), [
    { at: START + 4 * MINUTE_MS, used: 8, limit: 100, remaining: null, consumed: 8 },
    { at: START + 7 * MINUTE_MS, used: 14, limit: 100, remaining: null, consumed: 6 },
  ]);
});

Deno.test("readPastCycles() returns the newest cycles that can be learned from, newest first", () => {
  const uses = [10, 20, 30, 40].map(straight);
  const some = history(uses, { change: (_, index) => index === 2 ? { whole: false } : {} });
  const past = selectPastCycles(some, 2);
  assertEquals(past.map(({ startedAt }) => (startedAt - START) / WINDOW_MS), [3, 1]);
  assertClose(shareAt(past[0]!, 0.5), 0.2, 0.01);
  assertEquals(selectPastCycles({ ...some, points: some.points.slice(180) }, 9).length, 1);
});

Deno.test("computeCurve() holds each value until the next and begins at zero", () => {
  const curve = computeCurve(
    [{ at: 30, share: 0.2 }, { at: 50, share: 0.4 }, { at: 200, share: 0.9 }],
    0,
    100,
    10,
  );
  assertEquals(curve, [0, 0, 0, 0.2, 0.2, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]);
});

Deno.test("computeCurve() continues a cycle that ran out at its mean rate", () => {
  const curve = computeCurve([{ at: 20, share: 0.5 }, { at: 80, share: 1 }], 0, 100, 10);
  assertEquals(curve.slice(7), [0.5, 1, 1.125, 1.25]);
  assertEquals(computeCurve([{ at: 10, share: 1 }], 0, 100, 10).at(-1), 1.5);
});

Deno.test("estimateOutlook() is null without past cycles, and between the extremes with them", () => {
  const standing = { fraction: 0.5, share: 0.3, startedAt: START, windowMs: WINDOW_MS };
  const likeness = { share: 0.15, timeOfDayMs: 2 * HOUR_MS };
  assertEquals(estimateOutlook([], standing, likeness), null);
  const curve = fc.array(fc.double({ min: 0, max: 1.5, noNaN: true }), { minLength: 2, maxLength: 30 });
  const past = fc.array(
    fc.record({ startedAt: fc.integer({ min: START - 60 * DAY_MS, max: START }), curve }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(fc.property(past, (past) => {
    const found = estimateOutlook(past, standing, likeness)!;
    assert(found.weight > 0 && found.weight <= past.length);
    assert(found.rise >= 0 && found.rise <= 1.5 + 1e-9);
    assert(found.runOut >= 0 && found.runOut <= 1 + 1e-9);
  }));
});

Deno.test("the usual worst error excludes the worst twentieth", () => {
  // If use stays at 60 the mean rate expects all of it, and at 5 twice as much.
  const usual = (wrong: number) =>
    backtest([history(Array.from({ length: 40 }, (_, i) => () => i < wrong ? 60 : 5))], { every: 0.5 })
      .overall.methods.find(({ method }) => method === "since-start")!.error.usualWorst!;
  assertClose(usual(2), 0.05, 0.0011);
  assertClose(usual(3), 0.4, 0.0011);
});
