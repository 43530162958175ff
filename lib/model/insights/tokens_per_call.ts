/** Tokens per call, for an account that counts both: over the days (or hours) with readings of both. */
import { formatNumber, formatQuantity } from "../view/format.ts";
import type { InsightAccount, InsightQuota } from "./facts.ts";
import type { Rule } from "./rule.ts";
import { type InsightContext, RANGE_DAYS, rangeWords } from "./insight_context.ts";
import { measureSpan, measureUse, sharedBuckets, sum } from "./quota_use.ts";
import { roundRoughly, useText } from "./words.ts";

/** With fewer calls the insight is omitted. */
export const MIN_CALLS = 20;

export const tokensPerCall: Rule = {
  type: "tokens-per-call",
  find(account, context) {
    const pair = pickPair(account, context);
    if (!pair || pair.calls < MIN_CALLS || pair.tokens <= 0) return [];
    const { tokens, calls, from, to } = pair;
    const each = tokens / calls;
    const metric = formatNumber(roundRoughly(each));
    const [spent, made] = [useText(tokens, "tokens"), useText(calls, "requests")];
    return [{
      severity: "info",
      title: "Tokens per call",
      metric,
      figure: { value: each, unit: "tokens-per-request" },
      sublabel: `${pair.tokenQuota.label} by ${pair.callQuota.label}`,
      description: `About ${formatQuantity(roundRoughly(each), "tokens")} for each call in ${
        rangeWords(context.range)
      }: ${spent} of ${pair.tokenQuota.label} and ${made} of ${pair.callQuota.label}.`,
      evidence: [
        { label: pair.tokenQuota.label, value: spent, from, to, count: pair.seen },
        { label: pair.callQuota.label, value: made, from, to, count: pair.seen },
      ],
      weight: each,
    }];
  },
};

interface Pair {
  readonly tokenQuota: InsightQuota;
  readonly callQuota: InsightQuota;
  readonly tokens: number;
  readonly calls: number;
  readonly from: number;
  readonly to: number;
  readonly seen: number;
}

/** Picks the pair with most calls; among equals the one with most tokens, then the first by key. */
function pickPair(account: InsightAccount, context: InsightContext): Pair | null {
  const of = (unit: "tokens" | "requests") => account.quotas.filter((quota) => quota.unit === unit);
  const pairs = of("tokens").flatMap((tokenQuota) =>
    of("requests").flatMap((callQuota) => pairUse(tokenQuota, callQuota, context) ?? [])
  );
  return pairs.sort((a, b) => b.calls - a.calls || b.tokens - a.tokens)[0] ?? null;
}

function pairUse(tokenQuota: InsightQuota, callQuota: InsightQuota, context: InsightContext): Pair | null {
  const days = RANGE_DAYS[context.range];
  const shared = sharedBuckets(
    measureUse(tokenQuota, context, days)?.buckets ?? [],
    measureUse(callQuota, context, days)?.buckets ?? [],
  );
  if (shared.length === 0) return null;
  return {
    tokenQuota,
    callQuota,
    tokens: sum(shared.map(([tokens]) => tokens.consumed)),
    calls: sum(shared.map(([, calls]) => calls.consumed)),
    ...measureSpan(shared),
    seen: shared.length,
  };
}
