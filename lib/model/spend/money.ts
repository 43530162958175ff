/** Finds the figures of an account that are money paid, each dollar once. */
import { DAY_MS } from "../duration.ts";
import { isMonthWindow } from "../history/billing.ts";
import { countQuotas, NOT_COUNTED, type Pool } from "../history/counting.ts";
import { findCurrency } from "../quota.ts";
import type { QuotaView } from "../view/view.ts";
import type { Month } from "./month.ts";

/** A monthly price or a sum of money. */
export interface Money {
  readonly amount: number;
  /** ISO 4217 code: `USD`. */
  readonly currency: string;
}

/** Returns the quotas of an account that count as money paid, by currency, dollars first. */
export function spendQuotas(
  quotas: readonly QuotaView[],
  pools: readonly Pool[],
): ReadonlyMap<string, readonly QuotaView[]> {
  const counted = countQuotas(quotas, pools);
  const money = quotas.flatMap((quota) => {
    const currency = findCurrency(quota);
    const { spend } = counted.get(quota.quota) ?? NOT_COUNTED;
    return spend && currency !== null ? [{ quota, currency }] : [];
  });
  const byCurrency = Map.groupBy(money, ({ currency }) => currency);
  return new Map(
    [...byCurrency].sort(([a], [b]) => Number(b === "USD") - Number(a === "USD"))
      .map(([currency, those]) => [currency, those.map(({ quota }) => quota)]),
  );
}

/**
 * Returns the vendor's own figure for a month when the quota counts over the calendar month: it includes what was spent
 * before readings began. Vendors' months begin hours before or after those of a zone: until the vendor's has begun, nothing
 * was spent in it. Null if the quota counts another time, or the vendor's month is over.
 */
export function findStatedForMonth(
  { window, used, resetsAt }: Pick<QuotaView, "window" | "used" | "resetsAt">,
  month: Month,
  now: number,
): number | null {
  if (!isMonthWindow(window) || resetsAt === null || resetsAt <= now) return null;
  if (Math.abs(resetsAt - month.to) <= DAY_MS) return used;
  return Math.abs(resetsAt - month.from) <= DAY_MS ? 0 : null;
}
