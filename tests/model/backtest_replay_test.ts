/** What a replay of the past knew at each instant, and what a report makes of it, checked by hand. */
import { backtest, type Checkpoint, replayHistory } from "../../lib/model/forecast/backtest.ts";
import type { HistoryPoint, QuotaHistory } from "../../lib/model/forecast/closed_cycle.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import { TUNING } from "../../lib/model/forecast/forecast.ts";
import type { Window } from "../../lib/model/quota.ts";
import { assertClose, assertEquals } from "../support/assert.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";

const START = utc("2026-11-02");
const WINDOW_MS = 5 * HOUR_MS;

type Use = (fraction: number) => number;
const linear = (end: number): Use => (fraction) => end * fraction;
const square: Use = (fraction) => 100 * fraction ** 2;

/** Closed five-hour cycles with a point every five minutes, in which use is a function of the passed share. */
function history(uses: readonly Use[], fields: Partial<QuotaHistory> = {}): QuotaHistory {
  const points: HistoryPoint[] = [];
  const cycles = uses.map((use, place): Cycle => {
    const startedAt = START + place * WINDOW_MS;
    const endedAt = startedAt + WINDOW_MS;
    let before = 0;
    for (let at = startedAt; at < endedAt; at += 5 * MINUTE_MS) {
      const used = use((at - startedAt) / WINDOW_MS);
      points.push({ at, used, limit: 100, remaining: null, consumed: used - before });
      before = used;
    }
    return {
      quota: "acme/work/five-hour",
      startedAt,
      endedAt,
      resetsAt: endedAt,
      peak: before,
      consumed: before,
      limit: 100,
      count: 60,
      lastAt: endedAt - 5 * MINUTE_MS,
      whole: true,
      endedBy: ["reset-passed"],
    };
  });
  return { window: FIVE_HOURS, intervalMs: 5 * MINUTE_MS, points, cycles, ...fields };
}

function checkpoints(of: QuotaHistory, every: number, tuning = TUNING): readonly Checkpoint[] {
  const found: Checkpoint[] = [];
  replayHistory(of, { every, tuning }, { cycle: () => {}, checkpoint: (point) => found.push(point) });
  return found;
}

function withPoints(of: QuotaHistory, keep: (point: HistoryPoint) => boolean): QuotaHistory {
  return { ...of, points: of.points.filter(keep) };
}

const naive = ({ naive }: Checkpoint) => [naive["since-start"], naive["last-hour"], naive.persistence];

function assertNaive(point: Checkpoint | undefined, expected: readonly number[]): void {
  for (const [place, share] of naive(point!).entries()) assertClose(share, expected[place]!);
}

Deno.test("a cycle is judged at equal steps of its window, but not at its end", () => {
  const times = (every: number) =>
    checkpoints(history([linear(60)]), every).map(({ now }) => (now - START) / HOUR_MS);
  assertEquals(times(0.25), [1.25, 2.5, 3.75]);
  assertEquals(times(0.1).length, 9);
  const [first] = checkpoints(history([linear(60)]), 0.25);
  assertEquals([first?.at, first?.windowMs, first?.truth], [first?.now, WINDOW_MS, 0.59]);
});

Deno.test("the naive rules continue the mean since the start, the last hour, and nothing", () => {
  // Half way a quarter is used, 16 of it in the last hour.
  const [half] = checkpoints(history([square]), 0.5);
  assertNaive(half, [0.5, 0.25 + 0.16 * 2.5, 0.25]);
  assertClose(half!.forecast.recentPerHour!, 16);
  assertClose(half!.forecast.cyclePerHour!, 10);
});

Deno.test("at the first reading there is no rate, so the naive rules expect no more", () => {
  const [first] = checkpoints(history([(fraction) => 10 + fraction]), 0.01);
  assertEquals([first?.at, naive(first!)], [START, [0.1, 0.1, 0.1]]);
});

Deno.test("the second reading has the rate of the time since the first", () => {
  const [second] = checkpoints(history([linear(60)]), 0.02);
  assertEquals(second?.at, START + 5 * MINUTE_MS);
  assertNaive(second, [0.6, 0.6, 0.01]);
});

