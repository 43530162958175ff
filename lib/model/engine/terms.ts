/** The unit and plan a quota's readings were stated in, over time. Pure. */
import type { Unit } from "../quota.ts";

/** The unit and plan before an instant where they differ from those after it; otherwise null. */
export interface Terms {
  /** Epoch milliseconds of the first reading in other terms. */
  readonly until: number;
  readonly unit: Unit | null;
  readonly plan: string | null;
}

export interface TermsOfReading {
  readonly unit: Unit;
  readonly plan: string | null;
}

/** Returns the unit at an instant, or undefined when it was always the current one. */
export function unitAt(past: readonly Terms[], now: Unit, at: number): Unit | undefined {
  if (!past.some(({ unit }) => unit !== null)) return undefined;
  return past.find(({ until, unit }) => unit !== null && at < until)?.unit ?? now;
}

/**
 * Returns the terms of readings requested in time order.
 *
 * @param past the changes, oldest first
 * @param now the terms since the last change
 */
export function termsCursor(past: readonly Terms[], now: TermsOfReading): (at: number) => TermsOfReading {
  const phases: { readonly until: number; readonly terms: TermsOfReading }[] = [];
  let terms = now;
  for (const { until, unit, plan } of past.toReversed()) {
    terms = { unit: unit ?? terms.unit, plan: plan ?? terms.plan };
    phases.unshift({ until, terms });
  }
  let next = 0;
  return (at) => {
    while (next < phases.length && phases[next]!.until <= at) next++;
    return phases[next]?.terms ?? now;
  };
}
