/** Thresholds that raise an alert when use crosses them: shares or amounts, used or left. Pure. */
import { divideByLimit } from "../quota.ts";
import { MAX_THRESHOLD, MAX_THRESHOLD_AMOUNT } from "../setting_limits.ts";
import { type DisplayUnit, formatQuantity } from "../view/format.ts";

/**
 * A number is a used share of the limit, above 0: `0.8`. Otherwise a share of the limit, or an amount in the
 * quota's unit, that is used or left.
 */
export type Threshold = number | ShareLine | AmountLine;

export interface ShareLine {
  readonly of: "used" | "left";
  readonly share: number;
}

export interface AmountLine {
  readonly of: "used" | "left";
  readonly amount: number;
}

/** The figures a threshold is compared with; null when unknown. */
export interface LevelFigures {
  readonly share: number | null;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
}

/** A threshold of a quota without cycles is re-armed this far on the good side, as a share of the limit. */
export const HYSTERESIS = 0.1;

/** Reports whether a threshold is crossed; null when the figure is unknown. */
export function isCrossed(threshold: Threshold, figures: LevelFigures): boolean | null {
  return compare(threshold, figures, 0);
}

/** Reports whether use is clearly on the good side of a threshold; false when unknown. */
export function isClear(threshold: Threshold, figures: LevelFigures): boolean {
  return compare(threshold, figures, computeSlack(threshold)) === false;
}

/** A threshold near zero is re-armed half way below it, since use never falls a full tenth below it. */
function computeSlack(threshold: Threshold): number {
  const line = typeof threshold === "number"
    ? threshold
    : "share" in threshold
    ? usedShare(threshold)
    : Infinity;
  return Math.min(HYSTERESIS, line / 2);
}

/** @param slack how far before the threshold counts as crossed: a share of the limit or of the amount */
function compare(
  threshold: Threshold,
  { share, used, remaining }: LevelFigures,
  slack: number,
): boolean | null {
  if (typeof threshold === "number") return share === null ? null : share >= threshold - slack;
  if ("share" in threshold) return share === null ? null : share >= usedShare(threshold) - slack;
  if (threshold.of === "used") return used === null ? null : used >= threshold.amount * (1 - slack);
  return remaining === null ? null : remaining <= threshold.amount * (1 + slack);
}

/** Returns the used share at which a threshold is crossed. */
export function usedShare({ of, share }: ShareLine): number {
  // Rounded, because 1 - 0.9 is slightly more than 0.1.
  return of === "used" ? share : Number((1 - share).toFixed(9));
}

/** Identifies a threshold among those of a quota, stable across restarts. */
export function thresholdId(threshold: Threshold): string {
  return typeof threshold === "number" ? String(threshold) : thresholdText(threshold);
}

/** Orders thresholds from the first to be crossed to the last. @param limit null when unknown */
export function compareThresholds(a: Threshold, b: Threshold, limit: number | null): number {
  return computeShare(a, limit) - computeShare(b, limit);
}

/** Places a threshold between nothing used (0) and nothing left (1); without a limit only the order of amounts counts. */
function computeShare(threshold: Threshold, limit: number | null): number {
  if (typeof threshold === "number") return threshold;
  if ("share" in threshold) return usedShare(threshold);
  const { of, amount } = threshold;
  const part = divideByLimit(amount, limit) ?? amount;
  return of === "used" ? part : 1 - part;
}

/** Removes duplicates and sorts. */
export function sortThresholds(thresholds: readonly Threshold[]): readonly Threshold[] {
  const byId = new Map(thresholds.map((one) => [thresholdId(one), one]));
  return [...byId.values()].sort((a, b) => compareThresholds(a, b, null));
}

/** Describes a crossed threshold: `over 80%`, `less than 500 requests left`. */
export function crossedWords(threshold: Threshold, unit: DisplayUnit): string {
  // Exact, because 98.5% is not 99%.
  if (typeof threshold === "number") return `over ${percentText(threshold)}%`;
  const amount = "share" in threshold
    ? `${percentText(threshold.share)}%`
    : formatQuantity(threshold.amount, unit);
  return threshold.of === "used" ? `over ${amount}` : `no more than ${amount} left`;
}

/** Formats the way `parseThreshold` reads: `80`, `20% left`, `500 used`. */
export function thresholdText(threshold: Threshold): string {
  if (typeof threshold === "number") return percentText(threshold);
  return "share" in threshold
    ? threshold.of === "used" ? percentText(threshold.share) : `${percentText(threshold.share)}% left`
    : `${threshold.amount} ${threshold.of}`;
}

function percentText(share: number): string {
  return String(Number((share * 100).toFixed(2)));
}

const TEXT = /^\$?(\d+(?:\.\d+)?)(k|m|bn)?\s*(%)?\s*(used|left)?$/i;
const FACTORS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, bn: 1e9 };

/** Parses `80` and `80%` as used shares, `20% left`, and amounts with their word: `500 used`, `$5 left`, `200k left`. */
export function parseThreshold(text: string): Threshold | null {
  const [, digits, factor, percent, word] = TEXT.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const of = word?.toLowerCase() as "used" | "left" | undefined;
  const number = Number(digits) * (factor === undefined ? 1 : FACTORS[factor.toLowerCase()]!);
  if (percent !== undefined || of === undefined) {
    if (factor !== undefined || text.trim().startsWith("$")) return null;
    const share = Number((number / 100).toFixed(9));
    if (of === "left") return share > 0 && share < 1 ? { of, share } : null;
    return share > 0 && share <= MAX_THRESHOLD ? share : null;
  }
  return number > 0 && number <= MAX_THRESHOLD_AMOUNT ? { of, amount: number } : null;
}
