/** What the analytics page shows besides its charts. Shares are in limits: 1 is a whole one. */
import type { Unit } from "../../model/quota.ts";
import type { ForecastView } from "../../model/view/view.ts";

export interface BreakdownRow {
  readonly name: string;
  readonly series: number;
  readonly total: number | null;
  /** Of all groups together. */
  readonly part: number | null;
}

export interface SummaryRow extends BreakdownRow {
  readonly perDay: number | null;
  /** The day with the most, epoch milliseconds, or null where there was nothing. */
  readonly busiestAt: number | null;
  readonly busiest: number | null;
  /** The highest used share of a limit. */
  readonly high: number | null;
  /** Consumed in the unit, where the row is one quota. */
  readonly amount: number | null;
  readonly unit: Unit | null;
  readonly before: number | null;
  /** More than before, as a share of it: 0.5 is half as much again. */
  readonly change: number | null;
}

export interface DepletionRow {
  readonly name: string;
  readonly series: number;
  readonly windowSeconds: number | null;
  /** Share of the limit per hour, and when. */
  readonly fastest: number;
  readonly fastestAt: number;
  readonly mean: number;
  readonly perWindow: number | null;
  readonly forecast: ForecastView | null;
}
