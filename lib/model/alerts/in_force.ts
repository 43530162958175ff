/** Checks whether the current rules still ask for an alert raised by earlier ones. Pure. */
import type { AccountView } from "../view/view.ts";
import type { Alert } from "./alert.ts";
import { findBudget, isAboutBudget } from "./decide_budget.ts";
import { type AlertRules, ruleFor } from "./rules.ts";
import { thresholdId } from "./threshold.ts";

/** Reports false when its budget was changed or removed, or its threshold is no longer set. */
export function isInForce(
  { id, repeats, kind, quota: quotaId }: Alert,
  account: AccountView,
  rules: AlertRules,
): boolean {
  if (kind === "over-budget") {
    return isAboutBudget(repeats ?? id, findBudget(rules, account.key));
  }
  const quota = account.quotas.find(({ quota }) => quota === quotaId);
  if (kind !== "threshold" || !quota) return true;
  return ruleFor(rules, quota).thresholds.some((line) =>
    id.startsWith(`threshold|${quota.key}|${thresholdId(line)}|`)
  );
}
