/** The figures of a back-test: how far each rule was off, and how often it raised a false alarm. */
import type { Checkpoint } from "./backtest_replay.ts";

/** The rule that made a projection. */
export type Method = "forecast" | "since-start" | "last-hour" | "persistence";

export const METHODS: readonly Method[] = ["forecast", "since-start", "last-hour", "persistence"];

/**
 * The errors of projections, in shares of the limit.
 * Projection and truth are both capped at 1, like counters.
 */
export interface ErrorFigures {
  /** Mean absolute error; null when there are none. */
  readonly mean: number | null;
  readonly worst: number | null;
  /** The 95th percentile of the absolute error, to a tenth of a percentage point. */
  readonly usualWorst: number | null;
  /** Mean signed error: above 0, the rule projected too much. */
  readonly bias: number | null;
}

/** How often "it runs out" was predicted, by whether it did. */
export interface RunOutFigures {
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
  /** Share of the predictions that came true; null without predictions. */
  readonly precision: number | null;
  /** Share of the run-outs that were predicted; null when nothing ran out. */
  readonly recall: number | null;
}

export interface MethodFigures {
  readonly method: Method;
  readonly error: ErrorFigures;
  readonly runOut: RunOutFigures;
}

export interface BacktestGroup {
  /** Cycles with at least one checkpoint. */
  readonly cycles: number;
  /** Cycles that ended with nothing left. */
  readonly ranOut: number;
  /** Instants in open cycles with use, and with something left. */
  readonly checkpoints: number;
  /** Checkpoints without a forecast; no rule is judged there. */
  readonly suppressed: number;
  /** In `METHODS` order. */
  readonly methods: readonly MethodFigures[];
}

const SPREAD = 1000;
const USUAL = 0.95;

/** Sums up the rules' projections at checkpoints. */
export interface Tally {
  add(point: Checkpoint): void;
  group(): BacktestGroup;
}

export function createTally(): Tally {
  const sums = METHODS.map(() => ({
    distance: 0,
    worst: 0,
    signed: 0,
    /** Number of errors in each tenth of a percentage point. */
    spread: new Uint32Array(SPREAD + 1),
    hits: 0,
    misses: 0,
    falseAlarms: 0,
  }));
  let cycles = 0;
  let ranOut = 0;
  let checkpoints = 0;
  let judged = 0;
  let lastCycle: unknown;

  return {
    add(point) {
      if (point.cycle !== lastCycle) {
        lastCycle = point.cycle;
        cycles++;
        if (isOut(point.truth)) ranOut++;
      }
      checkpoints++;
      if (point.forecast.projectedShare === null) return;
      judged++;
      for (const [index, method] of METHODS.entries()) {
        const sum = sums[index]!;
        const projection = method === "forecast" ? point.forecast.projectedShare : point.naive[method];
        const distance = capShare(projection) - capShare(point.truth);
        sum.distance += Math.abs(distance);
        sum.signed += distance;
        sum.spread[Math.floor(Math.abs(distance) * SPREAD)]! += 1;
        sum.worst = Math.max(sum.worst, Math.abs(distance));
        if (isOut(projection) && isOut(point.truth)) sum.hits++;
        else if (isOut(projection)) sum.falseAlarms++;
        else if (isOut(point.truth)) sum.misses++;
      }
    },
    group() {
      return {
        cycles,
        ranOut,
        checkpoints,
        suppressed: checkpoints - judged,
        methods: METHODS.map((method, index) => {
          const { distance, worst, signed, spread, hits, misses, falseAlarms } = sums[index]!;
          return {
            method,
            error: {
              mean: divideOrNull(distance, judged),
              worst: judged > 0 ? worst : null,
              usualWorst: findErrorBound(spread, judged * USUAL),
              bias: divideOrNull(signed, judged),
            },
            runOut: {
              hits,
              misses,
              falseAlarms,
              precision: divideOrNull(hits, hits + falseAlarms),
              recall: divideOrNull(hits, hits + misses),
            },
          };
        }),
      };
    },
  };
}

/** Returns the upper bound of the smallest errors that number at least `count`. */
function findErrorBound(spread: Uint32Array, count: number): number | null {
  if (count <= 0) return null;
  let sum = 0;
  const place = spread.findIndex((each) => (sum += each) >= count);
  return Math.min(1, (place + 1) / SPREAD);
}

/** Counters stop at the limit, so any excess counts the same. */
export function capShare(share: number): number {
  return Math.min(1, share);
}

export function isOut(share: number): boolean {
  return share >= 1 - 1e-9;
}

export function divideOrNull(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
