/** What the use of a quota consists of, if its provider says so, and whether one part dominates. */
import { displayUnit, formatShare, isMoney } from "../view/format.ts";
import { compareNames, type Part } from "../quota.ts";
import type { InsightQuota } from "./facts.ts";
import type { Rule } from "./rule.ts";
import { roundDigits, sum } from "./quota_use.ts";
import { amountText, partText } from "./words.ts";

/** With fewer calls (or percentage points) shares are down to chance. */
const MIN_USED = 10;
/** A part above this share is worth a warning. */
const DOMINANT = 0.7;
/** Maximum parts in a sentence, and in the evidence. */
const NAMED = 3;
const MAX_PARTS = 20;

interface Breakdown {
  readonly top: Part;
  /** Largest first, without unused ones. */
  readonly parts: readonly Part[];
  readonly total: number;
}

function measureBreakdown(quota: InsightQuota): Breakdown | null {
  // The parts of a balance are what is left of it: no tool used them.
  if (quota.gone || quota.window.kind === "balance") return null;
  const parts = quota.parts.filter((part) => part.used > 0 && Number.isFinite(part.used))
    .sort((a, b) => b.used - a.used || compareNames(a.name, b.name));
  const total = sum(parts.map((part) => part.used));
  const least = isMoney(displayUnit(quota)) ? 1 : MIN_USED;
  const [top] = parts;
  return !top || quota.parts.length < 2 || total < least ? null : { top, parts, total };
}

export const toolShare: Rule = {
  type: "tool-share",
  find(account) {
    return account.quotas.flatMap((quota) => {
      const found = measureBreakdown(quota);
      if (!found) return [];
      const { top, parts, total } = found;
      const named = parts.slice(0, NAMED).map((part) => `${part.name} ${formatShare(part.used / total)}`);
      const others = parts.length > NAMED
        ? [`others ${formatShare(sum(parts.slice(NAMED).map((part) => part.used)) / total)}`]
        : [];
      return [{
        quota: quota.key,
        severity: "info",
        title: `${quota.label}: share of each tool`,
        metric: `${top.name} ${formatShare(top.used / total)}`,
        figure: { value: top.used / total, unit: "share" },
        sublabel: `of ${amountText(total, displayUnit(quota))} in the current window`,
        description: `${quota.label}, ${amountText(total, displayUnit(quota))} so far: ${
          [...named, ...others].join(", ")
        }.`,
        evidence: parts.slice(0, MAX_PARTS).map((part) => ({
          label: part.name,
          value: `${amountText(part.used, displayUnit(quota))} (${formatShare(part.used / total)})`,
        })),
        weight: total,
      }];
    });
  },
};

export const topTool: Rule = {
  type: "top-tool",
  find(account) {
    return account.quotas.flatMap((quota) => {
      const found = measureBreakdown(quota);
      if (!found) return [];
      const { top, total } = found;
      const share = top.used / total;
      if (roundDigits(share) <= DOMINANT) return [];
      return [{
        quota: quota.key,
        severity: "warning",
        title: `${quota.label}: mostly one tool`,
        metric: formatShare(share),
        figure: { value: share, unit: "share" },
        sublabel: top.name,
        description: `${top.name} makes up ${formatShare(share)} of ${quota.label}: ${
          partText(top.used, total, displayUnit(quota))
        } so far.`,
        evidence: [
          { label: top.name, value: amountText(top.used, displayUnit(quota)) },
          { label: "All tools", value: amountText(total, displayUnit(quota)), count: quota.parts.length },
        ],
        weight: share,
      }];
    });
  },
};
