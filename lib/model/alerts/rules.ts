/** The rules of alerts, global and for single accounts and quotas. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../duration.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey, type Window } from "../quota.ts";
import type { QuotaView } from "../view/view.ts";
import type { AlertKind } from "./alert.ts";
import type { Threshold } from "./threshold.ts";
import { type WindowKey, windowKey } from "./window_key.ts";

/** Rules for everything, a kind of window, an account or a quota; the narrowest one set wins, in this order. */
export interface QuotaRule {
  /** Thresholds that raise an alert when crossed, lowest first: `[0.8, 0.95]`. */
  readonly thresholds?: readonly Threshold[];
  /** The remaining amount of a balance below which an alert is raised, in its unit. */
  readonly balanceBelow?: number;
  /** What an account may spend in a calendar month; 0 for no budget. */
  readonly budget?: number;
  /**
   * The currency of that budget, an ISO 4217 code: `USD`. Null or absent in budgets that were stored without one: they
   * are in the currency of the account's first money.
   */
  readonly budgetCurrency?: string | null;
  /** How often an open alert is repeated, in milliseconds; 0 for never. */
  readonly repeatEveryMs?: number;
  /** Maximum number of repetitions. */
  readonly repeatMost?: number;
  /** Kinds that are turned off. */
  readonly off?: readonly AlertKind[];
}

/** What a rule applies to. */
export type RuleTarget = "*" | WindowKey | AccountKey | QuotaKey;

export interface AlertRules extends QuotaRule {
  readonly thresholds: readonly Threshold[];
  readonly balanceBelow: number;
  readonly off: readonly AlertKind[];
  /** Minimum run-out probability for an alert, 0 to 1. */
  readonly runOutProbability: number;
  /** How long before a login or a credit expires to raise an alert, in milliseconds. */
  readonly expiryNoticeMs: number;
  /** How long an account must fail before an alert, in milliseconds. */
  readonly failingAfterMs: number;
  /** Narrower rules, by key of a window, an account or a quota. */
  readonly only?: Readonly<Record<WindowKey | AccountKey | QuotaKey, QuotaRule>>;
}

export const DEFAULT_ALERT_RULES: AlertRules = {
  thresholds: [0.8, 0.95],
  balanceBelow: 5,
  off: ["new-account", "limit-changed"],
  runOutProbability: 0.6,
  expiryNoticeMs: 2 * DAY_MS,
  failingAfterMs: 15 * MINUTE_MS,
};

export const DEFAULT_MAX_REPEATS = 3;

/** Older readings raise no alert, however long the interval. */
export const MAX_READING_AGE_MS = HOUR_MS;

const OLD_INTERVALS = 3;

/** Reports whether a reading is too old to alert about. */
export function isOld({ at, intervalMs }: Pick<QuotaView, "at" | "intervalMs">, now: number): boolean {
  return now - at > Math.max(MAX_READING_AGE_MS, OLD_INTERVALS * (intervalMs ?? 0));
}

/** Returns the effective rule of a quota. */
export function ruleFor(
  rules: AlertRules,
  { key, window }: { readonly key: QuotaKey; readonly window: Window },
): Required<QuotaRule> {
  const { account } = splitQuotaKey(key);
  const ofWindow = windowKey(window);
  const general = merge(rules, ofWindow === null ? undefined : rules.only?.[ofWindow]);
  return merge(merge(general, rules.only?.[account]), rules.only?.[key]);
}

/** Returns the rule of a kind of window, for quotas and accounts without their own. */
export function ruleForWindow(rules: AlertRules, window: WindowKey): Required<QuotaRule> {
  return merge(rules, rules.only?.[window]);
}

/**
 * Returns the narrower rules with an account's budget set; removes the budget when it equals the global one.
 *
 * @param currency null or absent while none is known for the account
 */
export function withBudget(
  rules: AlertRules,
  account: AccountKey,
  budget: number,
  currency?: string | null,
): Pick<AlertRules, "only"> {
  const { [account]: before, ...others } = rules.only ?? {};
  const { budget: _, budgetCurrency: _of, ...rest } = before ?? {};
  // Only a budget of its own can override the global one.
  const isGlobal = budget === (rules.budget ?? 0) &&
    (budget === 0 || (currency ?? null) === (rules.budgetCurrency ?? null));
  const own: QuotaRule = isGlobal
    ? rest
    : { ...rest, budget, ...budget > 0 && currency && { budgetCurrency: currency } };
  return { only: Object.keys(own).length === 0 ? others : { ...others, [account]: own } };
}

/** Returns the narrower rules with the currency of an account's own budget, if that was stored without one; else null. */
export function withBudgetCurrency(
  { only = {} }: Pick<AlertRules, "only">,
  account: AccountKey,
  currency: string,
): Required<Pick<AlertRules, "only">> | null {
  const own = only[account];
  if (own?.budget === undefined || own.budget <= 0 || own.budgetCurrency) return null;
  return { only: { ...only, [account]: { ...own, budgetCurrency: currency } } };
}

/** Returns the effective rule of an account as a whole. */
export function ruleForAccount(rules: AlertRules, account: AccountKey): Required<QuotaRule> {
  return merge(rules, rules.only?.[account]);
}

/** Reports whether a forecast is certain enough for an alert: by its probability, else by its confidence. */
export function isRunOutLikely(
  { runOutProbability, confidence }: Pick<
    NonNullable<QuotaView["forecast"]>,
    "runOutProbability" | "confidence"
  >,
  rules: Pick<AlertRules, "runOutProbability">,
): boolean {
  return runOutProbability === null ? confidence !== "low" : runOutProbability >= rules.runOutProbability;
}

function merge(base: AlertRules | Required<QuotaRule>, own: QuotaRule | undefined): Required<QuotaRule> {
  return {
    thresholds: own?.thresholds ?? base.thresholds,
    balanceBelow: own?.balanceBelow ?? base.balanceBelow,
    budget: own?.budget ?? base.budget ?? 0,
    budgetCurrency: (own?.budget === undefined ? base : own).budgetCurrency ?? null,
    repeatEveryMs: own?.repeatEveryMs ?? base.repeatEveryMs ?? 0,
    repeatMost: own?.repeatMost ?? base.repeatMost ?? DEFAULT_MAX_REPEATS,
    off: own?.off ?? base.off,
  };
}
