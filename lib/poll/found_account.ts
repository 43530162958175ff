/** What other parts may know about a discovered account: everything but its secrets. */
import type { AccountKey } from "../model/quota.ts";
import type { ConfiguredAccount } from "./discovery.ts";

/** A discovered account. */
export interface FoundAccount {
  readonly account: AccountKey;
  readonly provider: string;
  readonly name: string;
  /** The origin of the credential, never its value; empty when nothing could be read. */
  readonly source: string;
  /** When the credential expires, if known; epoch milliseconds. */
  readonly expiresAt: number | null;
  /** Distinguishes the credential's owner from others, and reveals nothing else; null when unknown. */
  readonly fingerprint: string | null;
  /** Hosts for it in addition to its provider's. */
  readonly hosts: readonly string[];
  /** How to restore an expired credential, one line. */
  readonly remedy: string | null;
  /** True when its login is in its own tool's file and can be renewed there. */
  readonly renewable: boolean;
}

/** Hash characters enough to distinguish people. */
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
