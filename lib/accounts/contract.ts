/**
 * The contract of `lib/accounts/accounts.ts`: facts about
 * accounts and operations on them. Types only.
 */
import type { Setting } from "../provider/context.ts";
import type { AccountEntry, FoundAccount } from "../model/account.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Provider, RefreshReason } from "../provider/contract.ts";
import type { SettingsKeeper } from "../app/settings.ts";
import type { Store } from "../store/store.ts";
import type { NewAccount } from "./check.ts";
import type { StoredParts } from "./stored.ts";

/** A provider whose accounts can be added, with its settings. */
export interface ProviderChoice {
  readonly id: string;
  readonly name: string;
  readonly settings: readonly Setting[];
}

/** Changes to stored values, by setting name; null removes a value. */
export type ValueChanges = Readonly<Record<string, string | null>>;

export interface Accounts {
  /** Returns the providers whose accounts can be added. */
  choices(): readonly ProviderChoice[];
  /** Returns all discovered, stored or ever polled accounts, in provider order. */
  list(): Promise<readonly AccountEntry[]>;
  /** Stores an account, without checking that it works. @throws {AccountError} {VaultError} */
  add(
    wanted: NewAccount,
    /** `anyFolder`: the caller is at a terminal of this machine, and may read any path they name. */
    options?: { readonly anyFolder?: boolean },
  ): Promise<AccountKey>;
  /** Renames a stored account together with its history. @throws {AccountError} {VaultError} */
  rename(key: AccountKey, name: string): Promise<AccountKey>;
  /**
   * Changes stored values of an account: null removes one, unnamed ones stay. A new address requires the
   * secrets sent there to be entered again. @throws {AccountError} {VaultError}
   */
  setValues(key: AccountKey, changes: ValueChanges): Promise<void>;
  /** Turns scheduled polling on or off, wherever the account comes from. @throws {AccountError} */
  setPolling(key: AccountKey, polling: boolean): Promise<void>;
  /**
   * Hides an account that is no longer configured from views of
   * the present, or shows it again. Its history stays.
   * @throws {AccountError} for a configured account
   */
  setHidden(key: AccountKey, hidden: boolean): Promise<void>;
  /**
   * Deletes the secrets of a stored account; with `purge` also its history, which works for an account that
   * is no longer configured too. @throws {AccountError}
   */
  remove(key: AccountKey, options?: { readonly purge?: boolean }): Promise<void>;
  /**
   * Chooses when to renew an account's login in its own tool's file; null follows its provider's setting.
   * @throws {AccountError} for an account that cannot be renewed
   */
  setRefresh(key: AccountKey, reasons: readonly RefreshReason[] | null): Promise<void>;
  /** Seals all secrets under a new key; resolves to the number of accounts. @throws {VaultError} */
  rotateKey(): Promise<number>;
}

export interface AccountsParts extends StoredParts {
  readonly providers: readonly Provider[];
  readonly store: Store;
  readonly settings: SettingsKeeper;
  readonly found: () => readonly FoundAccount[];
  /** Discovers a provider's accounts again. */
  readonly discover: (provider: string) => Promise<void>;
  /** Resolves when no poll of the account is in progress. */
  readonly settle: (account: AccountKey) => Promise<void>;
  /** Reports whether a path is in the home of the user running this; by default every path is. */
  readonly isOwnPath?: (path: string) => boolean;
  /** Called after each change. */
  readonly changed?: () => void;
}
