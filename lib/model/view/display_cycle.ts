/** Cycles as lists show them: an unknown value is null and never 0. */
import type { Cycle } from "../engine/cycle.ts";
import { computeShare, isGauge, type Unit, type Window } from "../quota.ts";

export interface DisplayCycle extends Omit<Cycle, "consumed"> {
  /** Null when the quota has no consumption to count. */
  readonly consumed: number | null;
  /** The highest used share of its limit, not clamped; also 1 when all that was known was that nothing was left. */
  readonly peakShare: number | null;
  /** The unit of its amounts; absent when it never changed. */
  readonly unit?: Unit;
}

/**
 * Reports whether a cycle had neither an amount nor a limit;
 * then only its readings tell whether it was used up.
 */
export function hasNoAmounts(
  { peak, limit, consumed }: Pick<Cycle, "peak" | "limit" | "consumed">,
): boolean {
  return peak === null && limit === null && consumed === 0;
}

/** @param highest the highest share of its readings, if looked up */
export function displayCycle(cycle: Cycle, window: Window, highest: number | null): DisplayCycle {
  const isCounted = !hasNoAmounts(cycle) || isGauge(window) || window.kind === "balance";
  return {
    ...cycle,
    consumed: isCounted ? cycle.consumed : null,
    peakShare: computeShare(cycle.peak, cycle.limit) ?? highest,
  };
}

/** A cycle as stored or as shown. */
export type CycleFacts = Omit<DisplayCycle, "peakShare"> & Partial<Pick<DisplayCycle, "peakShare">>;

export function computePeakShare({ peak, limit, peakShare }: CycleFacts): number | null {
  return peakShare ?? computeShare(peak, limit);
}
