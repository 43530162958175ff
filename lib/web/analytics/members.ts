/** The quotas to analyse, their names, and the colour of each group. */
import type { DashboardView, QuotaView } from "../../model/view/view.ts";
import { plain } from "../../base/text.ts";
import { SERIES_COLOURS } from "../../ui/series.ts";
import { accountTitle, fullTitle } from "../../ui/words.ts";

/** A quota with its account. */
export interface Member {
  readonly quota: QuotaView;
  readonly provider: string;
  readonly providerName: string;
  readonly account: string;
  readonly name: string;
}

/**
 * Assigns colours to the drawn groups in order, so that few groups always get the most distinct ones. Groups
 * merged into the rest get none.
 */
export function assignColours(drawn: readonly string[]): ReadonlyMap<string, number> {
  return new Map(drawn.slice(0, SERIES_COLOURS).map((group, series) => [group, series]));
}

export function listMembers(view: DashboardView): readonly Member[] {
  const providers = uniqueNames(
    view.accounts.map(({ provider, providerName }) => [provider, plain(providerName, MAX_NAME).trim()]),
  );
  const accounts = uniqueNames(view.accounts.map((account) => [account.key, accountTitle(account)]));
  const quotas = uniqueNames(
    view.accounts.flatMap((account) =>
      account.quotas.map((quota) => [quota.key, fullTitle(account, quota)] as const)
    ),
  );
  return view.accounts.flatMap((account) =>
    account.quotas.map((quota) => ({
      quota,
      provider: account.provider,
      providerName: providers.get(account.provider)!,
      account: accounts.get(account.key)!,
      name: quotas.get(quota.key)!,
    }))
  );
}

const MAX_NAME = 80;

/** Names by keys. An item that shares its name with another, or has none, is shown with its key. */
function uniqueNames(named: readonly (readonly [key: string, name: string])[]): ReadonlyMap<string, string> {
  const names = new Map(named);
  const owners = new Map<string, number>();
  for (const name of names.values()) owners.set(name, (owners.get(name) ?? 0) + 1);
  return new Map(
    [...names].map(([key, name]) => {
      const own = plain(key, MAX_NAME);
      if (name === "") return [key, own];
      return [key, owners.get(name) === 1 ? name : `${name} (${own})`];
    }),
  );
}
