/** Where a quota will stand when it resets, if it goes on being used as it is. */
import type { QuotaView } from "./view.ts";

const HOUR_MS = 3_600_000;

/**
 * What will be used at the reset: used + rate x hours from the reading to the reset, in the
 * quota's unit and not clamped to its limit. Nothing is projected past the reset: of a reading
 * that is already beyond it, what was used stands. Null where use, rate or reset is unknown.
 */
export function projectedUse(
  quota: Pick<QuotaView, "used" | "ratePerHour" | "resetsAt" | "at">,
): number | null {
  const { used, ratePerHour, resetsAt, at } = quota;
  if (used === null || ratePerHour === null || resetsAt === null) return null;
  return used + ratePerHour * Math.max(0, resetsAt - at) / HOUR_MS;
}
