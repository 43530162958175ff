/** Facts about accounts other than their usage. Never a secret. */
import type { CredentialFacts, Outcome } from "./outcome.ts";
import type { AccountKey } from "./quota.ts";

/** An account that discovery finds now. */
export interface FoundAccount extends CredentialFacts {
  readonly account: AccountKey;
  readonly provider: string;
  readonly name: string;
  /** Tells the credential's owner apart from others and reveals nothing else; null when unknown. */
  readonly fingerprint: string | null;
  /** The account that has the same login and is polled instead; absent when there is none. */
  readonly sameAs?: AccountKey;
  /** Hosts it may reach in addition to its provider's. */
  readonly hosts: readonly string[];
  /** True when its login is stored in its own tool's file and can be renewed there. */
  readonly renewable: boolean;
}

/** An account that was discovered, stored or ever polled, as lists of accounts show it. */
export interface AccountEntry {
  readonly key: AccountKey;
  readonly provider: string;
  readonly name: string;
  /** The user's name for it; null when not set. */
  readonly label: string | null;
  /** True when it was added here, and so can be renamed and removed here. */
  readonly stored: boolean;
  /** When it was added, epoch milliseconds; null for a discovered one. */
  readonly addedAt: number | null;
  /** Names of its stored settings. */
  readonly settings: readonly string[];
  /** Where its credential is now; null when there is none. */
  readonly source: string | null;
  readonly polling: boolean;
  /** True when a user hid it and it is not configured at present. */
  readonly hidden: boolean;
  /** The first part of a hash of its identity at the vendor; null when unknown. */
  readonly fingerprint: string | null;
  /** When its credential expires, epoch milliseconds; null when unknown. */
  readonly expiresAt: number | null;
  /** True when its login is stored in its own tool's file and can be renewed there. */
  readonly renewable: boolean;
  /** The events at which this account is renewed, when set for it; null to follow its provider's setting. */
  readonly refresh: readonly string[] | null;
  /** The outcome of the last poll; null before the first. */
  readonly outcome: Pick<Outcome, "kind" | "reason" | "hint" | "at"> | null;
}
