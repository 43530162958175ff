/** Cycles as lists show them: what cannot be known of one is null and never 0. */
import type { Cycle } from "../engine/cycle.ts";
import { isGauge, shareOf, type Window } from "../quota.ts";

export interface ShownCycle extends Omit<Cycle, "consumed"> {
  /** Null where nothing that is consumed could be counted. */
  readonly consumed: number | null;
  /** The highest used share of its limit, not clamped: 1 as well where all that was known is that nothing was left. */
  readonly peakShare: number | null;
}

/** Whether neither an amount nor a limit was known in a cycle: then only its readings tell whether it was used up. */
export function statesNothing(
  { peak, limit, consumed }: Pick<Cycle, "peak" | "limit" | "consumed">,
): boolean {
  return peak === null && limit === null && consumed === 0;
}

/** @param highest the highest share its readings had, where that was looked up */
export function displayCycle(cycle: Cycle, window: Window, highest: number | null): ShownCycle {
  const isCounted = !statesNothing(cycle) || isGauge(window) || window.kind === "balance";
  return {
    ...cycle,
    consumed: isCounted ? cycle.consumed : null,
    peakShare: shareOf(cycle.peak, cycle.limit) ?? highest,
  };
}

/** A cycle as it is stored, or as it is shown. */
export type CycleFacts = Omit<ShownCycle, "peakShare"> & Partial<Pick<ShownCycle, "peakShare">>;

export function peakShareOf({ peak, limit, peakShare }: CycleFacts): number | null {
  return peakShare ?? shareOf(peak, limit);
}
