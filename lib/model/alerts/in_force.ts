/** Whether the rules of now still ask for an alert that was raised by earlier ones. Pure. */
import type { AccountView } from "../view/view.ts";
import type { Alert } from "./alert.ts";
import { type AlertRules, ruleFor, ruleForAccount } from "./rules.ts";
import { thresholdId } from "./threshold.ts";

/** Reports false for a budget that was changed or removed, and for a threshold that is no line any more. */
export function isInForce(
  { id, repeats, kind, quota: quotaId }: Alert,
  account: AccountView,
  rules: AlertRules,
): boolean {
  if (kind === "over-budget") {
    return (repeats ?? id).endsWith(`|${ruleForAccount(rules, account.key).budget}`);
  }
  const quota = account.quotas.find(({ quota }) => quota === quotaId);
  if (kind !== "threshold" || !quota) return true;
  return ruleFor(rules, quota).thresholds.some((line) =>
    id.startsWith(`threshold|${quota.key}|${thresholdId(line)}|`)
  );
}
