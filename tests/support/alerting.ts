/** Evaluates a sequence of views, as polls produce them, for tests of alerts. */
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { decideAlerts } from "../../lib/model/alerts/decide.ts";
import type { AlertMemory } from "../../lib/model/alerts/memory.ts";
import { type AlertRules, DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "./views.ts";

export const ZONE = "Europe/Berlin";

/** Evaluates views in order, as polls produce them, and returns the alerts of each. */
export function createEvaluator(rules: AlertRules = DEFAULT_ALERT_RULES) {
  let memory: AlertMemory | null = null;
  return {
    see(account: AccountView, now: number): readonly Alert[] {
      const decided = decideAlerts({ account, memory, rules, now, zone: ZONE });
      memory = JSON.parse(JSON.stringify(decided.memory));
      return decided.decisions.flatMap(({ alert }) => alert ?? []);
    },
    reasons(account: AccountView, now: number) {
      return decideAlerts({ account, memory, rules, now, zone: ZONE }).decisions;
    },
  };
}

/** Returns an account whose only quota was read at that minute, with that use, and the time of the reading. */
export function at(
  minute: number,
  used: number,
  fields: Partial<QuotaView> = {},
  account: Partial<AccountView> = {},
) {
  const now = READ_AT + minute * MINUTE_MS;
  return [accountViewOf([quotaViewOf({ at: now, used, ...fields })], { at: now, ...account }), now] as const;
}

export function listKinds(alerts: readonly Alert[]): readonly string[] {
  return alerts.map(({ kind }) => kind);
}

/** Returns a cycle that began an hour before the first reading, plus that many minutes. */
export function cycleAt(minute: number) {
  return { startedAt: READ_AT - HOUR_MS + minute * MINUTE_MS, peak: null, consumed: null, whole: true };
}
