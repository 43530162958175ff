/** The data of the alerts page. Instants are epoch milliseconds. */
import type { AlertKind, AlertSeverity } from "../../model/alerts/alert.ts";

/** How history can be filtered, besides by account and kind. */
export const ALERT_STATES = ["open", "sent", "waiting", "given-up", "not-sent"] as const;
export type AlertState = typeof ALERT_STATES[number];

export const STATE_WORDS: Readonly<Record<AlertState, string>> = {
  open: "still open",
  sent: "sent",
  waiting: "waiting to be sent",
  "given-up": "not delivered",
  "not-sent": "sent nowhere",
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
    /** When it ended, or is tried next. */
    readonly at: number;
  }[];
}

/** The fields of the form of rules. */
export interface RulesView {
  /** `*`, or the key of an account or a quota. */
  readonly of: string;
  /** Whether the account or quota has a rule of its own. */
  readonly hasOwn: boolean;
  /** Percentages, separated by commas; empty where those above it hold. */
  readonly thresholds: string;
  readonly balanceBelow: number | string;
  /** Null where it is a matter of everything only. */
  readonly failingMinutes: number | string | null;
  /** What holds where a field is empty; null for everything, which has nothing above it. */
  readonly inherited: { readonly thresholds: string; readonly balanceBelow: number } | null;
  readonly kinds: readonly { readonly kind: AlertKind; readonly on: boolean }[];
}

/** What rules would have told in the past. */
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
  /** How many more match, which are not shown. */
  readonly more: number;
  /** What is shown; empty for all. */
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
  /** What the form of snoozes begins with. */
  readonly snoozing: { readonly target: string; readonly kind: string };
  readonly accounts: readonly Titled[];
  readonly quotas: readonly Titled[];
  readonly channels: readonly {
    readonly id: string;
    readonly type: string;
    readonly isInTrouble: boolean;
  }[];
  /** Accounts and quotas with a rule of their own. */
  readonly own: readonly Titled[];
  readonly rules: RulesView;
  /** What the rules that are shown would have told; null where that was not asked. */
  readonly replay: ReplayView | null;
  /** Whether its forms may be used. */
  readonly mayWrite: boolean;
  /** Problems of a form, by field name. */
  readonly problems: Readonly<Record<string, string>>;
}

/** The page about what an alert is about. */
export function alertHref(
  { account, quota }: { readonly account: string; readonly quota: string | null },
): string {
  const path = account.split("/").map(encodeURIComponent).join("/");
  return quota === null ? `/accounts/${path}` : `/accounts/${path}?quota=${encodeURIComponent(quota)}`;
}

/** The kinds of alerts in words for people. */
export const KIND_WORDS: Readonly<Record<AlertKind, string>> = {
  threshold: "A threshold is crossed",
  "used-up": "Nothing is left",
  blocked: "The vendor refuses work",
  "runs-out": "It will run out before its reset",
  back: "Available again",
  "early-reset": "It reset early",
  "balance-low": "A balance is low",
  "limit-changed": "A limit was raised or lowered",
  "credit-lapses": "Something in reserve is about to lapse",
  failing: "An account cannot be read",
  recovered: "An account works again",
  "sign-in-expires": "A login ends soon",
  "sign-in-expired": "A login has ended",
  silent: "No new readings",
  "new-account": "A new account was read",
  withdrawn: "A reset was taken back",
  "over-budget": "The month is over budget",
  summary: "Daily and weekly summary",
  test: "Test",
};
