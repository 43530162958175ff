/** How far apart polls are decides what the engine can tell from them. Pure. */
import type { Rules } from "../model/advance.ts";

/** A time without readings longer than so many intervals is a gap, in which nothing is inferred. */
const GAP_INTERVALS = 2.5;
/** Without a rise for longer than so many intervals somebody is idle, however short the idle time is set. */
const IDLE_INTERVALS = 1.5;

/** The rules for an account that is polled every `intervalMs`: with long waits, memory has to be longer. */
export function rulesFor(rules: Rules, intervalMs: number): Rules {
  return {
    recentMs: Math.max(rules.recentMs, GAP_INTERVALS * intervalMs),
    idleMs: Math.max(rules.idleMs, IDLE_INTERVALS * intervalMs),
  };
}
