/** Which provider, account and range a request to the quota API is about. */
import type { Context } from "fresh";
import { DEFAULT_RANGE, type Range, rangeOf, RANGES } from "../model/history.ts";
import type { AccountView, DashboardView } from "../model/view.ts";
import type { ProviderStatus } from "../services.ts";
import { unknownWord } from "./answer.ts";
import type { State } from "./state.ts";

/** Words for all configured providers at once. */
export const ALL_WORDS: readonly string[] = ["both", "all"];

/** One provider that was asked for, with the account whose figures to show. */
export interface Choice {
  readonly provider: string;
  /** Null when the provider has no account yet. */
  readonly account: AccountView | null;
  /** Names of all accounts of the provider. */
  readonly names: readonly string[];
}

/**
 * The answer for the provider the request names (`?provider=`, else the first that is
 * configured), or for all of them as one object keyed by provider.
 *
 * @throws {HttpError} 400 for a provider or an account that does not exist
 */
export async function chosen<T>(
  ctx: Context<State>,
  answer: (choice: Choice) => T | Promise<T>,
): Promise<T | Readonly<Record<string, T>>> {
  const { services } = ctx.state;
  const [view, providers] = await Promise.all([services.dashboard(), services.providers()]);
  const word = ctx.url.searchParams.get("provider");
  if (word === null || !ALL_WORDS.includes(word)) {
    const provider = providerOf(word, providers, view);
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
 * The provider a word means, or the default one: the first that is configured, else the first of
 * the registry. One that is known but not configured is fine, there is just nothing to tell.
 *
 * @throws {HttpError} 400 when there is no such provider
 */
export function providerOf(
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
    // An account that is no longer configured must not stand for the provider while another is.
    const account = accounts.find(({ health }) => health.state !== "off") ?? accounts[0] ?? null;
    return { provider, account, names };
  }
  const account = accounts.find((one) => one.name === name);
  if (!account) throw unknownWord(`account of ${provider}`, name, names);
  return { provider, account, names };
}

/**
 * The range the request names (`?range=`), else the default one.
 *
 * @throws {HttpError} 400 when there is no such range
 */
export function chosenRange(ctx: Context<State>): Range {
  const word = ctx.url.searchParams.get("range") ?? DEFAULT_RANGE;
  // An older name of a day.
  const range = rangeOf(word === "1d" ? "24h" : word);
  if (!range) throw unknownWord("range", word, RANGES.map(({ name }) => name));
  return range;
}
