/** The outcome of a poll, and what it says about the health of an account. */
import type { AccountKey } from "./quota.ts";

/** The closed set of failures, with the same names in storage, JSON, metrics and fixtures. */
export type FailureKind = "missing" | "auth" | "rate_limited" | "unavailable" | "bad_response";

export const FAILURE_KINDS: readonly FailureKind[] = [
  "missing",
  "auth",
  "rate_limited",
  "unavailable",
  "bad_response",
];

export type OutcomeKind = "ok" | FailureKind;

/** One attempt to poll an account, stored whether it succeeded or not. */
export interface Outcome {
  readonly account: AccountKey;
  /** When it ended, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly kind: OutcomeKind;
  readonly reason?: "expired";
  /**
   * What happened and what to do about it, one line, safe to show.
   * For a success, a remark if there is one.
   */
  readonly hint?: string;
  /** When the vendor allows the next request, epoch milliseconds. */
  readonly retryAt?: number;
  /** Failed attempts in a row, including this one; 0 for a success. */
  readonly failures: number;
  /**
   * When the next poll is due, epoch milliseconds; null when it
   * waits for a new credential or a user's request.
   */
  readonly nextAt: number | null;
  /** Why at that time: one of the polling policy's reasons. */
  readonly nextReason: string;
  /** Fingerprint of the credential used, so that a wait applies to it and not to its successor. */
  readonly credential: string | null;
  /** Fingerprint of other settings used, such as another base URL; absent when none is set. */
  readonly settings?: string;
  /** The redacted start of a response that could not be parsed, for an error report. */
  readonly answer?: string;
}

/**
 * The state of an account: `fresh`, `stale` (no reading for too long), `waiting` (rate limited by the
 * vendor), `failing` (with the kind of failure), `expired` (its login has ended, and the hint says how to
 * restore it), `off` (no longer configured), or `new` (configured, and not polled yet).
 */
export type HealthState = "fresh" | "stale" | "waiting" | "failing" | "expired" | "off" | "new";

/** What is known about an account's credential without a request. */
export interface CredentialFacts {
  /** Where it was found, never its value. */
  readonly source: string;
  /** When it expires, epoch milliseconds; null when unknown. */
  readonly expiresAt: number | null;
  /** How to restore an expired one, one line; null when its provider does not say. */
  readonly remedy: string | null;
}

export interface Health {
  readonly state: HealthState;
  /** Present when the last attempt failed. */
  readonly failure: FailureKind | null;
  readonly hint: string | null;
  /** Last attempt and last success, epoch milliseconds. */
  readonly triedAt: number | null;
  readonly okAt: number | null;
  readonly nextAt: number | null;
}

/** Reason for the next poll after local readings. */
export const LOCAL_READINGS = "fed";
/** Reason after local readings during a wait; when they stop, the wait is no shorter. */
export const LOCAL_READINGS_WAITING = "fed-waiting";

/** Reports whether an outcome's readings are local: then they cover some of the quotas, not all. */
export function isLocalOutcome({ nextReason }: Pick<Outcome, "nextReason">): boolean {
  return nextReason === LOCAL_READINGS || nextReason === LOCAL_READINGS_WAITING;
}
