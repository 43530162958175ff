/** Whether use grows or falls: compares the newer half of a range with the older one. */
import { bucketStart, HOUR } from "../engine/bucket.ts";
import { displayUnit, formatNumber, formatShare } from "../view/format.ts";
import type { InsightQuota } from "./facts.ts";
import type { Finding, Rule, Severity } from "./rule.ts";
import { computeMean, type CycleSummary, roundDigits, sum, summarizeCycles } from "./quota_use.ts";
import { countPhrase, roundRoughly, useText } from "./words.ts";

/** With fewer cycles the insight is omitted. */
export const MIN_FOR_TREND = 4;
const STEADY = 0.15;
const STEADY_24H = 0.25;
/** Each half of the last day needs readings in this many of its 12 hours. */
const MIN_HOURS = 6;

export const trend: Rule = {
  type: "trend",
  find(account, context) {
    return account.quotas.flatMap((quota) => {
      const { word, cycles } = summarizeCycles(quota, context);
      const half = Math.floor(cycles.length / 2);
      // With an odd number, the middle one belongs to neither half.
      const [older, newer] = [cycles.slice(0, half), cycles.slice(cycles.length - half)];
      if (cycles.length < MIN_FOR_TREND) return [];
      return compareSides(quota, STEADY, {
        before: summarizeSide(older, computeMean),
        after: summarizeSide(newer, computeMean),
        unitWord: `a ${word}`,
        of: `${countPhrase(half, word)} compared with the ${half} before`,
        busy: computeMean(newer.map((cycle) => cycle.share ?? 0)) >= 0.5,
      });
    });
  },
};

export const trend24h: Rule = {
  type: "trend-24h",
  find(account, context) {
    const end = bucketStart(context.now, HOUR);
    const middle = end - 12 * HOUR;
    return account.quotas.flatMap((quota) => {
      // The current hour is not over, so it belongs to neither half.
      const hours = quota.hours.filter(({ start }) => start >= end - 24 * HOUR && start < end)
        .map((hour) => ({
          from: hour.start,
          to: hour.start + HOUR,
          share: hour.shareHigh,
          consumed: hour.consumed,
        }));
      const older = hours.filter((hour) => hour.from < middle);
      const newer = hours.filter((hour) => hour.from >= middle);
      if (older.length < MIN_HOURS || newer.length < MIN_HOURS) return [];
      return compareSides(quota, STEADY_24H, {
        before: summarizeSide(older, sum),
        after: summarizeSide(newer, sum),
        unitWord: "in 12 hours",
        of: "last 12 hours compared with the 12 before",
        busy: newer.some((hour) => (hour.share ?? 0) >= 0.5),
      });
    });
  },
};

interface Side {
  readonly value: number;
  readonly total: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Needs at least one cycle. */
function summarizeSide(cycles: readonly CycleSummary[], figure: (values: readonly number[]) => number): Side {
  const values = cycles.map((cycle) => cycle.consumed);
  return {
    value: figure(values),
    total: sum(values),
    from: cycles[0]!.from,
    to: cycles.at(-1)!.to,
    count: cycles.length,
  };
}

interface Sides {
  readonly before: Side;
  readonly after: Side;
  readonly unitWord: string;
  readonly of: string;
  /** True when the newer half fills at least half of the limit, so that a rise matters. */
  readonly busy: boolean;
}

function compareSides(quota: InsightQuota, steady: number, sides: Sides): readonly Finding[] {
  const { before, after } = sides;
  if (before.value <= 0 || before.total + after.total < computeMinUse(quota)) return [];
  const change = roundDigits(after.value / before.value - 1);
  const [severity, words] = describeTrend(change, steady, sides.busy);
  const [was, is] = [useText(before.value, displayUnit(quota)), useText(after.value, displayUnit(quota))];
  return [{
    quota: quota.key,
    severity,
    title: `${quota.label}: use is ${words}`,
    metric: changeText(change),
    figure: { value: change, unit: "change" },
    sublabel: sides.of,
    description: `Use of ${quota.label} is ${words}: ${is} ${sides.unitWord}, ${was} before (${
      changeText(change)
    }).`,
    evidence: [
      { label: "Before", value: was, from: before.from, to: before.to, count: before.count },
      { label: "Now", value: is, from: after.from, to: after.to, count: after.count },
    ],
    weight: Math.abs(change),
  }];
}

/**
 * Returns the minimum use: figures in steps (whole percents,
 * single requests) suggest false trends when they are small.
 */
function computeMinUse({ unit, limit }: InsightQuota): number {
  if (unit === "percent") return 5;
  const hundredth = (limit ?? 0) * 0.01;
  return unit === "requests" ? Math.max(10, hundredth) : hundredth;
}

function describeTrend(change: number, steady: number, busy: boolean): readonly [Severity, string] {
  if (change > steady) return [busy ? "warning" : "info", "rising"];
  if (change < -steady) return ["info", "falling"];
  return ["positive", "steady"];
}

/** Formats a change; beyond threefold as a factor, which reads better than such a percentage. */
function changeText(change: number): string {
  if (change >= 2) return `${formatNumber(roundRoughly(change + 1))} times as much`;
  const percent = formatShare(Math.abs(change));
  return percent === "0%" ? "unchanged" : `${change < 0 ? "-" : "+"}${percent}`;
}
