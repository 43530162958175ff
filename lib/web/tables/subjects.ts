/** Which accounts and quotas a table is about, and which others can be selected. */
import { nearest } from "../../base/nearest.ts";
import type { AccountKey, QuotaKey } from "../../model/quota.ts";
import type { AccountView, DashboardView } from "../../model/view/view.ts";
import { plain } from "../../base/text.ts";
import { accountTitle, listTitle, quotaTitle } from "../../ui/words.ts";
import type { Subject } from "../../ui/table/CyclesTable.tsx";
import type { Choice, Filter } from "../../ui/table/kinds.ts";
import type { QueryReader } from "./query_reader.ts";
import type { TableContext } from "./table_context.ts";
import { createFilter } from "./common.ts";

export interface Subjects {
  readonly accounts: readonly AccountView[];
  readonly quotas: readonly Subject[];
  /** Whether a single quota is selected. */
  readonly isNarrowed: boolean;
  /** Lists of a filter form; one without choices is empty. */
  readonly filters: readonly Filter[];
  /** All accounts and quotas by key, so that rows can look up names. */
  readonly names: Names;
}

export interface Names {
  account(key: AccountKey): string;
  quota(key: QuotaKey): { readonly subject: Subject; readonly title: string } | undefined;
}

/** Resolves `provider`, `account` and `quota`; a word that matches none is noted and counts as absent. */
export function parseSubjects(reader: QueryReader, { view, providers: registered }: TableContext): Subjects {
  const providers = [...new Map(view.accounts.map((one) => [one.provider, one.providerName]))];
  const provider = parseKnownKey(reader, "provider", [
    ...new Set([...providers.map(([id]) => id), ...registered.map(({ id }) => id)]),
  ]);
  const ofProvider = view.accounts.filter((account) => provider === null || account.provider === provider);
  const account = parseKnownKey(reader, "account", ofProvider.map(({ key }) => key));
  const accounts = ofProvider.filter(({ key }) => account === null || key === account);
  const all = subjectsIn(accounts);
  const quota = parseKnownKey(reader, "quota", all.map((one) => one.quota.key));
  const quotas = all.filter((one) => quota === null || one.quota.key === quota);
  return {
    accounts: quota === null ? accounts : quotas.map((one) => one.account),
    quotas,
    isNarrowed: quota !== null,
    filters: [
      createFilter(
        "provider",
        "Vendor",
        "All vendors",
        providers.map(([id, name]) => createChoice(id, name, provider)),
      ),
      // When every provider has one account, this list would repeat the other.
      createFilter(
        "account",
        "Account",
        "All accounts",
        account === null && view.accounts.length === providers.length
          ? []
          : ofProvider.map((one) => createChoice(one.key, accountTitle(one), account)),
      ),
      createFilter(
        "quota",
        "Quota",
        "All quotas",
        all.map((one) => createChoice(one.quota.key, subjectTitle(one, accounts.length > 1), quota)),
      ),
    ],
    names: collectNames(view),
  };
}

/** Every quota of some accounts. */
export function subjectsIn(accounts: readonly AccountView[]): readonly Subject[] {
  return accounts.flatMap((account) => account.quotas.map((quota) => ({ account, quota })));
}

export function subjectTitle({ account, quota }: Subject, withAccount: boolean): string {
  return withAccount ? listTitle(account, quota) : quotaTitle(quota);
}

export function collectNames(view: DashboardView): Names {
  // Built once: a table has many more rows than there are names.
  const accounts = new Map<string, string>(view.accounts.map((one) => [one.key, accountTitle(one)]));
  const quotas = new Map(
    subjectsIn(view.accounts).map((subject) =>
      [subject.quota.key, { subject, title: quotaTitle(subject.quota) }] as const
    ),
  );
  return {
    account: (key) => accounts.get(key) ?? key,
    quota: (key) => quotas.get(key),
  };
}

function createChoice(value: string, text: string, selected: string | null): Choice {
  return { value, text, selected: value === selected };
}

function parseKnownKey(reader: QueryReader, name: string, keys: readonly string[]): string | null {
  const value = reader.text(name);
  if (value === null || keys.includes(value)) return value;
  const suggestion = nearest(value, keys);
  reader.note(
    `There is no ${name} "${plain(value, 60)}"${suggestion === null ? "" : `, did you mean ${suggestion}?`}`,
  );
  return null;
}

/** The selection in a URL, as parts of a file name. */
export function fileNameParts(query: URLSearchParams): readonly (string | null)[] {
  return query.get("quota") === null ? [query.get("account") ?? query.get("provider")] : [query.get("quota")];
}

/** Names a quota as the rows of an export do. */
export function exportSubject({ account, quota }: Subject) {
  return { provider: account.provider, account: account.name, key: quota.quota, unit: quota.unit };
}
