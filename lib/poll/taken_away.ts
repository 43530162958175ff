/** Accounts that were taken away by another process, before anybody looked for accounts again. */
import type { Clock } from "../base/clock.ts";
import { accountKey } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import type { PollJob } from "./poll_job.ts";
import type { Troubles } from "./trouble.ts";

/**
 * Whether another process renamed or removed a stored account since it was found. A poll under the old name would
 * store it once more, for good.
 *
 * @throws {StoreError} when the store cannot say
 */
export async function isTakenAway(
  { provider, login }: Pick<PollJob, "provider" | "login">,
  { store, clock }: { readonly store: Pick<Store, "docs">; readonly clock: Clock },
): Promise<boolean> {
  if (!login?.isStored) return false;
  return await store.docs.get("accounts", accountKey(provider.id, login.name), clock.now()) === null;
}

/** The same for whoever goes on where the store cannot say; that is told. */
export async function isSeenTakenAway(
  job: Parameters<typeof isTakenAway>[0],
  parts: Parameters<typeof isTakenAway>[1],
  troubles: Pick<Troubles, "guard">,
): Promise<boolean> {
  const asked = await troubles.guard("read", () => isTakenAway(job, parts));
  return asked.ok && asked.value;
}
