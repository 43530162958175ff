/**
 * What is worth saying about the use of quotas: sentences with their figure,
 * severity and evidence. Pure, like the whole model; it never checks which
 * provider it looks at, and says nothing when the evidence is too thin.
 */
import { billingUse } from "./billing_use.ts";
import { budget } from "./budget.ts";
import { coverage } from "./coverage.ts";
import { cycleUtilization } from "./cycle_utilization.ts";
import type { InsightAccount, InsightFacts } from "./facts.ts";
import { forecast } from "./forecast.ts";
import type { Finding, Insight, InsightType, Rule, Severity } from "./rule.ts";
import { compareNames } from "../quota.ts";
import { createInsightContext, type InsightContext } from "./insight_context.ts";
import { sessionAverage } from "./session_average.ts";
import { roundDigits } from "./quota_use.ts";
import { tokensPerCall } from "./tokens_per_call.ts";
import { toolShare, topTool } from "./tools.ts";
import { trend, trend24h } from "./trend.ts";
import { planCapacity, usage, weeklyPace } from "./usage.ts";
import { variance } from "./variance.ts";
import { windowRatio } from "./window_ratio.ts";

export type * from "./facts.ts";
export type { Figure, FigureUnit, Insight, InsightEvidence, InsightType, Severity } from "./rule.ts";
export { DEFAULT_INSIGHT_RANGE, INSIGHT_RANGES, MAX_CYCLES } from "./facts.ts";
export { computeStats, type InsightStat } from "./stats.ts";

/** Facts without the hidden keys. */
export type UnfilteredFacts = Omit<InsightFacts, "hidden">;

/** Every rule, the more telling first: this order ranks findings of the same severity. */
export const INSIGHT_RULES: readonly Rule[] = [
  forecast,
  cycleUtilization,
  budget,
  weeklyPace,
  planCapacity,
  billingUse,
  trend,
  trend24h,
  variance,
  windowRatio,
  tokensPerCall,
  topTool,
  toolShare,
  sessionAverage,
  usage,
  coverage,
];

/** Types that say nearly the same about a quota: hiding one hides the others too. */
export const CORRELATED: readonly (readonly InsightType[])[] = [
  ["cycle-utilization", "budget"],
  ["tool-share", "top-tool"],
  ["trend", "trend-24h"],
  ["weekly-pace", "usage"],
];

/** Maximum number of insights. */
export const MAX_INSIGHTS = 50;

const SEVERITIES: readonly Severity[] = ["negative", "warning", "info", "positive"];

/**
 * Returns the visible insights: the most severe first, then by rule and weight; at most 50. The order of the
 * facts makes no difference.
 *
 * @throws {RangeError} when the zone is unknown
 */
export function findInsights(facts: InsightFacts): readonly Insight[] {
  return pickInsights(rankInsights(facts), facts.hidden);
}

/**
 * Returns all insights with their rank, including hidden ones. The result for several accounts is the union
 * of each one's, so a cache need not recompute all when one account has changed.
 *
 * @throws {RangeError} when the zone is unknown
 */
export function rankInsights(facts: UnfilteredFacts): readonly RankedInsight[] {
  const context = createInsightContext(facts);
  return context.accounts.flatMap((account) => rankAll(account, context));
}

/**
 * Selects the visible insights from ranked ones, like `findInsights`.
 *
 * @param type the only one; then all of them, however many
 */
export function pickInsights(
  ranked: readonly RankedInsight[],
  hidden: readonly string[],
  type?: InsightType,
): readonly Insight[] {
  const unwanted = hiddenKeys(hidden);
  const isWanted = ({ insight }: RankedInsight) => type === undefined || insight.type === type;
  return ranked.filter(({ insight }) => !unwanted.has(insight.key) && !unwanted.has(insight.type))
    .filter(isWanted)
    .sort(byImportance)
    .slice(0, type === undefined ? MAX_INSIGHTS : ranked.length)
    .map(({ insight }) => insight);
}

/** Returns a key with its correlated keys; for a bare type the correlated types. */
export function listCorrelated(key: string): readonly string[] {
  const [type = key] = key.split(":");
  const subject = key.slice(type.length);
  const group = CORRELATED.find((types) => types.some((one) => one === type));
  return group ? group.map((one) => `${one}${subject}`) : [key];
}

function hiddenKeys(hidden: readonly string[]): ReadonlySet<string> {
  return new Set(hidden.flatMap(listCorrelated));
}

export interface RankedInsight {
  readonly insight: Insight;
  /** Index of its rule. */
  readonly rule: number;
  readonly weight: number;
}

function rankAll(account: InsightAccount, context: InsightContext): readonly RankedInsight[] {
  return INSIGHT_RULES.flatMap(({ type, find }, rule) =>
    find(account, context).filter(isSound).map((finding) => {
      const { weight, quota, figure, title, ...rest } = finding;
      const key = `${type}:${quota ?? account.account}`;
      return {
        rule,
        weight,
        insight: {
          key,
          type,
          account: account.account,
          quota: quota ?? null,
          // A vendor may begin the name of a quota, with which most titles begin, with a small letter.
          title: title.charAt(0).toUpperCase() + title.slice(1),
          figure: { ...figure, value: roundDigits(figure.value) },
          ...rest,
        },
      };
    })
  );
}

/** Rejects overflowed figures. */
function isSound({ figure, weight }: Finding): boolean {
  return Number.isFinite(figure.value) && Number.isFinite(weight);
}

function byImportance(a: RankedInsight, b: RankedInsight): number {
  return SEVERITIES.indexOf(a.insight.severity) - SEVERITIES.indexOf(b.insight.severity) ||
    a.rule - b.rule || b.weight - a.weight || compareNames(a.insight.key, b.insight.key);
}
