/** What the analytics page shows besides its charts. Shares are in limits: 1 is a whole limit. */
import type { DisplayUnit } from "../../model/view/format.ts";
import type { ForecastView } from "../../model/view/view.ts";

export interface BreakdownRow {
  readonly name: string;
  readonly series: number;
  readonly total: number | null;
}

export interface SummaryRow extends BreakdownRow {
  readonly perDay: number | null;
  /** The day with the highest use, epoch milliseconds; null when there was none. */
  readonly busiestAt: number | null;
  readonly busiest: number | null;
  /** The highest used share of a limit. */
  readonly high: number | null;
  /** Consumed, in the unit, when the row is a single quota. */
  readonly amount: number | null;
  readonly unit: DisplayUnit | null;
  readonly before: number | null;
  /** Change against the previous period, as a share of it: 0.5 means half as much again. */
  readonly change: number | null;
}

export interface DepletionRow {
  readonly name: string;
  readonly series: number;
  readonly windowSeconds: number | null;
  /** Highest rate as a share of the limit per hour, and its time. */
  readonly fastest: number;
  readonly fastestAt: number;
  readonly mean: number;
  readonly perWindow: number | null;
  readonly forecast: ForecastView | null;
}
