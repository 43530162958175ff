/** The row of small figures above the insights. */
import { DAY_MS } from "../duration.ts";
import { displayUnit, formatNumber } from "../view/format.ts";
import { measureCoverage } from "./coverage.ts";
import type { InsightAccount, InsightFacts, InsightQuota } from "./facts.ts";
import { compareNames } from "../quota.ts";
import { createInsightContext, type InsightContext, rangeMs, rangeWords } from "./insight_context.ts";
import { computePortion, measureUse } from "./quota_use.ts";
import { daysText, useText } from "./words.ts";

/** Maximum number of quotas; sessions and coverage follow. */
const MAX_QUOTAS = 6;

export interface InsightStat {
  readonly value: string;
  readonly label: string;
  readonly sublabel?: string;
}

/**
 * Returns the use of 30 and of 7 days, for up to six quotas, then the sessions of the range and the date of
 * the first reading. Empty without any reading.
 *
 * @throws {RangeError} when the zone is unknown
 */
export function computeStats(
  facts: Pick<InsightFacts, "now" | "zone" | "range" | "accounts">,
): readonly InsightStat[] {
  const context = createInsightContext(facts);
  const several = context.accounts.length > 1;
  const uses = context.accounts.flatMap((account) =>
    account.quotas.flatMap((quota) => useStat(account, quota, context, several) ?? [])
  );
  const coverages = context.accounts.flatMap((account) => measureCoverage(account, context) ?? []);
  if (coverages.length === 0) return [];
  const since = Math.min(...coverages.map((coverage) => coverage.since));
  const sessions = context.accounts.flatMap((account) => account.sessions)
    .filter((session) => session.startedAt >= context.now - rangeMs(context.range));
  return [
    ...uses.sort((a, b) => b.share - a.share || compareNames(a.key, b.key)).slice(0, MAX_QUOTAS)
      .map(({ stat }) => stat),
    { value: formatNumber(sessions.length), label: "Sessions", sublabel: `in ${rangeWords(context.range)}` },
    {
      value: daysText(context.now - since),
      label: "Readings since",
      sublabel: context.date(since),
    },
  ];
}

function useStat(account: InsightAccount, quota: InsightQuota, context: InsightContext, several: boolean) {
  const month = measureUse(quota, context, 30);
  const week = measureUse(quota, context, 7);
  if (!month || !Number.isFinite(month.consumed)) return null;
  const name = several ? `${account.providerName}, ${quota.label}` : quota.label;
  // With less than 30 days of data, say since when.
  const late = month.from > context.daysFrom(30) + DAY_MS ? `since ${context.date(month.from)}, ` : "";
  return {
    key: quota.key,
    share: computePortion(quota, month.consumed),
    stat: {
      value: useText(month.consumed, displayUnit(quota)),
      label: `${name}, 30 days`,
      // Without a reading in the week, its use is unknown.
      sublabel: `${late}${week ? useText(week.consumed, displayUnit(quota)) : "no readings"} in 7 days`,
    },
  };
}
