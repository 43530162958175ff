/** Accounts that were taken away by another process, before anybody looked for accounts again. */
import type { Clock } from "../base/clock.ts";
import { accountKey } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import type { Configured } from "./discovery.ts";
import type { Troubles } from "./trouble.ts";

/**
 * Whether another process renamed or removed a stored account since it was found. A poll under the old name would
 * store it once more, for good.
 */
export async function isTakenAway(
  { provider, login }: Configured,
  { store, clock }: { readonly store: Pick<Store, "docs">; readonly clock: Clock },
  troubles: Pick<Troubles, "guard">,
): Promise<boolean> {
  if (!login?.isStored) return false;
  const key = accountKey(provider.id, login.name);
  const asked = await troubles.guard("read", () => store.docs.get("accounts", key, clock.now()));
  return asked.ok && asked.value === null;
}
