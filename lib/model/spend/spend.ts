/** What was spent, and what plans were worth, as every surface shows it. */
import type { AccountKey, QuotaKey } from "../quota.ts";
import type { Allowance } from "./allowance.ts";
import type { Money } from "./money.ts";
import type { Month } from "./month.ts";
import type { PlanUse } from "./plan_use.ts";
import type { PlanWorth } from "./plan_cost.ts";
import type { PriceHistory } from "./price.ts";
import type { Projection } from "./projection.ts";

/** The money of one month. */
export interface MonthAmount {
  readonly amount: number;
  /** The first day with readings, when the month began before it; null when the month is fully known. */
  readonly since: number | null;
  /** True when some of it is known for longer, or for the whole month. */
  readonly isPartly?: true;
}

/** The money one account spent in one currency. */
export interface AccountSpend {
  readonly account: AccountKey;
  readonly provider: string;
  readonly title: string;
  readonly currency: string;
  /** In the order of the months; null for a month without readings. */
  readonly months: readonly (MonthAmount | null)[];
  /** Null for a month that is not fully known, and while too few days are known. */
  readonly projection: Projection | null;
  /** For a calendar month; null when not set, or set in another currency. */
  readonly budget: number | null;
}

export interface SpendTotal {
  readonly currency: string;
  readonly months: readonly (MonthAmount | null)[];
  /** Null unless every account with money this month has a projection. */
  readonly projected: number | null;
  /** The sum of the budgets; null unless every account with money has one, because spend without a budget is not limited. */
  readonly budget: number | null;
}

/** What pays for an account: a subscription and how much of it was used, or use alone. */
export interface PlanSpend {
  readonly account: AccountKey;
  readonly title: string;
  /** The vendor's name for the plan; null when unknown. */
  readonly plan: string | null;
  /** The monthly price a user entered, as it is now. */
  readonly price: Money | null;
  /** The same over time. */
  readonly prices: PriceHistory;
  /** What the plan costs in each month, in their order, by currency; null without a price, and before it was known. */
  readonly months: readonly (readonly Money[] | null)[];
  /** What the account may spend in a calendar month; null when not set. */
  readonly budget: number | null;
  /** The currency of the budget, or of one entered now without a currency; null while none is known. */
  readonly budgetCurrency: string | null;
  /** The currency the account states money in first; null when it states none. */
  readonly currency: string | null;
  /** True for an account without a plan's allowance, which is billed by use. */
  readonly isBilled: boolean;
  /** Over the last 30 days, or since the first reading; null when unknown. */
  readonly use: PlanUse | null;
  /** What that use was worth, by currency; empty without a price in that time. */
  readonly worth: readonly PlanWorth[];
  /** Advice on a smaller or a larger plan, sentences with their evidence. */
  readonly advice: readonly string[];
}

/** A long window compared with an even pace. */
export interface QuotaAllowance extends Allowance {
  readonly quota: QuotaKey;
  readonly title: string;
  readonly share: number;
  readonly resetsAt: number;
}

export interface SpendView {
  /** Epoch milliseconds. */
  readonly at: number;
  /** IANA zone of the months and days. */
  readonly zone: string;
  /** Newest first, starting with the current month. */
  readonly months: readonly Month[];
  readonly accounts: readonly AccountSpend[];
  readonly totals: readonly SpendTotal[];
  readonly plans: readonly PlanSpend[];
  readonly allowances: readonly QuotaAllowance[];
}
