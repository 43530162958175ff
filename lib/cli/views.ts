/** The accounts as every surface shows them, as of the command's instant. */
import type { QuotaAnalysis } from "../read/analysis.ts";
import { groupByAccount } from "../read/conclusions.ts";
import { isPolledElsewhere } from "../model/engine/interval.ts";
import { type AccountView, accountView } from "../model/view/view.ts";
import { sortByName, splitAccountKey } from "../model/quota.ts";
import type { StatusBounds } from "../model/view/status.ts";
import type { ProviderStatus } from "../app/context.ts";
import type { AccountRecord } from "../store/store.ts";

/**
 * Returns the views of records, in registry order of their providers, then by name.
 *
 * @param asOf true for an instant other than the present: whether a credential exists now says nothing about then
 * @param concluded conclusions about their quotas, so that their status matches that of every surface
 */
export function createViews(
  records: readonly AccountRecord[],
  providers: readonly ProviderStatus[],
  now: number,
  asOf: boolean,
  concluded: { readonly quotas: readonly QuotaAnalysis[]; readonly bounds: StatusBounds } | null = null,
): readonly AccountView[] {
  const conclusions = groupByAccount(concluded?.quotas ?? []);
  const place = new Map(providers.map(({ id }, at) => [id, at]));
  const placeOf = (view: AccountView) => place.get(view.provider) ?? place.size;
  const views = records.map((record) => {
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
  });
  return sortByName(views, ({ key }) => key).sort((a, b) => placeOf(a) - placeOf(b));
}
