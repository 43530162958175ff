/** How much of a subscription was used: what its longest window allowed, compared with the use of it. */
import { DAY_MS } from "../duration.ts";

export interface PlanQuota {
  /** Length of its window in milliseconds. */
  readonly windowMs: number;
  /** Consumed in the period, in limits: 1 for a whole one; null when unknown. */
  readonly limits: number | null;
}

export interface PlanUse {
  /** The used share of what the plan allowed in the period; may exceed 1 where extra use is sold. */
  readonly share: number;
  /** Length of the period, milliseconds. */
  readonly lookedAtMs: number;
}

/** A shorter period says nothing about a plan. */
const MIN_TIME_MS = 3 * DAY_MS;

/**
 * Returns the use of a plan from the quotas with its longest window: the most used one decides, because a plan is
 * full when any of them is. Null when there is none or the period is too short.
 */
export function planUse(quotas: readonly PlanQuota[], timeMs: number): PlanUse | null {
  const longest = Math.max(...quotas.map(({ windowMs }) => windowMs));
  if (timeMs < Math.max(MIN_TIME_MS, Math.min(longest, 7 * DAY_MS))) return null;
  const shares = quotas.flatMap(({ windowMs, limits }) =>
    windowMs === longest && limits !== null ? [limits / (timeMs / longest)] : []
  );
  return shares.length === 0 ? null : { share: Math.max(...shares), lookedAtMs: timeMs };
}
