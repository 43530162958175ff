/** The use of quotas by day, as spend sums it up. */
import { mergeUse, type QuotaUses, type Slot, type Use } from "../model/history/usage.ts";
import type { QuotaKey } from "../model/quota.ts";

/** Use by day, and when readings began. */
export type DayUses = ReadonlyMap<QuotaKey, Pick<QuotaUses, "uses" | "since">>;

export interface DayRead {
  readonly now: number;
  readonly days: readonly Slot[];
  readonly uses: DayUses;
}

/** Returns the use of a quota in the days of a time; null when none of them was read. */
export function findUsesWithin(quota: QuotaKey, { from, to }: Slot, { days, uses }: DayRead): Use | null {
  const own = (uses.get(quota)?.uses ?? []).filter((use, day): use is Use =>
    use !== null && days[day]!.from >= from && days[day]!.from < to
  );
  return own.length === 0 ? null : own.reduce(mergeUse);
}

/**
 * Returns the consumption of each day, null where it is unknown. What was consumed in days without readings is counted with
 * the next reading: it is spread over them, or a day after two idle weeks would state the pace of one day.
 */
export function spreadOverGaps(uses: readonly (Use | null)[]): readonly (number | null)[] {
  const days: (number | null)[] = uses.map((use) => use?.consumed ?? null);
  let last = -1;
  for (const [place, use] of uses.entries()) {
    if (use === null) continue;
    // A reset in between hides what was consumed before it.
    if (last >= 0 && use.resets === 0) {
      days.fill(use.consumed / (place - last), last + 1, place + 1);
    }
    last = place;
  }
  return days;
}
