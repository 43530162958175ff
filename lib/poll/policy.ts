/**
 * Decides when to poll next, and why. Pure: the same input gives the same
 * answer, and the table in its test is its specification.
 *
 * May import the model, `back_off.ts` and `schedule.ts`; reads no clock and uses no randomness of its own. The schedule is a
 * promise to the vendor: a failure may lengthen a wait and never shortens it.
 */
import {
  BAD_RESPONSE_MS,
  doubleWait,
  MAX_RATE_LIMITED_MS,
  MAX_UNAVAILABLE_MS,
  MIN_RATE_LIMITED_MS,
  saneRetryAfter,
} from "../base/back_off.ts";
import { MINUTE_MS } from "../model/duration.ts";
import type { OutcomeKind } from "../model/outcome.ts";
import { expectedIntervalMs, MIN_INTERVAL_MS, nextOccurrence, type Schedule } from "./schedule.ts";

export {
  MAX_RATE_LIMITED_MS,
  MAX_RETRY_AFTER_MS,
  MIN_RATE_LIMITED_MS,
  saneRetryAfter,
} from "../base/back_off.ts";

/** Why the next poll is due at that time. Logged, stored with the outcome and shown. */
export type NextReason =
  /** By the interval or the cron expression. */
  | "interval"
  | "cron"
  /** The provider asks to be polled less often than scheduled. */
  | "politeness"
  /** Just after a stated reset, so that a cycle ends at the right time. */
  | "reset"
  /** The vendor named an instant. */
  | "retry-after"
  /** The vendor only said that requests were too frequent. */
  | "rate-limited"
  | "unavailable"
  | "bad-response"
  /** Rejected, and retried: a vendor's login service may be down for a moment. */
  | "auth"
  /** Rejected too often: rests until the credential changes or a user asks. */
  | "auth-rest"
  /** No credential: rests until there is one or a user asks. */
  | "missing"
  /** The cron expression has no further occurrence. */
  | "never";

export interface NextPollInput {
  /** When the attempt ended, epoch milliseconds, like all instants here. */
  readonly now: number;
  readonly schedule: Schedule;
  /** The minimum interval the provider asks for, 0 for none. */
  readonly everyMs: number;
  /** The outcome of the attempt. */
  readonly kind: OutcomeKind;
  /** When the vendor allows the next request. */
  readonly retryAt?: number | undefined;
  /** Failures of this kind with this credential since the last success, including this one. */
  readonly failuresInARow: number;
  /** Stated resets, past and future. */
  readonly resets: readonly number[];
  /** Whether a user is viewing the figures. */
  readonly watching: boolean;
  /** In [0, 1), for the jitter. */
  readonly random: number;
}

export interface NextPoll {
  /** Epoch milliseconds; null when it waits for a new credential or a user's request. */
  readonly at: number | null;
  readonly reason: NextReason;
}

/** Waits are spread by this share, so that many installations do not poll in step. */
export const JITTER = 0.1;
/** A cron expression names exact times, so there the spread stays small. */
export const MAX_CRON_JITTER_MS = 5_000;
const AFTER_RESET_MS = 30_000;
export const MAX_UNAVAILABLE_WATCHED_MS = 5 * MINUTE_MS;
const MAX_AUTH_FAILURES = 3;

export function nextPoll(input: NextPollInput): NextPoll {
  const regular = regularPoll(input);
  if (input.kind === "ok") return planAfterReset(input, regular) ?? regular;

  if (input.kind === "missing") return { at: null, reason: "missing" };
  if (input.kind === "auth" && input.failuresInARow >= MAX_AUTH_FAILURES) {
    return { at: null, reason: "auth-rest" };
  }
  // When the schedule has no further run, a failure is not retried either.
  if (regular.at === null) return regular;

  const wait = backOff(input);
  const own = Math.ceil(input.now + wait.ms * (1 + JITTER * input.random));
  const retryAt = saneRetryAfter(input.retryAt, input.now);
  // A past instant, such as "retry after 0 s", is no invitation: then our own wait applies.
  if (retryAt !== null && retryAt >= Math.max(own, regular.at)) {
    const spread = Math.min(wait.ms, MINUTE_MS) * JITTER * input.random;
    return { at: Math.ceil(retryAt + spread), reason: "retry-after" };
  }
  return regular.at > own ? regular : { at: own, reason: wait.reason };
}

/** Returns our own wait after a failure, before jitter. It never shrinks as failures add up. */
function backOff(input: NextPollInput): { readonly ms: number; readonly reason: NextReason } {
  const intervalMs = expectedIntervalMs(input.schedule, input.everyMs, input.now);
  switch (input.kind) {
    case "rate_limited": {
      const ms = doubleWait(MIN_RATE_LIMITED_MS, input.failuresInARow, MAX_RATE_LIMITED_MS);
      return { ms, reason: "rate-limited" };
    }
    case "unavailable": {
      const max = input.watching ? MAX_UNAVAILABLE_WATCHED_MS : MAX_UNAVAILABLE_MS;
      return { ms: doubleWait(intervalMs, input.failuresInARow, max), reason: "unavailable" };
    }
    case "auth": {
      const ms = doubleWait(Math.max(intervalMs, MINUTE_MS), input.failuresInARow, MAX_UNAVAILABLE_MS);
      return { ms, reason: "auth" };
    }
    default:
      return { ms: BAD_RESPONSE_MS, reason: "bad-response" };
  }
}

/** Returns when the schedule alone would poll. */
function regularPoll(input: NextPollInput): NextPoll {
  const { now, schedule, everyMs, random } = input;
  const floor = computeFloor(input);
  if (schedule.kind === "cron") {
    const next = nextOccurrence(schedule, now);
    if (next === null) return { at: null, reason: "never" };
    const at = Math.ceil(next + Math.min((next - now) * JITTER, MAX_CRON_JITTER_MS) * random);
    return at < floor ? { at: floor, reason: "politeness" } : { at, reason: "cron" };
  }
  // Spread to both sides, so that the average matches the interval.
  const at = Math.ceil(now + schedule.ms * (1 + JITTER * (random - 0.5)));
  if (at >= floor) return { at, reason: "interval" };
  return { at: floor, reason: everyMs > schedule.ms ? "politeness" : "interval" };
}

/** Returns a poll just after the nearest reset, if that is before the regular one. */
function planAfterReset(input: NextPollInput, regular: NextPoll): NextPoll | null {
  const { now, random } = input;
  const floor = computeFloor(input);
  const coming = input.resets.map((reset) => reset + AFTER_RESET_MS).filter((at) => at > now);
  if (coming.length === 0) return null;
  const at = Math.max(floor, Math.ceil(Math.min(...coming) + AFTER_RESET_MS * JITTER * random));
  return regular.at === null || at < regular.at ? { at, reason: "reset" } : null;
}

function computeFloor({ now, everyMs }: NextPollInput): number {
  return now + Math.max(everyMs, MIN_INTERVAL_MS);
}
