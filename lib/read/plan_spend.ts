/** Reads how much of a plan was used, and what that was worth. */
import { DAY_MS } from "../model/duration.ts";
import { countQuotas, NOT_COUNTED, type Pool } from "../model/history/counting.ts";
import { isGauge, windowLengthMs } from "../model/quota.ts";
import type { Money } from "../model/spend/money.ts";
import type { Month } from "../model/spend/month.ts";
import { planUse } from "../model/spend/plan_use.ts";
import { monthPrice, planWorth } from "../model/spend/plan_cost.ts";
import type { PriceHistory } from "../model/spend/price.ts";
import type { PlanSpend } from "../model/spend/spend.ts";
import type { AccountView, QuotaView } from "../model/view/view.ts";
import { type DayRead, findUsesWithin } from "./day_uses.ts";

/** Number of days behind the use of a plan. */
const PLAN_DAYS = 30;

/** Returns the allowances of a plan: quotas with a limit and a length that are not money. */
export function planQuotas(
  account: AccountView,
  poolsOf: (provider: string) => readonly Pool[],
): readonly QuotaView[] {
  const counted = countQuotas(account.quotas, poolsOf(account.provider));
  return account.quotas.filter((quota) =>
    !quota.gone && quota.limit !== null && !isGauge(quota.window) && quota.window.kind !== "balance" &&
    measureLength(quota) !== null && !(counted.get(quota.quota) ?? NOT_COUNTED).spend
  );
}

/** Returns how long the window of a quota is; null when that is not known. */
export function measureLength(quota: QuotaView): number | null {
  const { window, resetsAt, cycle } = quota;
  // A cycle first read while under way is longer than the observed part.
  return windowLengthMs({ window, resetsAt, ...cycle.whole && { startedAt: cycle.startedAt } });
}

/** Returns how much of a plan was used in the last 30 days, or since the first reading, and what that was worth. */
export function usePlan(
  quotas: readonly QuotaView[],
  history: PriceHistory,
  read: DayRead,
  zone: string,
): Pick<PlanSpend, "use" | "worth"> {
  const { now, days, uses } = read;
  const since = now - PLAN_DAYS * DAY_MS;
  const first = days.find(({ to }, day) =>
    to > since && quotas.some(({ key }) => (uses.get(key)?.uses[day] ?? null) !== null)
  );
  if (!first) return { use: null, worth: [] };
  const begun = quotas.flatMap(({ key }) => uses.get(key)?.since ?? []);
  const from = Math.max(first.from, Math.min(...begun, now));
  const parts = quotas.map((quota) => ({
    key: quota.key,
    windowMs: measureLength(quota)!,
    limits: findUsesWithin(quota.key, { from: first.from, to: Infinity }, read)?.share ?? null,
  }));
  const use = planUse(parts, now - from);
  if (use === null) return { use, worth: [] };
  const longest = Math.max(...parts.map(({ windowMs }) => windowMs));
  const [decisive] = parts.filter(({ windowMs, limits }) => windowMs === longest && limits !== null)
    .toSorted((a, b) => b.limits! - a.limits!);
  const byDay = days.flatMap((day, place) => {
    const limits = day.from < first.from ? null : uses.get(decisive!.key)?.uses[place]?.share ?? null;
    return limits === null ? [] : [{ at: Math.max(from, day.from), limits }];
  });
  return { use, worth: planWorth(history, { from, to: now }, byDay, longest, zone) };
}

/**
 * Returns what a plan cost in each month, by currency; null for a month before anything is known of it: the
 * first reading, or the first day of a price.
 *
 * @param months newest first
 */
export function planMonths(
  history: PriceHistory,
  months: readonly Month[],
  firstReading: number | null,
  zone: string,
): readonly (readonly Money[] | null)[] {
  const known = Math.min(firstReading ?? Infinity, months[0]?.from ?? Infinity);
  return months.map((month) => {
    // A price without a day says nothing of months before the account is known.
    const dated = history.filter(({ since }) => since !== null || month.to > known);
    const amounts = monthPrice(dated, month, zone);
    return amounts.length === 0 ? null : amounts;
  });
}
