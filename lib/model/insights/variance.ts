/** How much the peaks of a quota differ: the spread between the highest and the mean. */
import { formatShare } from "../view/format.ts";
import type { Rule, Severity } from "./rule.ts";
import { computeMean, roundDigits, summarizeCycles } from "./quota_use.ts";
import { countPhrase } from "./words.ts";

/** With fewer cycles the insight is omitted. */
export const MIN_FOR_VARIANCE = 3;

export const variance: Rule = {
  type: "variance",
  find(account, context) {
    return account.quotas.flatMap((quota) => {
      const { word, cycles } = summarizeCycles(quota, context);
      const used = cycles.filter((cycle) => (cycle.share ?? 0) > 0);
      const shares = used.flatMap((cycle) => cycle.share ?? []);
      if (shares.length < MIN_FOR_VARIANCE) return [];
      const [first, last] = [used[0]!, used.at(-1)!];
      const average = computeMean(shares);
      const highest = Math.max(...shares);
      const spread = roundDigits(highest / average - 1);
      const [severity, words] = describeSpread(spread);
      const of = `${countPhrase(shares.length, word)} with use`;
      return [{
        quota: quota.key,
        severity,
        title: `${quota.label}: ${words}`,
        metric: `+${formatShare(spread)}`,
        figure: { value: spread, unit: "change" },
        sublabel: `highest peak compared with the mean of ${of}`,
        description: `Use of ${quota.label} is ${words}: its highest peak, ${
          formatShare(highest)
        } of the limit, is ${formatShare(spread)} above the mean of ${formatShare(average)}, over ${of}.`,
        evidence: [
          {
            label: "Mean peak",
            value: formatShare(average),
            from: first.from,
            to: last.to,
            count: shares.length,
          },
          { label: "Highest peak", value: formatShare(highest), from: first.from, to: last.to },
        ],
        weight: spread,
      }];
    });
  },
};

function describeSpread(spread: number): readonly [Severity, string] {
  if (spread > 0.5) return ["warning", "very uneven"];
  if (spread > 0.1) return ["info", "uneven"];
  return ["positive", "steady"];
}
