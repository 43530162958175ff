/** How a poll ended, and what that says about the health of an account. */
import type { AccountKey } from "./quota.ts";

/** The closed set of failures, the same words in storage, JSON, metrics and fixtures. */
export type FailureKind = "missing" | "auth" | "rate_limited" | "unavailable" | "bad_response";

export const FAILURE_KINDS: readonly FailureKind[] = [
  "missing",
  "auth",
  "rate_limited",
  "unavailable",
  "bad_response",
];

export type OutcomeKind = "ok" | FailureKind;

/** One attempt to poll an account, kept whether it succeeded or not. */
export interface Outcome {
  readonly account: AccountKey;
  /** When it ended, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly kind: OutcomeKind;
  readonly reason?: "expired";
  /** What happened and what to do about it, one line, safe to show. When ok, what to know nevertheless, if anything. */
  readonly hint?: string;
  /** When the vendor asked to be left alone until, epoch milliseconds. */
  readonly retryAt?: number;
  /** Attempts in a row that were not ok, this one included; 0 when ok. */
  readonly failures: number;
  /** When the next poll is due, epoch milliseconds, or null: not before the credential changes or somebody asks. */
  readonly nextAt: number | null;
  /** Why then: one of the reasons of the polling policy. */
  readonly nextReason: string;
  /** Fingerprint of the credential used, so that a wait belongs to it and not to its successor. */
  readonly credential: string | null;
  /** Fingerprint of the settings it was asked with besides, such as another address; absent where none is set. */
  readonly settings?: string;
  /** The redacted start of an answer that could not be understood, for a report. */
  readonly answer?: string;
}

/**
 * Of an account: `fresh`, `stale` (no reading for too long), `waiting` (told to wait by
 * the vendor), `failing` (with the kind of failure), `expired` (its login has ended, and the hint says what
 * brings it back), `off` (no longer configured), or `new` (configured, and not polled yet).
 */
export type HealthState = "fresh" | "stale" | "waiting" | "failing" | "expired" | "off" | "new";

/** What is known of the credential of an account without asking anybody. */
export interface CredentialFacts {
  /** Where it was found, never its value. */
  readonly source: string;
  /** When it ends, epoch milliseconds; null where that is not known. */
  readonly expiresAt: number | null;
  /** What brings one that has ended back, one line; null where its provider does not say. */
  readonly remedy: string | null;
}

export interface Health {
  readonly state: HealthState;
  /** Present when the last attempt was not ok. */
  readonly failure: FailureKind | null;
  readonly hint: string | null;
  /** Last attempt and last success, epoch milliseconds. */
  readonly triedAt: number | null;
  readonly okAt: number | null;
  readonly nextAt: number | null;
}

/** Reasons for the next poll after readings that came by themselves, */
export const FED = "fed";
/** and after those that came during a wait, which is not shortened by their staying away. */
export const FED_WAITING = "fed-waiting";

/** Whether the readings of an outcome came by themselves: then they are some of the quotas and not all. */
export function isLocalOutcome({ nextReason }: Pick<Outcome, "nextReason">): boolean {
  return nextReason === FED || nextReason === FED_WAITING;
}
