/** What the tabs of the settings show. Made on the server; every tab is a form that works without a script. */
import type { AccountKey } from "../../model/quota.ts";
import type { HealthState } from "../../model/outcome.ts";

export const TABS = ["general", "accounts", "insights", "data", "about"] as const;
export type Tab = typeof TABS[number];

/** By the name of a field: what is wrong with it. */
export type Problems = Readonly<Record<string, string>>;

/** Values as they stand in the fields. */
export interface GeneralFields {
  /** Empty for that of the server, `browser`, or an IANA name. */
  readonly timezone: string;
  readonly display: string;
  /** Percent. */
  readonly warning: string;
  readonly critical: string;
  readonly workDays: string;
  readonly theme: string;
  readonly density: string;
}

export interface GeneralView {
  readonly tab: "general";
  readonly fields: GeneralFields;
  readonly zones: readonly { readonly name: string; readonly also: string }[];
  readonly serverZone: string;
}

/** An account as the settings show it. */
export interface AccountLine {
  readonly key: AccountKey;
  /** Without the name somebody gave it. */
  readonly usual: string;
  readonly label: string;
  readonly polling: boolean;
  /** Whether it is hidden while it is not configured. */
  readonly hidden: boolean;
  /** Where its credential was found; null where it is found no more. */
  readonly source: string | null;
  /** The origin that is asked instead of the vendor's own, or null. */
  readonly baseUrl: string | null;
  readonly state: HealthState;
  /** Its health in words. */
  readonly word: string;
  readonly hint: string | null;
  /** The newest reading, epoch milliseconds. */
  readonly at: number | null;
}

export interface ProviderLine {
  readonly id: string;
  readonly name: string;
  readonly setup: string;
  readonly problem: string | null;
}

export interface AccountsView {
  readonly tab: "accounts";
  readonly accounts: readonly AccountLine[];
  /** Those without an account. */
  readonly others: readonly ProviderLine[];
  /** Why looking for some accounts failed. */
  readonly notes: readonly string[];
  /** Providers an account can be stored of. */
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  /** The one that is being added, or null. */
  readonly adding: AddingView | null;
  /** Those that were stored, and so can be renamed and removed. */
  readonly stored: readonly { readonly key: AccountKey; readonly name: string }[];
}

/** What has to be typed for an account of one provider. */
export interface AddingView {
  readonly id: string;
  readonly name: string;
  readonly typedName: string;
  readonly settings: readonly {
    readonly name: string;
    readonly secret: boolean;
    readonly help: string;
    /** Whether it makes an account: a secret, or the folder of a login. */
    readonly leading: boolean;
    /** What was typed before, which of a secret is never shown. */
    readonly typed: string;
  }[];
}

export interface InsightLine {
  readonly type: string;
  readonly title: string;
  readonly about: string;
  readonly shown: boolean;
}

export interface InsightsView {
  readonly tab: "insights";
  readonly types: readonly InsightLine[];
  /** Single insights that were hidden, by key, with what they are about. */
  readonly hidden: readonly { readonly key: string; readonly title: string }[];
}

export interface DataView {
  readonly tab: "data";
  /** Null where the database cannot be looked after from here. */
  readonly store: {
    readonly path: string;
    readonly facts: readonly (readonly [name: string, value: string])[];
    /** What the server was started with. */
    readonly usual: string;
  } | null;
  /** Days, or empty for what the server was started with. */
  readonly keep: string;
}

export interface AboutView {
  readonly tab: "about";
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What it may reach, by provider. */
  readonly hosts: readonly (readonly [name: string, value: string])[];
  readonly licences: readonly Licence[];
}

export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

export type TabView = GeneralView | AccountsView | InsightsView | DataView | AboutView;
