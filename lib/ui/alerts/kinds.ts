/** The data of the alerts page. Instants are epoch milliseconds. */
import type { AlertKind, AlertSeverity } from "../../model/alerts/alert.ts";

export interface ListedAlert {
  readonly id: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
  readonly details: string;
  readonly raisedAt: number;
  readonly href: string;
  readonly deliveries: readonly { readonly channel: string; readonly state: string; readonly note: string }[];
}

export interface AlertsPageView {
  /** Newest first. */
  readonly alerts: readonly ListedAlert[];
  readonly snoozes: readonly {
    readonly target: string;
    readonly title: string;
    readonly kind: AlertKind | null;
    readonly until: number;
  }[];
  readonly accounts: readonly { readonly key: string; readonly title: string }[];
  readonly channels: readonly { readonly id: string; readonly type: string }[];
  readonly rules: {
    /** Percentages, separated by commas. */
    readonly thresholds: string;
    readonly balanceBelow: number | string;
    readonly failingMinutes: number | string;
    readonly kinds: readonly { readonly kind: AlertKind; readonly on: boolean }[];
  };
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
