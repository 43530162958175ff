/** Whether another process polls an account. Apart from the views, because `guard` loads as little as it can. */
import type { Outcome } from "../model/outcome.ts";
import { staleAfterMs } from "../model/view/health.ts";

/**
 * Reports whether another process polls an account that this one's settings do not find, such as a server
 * with a different environment: it planned another poll, and is not so late that the readings are stale.
 */
export function isPolledElsewhere(outcome: Outcome | null, now: number): boolean {
  if (outcome === null) return false;
  const { at, nextAt } = outcome;
  return now <= at + staleAfterMs(nextAt === null ? 0 : nextAt - at);
}
