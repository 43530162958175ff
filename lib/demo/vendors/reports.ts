/** Monthly reports of API platforms: a bucket for each day up to now. */
import type { CountedUsage } from "./usage.ts";
import { DAY } from "./periods.ts";

export interface DayOfReport {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** What was used in it. */
  readonly used: number;
}

/** Returns the days of the current window; they add up exactly to what the gauge states. */
export function listDays(gauge: CountedUsage, now: number): readonly DayOfReport[] {
  const { window } = gauge.meter.at(now);
  const days: DayOfReport[] = [];
  let before = 0;
  for (let from = window?.from ?? now; from < now; from += DAY) {
    const until = gauge.stated(Math.min(now, from + DAY - 1));
    days.push({ from, to: from + DAY, used: Number((until - before).toFixed(4)) });
    before = until;
  }
  return days;
}
