/** Which alerts the present of an account raises, given what was raised before. */
import type { AccountView } from "../view/view.ts";
import type { Decision } from "./alert.ts";
import { decideAccount } from "./decide_account.ts";
import { decideQuota } from "./decide_quota.ts";
import { type AlertMemory, EMPTY_ALERT_MEMORY, type QuotaMemory } from "./memory.ts";
import type { AlertRules } from "./rules.ts";

export interface DecideInput {
  readonly account: AccountView;
  /** Null before the account was ever considered. */
  readonly memory: AlertMemory | null;
  readonly rules: AlertRules;
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA zone of the times in messages. */
  readonly zone: string;
  /** Decides about the newest readings once more, to explain them. */
  readonly again?: boolean;
}

export interface Decided {
  /** In a fixed order: the account first, then its quotas. */
  readonly decisions: readonly Decision[];
  readonly memory: AlertMemory;
}

/** Pure: the same input gives the same decisions and memory. */
export function decideAlerts({ account, memory, rules, now, zone, again = false }: DecideInput): Decided {
  const before = memory ?? EMPTY_ALERT_MEMORY;
  // Before its first readings an account has nothing that could be news.
  const first = memory === null;
  const own = decideAccount({ account, memory: before, first, rules, now, zone });
  const decisions: Decision[] = [...own.decisions];
  const quotas: Record<string, QuotaMemory> = {};
  for (const quota of account.quotas) {
    const known = Object.hasOwn(before.quotas, quota.quota) ? before.quotas[quota.quota]! : null;
    const decided = decideQuota({ account, quota, memory: known, rules, now, zone, again });
    decisions.push(...decided.decisions);
    if (decided.memory !== null) quotas[quota.quota] = decided.memory;
  }
  // A quota that a partial view does not mention is remembered.
  for (const [name, known] of Object.entries(before.quotas)) quotas[name] ??= known;
  return { decisions, memory: { ...own.memory, quotas } };
}
