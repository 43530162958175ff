/** Waits after failures, for everything that asks a vendor again by itself. Pure. */
import { HOUR_MS, MINUTE_MS } from "../model/duration.ts";

export const MIN_RATE_LIMITED_MS = 5 * MINUTE_MS;
export const MAX_RATE_LIMITED_MS = 6 * HOUR_MS;
export const MAX_UNAVAILABLE_MS = 30 * MINUTE_MS;
export const BAD_RESPONSE_MS = HOUR_MS;
/** A vendor that asks for a longer wait means something else, for example seconds stated as milliseconds. */
export const MAX_RETRY_AFTER_MS = 7 * 24 * HOUR_MS;

/** Returns `first`, doubled for each failure after the first, at most `max`. */
export function doubleWait(first: number, failuresInARow: number, max: number): number {
  return Math.min(max, first * 2 ** Math.max(failuresInARow - 1, 0));
}

/** Returns the instant the vendor named, unless it is implausible. */
export function saneRetryAfter(retryAt: number | undefined, now: number): number | null {
  if (retryAt === undefined || !Number.isFinite(retryAt)) return null;
  return retryAt - now > MAX_RETRY_AFTER_MS ? null : retryAt;
}
