/** Where days and weeks begin. Computed once per day and zone, since calendar lookups are slow. */
import { dayStart, lastDayStarts, weekStart } from "../../model/time.ts";

/** Maximum number of days to aggregate. */
const MAX_DAYS = 62;
const MAX_WEEKS = 9;

export interface Starts {
  readonly zone: string;
  /** Newest first. */
  readonly dayStarts: readonly number[];
  readonly weekStarts: readonly number[];
}

let known: Starts & { readonly until: number } | undefined;

export function startsAt(now: number, zone: string): Starts {
  const today = known?.dayStarts[0];
  if (!known || known.zone !== zone || today === undefined || now < today || now >= known.until) {
    known = {
      zone,
      until: dayStart(now, zone, 1),
      dayStarts: lastDayStarts(now, zone, MAX_DAYS),
      weekStarts: Array.from({ length: MAX_WEEKS }, (_, back) => weekStart(now, zone, -back)),
    };
  }
  return known;
}
