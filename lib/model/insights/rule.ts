/** The types of a rule and its results. */
import type { AccountKey, QuotaKey, Unit } from "../quota.ts";
import type { InsightAccount } from "./facts.ts";
import type { InsightContext } from "./insight_context.ts";
import { roundDigits } from "./quota_use.ts";

export type Severity = "positive" | "info" | "warning" | "negative";

export type InsightType =
  | "forecast"
  | "cycle-utilization"
  | "budget"
  | "weekly-pace"
  | "plan-capacity"
  | "billing-use"
  | "trend"
  | "trend-24h"
  | "variance"
  | "window-ratio"
  | "tokens-per-call"
  | "top-tool"
  | "tool-share"
  | "session-average"
  | "usage"
  | "coverage";

/** Units of a figure: `share` is 1 for all of it, `change` 0.15 for 15 percent more. */
export type FigureUnit = Unit | "share" | "change" | "windows" | "days" | "tokens-per-request";

export interface Figure {
  readonly value: number;
  readonly unit: FigureUnit;
}

/** A fact that supports an insight. */
export interface InsightEvidence {
  readonly label: string;
  /** For people. */
  readonly value: string;
  /** The time range it covers, epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** The number of cycles, days, sessions or calls behind it. */
  readonly count?: number;
}

export interface Insight {
  /** Stable: `cycle-utilization:provider/name/quota`, or with the account alone. */
  readonly key: string;
  readonly type: InsightType;
  readonly account: AccountKey;
  readonly quota: QuotaKey | null;
  readonly severity: Severity;
  readonly title: string;
  /** The figure for people. */
  readonly metric: string;
  /** The figure for machines. */
  readonly figure: Figure;
  readonly sublabel: string;
  /** One or two plain sentences that contain the figure. */
  readonly description: string;
  readonly evidence: readonly InsightEvidence[];
  /** The plan it recommends; absent when it recommends no other one. */
  readonly advice?: "smaller" | "larger";
}

/** The result of a rule. Without a quota it concerns the account. */
export interface Finding extends Omit<Insight, "key" | "type" | "account" | "quota"> {
  readonly quota?: QuotaKey;
  /** Ranks findings of one rule and severity, the heaviest first. */
  readonly weight: number;
}

/** A rule says nothing while the evidence is too thin, and never checks which provider it looks at. */
export interface Rule {
  readonly type: InsightType;
  find(account: InsightAccount, context: InsightContext): readonly Finding[];
}

/** Returns the severity of a used share. */
export function rateSeverity(share: number): Severity {
  const exact = roundDigits(share);
  if (exact >= 0.95) return "negative";
  if (exact >= 0.8) return "warning";
  return exact >= 0.5 ? "info" : "positive";
}
