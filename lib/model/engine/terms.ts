/** In which terms the readings of a quota were stated, at each time. Pure. */
import type { Unit } from "../quota.ts";

/** The unit and the plan that held before an instant, where it was another one than since then; null where it was not. */
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

/**
 * The terms of readings that are asked for in order of time.
 *
 * @param past the changes there were, oldest first
 * @param now the terms since the last one
 */
export function termsCursor(past: readonly Terms[], now: TermsOfReading): (at: number) => TermsOfReading {
  const stretches: { readonly until: number; readonly terms: TermsOfReading }[] = [];
  let terms = now;
  for (const { until, unit, plan } of past.toReversed()) {
    terms = { unit: unit ?? terms.unit, plan: plan ?? terms.plan };
    stretches.unshift({ until, terms });
  }
  let next = 0;
  return (at) => {
    while (next < stretches.length && stretches[next]!.until <= at) next++;
    return stretches[next]?.terms ?? now;
  };
}
