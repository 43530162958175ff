/** Insights in the shape and under the keys of the quota API, and the hidden keys translated back to ours. */
import {
  type Insight,
  INSIGHT_RULES,
  type InsightStat,
  type InsightType,
} from "../model/insights/insight.ts";
import { type QuotaKey, splitQuotaKey } from "../model/quota.ts";
import { findShape } from "./quota_api_shapes.ts";

/** A card of `/api/insights`. */
export interface InsightCard {
  readonly key: string;
  readonly type: "recommendation" | "trend" | "factual";
  readonly severity: Insight["severity"];
  readonly title: string;
  readonly metric: string;
  readonly sublabel: string;
  readonly description: string;
}

export interface InsightsJson {
  readonly stats: readonly InsightStat[];
  readonly insights: readonly InsightCard[];
}

/** Types whose key is not their name in snake case. */
const ALIASES: Readonly<Partial<Record<InsightType, string>>> = {
  budget: "token_budget",
  "session-average": "session_avg",
  "tool-share": "tool_breakdown",
  usage: "usage_7d",
};

const KINDS: Readonly<Record<InsightType, InsightCard["type"]>> = {
  forecast: "recommendation",
  "cycle-utilization": "recommendation",
  budget: "recommendation",
  "plan-capacity": "recommendation",
  "weekly-pace": "trend",
  trend: "trend",
  "trend-24h": "trend",
  usage: "trend",
  "billing-use": "factual",
  variance: "factual",
  "window-ratio": "factual",
  "tokens-per-call": "factual",
  "top-tool": "factual",
  "tool-share": "factual",
  "session-average": "factual",
  coverage: "factual",
};

export function insightsJson(
  provider: string,
  stats: readonly InsightStat[],
  insights: readonly Insight[],
): InsightsJson {
  return {
    stats,
    insights: insights.map((insight) => ({
      key: cardKey(provider, insight),
      type: KINDS[insight.type],
      severity: insight.severity,
      title: insight.title,
      metric: insight.metric,
      sublabel: insight.sublabel,
      description: insight.description,
    })),
  };
}

/**
 * Builds the key: `weekly_pace` for the account and for the quota the provider is known for,
 * `weekly_pace_search` for any other quota.
 */
function cardKey(provider: string, { type, quota }: Insight): string {
  const word = chooseWord(type);
  const main = findShape(provider)?.members[0]?.quota;
  const id = quota === null ? null : splitQuotaKey(quota).quota;
  return id === null || id === main ? word : `${word}_${toSnakeCase(id)}`;
}

function chooseWord(type: InsightType): string {
  return ALIASES[type] ?? toSnakeCase(type);
}

/**
 * Translates hidden words of either kind to the keys and types of the model. A bare word hides its type
 * everywhere, one with a quota hides it for that quota, in every account. Unknown words stay as they are.
 *
 * @param quotas keys of all quotas
 */
export function hiddenKeys(words: readonly string[], quotas: readonly QuotaKey[]): readonly string[] {
  return words.flatMap((word) => {
    if (word.includes(":")) return [word];
    const keys = INSIGHT_RULES.flatMap(({ type }) => {
      const names = [type, toSnakeCase(type), chooseWord(type)];
      if (names.includes(word)) return [type];
      return quotas.filter((key) => {
        const id = splitQuotaKey(key).quota;
        return names.some((name) => word === `${name}_${toSnakeCase(id)}`);
      }).map((key) => `${type}:${key}`);
    });
    return keys.length === 0 ? [word] : keys;
  });
}

function toSnakeCase(id: string): string {
  return id.replaceAll("-", "_");
}
