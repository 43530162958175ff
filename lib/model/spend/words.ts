/** Spend in words, for every surface. */
import { DAY_MS } from "../duration.ts";
import { formatAmount, formatShare, UNKNOWN } from "../view/format.ts";
import type { PlanSpend, QuotaAllowance, SpendTotal } from "./spend.ts";

/** Formats `$12.40`, `12.40 EUR`; null gives `unknown`. */
export function formatMoney(amount: number | null, currency: string): string {
  if (amount === null) return UNKNOWN;
  // Less than half of the last digit shown is nothing, such as the rest of a sum of fractions.
  const rounded = Number(amount.toFixed(4));
  const size = Math.abs(rounded);
  const isTiny = size !== 0 && size < 0.01;
  const text = isTiny ? `$${size.toFixed(4)}` : formatAmount(size, "usd");
  const sign = rounded < 0 ? "-" : "";
  return currency === "USD" ? `${sign}${text}` : `${sign}${text.slice(1)} ${currency}`;
}

/**
 * Formats `$12.40 spent this month, about $31.00 by its end; 62% of the budget of $50.00`.
 *
 * @param dayText formats the first day with readings, for a month that began before it
 */
export function totalText(
  { currency, months, projected, budget }: SpendTotal,
  dayText: (at: number) => string,
): string {
  const spent = months[0] ?? null;
  if (spent === null) return `No readings this month in ${currency}`;
  const when = spent.since === null
    ? "this month"
    : spent.isPartly
    ? `this month, some of it known only since ${dayText(spent.since)}`
    : `since ${dayText(spent.since)}`;
  const end = projected === null ? "" : `, about ${formatMoney(projected, currency)} by its end`;
  const share = budget === null || budget === 0
    ? ""
    : `; ${formatShare(spent.amount / budget)} of the budget of ${formatMoney(budget, currency)}`;
  return `${formatMoney(spent.amount, currency)} spent ${when}${spent.since === null ? end : ""}${share}`;
}

/** Formats `18% left for today`, `5% over for today`. */
export function allowanceText({ left }: Pick<QuotaAllowance, "left">): string {
  return left >= 0 ? `${formatShare(left)} left for today` : `${formatShare(-left)} over for today`;
}

/** Formats `62% of it was used in 30 days, worth $12.40 of $20.00`. */
export function planText({ use, worth }: Pick<PlanSpend, "use" | "worth">): string {
  if (use === null) return "Too little has been read to say";
  const days = Math.round(use.lookedAtMs / DAY_MS);
  const sums = worth.map(({ currency, price, worth }) =>
    `${formatMoney(worth, currency)} of ${formatMoney(price, currency)}`
  );
  const of = sums.length === 0 ? "" : `, worth ${sums.join(" and ")}`;
  return `${formatShare(use.share)} of it was used in ${days} ${days === 1 ? "day" : "days"}${of}`;
}
