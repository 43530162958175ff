/**
 * The ledger of consumption: how much a quota used between two readings.
 *
 * An entry is what a reading states above the mark (`mark.ts`), the level counted before. After a reset the
 * whole new value counts, because the quota started again at zero; a fall without a reset is a correction or
 * a refill and counts as nothing, and so does a gauge, whatever it shows. Each entry belongs to the instant
 * of the later reading, so that the consumption of any time range is the plain sum of the entries in it.
 */
import { HOUR_MS } from "../duration.ts";

/** A ledger entry, as sums over a time range need it. */
export interface Entry {
  /** Epoch milliseconds of the later reading. */
  readonly at: number;
  readonly consumed: number;
}

/** Sums consumption in `(from, to]`, in the quota's unit. */
export function sumConsumedIn(entries: Iterable<Entry>, from: number, to: number): number {
  let sum = 0;
  for (const entry of entries) if (entry.at > from && entry.at <= to) sum += entry.consumed;
  return sum;
}

/**
 * Computes the burn rate in units per hour over consecutive readings; null when they span no time. The first
 * one's entry belongs to the time before it.
 */
export function burnRate(entries: readonly Entry[]): number | null {
  if (entries.length === 0) return null;
  const [from, to] = [entries[0]!.at, entries.at(-1)!.at];
  return to <= from ? null : sumConsumedIn(entries, from, to) / ((to - from) / HOUR_MS);
}
