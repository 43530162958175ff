/** Shapes of an account for the command line and the native API. Pure functions; never a secret. */
import type { AccountEntry } from "../model/account.ts";
import type { Outcome } from "../model/outcome.ts";
import { isoInstant } from "../model/time.ts";
import { SCHEMA_VERSION } from "./version.ts";

export interface AccountJson {
  readonly key: string;
  readonly provider: string;
  readonly name: string;
  readonly label: string | null;
  /** True for an account added by hand, which can be renamed and removed. */
  readonly stored: boolean;
  readonly addedAt: string | null;
  /** Names of the stored settings, never their values. */
  readonly settings: readonly string[];
  /** Where its credential was found; null when there is none. */
  readonly source: string | null;
  readonly polling: boolean;
  /** True when views of the present omit it. */
  readonly hidden: boolean;
  /** The first part of a hash: the same for the same person, but it identifies no one. */
  readonly fingerprint: string | null;
  readonly expiresAt: string | null;
  readonly expired: boolean;
  /** True when its login is stored in its own tool's file and can be renewed there. */
  readonly renewable: boolean;
  /** The events at which this account is renewed, when set for it; null to follow its provider's setting. */
  readonly refresh: readonly string[] | null;
  readonly outcome: {
    readonly kind: Outcome["kind"];
    readonly reason: "expired" | null;
    readonly hint: string | null;
    readonly at: string;
  } | null;
}

export function accountJson(facts: AccountEntry, now: number): AccountJson {
  const { key, provider, name, label, stored, settings, source, polling, fingerprint, expiresAt, outcome } =
    facts;
  return {
    key,
    provider,
    name,
    label,
    stored,
    addedAt: isoInstant(facts.addedAt),
    settings,
    source,
    polling,
    hidden: facts.hidden,
    fingerprint,
    expiresAt: isoInstant(expiresAt),
    expired: expiresAt !== null && expiresAt <= now,
    renewable: facts.renewable,
    refresh: facts.refresh,
    outcome: outcome && {
      kind: outcome.kind,
      reason: outcome.reason ?? null,
      hint: outcome.hint ?? null,
      at: isoInstant(outcome.at),
    },
  };
}

export interface AccountsJson {
  readonly schemaVersion: number;
  readonly at: string;
  readonly accounts: readonly AccountJson[];
}

export function accountsJson(accounts: readonly AccountEntry[], now: number): AccountsJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(now),
    accounts: accounts.map((one) => accountJson(one, now)),
  };
}
