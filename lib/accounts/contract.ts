/** What can be known of accounts and done with them: the contract of `lib/accounts/accounts.ts`. Types only. */
import type { Setting } from "../provider/context.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Provider, RefreshReason } from "../provider/contract.ts";
import type { SettingsKeeper } from "../app/settings.ts";
import type { Store } from "../store/store.ts";
import type { NewAccount } from "./check.ts";
import type { StoredParts } from "./stored.ts";

/** What is known of one account. Never a secret. */
export interface AccountEntry {
  readonly key: AccountKey;
  readonly provider: string;
  readonly name: string;
  /** What somebody called it; null where nobody did. */
  readonly label: string | null;
  /** Whether it was added here, and so can be renamed and removed here. */
  readonly stored: boolean;
  /** When it was added, epoch milliseconds; null for one that was found. */
  readonly addedAt: number | null;
  /** The names of the settings that are stored of it. */
  readonly settings: readonly string[];
  /** Where its credential is found now; null when it is not found. */
  readonly source: string | null;
  readonly polling: boolean;
  /** Whether somebody hid it, and it is not configured now. */
  readonly hidden: boolean;
  /** The beginning of a hash of who the vendor takes it for; null where that is not known. */
  readonly fingerprint: string | null;
  /** When its credential ends, epoch milliseconds; null where that is not known. */
  readonly expiresAt: number | null;
  /** Whether its login stands in a file of its own tool and could be renewed there. */
  readonly renewable: boolean;
  /** When that is done, as was chosen for this account; null for what its provider is set to. */
  readonly refresh: readonly RefreshReason[] | null;
  /** How the last poll ended; null before the first. */
  readonly outcome: Pick<Outcome, "kind" | "reason" | "hint" | "at"> | null;
}

/** An account as it is found now. */
export interface AccountFound {
  readonly account: AccountKey;
  readonly source: string;
  readonly fingerprint: string | null;
  readonly expiresAt: number | null;
  readonly renewable: boolean;
}

/** A provider an account can be added of, and what can be set for it. */
export interface ProviderChoice {
  readonly id: string;
  readonly name: string;
  readonly settings: readonly Setting[];
}

/** Changes of what is stored, by the name of the setting; null takes a value away. */
export type ValueChanges = Readonly<Record<string, string | null>>;

export interface Accounts {
  /** The providers there are to add accounts of. */
  choices(): readonly ProviderChoice[];
  /** Those that are found, stored or were ever polled, in the order of the providers. */
  list(): Promise<readonly AccountEntry[]>;
  /** Stores an account; nobody is asked whether it works. @throws {AccountError} {VaultError} */
  add(
    wanted: NewAccount,
    /** `anyFolder`: whoever asks sits at a terminal of this machine, and may read what they name. */
    options?: { readonly anyFolder?: boolean },
  ): Promise<AccountKey>;
  /** Gives a stored account another name; its history goes along. @throws {AccountError} {VaultError} */
  rename(key: AccountKey, name: string): Promise<AccountKey>;
  /**
   * Changes values that are stored of an account: null takes one away, those that are not named stay. A new address
   * wants the secrets that are sent there once more. @throws {AccountError} {VaultError}
   */
  setValues(key: AccountKey, changes: ValueChanges): Promise<void>;
  /** Turns polling by the clock on or off, wherever the account comes from. @throws {AccountError} */
  setPolling(key: AccountKey, polling: boolean): Promise<void>;
  /**
   * Hides an account that is no longer configured from what shows the present, or shows it again. Its history stays.
   * @throws {AccountError} for one that is configured
   */
  setHidden(key: AccountKey, hidden: boolean): Promise<void>;
  /**
   * Forgets the secrets of a stored account; with `purge` its history as well, which can be asked for one that is
   * no longer configured too. @throws {AccountError}
   */
  remove(key: AccountKey, options?: { readonly purge?: boolean }): Promise<void>;
  /**
   * Chooses when the login of an account is renewed in the file of its own tool; null is what its provider is set to.
   * @throws {AccountError} for one that cannot be renewed
   */
  setRefresh(key: AccountKey, reasons: readonly RefreshReason[] | null): Promise<void>;
  /** Seals all secrets under a new key; resolves to how many accounts there are. @throws {VaultError} */
  rotateKey(): Promise<number>;
}

export interface AccountsParts extends StoredParts {
  readonly providers: readonly Provider[];
  readonly store: Store;
  readonly settings: SettingsKeeper;
  readonly found: () => readonly AccountFound[];
  /** Looks for the accounts of a provider again. */
  readonly look: (provider: string) => Promise<void>;
  /** Resolves when no poll of the account is under way. */
  readonly settle: (account: AccountKey) => Promise<void>;
  /** Whether a path lies in the home of whoever runs this; any does unless given. */
  readonly isOwnPath?: (path: string) => boolean;
  /** Told after each change. */
  readonly changed?: () => void;
}