Deno.test("a reading is old by the distance of the points, however often the quota is polled", () => {
  const sparse = withPoints(
    history([linear(60), linear(60)]),
    ({ at }) => (at - START) % (50 * MINUTE_MS) === 0,
  );
  // An hour and a half into the second cycle the last point is forty minutes old.
  const found = checkpoints(sparse, 0.3).find(({ now }) => now === START + WINDOW_MS + 90 * MINUTE_MS)!;
  assertEquals([(found.now - found.at) / MINUTE_MS, found.forecast.state], [40, "lasts"]);
});

Deno.test("what the cycle before ended with is not known of the next one", () => {
  const late = ({ at }: HistoryPoint) => at < START + WINDOW_MS || at > START + WINDOW_MS + 2 * HOUR_MS;
  const found = checkpoints(withPoints(history([linear(60), linear(60)]), late), 0.25);
  assertEquals(found.map(({ now }) => (now - START) / WINDOW_MS), [0.25, 0.5, 0.75, 1.5, 1.75]);
});

Deno.test("nothing is judged before the first reading, without use, or with nothing left", () => {
  const fractions = (use: Use, keep: (point: HistoryPoint) => boolean = () => true) =>
    checkpoints(withPoints(history([use]), keep), 0.25).map(({ now }) => (now - START) / WINDOW_MS);
  assertEquals(fractions(linear(60), ({ at }) => at > START + 2 * HOUR_MS), [0.5, 0.75]);
  assertEquals(fractions((fraction) => fraction < 0.5 ? 0 : 10), [0.5, 0.75]);
  assertEquals(fractions((fraction) => fraction < 0.5 ? 99 : 100), [0.25]);
});

Deno.test("an unknown reading hides what was known before", () => {
  const known = history([linear(60)]);
  const points = known.points.map((point) =>
    point.at === START + 2.5 * HOUR_MS ? { ...point, used: null } : point
  );
  assertEquals(checkpoints({ ...known, points }, 0.5), []);
});

Deno.test("a gap of more than an hour, or of two and a half intervals, restarts the last hour", () => {
  const gap = (minutes: number, intervalMs = 5 * MINUTE_MS) => {
    const until = START + 140 * MINUTE_MS;
    const of = withPoints(
      history([square], { intervalMs }),
      ({ at }) => at >= until || at <= until - minutes * MINUTE_MS,
    );
    return checkpoints(of, 0.5)[0]!.naive["last-hour"];
  };
  const used = (minutes: number) => (minutes / 300) ** 2;
  const since = (from: number) => used(150) + (used(150) - used(from)) / (150 - from) * 150;
  // The hour before half past two, all of which was read; then only ten minutes of it.
  assertClose(gap(0), since(90));
  const shortened = used(150) + (used(150) - used(140)) / 10 * 150;
  assertClose(gap(65), shortened);
  // Consumption of the removed points is not known, so what is left of the hour counts without it.
  const consumed = (used(150) - used(140)) + (used(140) - used(135));
  assertClose(gap(60), used(150) + consumed / 70 * 150);
  assertClose(gap(65, 30 * MINUTE_MS), used(150) + consumed / 75 * 150);
});

Deno.test("a cycle knows the past ones of before, the newest of them up to a number", () => {
  const pastOf = (of: QuotaHistory, most = 60) =>
    checkpoints(of, 0.5, { ...TUNING, maxPastCycles: most }).map(({ forecast }) => forecast.pastCycles);
  const five = history([60, 60, 60, 60, 60].map(linear));
  assertEquals([pastOf(five), pastOf(five, 2), pastOf(five, 1)], [[0, 1, 2, 3, 4], [0, 1, 2, 2, 2], [
    0,
    1,
    1,
    1,
    1,
  ]]);
  const reversed = { ...five, cycles: five.cycles.toReversed() };
  assertEquals(pastOf(reversed), [0, 1, 2, 3, 4]);
  assertEquals(checkpoints(reversed, 0.5).map(({ cycle }) => cycle), five.cycles);
  // One that does not teach, and one whose points have expired, are not among them.
  const broken = five.cycles.with(1, { ...five.cycles[1]!, whole: false });
  assertEquals(pastOf({ ...five, cycles: broken }), [0, 1, 2, 3]);
  assertEquals(pastOf(withPoints(five, ({ at }) => at >= START + WINDOW_MS)), [0, 1, 2, 3]);
  // An open one is not over.
  const open = five.cycles.with(4, { ...five.cycles[4]!, endedAt: null });
  assertEquals(pastOf({ ...five, cycles: open }), [0, 1, 2, 3]);
});

