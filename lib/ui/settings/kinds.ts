/** The data of the settings tabs. The server builds it; every tab is a form that works without a script. */
import type { AccountKey } from "../../model/quota.ts";
import type { HealthState } from "../../model/outcome.ts";

export const TABS = ["general", "accounts", "insights", "data", "about"] as const;
export type Tab = typeof TABS[number];

/** What is wrong with a field, by field name. */
export type Problems = Readonly<Record<string, string>>;

/** Values as the fields show them. */
export interface GeneralFields {
  /** Empty for the server's, `browser`, or an IANA name. */
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
  /** What is stored, by field of the form. */
  readonly stored: Readonly<Record<string, string>>;
  readonly zones: readonly { readonly name: string; readonly also: string }[];
  readonly serverZone: string;
}

/** An account as the settings show it. */
export interface AccountLine {
  readonly key: AccountKey;
  /** Its name without the user's label. */
  readonly usual: string;
  readonly label: string;
  readonly polling: boolean;
  /** True when it is hidden while not configured. */
  readonly hidden: boolean;
  /** Where its credential was found; null when it is gone. */
  readonly source: string | null;
  /** The origin polled instead of the vendor's own, or null. */
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
  /** Providers without an account. */
  readonly others: readonly ProviderLine[];
  /** Why discovery failed for some accounts. */
  readonly notes: readonly string[];
  /** Providers whose accounts can be stored here. */
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  /** The account being added, or null. */
  readonly adding: AddingView | null;
  /** Stored accounts, which can be renamed and removed. */
  readonly stored: readonly StoredLine[];
  /** Accounts with nothing but history left. */
  readonly gone: readonly { readonly key: AccountKey; readonly title: string }[];
}

/** A stored account, with what can be changed of it. */
export interface StoredLine {
  readonly key: AccountKey;
  readonly name: string;
  /** Its title on pages. */
  readonly title: string;
  /** How the last poll ended, in words. */
  readonly word: string;
  readonly hint: string | null;
  readonly isWell: boolean;
  /** Values that can be replaced: those stored, and existing secrets. Never contains current values. */
  readonly settings: readonly (SettingField & { readonly isStored: boolean })[];
  /** True when the form to change them is open. */
  readonly isOpen: boolean;
}

/** A setting as a form asks for it. */
export interface SettingField {
  /** The variable, for example `ZAI_API_KEY`. */
  readonly name: string;
  readonly secret: boolean;
  readonly help: string;
}

/** The fields to fill in for an account of one provider. */
export interface AddingView {
  readonly id: string;
  readonly name: string;
  readonly typedName: string;
  readonly settings: readonly (SettingField & {
    /** True when it defines the account: a secret, or the folder of a login. */
    readonly leading: boolean;
    /** The value typed before; always empty for a secret. */
    readonly typed: string;
  })[];
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
  /** Single hidden insights, by key, with their subject. */
  readonly hidden: readonly { readonly key: string; readonly title: string }[];
}

export interface DataView {
  readonly tab: "data";
  /** Null when this server cannot maintain the database. */
  readonly store: {
    readonly path: string;
    /** Whether it is one file, which can be backed up and shrunk. */
    readonly hasFile: boolean;
    readonly facts: readonly (readonly [name: string, value: string])[];
    /** The server's default. */
    readonly usual: string;
  } | null;
  /** Days, or empty to follow the server's default. */
  readonly keep: string;
}

export interface AboutView {
  readonly tab: "about";
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Hosts it can reach, by provider. */
  readonly hosts: readonly (readonly [name: string, value: string])[];
  readonly licences: readonly Licence[];
  /** True on a hosting platform, which restricts no permissions. */
  readonly hosted: boolean;
}

export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

export type TabView = GeneralView | AccountsView | InsightsView | DataView | AboutView;
