/** An alert: one thing worth telling a user about an account or a quota, sent once. */
import type { AccountKey } from "../quota.ts";

/**
 * What an alert is about.
 *
 * - `threshold`: use crossed one of the configured shares;
 *   `used-up`: nothing is left; `blocked`: the vendor refuses work
 * - `runs-out`: it will probably run out before its reset
 * - `back`: usable again after it was nearly or wholly used up;
 *   `early-reset`: it reset before the announced time
 * - `balance-low`: a balance fell below the configured amount
 * - `limit-changed`: the vendor raised or lowered a limit; `credit-lapses`: a credit is about to expire
 * - `failing`, `recovered`: polls of an account fail, or work again
 * - `sign-in-expires`, `sign-in-expired`: its login expires soon, or has ended
 * - `silent`: no new readings for too long; `new-account`: its first readings arrived
 * - `withdrawn`: an earlier message was wrong, since the vendor took a reset back
 * - `over-budget`: the month's spend of an account is above its budget
 * - `new-version`: a newer version of Syntrack is published, where update checks are on
 * - `summary`: what was used in the last day or week, for channels that asked for it
 * - `test`: sent by hand to try a channel
 */
export const ALERT_KINDS = [
  "threshold",
  "used-up",
  "blocked",
  "runs-out",
  "back",
  "early-reset",
  "balance-low",
  "limit-changed",
  "credit-lapses",
  "failing",
  "recovered",
  "sign-in-expires",
  "sign-in-expired",
  "silent",
  "new-account",
  "withdrawn",
  "over-budget",
  "new-version",
  "summary",
  "test",
] as const;

export type AlertKind = typeof ALERT_KINDS[number];

export type AlertSeverity = "info" | "warning" | "critical";

export interface Alert {
  /**
   * The same event always gets the same id, in every process and after every restart, so storing an alert twice
   * stores it once: `kind|quota or account|occasion`.
   */
  readonly id: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly account: AccountKey;
  /** Id of the quota within its account; null for alerts about the account. */
  readonly quota: string | null;
  /** Time of the reading or poll that caused it, epoch milliseconds. */
  readonly at: number;
  /** A few words: `Claude 5-hour: 90% used`. */
  readonly title: string;
  /** One sentence with the figure, the reset and what it means. */
  readonly text: string;
  /** What to do, or what else is known; empty when there is nothing to add. */
  readonly details: string;
  /** After this instant the message is not worth sending, epoch milliseconds. */
  readonly expiresAt: number;
  /** The figures it was raised from; absent for alerts about an account. */
  readonly figures?: AlertFigures;
  /** Id of the alert this one repeats. */
  readonly repeats?: string;
  /** Id of the alert this one ends or withdraws, so that channels can resolve it. */
  readonly resolves?: string;
}

/** Returns the page of the dashboard about an alert's subject. */
export function alertPath({ account, quota }: Pick<Alert, "account" | "quota">): string {
  if (isAboutProgram(account)) return "/alerts";
  const path = account.split("/").map(encodeURIComponent).join("/");
  return `/accounts/${path}${quota === null ? "" : `?quota=${encodeURIComponent(quota)}`}`;
}

/** Reports whether an alert is about Syntrack itself: summaries, tests and new versions belong to no single account. */
export function isAboutProgram(account: AccountKey): boolean {
  return account.startsWith("syntrack/");
}

/** Amounts are in the quota's unit, or in its currency by its code, null when unknown; `share` is used divided by limit; instants are epoch milliseconds. */
export interface AlertFigures {
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly share: number | null;
  readonly unit: string;
  readonly resetsAt: number | null;
  /** The used share that was crossed, or an amount; absent for other alerts. */
  readonly threshold?: number;
  /** Present when the threshold is an amount: of what is used or what is left. */
  readonly thresholdOf?: "used" | "left";
}

/** Why an alert was or was not raised: a code for programs, explained by `explainReason`. */
export type DecisionReason =
  | "raised"
  | "first-reading"
  | "already-raised"
  | "not-reached"
  | "figure-unknown"
  | "verdict-unknown"
  | "reading-old"
  | "not-confirmed"
  | "turned-off"
  | "no-longer-listed"
  | "not-due"
  | "missed"
  | "nothing-to-say"
  | "repeat-later"
  | "repeated-enough";

export interface Decision {
  readonly kind: AlertKind;
  readonly quota: string | null;
  readonly reason: DecisionReason;
  /** Present when the reason is `raised`. */
  readonly alert?: Alert;
  /** The deciding figure, for people: `92% of 90%`; empty when there is none. */
  readonly figure: string;
}

const REASONS: Readonly<Record<DecisionReason, string>> = {
  raised: "an alert was raised",
  "first-reading": "this was the first reading, so nothing has changed yet",
  "already-raised": "it was raised before in this cycle or episode",
  "not-reached": "the condition does not hold",
  "figure-unknown": "the vendor does not report the figure",
  "verdict-unknown": "the vendor does not say whether it allows work again",
  "reading-old": "the reading is too old to act on",
  "not-confirmed": "one reading is not enough; the next one decides",
  "turned-off": "this kind of alert is turned off",
  "no-longer-listed": "the vendor no longer reports the quota",
  "not-due": "it is not due yet",
  missed: "Syntrack was not running when it was due, and now it is too late",
  "nothing-to-say": "there were no readings in its period",
  "repeat-later": "it is still active and will be repeated as the rule says",
  "repeated-enough": "it is still active and was repeated as often as the rule allows",
};

export function explainReason(reason: DecisionReason): string {
  return REASONS[reason];
}
