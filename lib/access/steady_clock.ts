/** Time for everything that ends: a clock that is set back prolongs nothing. */
import type { Clock } from "../base/clock.ts";

/** @param running milliseconds that run on whatever the clock is set to */
export function steadyNow(clock: Pick<Clock, "now">, running: () => number): () => number {
  const anchor = clock.now() - running();
  let latest = -Infinity;
  return () => {
    // The running time stands still while a machine sleeps, and the clock may be set: whichever is later counts.
    latest = Math.max(latest, clock.now(), Math.floor(anchor + running()));
    return latest;
  };
}
