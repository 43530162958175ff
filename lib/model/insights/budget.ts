/** The level of a quota in its window. */
import { displayUnit, formatDuration, formatShare } from "../view/format.ts";
import { computeShare, divideByLimit, findReset } from "../quota.ts";
import type { InsightQuota } from "./facts.ts";
import { rateSeverity, type Rule } from "./rule.ts";
import type { InsightContext } from "./insight_context.ts";
import { amountText, partText } from "./words.ts";

export const budget: Rule = {
  type: "budget",
  find(account, context) {
    return account.quotas.flatMap((quota) => {
      const share = computeShare(quota.used, quota.limit);
      // After its reset the level is unknown until the next reading.
      if (share === null || quota.gone || quota.window.kind === "balance" || isPast(quota, context)) {
        return [];
      }
      // A share has both figures.
      const [used, limit] = [quota.used!, quota.limit!];
      const gone = elapsedShare(quota, context);
      const reset = findReset(quota);
      return [{
        quota: quota.key,
        severity: rateSeverity(share),
        title: `${quota.label}: the current window`,
        metric: formatShare(share),
        figure: { value: share, unit: "share" },
        sublabel: quota.unit === "percent"
          ? "of the limit used"
          : `${partText(used, limit, displayUnit(quota))} used`,
        description: `${formatShare(share)} of ${quota.label} is used${
          gone === null ? "" : `, with ${formatShare(gone)} of its window gone`
        }${reset === null ? "" : `; it resets in ${formatDuration(reset - context.now)}`}.`,
        evidence: [
          { label: "Used", value: amountText(used, displayUnit(quota)) },
          { label: "Limit", value: amountText(limit, displayUnit(quota)) },
          ...gone === null ? [] : [{ label: "Window passed", value: formatShare(gone) }],
        ],
        weight: share,
      }];
    });
  },
};

function isPast(quota: InsightQuota, context: InsightContext): boolean {
  return quota.resetsAt !== null && quota.resetsAt <= context.now;
}

function elapsedShare(quota: InsightQuota, context: InsightContext): number | null {
  const { resetsAt, window } = quota;
  if (resetsAt === null || window.kind !== "fixed") return null;
  const left = divideByLimit((resetsAt - context.now) / 1000, window.seconds);
  return left === null || left > 1 ? null : 1 - left;
}
