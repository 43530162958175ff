/** Accounts as the command line and the native surface tell of them. Never a secret. Pure functions. */
import type { Outcome } from "../model/outcome.ts";
import { isoInstant } from "../model/time.ts";
import { SCHEMA_VERSION } from "./version.ts";

/** What the shape needs of an account; the words are those of the services. */
export interface AccountFacts {
  readonly key: string;
  readonly provider: string;
  readonly name: string;
  readonly label: string | null;
  readonly stored: boolean;
  readonly addedAt: number | null;
  readonly settings: readonly string[];
  readonly source: string | null;
  readonly polling: boolean;
  readonly hidden: boolean;
  readonly fingerprint: string | null;
  readonly expiresAt: number | null;
  readonly renewable: boolean;
  readonly refresh: readonly string[] | null;
  readonly outcome: Pick<Outcome, "kind" | "reason" | "hint" | "at"> | null;
}

export interface AccountJson {
  readonly key: string;
  readonly provider: string;
  readonly name: string;
  readonly label: string | null;
  /** Whether it was added by hand, and so can be renamed and removed. */
  readonly stored: boolean;
  readonly addedAt: string | null;
  /** Names of the settings that are stored, never a value. */
  readonly settings: readonly string[];
  /** Where its credential is found; null when it is not. */
  readonly source: string | null;
  readonly polling: boolean;
  /** Whether it is left out where the present is shown. */
  readonly hidden: boolean;
  /** The beginning of a hash: alike for the same person, and nobody's name. */
  readonly fingerprint: string | null;
  readonly expiresAt: string | null;
  readonly expired: boolean;
  /** Whether its login stands in a file of its own tool and could be renewed there. */
  readonly renewable: boolean;
  /** When that is done, as was chosen for this account; null for what its provider is set to. */
  readonly refresh: readonly string[] | null;
  readonly outcome: {
    readonly kind: Outcome["kind"];
    readonly reason: "expired" | null;
    readonly hint: string | null;
    readonly at: string;
  } | null;
}

export function accountJson(facts: AccountFacts, now: number): AccountJson {
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

export function accountsJson(accounts: readonly AccountFacts[], now: number): AccountsJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(now),
    accounts: accounts.map((one) => accountJson(one, now)),
  };
}
