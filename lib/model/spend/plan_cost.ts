/** What a plan cost over a time, at the price in force on each day, and what of it was used. */
import { DAY_MS } from "../duration.ts";
import { midnight } from "../time.ts";
import type { Money } from "./money.ts";
import type { PriceHistory } from "./price.ts";

/** What a plan cost over a time, and how much of that was used. */
export interface PlanWorth {
  readonly currency: string;
  /** The monthly price, on average over that time. */
  readonly price: number;
  /** The part of it that was used. */
  readonly worth: number;
}

/** Returns what a plan costs in a calendar month, by currency: each day the same part of the price in force on it. */
export function monthPrice(history: PriceHistory, month: TimeRange, zone: string): readonly Money[] {
  // Days, not hours: those of a change of summer time cost as much as others.
  const daysOf = ({ from, to }: TimeRange) => Math.round((to - from) / DAY_MS);
  return sumByCurrency(
    listPrices(history, month, zone).map(({ price, ...range }) => ({
      currency: price.currency,
      amount: price.amount * daysOf(range) / daysOf(month),
    })),
  );
}

/**
 * Returns what a plan cost over a time, on average for a month, and what of it was used, by currency: the use of each day at
 * the price of that day. More use than the plan allows is worth no more than its price.
 *
 * @param uses in limits, each at a time: 1 for a whole one
 * @param windowMs in which the plan allows one limit
 */
export function planWorth(
  history: PriceHistory,
  range: TimeRange,
  uses: readonly { readonly at: number; readonly limits: number }[],
  windowMs: number,
  zone: string,
): readonly PlanWorth[] {
  const wholeMs = range.to - range.from;
  const parts = listPrices(history, range, zone).map(({ price, from, to }) => {
    const used = uses.reduce((sum, { at, limits }) => at >= from && at < to ? sum + limits : sum, 0);
    return {
      currency: price.currency,
      amount: price.amount * (to - from) / wholeMs,
      worth: price.amount * Math.min(used * windowMs, to - from) / wholeMs,
    };
  });
  const worth = sumByCurrency(parts.map(({ currency, worth }) => ({ currency, amount: worth })));
  return sumByCurrency(parts).map(({ currency, amount }, place) => ({
    currency,
    price: amount,
    worth: worth[place]!.amount,
  }));
}

interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Returns the prices in force within a time, each with its part of it. */
function listPrices(
  history: PriceHistory,
  range: TimeRange,
  zone: string,
): readonly (TimeRange & { readonly price: Money })[] {
  return history.flatMap(({ since, price }, place) => {
    const next = history[place + 1]?.since ?? null;
    const from = Math.max(range.from, since === null ? -Infinity : startOf(since, zone));
    const to = Math.min(range.to, next === null ? Infinity : startOf(next, zone));
    return price !== null && from < to ? [{ from, to, price }] : [];
  });
}

function sumByCurrency(all: readonly Money[]): readonly Money[] {
  const sums = new Map<string, number>();
  for (const { amount, currency } of all) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums].map(([currency, amount]) => ({ amount, currency }));
}

/** Returns when a day such as `2026-11-21` begins in a zone, epoch milliseconds. */
function startOf(day: string, zone: string): number {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return midnight(year, month, date, zone);
}
