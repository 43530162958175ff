/** Announces, once a month, that an account has spent more than its monthly budget. */
import { formatMoney } from "../spend/words.ts";
import { formatShare } from "../view/format.ts";
import type { AccountKey } from "../quota.ts";
import { midnight } from "../time.ts";
import type { AccountView } from "../view/view.ts";
import type { Decision } from "./alert.ts";
import { addOccasion } from "./memory.ts";
import { accountName, joinParts } from "./message.ts";
import { type AlertRules, ruleForAccount } from "./rules.ts";

/** What an account spent in a calendar month of the user's zone. */
export interface MonthSpend {
  /** `2026-11` */
  readonly month: string;
  readonly amount: number;
  /** That of the budget, an ISO 4217 code: `USD`. */
  readonly currency: string;
}

/** What an account may spend in a calendar month. */
export interface Budget {
  readonly amount: number;
  /** ISO 4217 code; null for that of the account's first money. */
  readonly currency: string | null;
}

export interface BudgetInput {
  readonly account: AccountView;
  /** The occasions already announced. */
  readonly told: readonly string[];
  /** Whether this is the account's first evaluation. */
  readonly first: boolean;
  readonly rules: AlertRules;
  readonly now: number;
  readonly spend: MonthSpend | null;
  readonly zone: string;
}

/** Returns an account's monthly budget; null for none. */
export function findBudget(rules: AlertRules, account: AccountKey): Budget | null {
  const { budget, budgetCurrency } = ruleForAccount(rules, account);
  return budget > 0 ? { amount: budget, currency: budgetCurrency } : null;
}

export function decideBudget({ account, told, first, rules, now, spend, zone }: BudgetInput): {
  readonly decisions: readonly Decision[];
  readonly told: readonly string[];
} {
  const { budget, off } = ruleForAccount(rules, account.key);
  if (budget <= 0 || account.paused) return { decisions: [], told };
  const base = { kind: "over-budget", quota: null } as const;
  if (spend === null) {
    return { decisions: [{ ...base, reason: "figure-unknown", figure: "" }], told };
  }
  const [spent, of] = [
    formatMoney(spend.amount, spend.currency),
    formatMoney(budget, spend.currency),
  ];
  const figure = `${spent} of ${of}`;
  const skip = (reason: Decision["reason"], toldNow = told) => ({
    decisions: [{ ...base, reason, figure }],
    told: toldNow,
  });
  if (spend.amount <= budget) return skip("not-reached");
  // A changed budget is a new line to cross. Earlier versions announced it without its currency.
  const amountOnly = `over-budget|${spend.month}|${budget}`;
  const occasion = `${amountOnly}|${spend.currency}`;
  if (told.includes(occasion) || told.includes(amountOnly)) return skip("already-raised");
  const toldNow = addOccasion(told, occasion);
  if (off.includes("over-budget")) return skip("turned-off", toldNow);
  if (first) return skip("first-reading", toldNow);
  return {
    decisions: [{
      ...base,
      reason: "raised",
      figure,
      alert: {
        id: `over-budget|${account.key}|${spend.month}|${budget}|${spend.currency}`,
        kind: "over-budget",
        severity: "warning",
        account: account.key,
        quota: null,
        at: now,
        title: `${accountName(account)}: over budget`,
        text: joinParts(
          `${spent} spent in ${spend.month}`,
          `${formatShare(spend.amount / budget)} of the budget of ${of}`,
        ),
        details: "Slow down, lower the vendor's own spend limit, or raise the budget.",
        expiresAt: monthEnd(spend.month, zone),
      },
    }],
    told: toldNow,
  };
}

/** Reports whether an alert was raised for the budget in force; those of earlier versions do not name its currency. */
export function isAboutBudget(id: string, budget: Budget | null): boolean {
  // The name of an account may contain anything.
  const [, amount, currency = null] = /\|\d{4}-\d\d\|([^|]+)(?:\|([A-Z]{3}))?$/.exec(id) ?? [];
  return budget !== null && amount === String(budget.amount) &&
    (currency === null || budget.currency === null || currency === budget.currency);
}

/** Returns the end of a month such as `2026-11` in a zone, epoch milliseconds. */
function monthEnd(text: string, zone: string): number {
  const [year, month] = text.split("-").map(Number) as [number, number];
  return midnight(year, month + 1, 1, zone);
}
