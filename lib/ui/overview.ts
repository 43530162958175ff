/** What the overview shows of a view, and in which order: pure, so that server and browser agree. */
import { type AccountView, type DashboardView, tightestFirst, tightnessOf } from "../model/view/view.ts";
import type { QueryParameters } from "./chart/address.ts";
import { accountTitle, quotaTitle } from "./words.ts";

export type Density = "comfortable" | "compact";

/** What was chosen; all of it stands in the address. */
export interface OverviewFilter {
  /** Id of a provider, or empty for all. */
  readonly provider: string;
  /** Words that have to stand in the name of a quota, its account or its provider. */
  readonly words: string;
}

/** A provider that can be chosen. */
export interface ProviderTab {
  readonly id: string;
  readonly name: string;
}

export function providerTabs({ accounts }: Pick<DashboardView, "accounts">): readonly ProviderTab[] {
  const names = new Map(accounts.map(({ provider, providerName }) => [provider, providerName]));
  return Array.from(names, ([id, name]) => ({ id, name }));
}

/** The accounts with the quotas that are meant, in the order of the view; those without any are left out. */
export function filtered(
  { accounts }: Pick<DashboardView, "accounts">,
  { provider, words }: OverviewFilter,
): readonly AccountView[] {
  if (provider === "" && words.trim() === "") return accounts;
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
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

/** Whether each word stands in the text; nobody has to know where a name has its dots and hyphens. */
function matchesAllWords(text: string, words: readonly string[]): boolean {
  const whole = text.toLowerCase();
  const bare = bareOf(whole);
  return words.every((word) => whole.includes(word) || (bareOf(word) !== "" && bare.includes(bareOf(word))));
}

function bareOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s]/gu, "");
}

/** Lines beyond these would only hide each other; the others are on the pages of their accounts. */
const MAX_LINES = 8;

export interface ChartSubject {
  /** Keys of quotas; null for all there are. */
  readonly quotas: readonly string[] | null;
  readonly title: string;
}

/** What the chart of the overview is about: the tightest of those that are shown. */
export function chartSubject(
  view: Pick<DashboardView, "accounts">,
  filter: OverviewFilter,
): ChartSubject {
  const accounts = filtered(view, filter);
  const tightest = tightestFirst({ accounts }).map(({ key }) => key);
  const isAll = filter.provider === "" && filter.words.trim() === "";
  const of = isAll
    ? ""
    : filter.words.trim() === ""
    ? ` of ${accounts[0]?.providerName ?? filter.provider}`
    : " of what is shown";
  return {
    quotas: isAll && tightest.length <= MAX_LINES ? null : tightest.slice(0, MAX_LINES),
    title: tightest.length > MAX_LINES ? `History of the ${MAX_LINES} tightest quotas${of}` : `History${of}`,
  };
}

export interface Order {
  /** Keys of accounts. */
  readonly accounts: readonly string[];
  /** Keys of quotas. */
  readonly quotas: readonly string[];
}

/**
 * The tightest first. It is made once, when the page is loaded: cards that change places while they are read
 * would be worse than a card that stands one place too low. Accounts that somebody ordered keep that order.
 */
export function orderOf({ accounts, settings }: Pick<DashboardView, "accounts" | "settings">): Order {
  const tightest = (account: AccountView) => Math.max(-2, ...account.quotas.map(tightnessOf));
  const sorted = settings.ordered
    ? accounts
    : accounts.toSorted((a, b) => byTightness(tightest(a), tightest(b)));
  const quotas = accounts.flatMap((account) => account.quotas)
    .toSorted((a, b) => byTightness(tightnessOf(a), tightnessOf(b)));
  return { accounts: sorted.map(({ key }) => key), quotas: quotas.map(({ key }) => key) };
}

/** The tightest first, also of two that are blocked. */
function byTightness(a: number, b: number): number {
  return a === b ? 0 : b - a;
}

/** In an order that was made before; what it does not know comes last. */
export function inOrder<T extends { readonly key: string }>(
  items: readonly T[],
  order: readonly string[],
): readonly T[] {
  const places = new Map(order.map((key, place) => [key, place]));
  const placeOf = ({ key }: T) => places.get(key) ?? order.length;
  return items.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** What an address says besides what the chart says, with the choice as it is now. */
export function withRemembered(kept: QueryParameters, { provider, words }: OverviewFilter): QueryParameters {
  const chosen = [["provider", provider], ["q", words.trim()]] as const;
  return [
    ...kept.filter(([name]) => name !== "provider" && name !== "q"),
    ...chosen.filter(([, value]) => value !== ""),
  ];
}

/** The address of a tab. That of all names none, and says so: without a word the tab that was chosen last is shown. */
export function tabHref(search: string, provider: string): string {
  const href = overviewHref(search, { provider });
  return provider === "" ? `${href}${href.includes("?") ? "&" : "?"}provider=` : href;
}

/** The address of the overview with a choice in it, and what else stands there kept. */
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
