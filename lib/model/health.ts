/** How an account is doing, from the last attempt and the last success. */
import type { Health, HealthState, Outcome } from "./outcome.ts";

/** A reading is not called stale before this age, however short the interval. */
export const LEAST_STALE_MS = 180_000;
/** Nor before so many intervals have gone by: one poll may come late or be lost. */
export const STALE_INTERVALS = 2.5;

/** The age from which the readings of an account are stale, in milliseconds. */
export function staleAfterMs(expectedIntervalMs: number): number {
  return Math.max(LEAST_STALE_MS, STALE_INTERVALS * expectedIntervalMs);
}

/**
 * @param outcome the last attempt, or null before the first
 * @param okAt the last success, epoch milliseconds, or null
 * @param configured whether a credential is found at present
 * @param expectedIntervalMs how far apart polls are when all is well
 */
export function healthOf(
  outcome: Outcome | null,
  okAt: number | null,
  configured: boolean,
  now: number,
  expectedIntervalMs: number,
): Health {
  const failed = outcome !== null && outcome.kind !== "ok";
  return {
    state: stateOf(outcome, okAt, configured, now, expectedIntervalMs),
    failure: failed ? outcome.kind : null,
    hint: failed ? outcome.hint ?? null : null,
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
  if (outcome.kind !== "ok") {
    const told = outcome.kind === "rate_limited" && outcome.nextAt !== null && outcome.nextAt > now;
    return told ? "waiting" : "failing";
  }
  return now - (okAt ?? outcome.at) > staleAfterMs(expectedIntervalMs) ? "stale" : "fresh";
}
