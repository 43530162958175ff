/**
 * Finds readings that change nothing about alerts. Most do not, so replaying a month can skip them. Agrees with
 * `decideQuota`, which gives the reasons.
 */
import { isUnused } from "../engine/cycle.ts";
import type { Window } from "../quota.ts";
import type { QuotaMemory } from "./memory.ts";
import { hasCycles, isEmpty } from "./quota_pass.ts";
import type { QuotaRule } from "./rules.ts";
import { isCrossed, thresholdId } from "./threshold.ts";

/** The figures of a reading that alerts depend on. */
export interface AlertReading {
  readonly window: Window;
  /** `startedAt` of its cycle, epoch milliseconds. */
  readonly startedAt: number;
  readonly share: number | null;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly allowed?: boolean | undefined;
}

/** Reports whether a reading without a forecast raises nothing and changes only the times in the memory. */
export function isUneventful(
  memory: QuotaMemory,
  reading: AlertReading,
  { thresholds, balanceBelow }: Required<Pick<QuotaRule, "thresholds" | "balanceBelow">>,
): boolean {
  const { share, remaining, limit, window, allowed } = reading;
  if (reading.startedAt !== memory.cycle.startedAt || limit !== memory.limit) return false;
  if (memory.low !== null || memory.pending.length > 0 || allowed === false) return false;
  if (isEmpty(reading) || share === null && remaining === null) return false;
  if (memory.cycle.unused && !isUnused(reading)) return false;
  const { marks } = memory.cycle;
  // A quota without cycles is re-armed by figures on the good side of a threshold.
  if (!hasCycles({ window }) && marks.length > 0) return false;
  if (window.kind === "balance") return remaining === null || remaining >= balanceBelow;
  return thresholds.every((one) =>
    isCrossed(one, reading) !== true || marks.includes(`threshold:${thresholdId(one)}`)
  );
}
