/** The health of an account, from the last attempt, the last success, and the polling interval. */
import { staleAfterMs } from "../engine/interval.ts";
import type { CredentialFacts, Health, HealthState, Outcome } from "../outcome.ts";
import { formatDuration } from "./format.ts";
import { isFuture } from "../time.ts";

/**
 * @param outcome the last attempt, or null before the first
 * @param okAt the last success, epoch milliseconds, or null
 * @param configured whether the account has a credential at present
 * @param expectedIntervalMs the normal distance between readings, as `accountIntervalMs` computes it
 * @param credential the present credential, if any
 */
export function computeHealth(
  outcome: Outcome | null,
  okAt: number | null,
  configured: boolean,
  now: number,
  expectedIntervalMs: number,
  credential?: CredentialFacts | null,
): Health {
  const failed = outcome !== null && outcome.kind !== "ok";
  // A login that expires between two polls counts as expired before the vendor refuses it.
  const ended = configured && !isExpired(outcome) && hasEnded(credential, now);
  return {
    state: ended ? "expired" : chooseState(outcome, okAt, configured, now, expectedIntervalMs),
    failure: ended ? "auth" : failed ? outcome.kind : null,
    hint: ended ? describeRemedy(credential) : outcome?.hint ?? (failed ? null : futureHint(okAt, now)),
    triedAt: outcome?.at ?? null,
    okAt,
    // An unconfigured account is not polled, whatever was planned.
    nextAt: configured ? outcome?.nextAt ?? null : null,
  };
}

function chooseState(
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
    const isRateLimited = outcome.kind === "rate_limited" && outcome.nextAt !== null && outcome.nextAt > now;
    return isRateLimited ? "waiting" : "failing";
  }
  const at = okAt ?? outcome.at;
  // A negative age is no age: how old such a reading is, is unknown.
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

function describeRemedy(credential: CredentialFacts | null | undefined): string {
  return `The login has expired. ${credential?.remedy ?? `Renew ${credential?.source}`}`;
}
