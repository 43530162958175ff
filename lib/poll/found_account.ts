/** What others may know of an account that was found: everything but its secrets. */
import type { AccountKey } from "../model/quota.ts";
import type { ConfiguredAccount } from "./discovery.ts";

/** An account as it was found. */
export interface FoundAccount {
  readonly account: AccountKey;
  readonly provider: string;
  readonly name: string;
  /** Where the credential was found, never its value; empty where nothing could be read. */
  readonly source: string;
  /** When the credential ends, as far as that is known; epoch milliseconds. */
  readonly expiresAt: number | null;
  /** Tells whom the credential belongs to from others, and nothing else; null where that is not known. */
  readonly fingerprint: string | null;
  /** Hosts it is asked at besides those of its provider. */
  readonly hosts: readonly string[];
  /** What brings one that has ended back, one line. */
  readonly remedy: string | null;
  /** Whether its login stands in a file of its own tool and could be renewed there. */
  readonly renewable: boolean;
}

/** So much of a hash tells people apart. */
const FINGERPRINT = 8;

export function foundAccount({ key, provider, account, identity }: ConfiguredAccount): FoundAccount {
  return {
    account: key,
    provider: provider.id,
    name: account.name,
    source: account.source,
    expiresAt: account.expiresAt ?? null,
    fingerprint: identity?.slice(0, FINGERPRINT) ?? null,
    hosts: account.hosts ?? [],
    remedy: account.remedy ?? null,
    renewable: provider.renewal !== undefined && account.file !== undefined,
  };
}
