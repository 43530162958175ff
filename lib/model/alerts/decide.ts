/** Decides which alerts the current view of an account raises, given the earlier ones. */
import type { AccountView } from "../view/view.ts";
import type { Decision } from "./alert.ts";
import { decideAccount } from "./decide_account.ts";
import { decideBudget, type MonthSpend } from "./decide_budget.ts";
import { decideQuota } from "./decide_quota.ts";
import { type AlertMemory, EMPTY_ALERT_MEMORY, type QuotaMemory } from "./memory.ts";
import type { AlertRules } from "./rules.ts";

export interface DecideInput {
  readonly account: AccountView;
  /** Null before the account's first evaluation. */
  readonly memory: AlertMemory | null;
  readonly rules: AlertRules;
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA zone of the times in messages. */
  readonly zone: string;
  /** Evaluates the newest readings again, to explain them. */
  readonly again?: boolean;
  /** What the account spent this month; absent when unknown or without a budget. */
  readonly spend?: MonthSpend | null;
}

export interface AlertDecisions {
  /** In a fixed order: the account first, then its quotas. */
  readonly decisions: readonly Decision[];
  readonly memory: AlertMemory;
}

/** Pure: the same input gives the same decisions and memory. */
export function decideAlerts(input: DecideInput): AlertDecisions {
  const { account, memory, rules, now, zone, again = false, spend = null } = input;
  const before = memory ?? EMPTY_ALERT_MEMORY;
  if (!again && isOvertaken(account, before, now)) return { decisions: [], memory: before };
  // Before its first readings an account has no news.
  const first = memory === null;
  const own = decideAccount({ account, memory: before, first, rules, now, zone });
  const budget = decideBudget({ account, told: own.memory.told, first, rules, now, spend, zone });
  const decisions: Decision[] = [...own.decisions, ...budget.decisions];
  const quotas: Record<string, QuotaMemory> = {};
  for (const quota of account.quotas) {
    const known = Object.hasOwn(before.quotas, quota.quota) ? before.quotas[quota.quota]! : null;
    const decided = decideQuota({ account, quota, memory: known, rules, now, zone, again });
    decisions.push(...decided.decisions);
    if (decided.memory !== null) quotas[quota.quota] = decided.memory;
  }
  // Quotas missing from a partial view stay in memory.
  for (const [name, known] of Object.entries(before.quotas)) quotas[name] ??= known;
  const { triedAt } = account.health;
  return {
    decisions,
    memory: { ...own.memory, told: budget.told, quotas, ...triedAt !== null && { triedAt } },
  };
}

/**
 * Reports whether a later attempt was already evaluated: that poll was evaluated while this view was built from older
 * data. An attempt in the future comes from a wrong clock.
 */
function isOvertaken({ health }: AccountView, { triedAt }: AlertMemory, now: number): boolean {
  return triedAt !== undefined && triedAt <= now && health.triedAt !== null && health.triedAt < triedAt;
}
