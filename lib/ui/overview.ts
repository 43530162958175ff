/** Which parts of a view the overview shows, and in which order. Pure, so that server and browser agree. */
import type { AccountView, DashboardView } from "../model/view/view.ts";
import { accountTitle, quotaTitle } from "./words.ts";

/**
 * Beyond this many quotas the page shows a list and folds what is not tight, unless the user chose otherwise.
 */
export const MAX_CARDS = 9;

/** Number of accounts of a large fleet listed at first, and added each time. */
export const ACCOUNTS_AT_ONCE = 60;
/** Number of quotas listed for each account, where the list is one of quotas. */
export const QUOTAS_PER_ACCOUNT = 4;
export const MAX_ACCOUNTS = 10_000;

/** The user's selection; the address holds all of it. */
export interface OverviewFilter {
  /** Id of a provider, or empty for all. */
  readonly provider: string;
  /** Words that must occur in the name of a quota, its account or its provider. */
  readonly words: string;
}

/** A provider the user can select. */
export interface ProviderTab {
  readonly id: string;
  readonly name: string;
}

export function providerTabs({ accounts }: Pick<DashboardView, "accounts">): readonly ProviderTab[] {
  const names = new Map(accounts.map(({ provider, providerName }) => [provider, providerName]));
  return Array.from(names, ([id, name]) => ({ id, name }));
}

/** Returns the accounts with their matching quotas, in view order; leaves out accounts without any. */
export function filterAccounts(
  { accounts }: Pick<DashboardView, "accounts">,
  { provider, words }: OverviewFilter,
): readonly AccountView[] {
  if (provider === "" && words.trim() === "") return accounts;
  const wanted = words.toLowerCase().match(/\S+/g) ?? [];
  return accounts.flatMap((account) => {
    if (provider !== "" && account.provider !== provider) return [];
    if (wanted.length === 0) return [account];
    const own = `${accountTitle(account)} ${account.providerName} ${account.provider} ${account.name}`;
    const quotas = account.quotas.filter((quota) =>
      matchesAllWords(`${own} ${quotaTitle(quota)} ${quota.quota} ${quota.status}`, wanted)
    );
    if (quotas.length > 0) return [{ ...account, quotas }];
    return account.quotas.length === 0 && matchesAllWords(own, wanted) ? [account] : [];
  });
}

/**
 * Reports whether the text contains every word, so that readers need not know where a name has its dots and
 * hyphens.
 */
function matchesAllWords(text: string, words: readonly string[]): boolean {
  const whole = text.toLowerCase();
  const bare = simplifyText(whole);
  return words.every((word) =>
    whole.includes(word) || (simplifyText(word) !== "" && bare.includes(simplifyText(word)))
  );
}

function simplifyText(text: string): string {
  // Accents are separate in NFKD, which some keyboards and file systems write, and go like a hyphen.
  return text.normalize("NFKD").replace(/[^\p{L}\p{N}\s]/gu, "");
}

/**
 * Returns the address of a tab. The tab for all providers needs an explicit empty word: without one the page
 * shows the tab selected last.
 */
export function tabHref(search: string, provider: string): string {
  const href = overviewHref(search, { provider });
  return provider === "" ? `${href}${href.includes("?") ? "&" : "?"}provider=` : href;
}

/** Returns the overview's address with a selection, keeping other parameters. */
export function overviewHref(
  search: string,
  change: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return `/${text === "" ? "" : `?${text}`}`;
}
