/** What the selected range used, what that means over a month, and what the plan would have allowed. */
import { DAY_MS, HOUR_MS } from "../duration.ts";
import { divideByLimit } from "../quota.ts";
import { displayUnit, formatShare } from "../view/format.ts";
import type { InsightQuota } from "./facts.ts";
import { type Finding, rateSeverity, type Rule, type Severity } from "./rule.ts";
import { type InsightContext, RANGE_DAYS, rangeWords } from "./insight_context.ts";
import { computePortion, measureUse, type UseInRange, windowsIn } from "./quota_use.ts";
import { amountText, daysText, useText } from "./words.ts";

const MONTH_MS = 30 * DAY_MS;

/** Minimum coverage before a range is summed up. */
const MIN_MS = { 1: 6 * HOUR_MS, 7: DAY_MS, 30: 3 * DAY_MS } as const;

export const usage: Rule = {
  type: "usage",
  find(account, context) {
    const days = RANGE_DAYS[context.range];
    return account.quotas.flatMap((quota) => {
      const use = measureUse(quota, context, days);
      if (!use || use.to - use.from < MIN_MS[days]) return [];
      const total = useText(use.consumed, displayUnit(quota));
      return [{
        quota: quota.key,
        severity: "info",
        title: `${quota.label}: use in ${rangeWords(context.range)}`,
        metric: total,
        figure: { value: use.consumed, unit: quota.unit },
        sublabel: sinceText(use, context),
        description: `${total} of ${quota.label} in ${rangeWords(context.range)}${
          days === 1 ? "" : describeDays(quota, use, context)
        }.`,
        evidence: [{ label: "Used", value: total, from: use.from, to: use.to, count: use.seen }],
        weight: computePortion(quota, use.consumed),
      }];
    });
  },
};

/** Describes the average day, and the busiest one if it stands out. */
function describeDays(quota: InsightQuota, use: UseInRange, context: InsightContext): string {
  if (use.consumed <= 0) return "";
  const average = perDay(use);
  const busiest = use.buckets.reduce((most, bucket) => bucket.consumed > most.consumed ? bucket : most);
  const most = busiest.consumed <= average
    ? ""
    : `, most on ${context.date(busiest.firstAt)} (${useText(busiest.consumed, displayUnit(quota))})`;
  return `, ${useText(average, displayUnit(quota))} a day on average${most}`;
}

export const weeklyPace: Rule = {
  type: "weekly-pace",
  find(account, context) {
    return account.quotas.flatMap((quota) => {
      const use = measureUse(quota, context, 7);
      // A weekly figure needs at least three days of the week, with readings on each.
      if (!use || quota.gone || use.to - use.from < 3 * DAY_MS || use.seen < 3) return [];
      return quota.window.kind === "balance" ? balancePace(quota, use) : findPace(quota, use, context);
    });
  },
};

function findPace(quota: InsightQuota, use: UseInRange, context: InsightContext): readonly Finding[] {
  const month = perDay(use) * 30;
  const allowed = computeAllowed(quota, MONTH_MS);
  const share = divideByLimit(month, allowed);
  if (share === null) return [];
  return [{
    quota: quota.key,
    severity: rateSeverity(share),
    title: `${quota.label}: weekly pace`,
    metric: formatShare(share),
    figure: { value: share, unit: "share" },
    sublabel: `of what 30 days allow; ${sinceText(use, context)}`,
    description: `At the pace of the last 7 days, 30 days would use ${
      useText(month, displayUnit(quota))
    } of ${quota.label}, ${formatShare(share)} of the ${
      useText(allowed, displayUnit(quota))
    } its limit allows in that time.`,
    evidence: [
      totalUse(quota, use),
      { label: "At this pace in 30 days", value: useText(month, displayUnit(quota)) },
      { label: "Allowed in 30 days", value: useText(allowed, displayUnit(quota)) },
    ],
    weight: share,
  }];
}

/** Returns what the limit of a quota allows in a duration; 0 without a limit or the length of its windows. */
function computeAllowed(quota: InsightQuota, ms: number): number {
  return (quota.limit ?? 0) * (windowsIn(quota, ms) ?? 0);
}

/** A balance has no monthly allowance, only the time until it runs out, and none while nothing is used. */
function balancePace(quota: InsightQuota, use: UseInRange): readonly Finding[] {
  const { remaining } = quota;
  const daily = perDay(use);
  if (remaining === null || remaining < 0) return [];
  const days = divideByLimit(remaining, daily);
  if (days === null) return [];
  const left = amountText(remaining, displayUnit(quota));
  const monthly = useText(daily * 30, displayUnit(quota));
  const lasts = days > 365 ? "more than a year" : `about ${daysText(days * DAY_MS)}`;
  return [{
    quota: quota.key,
    severity: lastingSeverity(days),
    title: `${quota.label}: how long it lasts`,
    metric: lasts,
    figure: { value: days, unit: "days" },
    sublabel: `${left} left; ${monthly} in 30 days`,
    description:
      `At the pace of the last 7 days, the ${left} left of ${quota.label} lasts ${lasts}; 30 days would use ${monthly}.`,
    evidence: [totalUse(quota, use), { label: "Left", value: left }],
    weight: -days,
  }];
}

function lastingSeverity(days: number): Severity {
  if (days < 3) return "negative";
  if (days < 7) return "warning";
  return days < 30 ? "info" : "positive";
}

export const planCapacity: Rule = {
  type: "plan-capacity",
  find(account, context) {
    return account.quotas.flatMap((quota) => {
      const use = measureUse(quota, context, 30);
      if (!use || quota.gone || use.to - use.from < 7 * DAY_MS || use.seen < 5) return [];
      const daily = computeAllowed(quota, DAY_MS);
      const share = divideByLimit(perDay(use), daily);
      if (share === null) return [];
      return [{
        quota: quota.key,
        severity: rateSeverity(share),
        title: `${quota.label}: plan capacity`,
        metric: useText(daily * 30, displayUnit(quota)),
        figure: { value: share, unit: "share" },
        sublabel: `in 30 days; ${formatShare(share)} of it in use`,
        description: `The limit of ${quota.label} allows ${useText(daily, displayUnit(quota))} a day and ${
          useText(daily * 30, displayUnit(quota))
        } in 30 days; in the last ${daysText(use.to - use.from)} you used ${
          useText(use.consumed, displayUnit(quota))
        }, ${formatShare(share)} of what it allowed.`,
        evidence: [
          { label: "Allowed a day", value: useText(daily, displayUnit(quota)) },
          { label: "Allowed in 30 days", value: useText(daily * 30, displayUnit(quota)) },
          totalUse(quota, use),
        ],
        weight: share,
      }];
    });
  },
};

function totalUse(quota: InsightQuota, use: UseInRange) {
  const value = useText(use.consumed, displayUnit(quota));
  return { label: "Used", value, from: use.from, to: use.to, count: use.seen };
}

/** Averages over the covered time, not over the requested time. */
export function perDay(use: UseInRange): number {
  return use.consumed / ((use.to - use.from) / DAY_MS);
}

function sinceText(use: UseInRange, context: InsightContext): string {
  return `${daysText(use.to - use.from)} since ${context.date(use.from)}`;
}
