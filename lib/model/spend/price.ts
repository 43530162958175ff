/** The monthly price of a plan over time: a change counts from a day on, and earlier days keep the earlier price. */
import type { Money } from "./money.ts";

export interface PriceChange {
  /** The first day it counts, `2026-11-21`; null for every day before the next change. */
  readonly since: string | null;
  /** For a month; null when the plan costs nothing more, or was ended. */
  readonly price: Money | null;
}

/** The earliest first. */
export type PriceHistory = readonly PriceChange[];

/** The price of a plan as it is stored with the settings of its account. */
export interface PriceSettings {
  /** The last one entered; absent when not entered or ended. Earlier versions store no other. */
  readonly price?: Money;
  /** The price over time; absent while the only one has no day from which it counts. */
  readonly prices?: PriceHistory;
}

/** Maximum number of changes that are kept of a price. */
export const MAX_PRICE_CHANGES = 100;

/** Reports whether a text is a day of the calendar: `2026-11-21`. */
export function isDay(text: string): boolean {
  const [, year, month, day] = /^(2\d{3})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(year, month! - 1, day));
  return date.getUTCMonth() === month! - 1 && date.getUTCDate() === day;
}

/** Returns the price over time from the settings of an account. */
export function findPrices({ price, prices }: PriceSettings): PriceHistory {
  return prices ?? (price ? [{ since: null, price }] : []);
}

/** Returns the settings for a price over time. */
export function priceSettings(history: PriceHistory): PriceSettings {
  const price = history.at(-1)?.price ?? null;
  const isPlain = history.length === 0 || history.length === 1 && history[0]!.since === null;
  return { ...price && { price }, ...!isPlain && { prices: history } };
}

/** Returns the price on a day; null for none. */
export function priceOn(history: PriceHistory, day: string): Money | null {
  return history.findLast(({ since }) => since === null || since <= day)?.price ?? null;
}

/**
 * Returns the history with a price that a user entered. The price in force with a day moves its own day. Without a day, a
 * first price counts always, since nothing else is known, and a later one from today on.
 */
export function withPrice(
  history: PriceHistory,
  price: Money,
  { since, today }: { readonly since: string | null; readonly today: string },
): PriceHistory {
  // What the settings state, written back, changes nothing.
  if (since === null && history.length > 0 && isSame(history.at(-1)!.price, price)) return history;
  const current = history.findLast((one) => one.since === null || one.since <= today);
  if (current && isSame(current.price, price) && (since ?? today) <= today) {
    if (since === null) return history;
    // Moved to before earlier changes, it replaces them.
    const others = history.filter((one) =>
      (one.since ?? "") < since || history.indexOf(one) > history.indexOf(current)
    );
    return tidy(insert(others.filter((one) => one !== current), { since, price }));
  }
  const day = since ?? (history.length === 0 ? null : today);
  return tidy(insert(history, { since: day, price }));
}

/**
 * Returns the history after a user removed the price. With a day, the plan costs nothing from that day on. Without one, a
 * price that counts only from today, or always, is taken back, and any other ends today.
 */
export function withoutPrice(
  history: PriceHistory,
  { since, today }: { readonly since: string | null; readonly today: string },
): PriceHistory {
  const past = history.filter((one) => one.since === null || one.since <= today);
  const current = past.at(-1);
  if (since === null && (current === undefined || current.since === null || current.since === today)) {
    return tidy(past.slice(0, -1));
  }
  const end = since ?? today;
  const earlier = history.filter((one) => one.since === null || one.since < end);
  return tidy([...earlier, { since: end, price: null }]);
}

/** Puts changes in order, the last of those of one day alone, and drops those that change nothing. */
export function tidy(changes: readonly PriceChange[]): PriceHistory {
  const byDay = new Map(changes.map((one) => [one.since, one]));
  const ordered = [...byDay.values()].toSorted((a, b) => (a.since ?? "") < (b.since ?? "") ? -1 : 1);
  const kept: PriceChange[] = [];
  for (const one of ordered) if (!isSame(kept.at(-1)?.price ?? null, one.price)) kept.push(one);
  return kept.slice(-MAX_PRICE_CHANGES);
}

function insert(history: PriceHistory, change: PriceChange): readonly PriceChange[] {
  return [...history.filter(({ since }) => since !== change.since), change];
}

function isSame(a: Money | null, b: Money | null): boolean {
  return a?.amount === b?.amount && a?.currency === b?.currency;
}
