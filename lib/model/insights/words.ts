/** Figures in sentences, with no more digits than the evidence supports. */
import { type DisplayUnit, formatAmount, formatNumber, formatQuantity, isMoney } from "../view/format.ts";

/** Formats `12 whole cycles`, `1 day`. */
export function countPhrase(count: number, word: string): string {
  return `${formatNumber(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** Formats an amount at one instant: `1,234 requests`, `$12.84`, `62%`. */
export function amountText(value: number, unit: DisplayUnit): string {
  return formatQuantity(isMoney(unit) ? value : roundRoughly(value), unit);
}

/** Formats `62 of 100 requests`, `$3.00 of $12.84`. */
export function partText(part: number, whole: number, unit: DisplayUnit): string {
  return `${formatAmount(isMoney(unit) ? part : roundRoughly(part), unit)} of ${amountText(whole, unit)}`;
}

/** Formats use over time like an amount, except for percentages beyond one window: `3.4 full windows`. */
export function useText(consumed: number, unit: DisplayUnit): string {
  if (unit === "percent" && consumed > 100) {
    return countPhrase(roundRoughly(consumed / 100), "full window");
  }
  return amountText(consumed, unit);
}

/** Rounds to whole numbers from 20 on, one decimal below, two below 1: averages are no more precise. */
export function roundRoughly(value: number): number {
  const size = Math.abs(value);
  const digits = size >= 20 ? 0 : size >= 1 ? 1 : 2;
  return Number(value.toFixed(digits));
}

/** Formats `6 days`, `6.5 days`. */
export function daysText(ms: number): string {
  const days = roundRoughly(ms / 86_400_000);
  return `${formatNumber(days)} ${days === 1 ? "day" : "days"}`;
}
