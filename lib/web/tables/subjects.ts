/** Which accounts and quotas a table is about, and what else could be chosen. */
import { nearest } from "../../nearest.ts";
import type { AccountKey, QuotaKey } from "../../model/quota.ts";
import type { AccountView, DashboardView, QuotaView } from "../../model/view.ts";
import { plain } from "../../text.ts";
import { accountTitle, quotaTitle } from "../../ui/words.ts";
import type { AskedReader } from "./asked.ts";

/** A quota with the account it belongs to. */
export interface Subject {
  readonly account: AccountView;
  readonly quota: QuotaView;
}

export interface Choices {
  readonly providers: readonly Choice[];
  readonly accounts: readonly Choice[];
  readonly quotas: readonly Choice[];
}

/** One entry of a list to choose from. */
export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
}

export interface Subjects {
  readonly accounts: readonly AccountView[];
  readonly quotas: readonly Subject[];
  readonly choices: Choices;
  /** By key, of all accounts and quotas there are, so that a row finds its names. */
  readonly names: Names;
}

export interface Names {
  account(key: AccountKey): string;
  quota(key: QuotaKey): Subject | undefined;
}

/** Those that `provider`, `account` and `quota` name; a word that means none is noted and counts as absent. */
export function subjectsOf(reader: AskedReader, view: DashboardView): Subjects {
  const providers = [...new Map(view.accounts.map((one) => [one.provider, one.providerName]))];
  const provider = known(reader, "provider", providers.map(([id]) => id));
  const ofProvider = view.accounts.filter((account) => provider === null || account.provider === provider);
  const account = known(reader, "account", ofProvider.map(({ key }) => key));
  const accounts = ofProvider.filter(({ key }) => account === null || key === account);
  const all = subjectsIn(accounts);
  const quota = known(reader, "quota", all.map((one) => one.quota.key));
  const quotas = all.filter((one) => quota === null || one.quota.key === quota);
  return {
    accounts: quota === null ? accounts : quotas.map((one) => one.account),
    quotas,
    choices: {
      providers: providers.map(([id, name]) => choice(id, name, provider)),
      accounts: ofProvider.map((one) => choice(one.key, accountTitle(one), account)),
      quotas: all.map((one) => choice(one.quota.key, subjectTitle(one, accounts.length > 1), quota)),
    },
    names: namesOf(view),
  };
}

function subjectsIn(accounts: readonly AccountView[]): readonly Subject[] {
  return accounts.flatMap((account) => account.quotas.map((quota) => ({ account, quota })));
}

export function subjectTitle({ account, quota }: Subject, withAccount: boolean): string {
  return withAccount ? `${accountTitle(account)}: ${quotaTitle(quota)}` : quotaTitle(quota);
}

export function namesOf(view: DashboardView): Names {
  const accounts = new Map<string, AccountView>(view.accounts.map((one) => [one.key, one]));
  const quotas = new Map<string, Subject>(subjectsIn(view.accounts).map((one) => [one.quota.key, one]));
  return {
    account(key) {
      const account = accounts.get(key);
      return account ? accountTitle(account) : key;
    },
    quota: (key) => quotas.get(key),
  };
}

function choice(value: string, text: string, selected: string | null): Choice {
  return { value, text, selected: value === selected };
}

function known(reader: AskedReader, name: string, keys: readonly string[]): string | null {
  const value = reader.text(name);
  if (value === null || keys.includes(value)) return value;
  const meant = nearest(value, keys);
  reader.note(`There is no ${name} "${plain(value, 60)}"${meant === null ? "" : `, did you mean ${meant}?`}`);
  return null;
}
