/** Which accounts that were read are configured now. Loaded only where somebody hid one, since it takes every provider. */
import { type AccountKey, accountKey } from "../model/quota.ts";
import type { AccountRecord } from "../store/store.ts";
import { listProviders } from "./program_for.ts";
import type { Tools } from "./tools.ts";
import { isPolledElsewhere } from "./views.ts";

/**
 * Keys of the accounts for which a credential is found, or which another process polls: at present, whatever instant is
 * asked for.
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
