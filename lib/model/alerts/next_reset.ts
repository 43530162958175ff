/** Finds the end of a snooze that lasts until the reset. Pure. */
import type { AccountView } from "../view/view.ts";
import type { Snooze } from "./delivery.ts";

/** Returns the next announced reset of the target's quotas; null when none is announced. */
export function nextReset(
  accounts: readonly AccountView[],
  target: Snooze["target"],
  now: number,
): number | null {
  const resets = accounts.flatMap(({ key, quotas }) =>
    quotas.filter((quota) => target === "*" || key === target || quota.key === target)
      .flatMap(({ resetsAt }) => resetsAt ?? [])
  ).filter((at) => at > now);
  return resets.length === 0 ? null : Math.min(...resets);
}
