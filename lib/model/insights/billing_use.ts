/** What the current billing period used, compared with the previous one. */
import { DAY_MS } from "../duration.ts";
import { billingPeriods, sumByPeriod } from "../history/billing.ts";
import { displayUnit, formatShare } from "../view/format.ts";
import type { InsightQuota } from "./facts.ts";
import type { Rule } from "./rule.ts";
import type { InsightContext } from "./insight_context.ts";
import { computePortion, findFirstReading, useSince } from "./quota_use.ts";
import { countPhrase, daysText, useText } from "./words.ts";

export const billingUse: Rule = {
  type: "billing-use",
  find(account, context) {
    const { current, before } = billingPeriods(account.quotas, context.now, context.zone);
    const start = context.dayOf(current.from);
    return account.quotas.flatMap((quota) => {
      const use = useSince(quota, quota.days, start);
      if (!use || use.to - use.from < DAY_MS) return [];
      const total = useText(use.consumed, displayUnit(quota));
      const former = before && previousPeriods(quota, before.from, start, context);
      const { share: highest, count } = sumByPeriod(quota.cycles, [current])[0]!;
      const late = use.from > start ? `, of which the first ${daysText(use.from - start)} were not seen` : "";
      const length = Math.round((current.to - current.from) / DAY_MS);
      return [{
        quota: quota.key,
        severity: "info",
        title: `${quota.label}: this billing period`,
        metric: total,
        figure: { value: use.consumed, unit: quota.unit },
        sublabel: `since ${context.date(use.from)}, ${context.zone}`,
        description: `${total} of ${quota.label} in ${daysText(use.to - start)} of a billing period of ${
          countPhrase(length, "day")
        }${current.by === "calendar" ? " (the calendar month)" : ""}${late}.${
          former === null ? "" : ` The whole one before used ${useText(former, displayUnit(quota))}.`
        }`,
        evidence: [
          { label: "This period", value: total, from: use.from, to: use.to, count: use.seen },
          ...former === null || !before ? [] : [{
            label: "The one before",
            value: useText(former, displayUnit(quota)),
            from: before.from,
            to: start,
          }],
          ...highest === null ? [] : [{
            label: "Highest of its cycles",
            value: formatShare(highest),
            from: current.from,
            to: context.now,
            count,
          }],
        ],
        weight: computePortion(quota, use.consumed),
      }];
    });
  },
};

/** Sums the consumption of a period; null unless it was observed from its first day on. */
function previousPeriods(
  quota: InsightQuota,
  from: number,
  to: number,
  context: InsightContext,
): number | null {
  const start = context.dayOf(from);
  // Days before the oldest stored one may have been read, but are no longer known.
  const since = Math.max(findFirstReading(quota) ?? Infinity, quota.days[0]?.start ?? Infinity);
  if (since > start + DAY_MS) return null;
  const days = quota.days.filter((day) => day.start >= start && day.start < to);
  return days.length === 0 ? null : days.reduce((total, day) => total + day.consumed, 0);
}
