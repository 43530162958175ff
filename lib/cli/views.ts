/** The accounts as every surface shows them, as of the instant of a command. */
import type { QuotaAnalysis } from "../read/analysis.ts";
import { byAccount } from "../read/conclusions.ts";
import { staleAfterMs } from "../model/view/health.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountView, accountView } from "../model/view/view.ts";
import { splitAccountKey } from "../model/quota.ts";
import type { StatusBounds } from "../model/view/status.ts";
import type { ProviderStatus } from "../app/context.ts";
import type { AccountRecord } from "../store/store.ts";

/**
 * The views of records, by provider in the order of the registry, then by name.
 *
 * @param asOf whether they stand at an instant other than the present: whether a credential
 *   is found now says nothing about then
 * @param concluded what was concluded about their quotas, so that their status is that of every surface
 */
export function viewsOf(
  records: readonly AccountRecord[],
  providers: readonly ProviderStatus[],
  now: number,
  asOf: boolean,
  concluded: { readonly quotas: readonly QuotaAnalysis[]; readonly bounds: StatusBounds } | null = null,
): readonly AccountView[] {
  const conclusions = byAccount(concluded?.quotas ?? []);
  const place = new Map(providers.map(({ id }, at) => [id, at]));
  const placeOf = (view: AccountView) => place.get(view.provider) ?? place.size;
  return records.map((record) => {
    const { provider, name } = splitAccountKey(record.account);
    const status = providers.find(({ id }) => id === provider);
    const found = status?.accounts.find((account) => account.name === name);
    return accountView({
      ...record,
      configured: asOf || found !== undefined || isPolledElsewhere(record.outcome, now),
      ...!asOf && found && { credential: found },
      providerName: status?.name ?? provider,
      ...concluded && { statusBounds: concluded.bounds },
      ...conclusions.get(record.account),
    }, now);
  }).sort((a, b) => placeOf(a) - placeOf(b) || (a.key < b.key ? -1 : 1));
}

/**
 * Whether another process polls an account that is not found with the settings of this one, such as a server with an
 * environment of its own: it planned to go on, and is not later than makes readings stale.
 */
export function isPolledElsewhere(outcome: Outcome | null, now: number): boolean {
  if (outcome === null) return false;
  const { at, nextAt } = outcome;
  return now <= at + staleAfterMs(nextAt === null ? 0 : nextAt - at);
}
