/**
 * The ledger of consumption: how much a quota used between two readings.
 *
 * An entry is what a reading states above what was counted before (`mark.ts`). After a reset the new value counts as
 * a whole, since the quota began again at nothing; a fall without a reset is a correction or a refill and counts as
 * nothing, and so does a gauge, whatever it shows. Each entry belongs to the instant of the later reading, so that the
 * consumption of any stretch of time is the plain sum of the entries in it.
 */
import { HOUR_MS } from "../duration.ts";

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
