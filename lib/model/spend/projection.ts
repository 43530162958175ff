/** Projects the cost of a month at its end. */
import { DAY_MS } from "../duration.ts";

export interface ProjectionInput {
  /** Spent in the month so far. */
  readonly spent: number;
  /** The cost of each of the last complete days, in time order; null for a day without readings. */
  readonly days: readonly (number | null)[];
  /** Epoch milliseconds. */
  readonly now: number;
  readonly monthEnd: number;
}

export interface Projection {
  /** For the whole month. */
  readonly amount: number;
  /** The mean of the known days. */
  readonly perDay: number;
  /** Number of known days; 0 for an account that is no longer configured, which spends nothing more. */
  readonly days: number;
}

/** Fewer days say too little about a month. */
const MIN_DAYS = 3;

/** Adds the mean of the known days for the rest of the month; null when fewer than three days are known. */
export function projectMonth({ spent, days, now, monthEnd }: ProjectionInput): Projection | null {
  const known = days.filter((day) => day !== null);
  if (known.length < MIN_DAYS || !Number.isFinite(spent)) return null;
  const perDay = known.reduce((sum, day) => sum + day, 0) / known.length;
  const left = Math.max(0, monthEnd - now) / DAY_MS;
  return { amount: spent + perDay * left, perDay, days: known.length };
}
