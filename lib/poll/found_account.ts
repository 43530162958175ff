/** What other parts may know about a discovered account: everything but its secrets. */
import type { FoundAccount } from "../model/account.ts";
import type { ConfiguredAccount } from "./discovery.ts";

/** Enough characters of the hash to tell people apart. */
const FINGERPRINT = 8;

export function foundAccount(
  { key, provider, account, identity, sameAs }: ConfiguredAccount,
): FoundAccount {
  return {
    account: key,
    provider: provider.id,
    name: account.name,
    source: account.source,
    expiresAt: account.expiresAt ?? null,
    fingerprint: identity?.slice(0, FINGERPRINT) ?? null,
    hosts: account.hosts ?? [],
    remedy: account.remedy ?? null,
    ...sameAs !== undefined && { sameAs },
    renewable: provider.renewal !== undefined && account.file !== undefined,
  };
}
