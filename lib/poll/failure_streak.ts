/**
 * Counts an account's consecutive failures, by kind and with one credential. Failures of another kind in
 * between do not end the streak: an overloaded vendor mixes them. Pure.
 */
import type { FailureKind, Outcome } from "../model/outcome.ts";
import { isLocalOutcome } from "../model/outcome.ts";

export interface Streak {
  readonly credential: string;
  /** Failures of any kind since the last success. */
  readonly failures: number;
  readonly countByKind: Readonly<Partial<Record<FailureKind, number>>>;
}

/** More outcomes do not matter: by then every wait has reached its maximum. */
export const MAX_OUTCOMES_READ = 64;

export function emptyStreak(credential: string): Streak {
  return { credential, failures: 0, countByKind: {} };
}

/** Computes the streak from an account's stored outcomes, newest first. */
export function streakIn(outcomes: readonly Outcome[], credential: string): Streak {
  const failuresInARow: Partial<Record<FailureKind, number>> = {};
  let failures = 0;
  for (const outcome of outcomes) {
    // Local readings say nothing about how the vendor responds.
    if (isLocalOutcome(outcome)) continue;
    if (outcome.kind === "ok" || outcome.credential !== credential) break;
    failuresInARow[outcome.kind] = (failuresInARow[outcome.kind] ?? 0) + 1;
    failures = Math.max(failures, outcome.failures);
  }
  return { credential, failures, countByKind: failuresInARow };
}

export function recordFailure(streak: Streak, kind: FailureKind): Streak {
  return {
    credential: streak.credential,
    failures: streak.failures + 1,
    countByKind: { ...streak.countByKind, [kind]: (streak.countByKind[kind] ?? 0) + 1 },
  };
}
