/** Writes the text of a summary: what was used and by what, what was wasted, and whether the plan fits. Pure. */
import { DAY_MS } from "../duration.ts";
import type { Use } from "../history/usage.ts";
import type { Part } from "../quota.ts";
import { wallText } from "../time.ts";
import { type DisplayUnit, formatLimits, formatQuantity, formatShare } from "../view/format.ts";
import type { Alert } from "./alert.ts";
import type { SummaryPeriod } from "./summary.ts";

/** One quota in the period of a summary. */
export interface SummaryQuota {
  /** Includes the account: `Claude Weekly`. */
  readonly name: string;
  readonly unit: DisplayUnit;
  readonly isBalance: boolean;
  /** Null without readings in the period. */
  readonly use: Use | null;
  /** What its current use consists of. */
  readonly parts: readonly Part[];
  /** The windows that ended in the period, complete ones only; length in milliseconds. */
  readonly ended: readonly { readonly peakShare: number; readonly lengthMs: number }[];
}

export interface SummaryFacts {
  readonly quotas: readonly SummaryQuota[];
  /** Titles of the alerts raised in the period, newest first. */
  readonly alerts: readonly string[];
  /** Sentences about how well the plans fit. */
  readonly plans: readonly string[];
}

/** Unused allowance of windows this long is worth reporting; shorter ones end unused every night. */
const MIN_WASTED_MS = 0.95 * DAY_MS;
/** And unless more than this was used of them on average. */
const MAX_USED = 0.9;
const MAX_SHORT = 3;
const MAX_LINES = 20;
const MAX_PARTS = 3;

/** Returns null when the period holds no reading. */
export function writeSummary(
  period: SummaryPeriod,
  facts: SummaryFacts,
  zone: string,
): Pick<Alert, "title" | "text" | "details"> | null {
  const read = facts.quotas.flatMap((quota) => quota.use === null ? [] : [{ ...quota, use: quota.use }]);
  if (read.length === 0) return null;
  const used = read.filter(({ use }) => use.consumed > 0)
    .sort((a, b) => (b.use.share ?? 0) - (a.use.share ?? 0));
  const lines = used.map((quota) => `${quota.name}: ${useWords(quota)}`);
  const wasted = read.flatMap((quota) => describeWasted(quota) ?? []);
  // The parts of a balance are what is left of it.
  const parts = used.flatMap(({ name, parts, isBalance }) => isBalance ? [] : partWords(name, parts) ?? []);
  const day = period.interval === "daily" ? "day" : "week";
  const more = lines.length - MAX_SHORT;
  const formatSection = (title: string, rows: readonly string[]) =>
    rows.length === 0 ? [] : [`${title}:\n${rows.slice(0, MAX_LINES).map((row) => `- ${row}`).join("\n")}`];
  return {
    title: `${period.interval === "daily" ? "Daily" : "Weekly"} summary: ${
      lines.length === 0 ? "nothing was used" : `${lines.length} of ${read.length} quotas used`
    }`,
    text: [
      ...lines.length === 0 ? [`Nothing was used this ${day}.`] : lines.slice(0, MAX_SHORT),
      ...more > 0 ? [`and ${more} more`] : [],
      ...wasted.length === 0 ? [] : [`Unused: ${wasted[0]}`],
    ].join("\n"),
    details: [
      `From ${wallText(period.from, zone)} to ${wallText(period.to, zone)} (${zone}).`,
      ...formatSection("Used", lines),
      ...formatSection("By source, in the current window", parts),
      ...formatSection("Ended unused", wasted),
      ...formatSection("Alerts", facts.alerts),
      ...formatSection("Plans", facts.plans),
    ].join("\n\n"),
  };
}

/** Formats `210% of its limit, at most 85% at once, 4 resets`; the amount when there is no limit. */
function useWords({ unit, isBalance, use }: SummaryQuota & { readonly use: Use }): string {
  const amount = formatQuantity(use.consumed, unit);
  if (isBalance) return `${amount} spent`;
  if (use.share === null) return amount;
  return [
    `${formatLimits(use.share)} of its limit${unit === "percent" ? "" : ` (${amount})`}`,
    ...use.high === null ? [] : [`at most ${formatShare(use.high)} at once`],
    ...use.resets === 0 ? [] : [`${use.resets} reset${use.resets === 1 ? "" : "s"}`],
  ].join(", ");
}

function describeWasted({ name, ended }: SummaryQuota): string | null {
  const long = ended.filter(({ lengthMs }) => lengthMs >= MIN_WASTED_MS);
  if (long.length === 0) return null;
  const used = long.reduce((sum, { peakShare }) => sum + Math.min(1, peakShare), 0) / long.length;
  if (used > MAX_USED) return null;
  const left = `${name}: ${formatShare(1 - used)} was left`;
  return long.length === 1 ? `${left} at its reset` : `${left} on average at ${long.length} resets`;
}

function partWords(name: string, parts: readonly Part[]): string | null {
  const known = parts.filter(({ used }) => used > 0).toSorted((a, b) => b.used - a.used);
  const total = known.reduce((sum, { used }) => sum + used, 0);
  if (parts.length < 2 || !(total > 0) || !Number.isFinite(total)) return null;
  return `${name}: ${
    known.slice(0, MAX_PARTS).map((part) => `${part.name} ${formatShare(part.used / total)}`).join(", ")
  }`;
}
