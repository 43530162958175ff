/** The data of consumption charts. The server builds it, small enough to travel in the page. */
import { type DisplayUnit, formatAmount, formatLimits, formatShare } from "../../model/view/format.ts";
import type { Interval } from "../../model/history/usage.ts";
import type { Measure } from "../../model/history/usage_groups.ts";

/**
 * One group: its name, the index of its colour (-1 for the rest of the groups together), and a value for each
 * slot.
 */
export interface UseRow {
  readonly name: string;
  readonly series: number;
  readonly values: readonly (number | null)[];
}

export interface UseData {
  /** Starts of the slots, then the end of the last one; epoch milliseconds. */
  readonly edges: readonly number[];
  readonly interval: Interval;
  readonly measure: Measure;
  /** Unit of amounts; null for all other measures. */
  readonly unit: DisplayUnit | null;
  readonly rows: readonly UseRow[];
  /** True when the rows add up. Views of the same use never do, whatever the measure. */
  readonly isAdded: boolean;
  /** The values of all groups together in the previous period, slot by slot. */
  readonly before: readonly (number | null)[] | null;
}

/** Formats a value in its measure. */
export function valueText(
  value: number | null,
  { measure, unit }: Pick<UseData, "measure" | "unit">,
): string {
  if (value === null) return "no reading";
  if (measure === "amount") return unit === null ? formatLimits(null) : formatAmount(value, unit);
  return measure === "share" ? formatLimits(value) : formatShare(value);
}

const UNIT_WORDS = {
  "1d": "day",
  "1w": "week",
  "1mo": "month",
  "1h": "hour",
  "30m": "half hour",
  "5m": "five minutes",
};

export function intervalWord(interval: Interval): string {
  return UNIT_WORDS[interval];
}