Deno.test("the newest past cycle is the one remembered", () => {
  const risen = history([linear(20), linear(90), linear(60)]);
  const last = checkpoints(risen, 0.5, { ...TUNING, maxPastCycles: 1 }).at(-1)!;
  // It was at 45 where this one is at 30, which counts half, and began five hours earlier in the day.
  const weight = 1 / 2 / (1 + (5 / 2) ** 2);
  assertClose(last.forecast.basis!.past, weight / (weight + 1), 1e-6);
});

Deno.test("the reset stated at the time is used, else the one the cycle ended with", () => {
  const plain = history([linear(60)]);
  const stated = (resetsAt: number | null) => {
    const points = plain.points.map((point) => ({ ...point, resetsAt }));
    return checkpoints({ ...plain, points }, 0.5)[0]!.forecast;
  };
  assertClose(stated(null).projectedShare!, 0.6);
  // An hour later, so the window began an hour later: 20 an hour since then, and 12 in the last one.
  const recent = 3 / (3 + 3.5);
  assertClose(
    stated(START + WINDOW_MS + HOUR_MS).projectedShare!,
    (30 + ((1 - recent) * 20 + recent * 12) * 3.5) / 100,
  );
});

Deno.test("a window without a length began with its cycle", () => {
  const month: Window = { kind: "calendar", seconds: null };
  const [half] = checkpoints(history([linear(60)], { window: month }), 0.5);
  assertClose(half!.forecast.projectedShare!, 0.6);
});

Deno.test("a report has the mean error by confidence, surest first", () => {
  const of = history([square, linear(60), (fraction) => Math.min(100, 400 * fraction), square, linear(30)]);
  const report = backtest([of], { every: 0.1 });
  const found = checkpoints(of, 0.1).filter(({ forecast }) => forecast.projectedShare !== null);
  const expected = (["high", "medium", "low"] as const).map((confidence) => {
    const those = found.filter(({ forecast }) => forecast.confidence === confidence);
    const errors = those.map(({ forecast, truth }) =>
      Math.abs(Math.min(1, forecast.projectedShare!) - Math.min(1, truth))
    );
    return { confidence, checkpoints: those.length, sum: errors.reduce((a, b) => a + b, 0) };
  });
  assertEquals(report.byConfidence.map(({ confidence, checkpoints }) => [confidence, checkpoints]), [
    ["high", expected[0]!.checkpoints],
    ["medium", expected[1]!.checkpoints],
    ["low", expected[2]!.checkpoints],
  ]);
  for (const [place, { checkpoints, mean }] of report.byConfidence.entries()) {
    assertClose(mean! * checkpoints, expected[place]!.sum);
  }
  // Half way through its window a cycle is of medium confidence, and no other is in the report.
  assertEquals(
    backtest([history([linear(60)])], { every: 0.5 }).byConfidence.map(({ confidence }) => confidence),
    [
      "medium",
    ],
  );
});

Deno.test("the run-out probability is judged by its squared error, beside that of the base rate", () => {
  const dry: Use = (fraction) => Math.min(100, 150 * fraction);
  const of = history([dry, linear(50), dry, linear(50), dry, linear(50), linear(50)]);
  const found = checkpoints(of, 0.25).filter(({ forecast }) => forecast.runOutProbability !== null);
  const happened = found.map(({ truth }) => Number(truth >= 1));
  const rate = happened.reduce((a, b) => a + b, 0) / found.length;
  const squares = found.map(({ forecast }, place) => (forecast.runOutProbability! - happened[place]!) ** 2);
  const { checkpoints: count, brier, baseRateBrier } = backtest([of], { every: 0.25 }).probability;
  // Three cycles are too few: the fourth of them is the first with a probability.
  assertEquals([count, rate > 0 && rate < 1], [found.length, true]);
  assertClose(brier!, squares.reduce((a, b) => a + b, 0) / count);
  assertClose(baseRateBrier!, rate * (1 - rate));
});
