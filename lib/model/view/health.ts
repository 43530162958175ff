/** How an account is doing, from the last attempt, the last success, and how often it is read. */
import { GAP_INTERVALS } from "../engine/interval.ts";
import type { CredentialFacts, Health, HealthState, Outcome } from "../outcome.ts";
import { formatDuration } from "./format.ts";
import { isFuture } from "../time.ts";

/** A reading is not called stale before this age, however short the interval. */
export const MIN_STALE_MS = 180_000;

/** The age from which the readings of an account are stale, in milliseconds: one poll may come late or be lost. */
export function staleAfterMs(expectedIntervalMs: number): number {
  return Math.max(MIN_STALE_MS, GAP_INTERVALS * expectedIntervalMs);
}

/**
 * @param outcome the last attempt, or null before the first
 * @param okAt the last success, epoch milliseconds, or null
 * @param configured whether a credential is found at present
 * @param expectedIntervalMs how far apart readings are when all is well, as `accountIntervalMs` tells
 * @param credential as it is found at present, if it is
 */
export function healthOf(
  outcome: Outcome | null,
  okAt: number | null,
  configured: boolean,
  now: number,
  expectedIntervalMs: number,
  credential?: CredentialFacts | null,
): Health {
  const failed = outcome !== null && outcome.kind !== "ok";
  // A login that ends between two polls is not waited for to be refused.
  const ended = configured && !isExpired(outcome) && hasEnded(credential, now);
  return {
    state: ended ? "expired" : stateOf(outcome, okAt, configured, now, expectedIntervalMs),
    failure: ended ? "auth" : failed ? outcome.kind : null,
    hint: ended ? remedyOf(credential) : outcome?.hint ?? (failed ? null : futureHint(okAt, now)),
    triedAt: outcome?.at ?? null,
    okAt,
    // What is no longer configured is not polled, whatever was planned.
    nextAt: configured ? outcome?.nextAt ?? null : null,
  };
}

function stateOf(
  outcome: Outcome | null,
  okAt: number | null,
  configured: boolean,
  now: number,
  expectedIntervalMs: number,
): HealthState {
  if (!configured) return "off";
  if (outcome === null) return "new";
  if (isExpired(outcome)) return "expired";
  if (outcome.kind !== "ok") {
    const told = outcome.kind === "rate_limited" && outcome.nextAt !== null && outcome.nextAt > now;
    return told ? "waiting" : "failing";
  }
  const at = okAt ?? outcome.at;
  // An age below nothing is no age: of such a reading nobody knows how old it is.
  return isFuture(at, now) || now - at > staleAfterMs(expectedIntervalMs) ? "stale" : "fresh";
}

function futureHint(okAt: number | null, now: number): string | null {
  if (okAt === null || !isFuture(okAt, now)) return null;
  return `The last reading is dated ${
    formatDuration(okAt - now)
  } ahead of the clock: check the time of this machine`;
}

function isExpired(outcome: Outcome | null): boolean {
  return outcome !== null && outcome.kind === "auth" && outcome.reason === "expired";
}

function hasEnded(
  credential: CredentialFacts | null | undefined,
  now: number,
): credential is CredentialFacts {
  return credential !== null && credential !== undefined && credential.expiresAt !== null &&
    credential.expiresAt <= now;
}

function remedyOf(credential: CredentialFacts | null | undefined): string {
  return `The login has expired. ${credential?.remedy ?? `Renew ${credential?.source}`}`;
}
