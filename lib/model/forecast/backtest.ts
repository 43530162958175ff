/**
 * Measures the forecast's own error: replays closed cycles, makes forecasts at many instants with only what
 * was known then, and compares each projection for the reset with the end of the cycle. Naive rules are
 * judged at the same instants.
 */
import { DAY_MS } from "../duration.ts";
import { replayHistory } from "./backtest_replay.ts";
import {
  type BacktestGroup,
  capShare,
  createTally,
  divideOrNull,
  isOut,
  type Tally,
} from "./backtest_tally.ts";
import type { CycleFate, QuotaHistory } from "./closed_cycle.ts";
import { type Confidence, TUNING, type Tuning } from "./forecast.ts";

export { type Checkpoint, replayHistory } from "./backtest_replay.ts";
export {
  type BacktestGroup,
  type ErrorFigures,
  type Method,
  type MethodFigures,
  METHODS,
  type RunOutFigures,
} from "./backtest_tally.ts";
export { type HistoryPoint, historyStep, pointsFromBuckets, type QuotaHistory } from "./closed_cycle.ts";

/** Windows by length, shortest first. */
export type LengthClass = "hours" | "day" | "week" | "month";

export const LENGTH_CLASSES: readonly LengthClass[] = ["hours", "day", "week", "month"];

export interface BacktestOptions {
  /** Distance between the instants, as a share of the window. */
  readonly every?: number;
  /** Number of working days counted from Monday, 2 to 6, for weekly windows; otherwise all days count. */
  readonly workDays?: number;
  /** IANA zone of the days. */
  readonly zone?: string;
  readonly tuning?: Tuning;
}

export interface BacktestReport {
  readonly overall: BacktestGroup;
  readonly byLength: readonly (BacktestGroup & { readonly length: LengthClass })[];
  /** Mean error of the forecast by its confidence. */
  readonly byConfidence: readonly {
    readonly confidence: Confidence;
    readonly checkpoints: number;
    readonly mean: number | null;
  }[];
  /** The mean squared error of the run-out probability, and that of always predicting the base rate. */
  readonly probability: {
    readonly checkpoints: number;
    readonly brier: number | null;
    readonly baseRateBrier: number | null;
  };
  /** Closed cycles that were not usable, by reason. */
  readonly leftOut: Readonly<Record<Exclude<CycleFate, "used">, number>>;
}

/** Judges histories one at a time, so that a year of many quotas need not be in memory at once. */
export interface Backtest {
  add(history: QuotaHistory): void;
  report(): BacktestReport;
}

export function backtest(histories: Iterable<QuotaHistory>, options: BacktestOptions = {}): BacktestReport {
  const judged = createBacktest(options);
  for (const history of histories) judged.add(history);
  return judged.report();
}

export function createBacktest(options: BacktestOptions = {}): Backtest {
  const overall = createTally();
  const byLength = new Map<LengthClass, Tally>();
  const byConfidence = new Map<Confidence, { sum: number; count: number }>();
  const chances = { count: 0, squares: 0, happened: 0 };
  const leftOut = { "not-whole": 0, "no-reset": 0, "no-limit": 0, "ended-early": 0, "end-unseen": 0 };
  const { every = 0.05, workDays, zone, tuning = TUNING } = options;

  return {
    add(history) {
      replayHistory(history, { every, workDays, zone, tuning }, {
        cycle(fate) {
          if (fate !== "used") leftOut[fate]++;
        },
        checkpoint(point) {
          const length = lengthClass(point.windowMs);
          const tally = byLength.get(length) ?? createTally();
          byLength.set(length, tally);
          tally.add(point);
          overall.add(point);
          const { projectedShare, confidence, runOutProbability } = point.forecast;
          if (projectedShare !== null && confidence !== null) {
            const sums = byConfidence.get(confidence) ?? { sum: 0, count: 0 };
            byConfidence.set(confidence, sums);
            sums.sum += Math.abs(capShare(projectedShare) - capShare(point.truth));
            sums.count++;
          }
          if (runOutProbability !== null) {
            const happened = isOut(point.truth) ? 1 : 0;
            chances.count++;
            chances.happened += happened;
            chances.squares += (runOutProbability - happened) ** 2;
          }
        },
      });
    },
    report() {
      const rate = divideOrNull(chances.happened, chances.count);
      return {
        overall: overall.group(),
        byLength: LENGTH_CLASSES.flatMap((length) => {
          const tally = byLength.get(length);
          return tally ? [{ length, ...tally.group() }] : [];
        }),
        byConfidence: (["high", "medium", "low"] as const).flatMap((confidence) => {
          const sums = byConfidence.get(confidence);
          return sums
            ? [{ confidence, checkpoints: sums.count, mean: divideOrNull(sums.sum, sums.count) }]
            : [];
        }),
        probability: {
          checkpoints: chances.count,
          brier: divideOrNull(chances.squares, chances.count),
          baseRateBrier: rate === null ? null : rate * (1 - rate),
        },
        leftOut: { ...leftOut },
      };
    },
  };
}

export function lengthClass(windowMs: number): LengthClass {
  if (windowMs < DAY_MS) return "hours";
  if (windowMs < 3 * DAY_MS) return "day";
  return windowMs < 14 * DAY_MS ? "week" : "month";
}
