/** The figures of a back-test: how far each rule was from the truth, and how often it cried wolf. */
import type { Checkpoint } from "./backtest_replay.ts";

/** Which rule made a projection. */
export type Method = "forecast" | "since-start" | "last-hour" | "persistence";

export const METHODS: readonly Method[] = ["forecast", "since-start", "last-hour", "persistence"];

/** How far projections were from the truth, in shares of the limit. Both are capped at 1, as counters are. */
export interface ErrorFigures {
  /** Mean of the distances; null when there were none. */
  readonly mean: number | null;
  readonly worst: number | null;
  /** Nineteen of twenty were nearer than this, to a tenth of a point. */
  readonly usualWorst: number | null;
  /** Mean of the signed distances: above 0, too much was projected. */
  readonly bias: number | null;
}

/** How often "it runs out" was said, by whether it did. */
export interface RunOutFigures {
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
  /** Of all that was said, how much came true; null when nothing was said. */
  readonly precision: number | null;
  /** Of all that came true, how much was said; null when nothing came true. */
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
  /** Instants in cycles under way with use, and with something left. */
  readonly checkpoints: number;
  /** Those of them of which the forecast said nothing; they are judged for no rule. */
  readonly suppressed: number;
  /** In the order of `METHODS`. */
  readonly methods: readonly MethodFigures[];
}

const SPREAD = 1000;
const USUAL = 0.95;

/** Sums up what the rules said of checkpoints. */
export interface Tally {
  add(point: Checkpoint): void;
  group(): BacktestGroup;
}

export function createTally(): Tally {
  const sums = METHODS.map(() => ({
    distance: 0,
    worst: 0,
    signed: 0,
    /** How many distances of each tenth of a point there were. */
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
        const said = method === "forecast" ? point.forecast.projectedShare : point.naive[method];
        const distance = capped(said) - capped(point.truth);
        sum.distance += Math.abs(distance);
        sum.signed += distance;
        sum.spread[Math.floor(Math.abs(distance) * SPREAD)]! += 1;
        sum.worst = Math.max(sum.worst, Math.abs(distance));
        if (isOut(said) && isOut(point.truth)) sum.hits++;
        else if (isOut(said)) sum.falseAlarms++;
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
              mean: ratio(distance, judged),
              worst: judged > 0 ? worst : null,
              usualWorst: nearest(spread, judged * USUAL),
              bias: ratio(signed, judged),
            },
            runOut: {
              hits,
              misses,
              falseAlarms,
              precision: ratio(hits, hits + falseAlarms),
              recall: ratio(hits, hits + misses),
            },
          };
        }),
      };
    },
  };
}

/** The upper end of the distances of which there are at least `count`, counted from none on. */
function nearest(spread: Uint32Array, count: number): number | null {
  if (count <= 0) return null;
  let sum = 0;
  const place = spread.findIndex((each) => (sum += each) >= count);
  return Math.min(1, (place + 1) / SPREAD);
}

/** Counters stand still at the limit, so anything past it is the same. */
export function capped(share: number): number {
  return Math.min(1, share);
}

export function isOut(share: number): boolean {
  return share >= 1 - 1e-9;
}

export function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
