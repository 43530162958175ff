/** Where days and weeks begin. Reckoned once a day and zone: asking a calendar takes its time. */
import { dayStart, weekStart } from "../../model/time.ts";

/** Of more days nothing is gathered. */
const MAX_DAYS = 62;
const MAX_WEEKS = 9;

export interface Starts {
  readonly zone: string;
  /** The newest first. */
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
      dayStarts: Array.from({ length: MAX_DAYS }, (_, back) => dayStart(now, zone, -back)),
      weekStarts: Array.from({ length: MAX_WEEKS }, (_, back) => weekStart(now, zone, -back)),
    };
  }
  return known;
}
