/** Which provider, account and range a request to the quota API is about. */
import type { Context } from "fresh";
import { cycleTypes } from "../formats/quota_api_past.ts";
import { DEFAULT_RANGE, findRange, type Range } from "../model/history/history.ts";
import { DEFAULT_INSIGHT_RANGE, type InsightRange } from "../model/insights/insight.ts";
import type { AccountView, DashboardView } from "../model/view/view.ts";
import type { ProviderStatus } from "../app/context.ts";
import { unknownWord } from "./unknown_word.ts";
import { InsightRangeParam, parseWord, RangeParam } from "./params.ts";
import type { State } from "./state.ts";

/** Words for all configured providers at once. */
export const ALL_WORDS: readonly string[] = ["both", "all"];

/** A requested provider, with the account whose figures to show. */
export interface Choice {
  readonly provider: string;
  /** Null when the provider has no account yet. */
  readonly account: AccountView | null;
  /** Names of all accounts of the provider. */
  readonly names: readonly string[];
}

/**
 * Answers for the provider that the request names (`?provider=`, else the first that is configured), or for
 * all of them as one object keyed by provider.
 *
 * @throws {HttpError} 400 for a provider or an account that does not exist
 */
export async function resolveChoice<T>(
  ctx: Context<State>,
  answer: (choice: Choice) => T | Promise<T>,
): Promise<T | Readonly<Record<string, T>>> {
  const { services } = ctx.state;
  const [view, providers] = await Promise.all([services.dashboard(), services.providers()]);
  const word = ctx.url.searchParams.get("provider");
  if (word === null || !ALL_WORDS.includes(word)) {
    const provider = chooseProvider(word, providers, view);
    return await answer(choose(provider, ctx.url.searchParams.get("account"), view));
  }
  const account = ctx.url.searchParams.get("account");
  if (account !== null) throw unknownWord("account of all providers", account, []);
  const answers: [string, T][] = [];
  for (const { id } of providers.filter(({ configured }) => configured)) {
    answers.push([id, await answer(choose(id, null, view))]);
  }
  return Object.fromEntries(answers);
}

/**
 * Resolves a word to a provider, or returns the default: the first that is configured, else the first of the
 * registry. One that is known but not configured is fine; it just has no data.
 *
 * @throws {HttpError} 400 when there is no such provider
 */
export function chooseProvider(
  word: string | null,
  providers: readonly ProviderStatus[],
  view: DashboardView,
): string {
  if (word === null) return (providers.find(({ configured }) => configured) ?? providers[0])?.id ?? "";
  const known = [
    ...new Set([...providers, ...view.accounts.map(({ provider: id }) => ({ id }))].map(({ id }) => id)),
  ];
  if (!known.includes(word)) throw unknownWord("provider", word, [...known, ...ALL_WORDS]);
  return word;
}

function choose(provider: string, name: string | null, view: DashboardView): Choice {
  const accounts = view.accounts.filter((account) => account.provider === provider);
  const names = accounts.map((account) => account.name);
  if (name === null) {
    // An account that is no longer configured must not represent the provider while another can.
    const account = accounts.find(({ health }) => health.state !== "off") ?? accounts[0] ?? null;
    return { provider, account, names };
  }
  const account = accounts.find((one) => one.name === name);
  if (!account) throw unknownWord(`account of ${provider}`, name, names);
  return { provider, account, names };
}

/**
 * Returns the range that the request names (`?range=`), else the default.
 *
 * @throws {HttpError} 400 when there is no such range
 */
export function parseRange(ctx: Context<State>): Range {
  const word = ctx.url.searchParams.get("range") ?? DEFAULT_RANGE;
  // An older name of a day.
  const name = parseWord(RangeParam, "range", word === "1d" ? "24h" : word);
  return findRange(name)!;
}

/**
 * Returns the range of insights that the request names (`?range=`), else the default.
 *
 * @throws {HttpError} 400 when there is no such range
 */
export function parseInsightRange({ url }: Context<State>): InsightRange {
  return parseWord(InsightRangeParam, "range", url.searchParams.get("range") ?? DEFAULT_INSIGHT_RANGE);
}

/** Whether the request is about all providers at once. */
export function isForAll({ url }: Context<State>): boolean {
  return ALL_WORDS.includes(url.searchParams.get("provider") ?? "");
}

/**
 * Resolves the quota of a request for cycles, with the word that named it: `?type=`, else the first quota of
 * the account. The quota is null when the provider has none.
 *
 * With all providers at once, each takes the word if it knows it; `?<provider>Type=` takes precedence.
 *
 * @throws {HttpError} 400 for a word that names no quota of the provider
 */
export function resolveType(
  { url }: Context<State>,
  { provider, account }: Choice,
  forAll: boolean,
  name: "type" | "groupBy" = "type",
): { readonly type: string; readonly quota: string | null } {
  const types = cycleTypes(provider, account?.quotas.map(({ quota }) => quota) ?? []);
  const own = forAll ? url.searchParams.get(`${provider}Type`) : null;
  const word = own ?? url.searchParams.get(name);
  const match = word === null ? types[0] : types.find(({ type }) => type === word);
  if (match) return match;
  if (word === null || (forAll && own === null)) return types[0] ?? { type: word ?? "", quota: null };
  throw unknownWord(`${name} of ${provider}`, word, types.map(({ type }) => type));
}
