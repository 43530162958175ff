/** What charts of consumption show. Made on the server, small enough to travel in the page. */
import { formatAmount, formatLimits, formatShare } from "../../model/view/format.ts";
import type { Unit } from "../../model/quota.ts";
import type { Interval } from "../../model/history/usage.ts";
import type { Measure } from "../../model/history/usage_groups.ts";

/** One group: its name, the number of its colour (-1 for all others together), a value for each slot. */
export interface UseRow {
  readonly name: string;
  readonly series: number;
  readonly values: readonly (number | null)[];
}

export interface UseData {
  /** Beginnings of the slots, and at last the end of the last one; epoch milliseconds. */
  readonly edges: readonly number[];
  readonly interval: Interval;
  readonly measure: Measure;
  /** Of amounts; null for all other measures. */
  readonly unit: Unit | null;
  readonly rows: readonly UseRow[];
  /** Whether rows may be added up: views of one use may not, whatever the measure. */
  readonly isAdded: boolean;
  /** What all groups together were in the period this one is compared with, slot by slot. */
  readonly before: readonly (number | null)[] | null;
}

/** A value in the words of its measure. */
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
