/**
 * Figures in words, as used or as left, following the display setting. The word is always present, so that no
 * figure can be mistaken for its opposite.
 */
import {
  type DisplayUnit,
  displayUnit,
  formatAmount,
  formatLeft,
  formatQuantity,
  formatShare,
  unitWord,
  UNKNOWN,
} from "../model/view/format.ts";
import type { Display, QuotaView } from "../model/view/view.ts";

/** A figure and the words after it. */
export interface Figure {
  readonly figure: string;
  readonly word: string;
}

/** Picks the one figure a card shows large: the share if known, else what is left, else what is used. */
export function pickHeadline(quota: QuotaView, display: Display): Figure {
  const { share, remaining, used } = quota;
  const unit = displayUnit(quota);
  if (share !== null) return shareFigure(share, display);
  if (remaining !== null) return amountFigure(Math.abs(remaining), unit, remaining < 0 ? "over" : "left");
  return used === null ? { figure: UNKNOWN, word: "" } : amountFigure(used, unit, "used");
}

function amountFigure(amount: number, unit: DisplayUnit, rest: string): Figure {
  const figure = formatAmount(amount, unit);
  const word = unitWord(unit, figure);
  return { figure, word: word ? `${word} ${rest}` : rest };
}

/** @param share used share of the limit, not clamped */
function shareFigure(share: number, display: Display): Figure {
  if (display === "used") return { figure: formatShare(share), word: "used" };
  const left = 1 - share;
  return left < 0 ? { figure: formatShare(-left), word: "over" } : { figure: formatLeft(left), word: "left" };
}

/** Formats a share: `85% used`, or the same as `15% left`. */
export function shareText(share: number | null, display: Display): string {
  if (share === null) return UNKNOWN;
  const { figure, word } = shareFigure(share, display);
  return `${figure} ${word}`;
}

/**
 * Formats `161.2 of 270 requests used`, or `108.8 of 270 requests left`; empty when the percentage says it all.
 */
export function amountText(quota: QuotaView, display: Display): string {
  const { used, limit, remaining } = quota;
  const unit = displayUnit(quota);
  if (unit === "percent" || (used === null && limit === null)) return "";
  const [amount, word] = display === "left" && remaining !== null && remaining >= 0
    ? [remaining, "left"]
    : [used, "used"];
  return limit === null
    ? `${formatQuantity(amount, unit)} ${word}`
    : `${formatAmount(amount, unit)} of ${formatQuantity(limit, unit)} ${word}`;
}

/** Formats the counterpart of the headline: what is left beside what is used, and the reverse. */
export function otherText(quota: QuotaView, display: Display): string {
  const { used, remaining, share } = quota;
  const unit = displayUnit(quota);
  // Beside 42% of 41.5%, 58.5% left would not add up.
  if (unit === "percent" && share !== null && share <= 1) {
    return shareText(share, display === "left" ? "used" : "left");
  }
  if (display === "left") return used === null ? "" : `${formatAmount(used, unit)} used`;
  if (remaining === null) return "";
  const amount = formatAmount(Math.abs(remaining), unit);
  return remaining < 0 ? `${amount} over` : `${amount} left`;
}

/** Returns how far a bar is filled, 0 to 1; null when unknown. */
export function barFill({ utilization }: Pick<QuotaView, "utilization">, display: Display): number | null {
  if (utilization === null) return null;
  return display === "left" ? 1 - utilization : utilization;
}
