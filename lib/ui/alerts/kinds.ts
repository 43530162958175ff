/** The data of the alerts page. Instants are epoch milliseconds. */
import type { AlertKind, AlertSeverity } from "../../model/alerts/alert.ts";

/** Filters of the history, besides account and kind. */
export const ALERT_STATES = ["open", "sent", "waiting", "given-up", "not-sent"] as const;
export type AlertState = typeof ALERT_STATES[number];

export const STATE_WORDS: Readonly<Record<AlertState, string>> = {
  open: "still open",
  sent: "sent",
  waiting: "waiting to be sent",
  "given-up": "not delivered",
  "not-sent": "not sent anywhere",
};

export interface ListedAlert {
  readonly id: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
  readonly details: string;
  readonly raisedAt: number;
  readonly isOpen: boolean;
  readonly account: string;
  /** Key of the quota or account it is about. */
  readonly target: string;
  readonly href: string;
  readonly deliveries: readonly {
    readonly channel: string;
    readonly state: string;
    readonly note: string;
    /** When it ended, or when the next attempt is due. */
    readonly at: number;
  }[];
}

/** The fields of the rules form. */
export interface RulesView {
  /** `*`, or the key of a kind of window, an account or a quota. */
  readonly of: string;
  /** Whether the account or quota has its own rule. */
  readonly hasOwn: boolean;
  /** Lines, separated by commas; empty to inherit. */
  readonly thresholds: string;
  readonly balanceBelow: number | string;
  /** Hours after which an open alert is sent again, 0 for never; empty to inherit. */
  readonly repeatHours: number | string;
  readonly repeatMost: number | string;
  /** Null where it cannot be set: it applies to everything only. */
  readonly failingMinutes: number | string | null;
  /** The inherited value of an empty field; null for everything, which inherits nothing. */
  readonly inherited: {
    readonly thresholds: string;
    readonly balanceBelow: number;
    readonly repeatHours: number;
    readonly repeatMost: number;
  } | null;
  readonly kinds: readonly { readonly kind: AlertKind; readonly on: boolean }[];
  /** What is stored, by field of the form. */
  readonly stored: Readonly<Record<string, string>>;
}

/** The alerts that rules would have raised in the past. */
export interface ReplayView {
  readonly count: number;
  readonly readings: number;
  readonly days: number;
  /** Newest first. */
  readonly examples: readonly { readonly at: number; readonly title: string }[];
}

interface Titled {
  readonly key: string;
  readonly title: string;
}

export interface AlertsPageView {
  /** Newest first. */
  readonly alerts: readonly ListedAlert[];
  /** Number of further matches that are not shown. */
  readonly more: number;
  /** The active filters; empty for all. */
  readonly filter: {
    readonly account: string;
    readonly kind: AlertKind | "";
    readonly state: AlertState | "";
  };
  readonly kinds: readonly AlertKind[];
  readonly snoozes: readonly {
    readonly target: string;
    readonly title: string;
    readonly kind: AlertKind | null;
    readonly until: number;
  }[];
  /** The initial values of the snooze form. */
  readonly snoozing: { readonly target: string; readonly kind: string };
  readonly accounts: readonly Titled[];
  readonly quotas: readonly Titled[];
  /** Kinds of windows that rules can apply to. */
  readonly windows: readonly Titled[];
  readonly channels: readonly {
    readonly id: string;
    readonly type: string;
    readonly isInTrouble: boolean;
  }[];
  /** Accounts and quotas with their own rule. */
  readonly own: readonly Titled[];
  readonly rules: RulesView;
  /** The alerts that the shown rules would have raised; null when not requested. */
  readonly replay: ReplayView | null;
  /** Whether its forms may be used. */
  readonly mayWrite: boolean;
  /** Problems of a form, by field name. */
  readonly problems: Readonly<Record<string, string>>;
}

/** Names the kinds of alerts for people. */
export const KIND_WORDS: Readonly<Record<AlertKind, string>> = {
  threshold: "A threshold is crossed",
  "used-up": "Nothing is left",
  blocked: "The vendor refuses work",
  "runs-out": "It will run out before its reset",
  back: "Available again",
  "early-reset": "It reset early",
  "balance-low": "A balance is low",
  "limit-changed": "A limit was raised or lowered",
  "credit-lapses": "Something in reserve is about to expire",
  failing: "An account cannot be read",
  recovered: "An account works again",
  "sign-in-expires": "A login expires soon",
  "sign-in-expired": "A login has expired",
  silent: "No new readings",
  "new-account": "A new account was read",
  withdrawn: "A reset was reverted",
  "over-budget": "The month is over budget",
  "new-version": "A newer version is out",
  summary: "Daily and weekly summary",
  test: "Test",
};
