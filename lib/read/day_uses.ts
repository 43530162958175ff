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
export function usesWithin(quota: QuotaKey, { from, to }: Slot, { days, uses }: DayRead): Use | null {
  const own = (uses.get(quota)?.uses ?? []).filter((use, day): use is Use =>
    use !== null && days[day]!.from >= from && days[day]!.from < to
  );
  return own.length === 0 ? null : own.reduce(mergeUse);
}
