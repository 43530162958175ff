/**
 * The ledger of consumption: how much a quota used between two readings.
 *
 * Entries are sums of rises. After a reset the new value counts as a whole, since the
 * quota began again at nothing; a fall without a reset is a correction or a refill and
 * counts as nothing, and so does a gauge by the minute, whatever it shows. Each entry belongs to the instant of the later reading, so that
 * the consumption of any stretch of time is the plain sum of the entries in it.
 */
import { isGauge, type Reading } from "./quota.ts";

/**
 * Consumption between two readings of one quota, in its unit, never negative.
 *
 * @param reset whether a reset lies between them
 */
export function consumedBetween(before: Reading, after: Reading, reset: boolean): number {
  if (isGauge(after.window)) return 0;
  if (after.used !== null) {
    if (reset) return Math.max(0, after.used);
    return before.used === null ? 0 : Math.max(0, after.used - before.used);
  }
  // Where only what is left is known, a fall of it is consumption; a rise is a top-up or a reset.
  if (before.remaining === null || after.remaining === null) return 0;
  if (reset) return after.limit === null ? 0 : Math.max(0, after.limit - after.remaining);
  return Math.max(0, before.remaining - after.remaining);
}

/** An entry of the ledger as a range of time needs it. */
export interface Entry {
  /** Epoch milliseconds of the later reading. */
  readonly at: number;
  readonly consumed: number;
}

/** Consumption in `(from, to]`, in the quota's unit. */
export function consumedIn(entries: Iterable<Entry>, from: number, to: number): number {
  let sum = 0;
  for (const entry of entries) if (entry.at > from && entry.at <= to) sum += entry.consumed;
  return sum;
}

const HOUR_MS = 3_600_000;

/**
 * Burn rate in units per hour over a stretch of consecutive readings, or null when they
 * span no time. The entry of the first one belongs to the time before it.
 */
export function burnRate(entries: readonly Entry[]): number | null {
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last || last.at <= first.at) return null;
  return consumedIn(entries, first.at, last.at) / ((last.at - first.at) / HOUR_MS);
}
