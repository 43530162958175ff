/** Moves a user's alert settings to an account's new name. Pure. */
import type { AccountKey, QuotaKey } from "../quota.ts";
import type { Snooze } from "./delivery.ts";
import type { AlertRules } from "./rules.ts";

/** Ids of the settings documents. */
export const ALERT_RULES_DOC = "alert-rules";
export const ALERT_SNOOZES_DOC = "alert-snoozes";

export function renameRules(
  rules: Partial<AlertRules>,
  from: AccountKey,
  to: AccountKey,
): Partial<AlertRules> {
  const only = Object.entries(rules.only ?? {}).map(([target, rule]) => [renameKey(target, from, to), rule]);
  return { ...rules, only: Object.fromEntries(only) as NonNullable<AlertRules["only"]> };
}

export function renameSnoozes(
  snoozes: readonly Snooze[],
  from: AccountKey,
  to: AccountKey,
): readonly Snooze[] {
  return snoozes.map((one) => ({
    ...one,
    target: renameKey(one.target, from, to) as AccountKey | QuotaKey | "*",
  }));
}

/** Renames the key of the account or of one of its quotas; returns others unchanged. */
function renameKey(key: string, from: AccountKey, to: AccountKey): string {
  return key === from || key.startsWith(`${from}/`) ? `${to}${key.slice(from.length)}` : key;
}
