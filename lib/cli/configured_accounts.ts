/**
 * Finds which of the stored accounts are configured now. Loaded only when a user hid one, because it needs every
 * provider.
 */
import { type AccountKey, accountKey } from "../model/quota.ts";
import type { AccountRecord } from "../store/store.ts";
import { listProviders } from "./program_for.ts";
import type { Tools } from "./tools.ts";
import { isPolledElsewhere } from "./views.ts";

/**
 * Returns keys of the accounts that have a credential, or that another process polls. Always as of now, whatever
 * instant the user requested.
 */
export async function configuredAccounts(
  tools: Tools,
  latest: readonly AccountRecord[],
): Promise<ReadonlySet<AccountKey>> {
  const found = (await listProviders(tools)).flatMap(({ id, accounts }) =>
    accounts.map(({ name }) => accountKey(id, name))
  );
  const now = tools.clock.present?.() ?? tools.now;
  const polled = latest.filter(({ outcome }) => isPolledElsewhere(outcome, now));
  return new Set([...found, ...polled.map(({ account }) => account)]);
}
