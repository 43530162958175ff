/** Detects accounts that another process removed before the next discovery. */
import type { Clock } from "../base/clock.ts";
import { accountKey } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import type { PollJob } from "./poll_job.ts";
import type { Troubles } from "./trouble.ts";

/**
 * Reports whether another process renamed or removed a stored account since it was discovered. A poll under
 * the old name would store it again, permanently.
 *
 * @throws {StoreError} when the store cannot tell
 */
export async function isRemoved(
  { provider, login }: Pick<PollJob, "provider" | "login">,
  { store, clock }: { readonly store: Pick<Store, "docs">; readonly clock: Clock },
): Promise<boolean> {
  if (!login?.isStored) return false;
  return await store.docs.get("accounts", accountKey(provider.id, login.name), clock.now()) === null;
}

/** Does the same for callers that continue when the store cannot tell; logs that. */
export async function isCertainlyRemoved(
  job: Parameters<typeof isRemoved>[0],
  parts: Parameters<typeof isRemoved>[1],
  troubles: Pick<Troubles, "guard">,
): Promise<boolean> {
  const result = await troubles.guard("read", () => isRemoved(job, parts));
  return result.ok && result.value;
}
