/** Renews the login of an account whose owner opted in, and finds the account again afterwards. */
import type { AccountKey } from "../model/quota.ts";
import type { RefreshReason } from "../provider/contract.ts";
import { MINUTE_MS } from "../model/duration.ts";
import type { ConfiguredAccount, Discovery } from "./discovery.ts";
import type { Due } from "./due.ts";
import type { Identities } from "./identities.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Renewals } from "./renewals.ts";
import type { Troubles } from "./trouble.ts";

export interface AccountRenewalParts {
  readonly renewer?: Renewals;
  readonly identities?: Identities;
  readonly discovery: Discovery;
  readonly troubles: Troubles;
  readonly signal: AbortSignal;
}

export interface AccountRenewal {
  /** Returns the account after its login was renewed, if that was allowed and worked; otherwise unchanged. */
  renewed(configured: ConfiguredAccount, why: RefreshReason): Promise<ConfiguredAccount>;
  /** Returns when to try to renew an account that rests because its login has ended; otherwise when it is due. */
  dueAfter(planned: Due, configured: ConfiguredAccount, last: Outcome | null, startedAt: number): Due;
}

/** How often to check an account that rests because its login has ended, if it may be renewed. */
const CHECK_EVERY_MS = 5 * MINUTE_MS;

export function createAccountRenewal(
  { renewer, identities, discovery, troubles, signal }: AccountRenewalParts,
): AccountRenewal {
  const mayRenew = (configured: ConfiguredAccount, why: RefreshReason) =>
    renewer?.isAllowed(configured, why) ?? false;

  async function carryOwner(key: AccountKey, from: string, to: string): Promise<void> {
    await troubles.guard("write", async () => await identities?.carry(key, from, to));
  }

  return {
    async renewed(configured, why) {
      if (!mayRenew(configured, why) || !await renewer?.renew(configured, why, signal)) return configured;
      await discovery.refresh(configured.provider);
      const after = discovery.get(configured.key) ?? configured;
      const { key, fingerprint } = configured.origin;
      if (renewer?.hasWritten?.(after.account.secret.reveal()) && after.origin.key === key) {
        await carryOwner(key, fingerprint, after.origin.fingerprint);
      }
      return after;
    },
    dueAfter(planned, configured, last, startedAt) {
      if (planned.at !== null || last?.reason !== "expired" || !mayRenew(configured, "expired")) {
        return planned;
      }
      return { at: Math.max(last.at, startedAt) + CHECK_EVERY_MS, reason: "renewal" };
    },
  };
}
