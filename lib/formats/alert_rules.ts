/** The rules of alerts as JSON. Shares are 0 to 1 and more, times are seconds. */
import { type AlertRules, type QuotaRule } from "../model/alerts/rules.ts";
import { SECOND_MS } from "../model/duration.ts";

/** @param known reports whether an account or quota may be named */
export function alertRulesJson(rules: AlertRules, known: (key: string) => boolean) {
  const { runOutProbability, expiryNoticeMs, failingAfterMs, only } = rules;
  return {
    rules: {
      ...ruleJson(rules),
      runOutProbability,
      expiryNoticeSeconds: expiryNoticeMs / SECOND_MS,
      failingAfterSeconds: failingAfterMs / SECOND_MS,
      only: Object.entries(only ?? {}).filter(([key]) => known(key)).map(([of, rule]) => ({
        of,
        ...ruleJson(rule),
      })),
    },
  };
}

function ruleJson(
  { thresholds, balanceBelow, budget, budgetCurrency, repeatEveryMs, repeatMost, off }: QuotaRule,
) {
  return {
    ...thresholds && { thresholds },
    ...balanceBelow !== undefined && { balanceBelow },
    ...budget !== undefined && { budget },
    ...budgetCurrency && { budgetCurrency },
    ...repeatEveryMs !== undefined && { repeatEverySeconds: repeatEveryMs / SECOND_MS },
    ...repeatMost !== undefined && { repeatMost },
    ...off && { off },
  };
}
