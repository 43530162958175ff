/** A clock for expiry: setting the system clock back prolongs nothing. */
import type { Clock } from "../base/clock.ts";

/** @param running a clock in milliseconds that ignores changes of the system clock */
export function steadyNow(clock: Pick<Clock, "now">, running: () => number): () => number {
  const anchor = clock.now() - running();
  let latest = -Infinity;
  return () => {
    // The running time pauses while a machine sleeps, and the clock may be set: the later of both counts.
    latest = Math.max(latest, clock.now(), Math.floor(anchor + running()));
    return latest;
  };
}
