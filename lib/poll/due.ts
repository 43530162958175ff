/** Decides when an account is due: from the plan of its last attempt and what has changed since. Pure, like the policy. */
import type { Outcome } from "../model/outcome.ts";
import { MIN_RATE_LIMITED_MS, saneRetryAfter } from "../base/back_off.ts";
import { JITTER, MAX_CRON_JITTER_MS, MAX_UNAVAILABLE_WATCHED_MS } from "./policy.ts";
import { isLocalOutcome } from "../model/outcome.ts";
import { nextDueAfterLocal } from "./local_source.ts";
import { expectedIntervalMs, MIN_INTERVAL_MS, nextOccurrence, type Schedule } from "./schedule.ts";

/** Normal clock corrections stay below this. */
const CLOCK_SLACK_MS = 60_000;

/** Why an account is due. */
export type DueReason =
  | "first"
  | "planned"
  | "credential-changed"
  | "interval-changed"
  | "clock-changed"
  /** Only to renew its login, and to poll with the new one. */
  | "renewal"
  | "resting";

export interface DueInput {
  /** The last attempt, or null before the first. */
  readonly last: Outcome | null;
  /** Fingerprint of the current credential. */
  readonly credential: string;
  readonly schedule: Schedule;
  readonly everyMs: number;
  readonly watching: boolean;
  readonly now: number;
}

export interface Due {
  /** Epoch milliseconds, may be past; null when it waits for a new credential or a user's request. */
  readonly at: number | null;
  readonly reason: DueReason;
}

/** Returns when an account is due, from the plan of its last attempt and the changes since. */
export function nextPollAt(input: DueInput): Due {
  const { last, now } = input;
  if (last === null) return { at: now, reason: "first" };
  // A wait belongs to the credential that caused it.
  if (last.credential !== input.credential) return { at: now, reason: "credential-changed" };
  const isAhead = last.at > now + CLOCK_SLACK_MS;
  // By a clock that was ahead of this one, a login has ended that has not.
  const mayHaveEnded = last.reason !== "expired" || !isAhead;
  if (last.nextAt === null && last.kind !== "ok" && mayHaveEnded) return { at: null, reason: "resting" };
  // Planned by a clock that was ahead of this one: the wait is unknown.
  if (isAhead) return { at: now, reason: "clock-changed" };
  if (isLocalOutcome(last)) return { at: nextDueAfterLocal(last), reason: "planned" };
  const most = findLatestDue(input, last);
  if (most !== null && (last.nextAt === null || most < last.nextAt)) {
    return { at: most, reason: "interval-changed" };
  }
  return last.nextAt === null ? { at: null, reason: "resting" } : { at: last.nextAt, reason: "planned" };
}

/** Reports whether an account rests because its vendor refused this very credential. */
export function isRefused(last: Outcome | undefined, credential: string): boolean {
  return last?.kind === "auth" && last.nextAt === null && last.credential === credential;
}

/** Returns the latest due time by the current schedule, which may be shorter than the one it was planned with. */
function findLatestDue({ schedule, everyMs, watching }: DueInput, last: Outcome): number | null {
  // Nobody who looks shortens a wait that the vendor asked for.
  if (last.kind === "unavailable" && watching && last.nextReason !== "retry-after") {
    const ms = Math.max(expectedIntervalMs(schedule, everyMs, last.at), MAX_UNAVAILABLE_WATCHED_MS);
    return Math.ceil(last.at + ms * (1 + JITTER));
  }
  if (last.kind !== "ok") return null;
  if (schedule.kind === "every") {
    return Math.ceil(last.at + Math.max(schedule.ms * (1 + JITTER / 2), everyMs, MIN_INTERVAL_MS));
  }
  const next = nextOccurrence(schedule, last.at);
  if (next === null) return null;
  return Math.max(next + MAX_CRON_JITTER_MS, last.at + Math.max(everyMs, MIN_INTERVAL_MS));
}

export interface ManualPollInput extends Pick<DueInput, "last" | "credential" | "everyMs" | "now"> {
  /** Fingerprint of the other current settings, if any. */
  readonly settings?: string | undefined;
  /** True when the user insists: then only the vendor's own wait is respected. */
  readonly force?: boolean;
}

/**
 * Returns the earliest time at which a user may poll an account out of turn. A wait the vendor asked for
 * holds even then; our own waits yield, and a rest ends. A credential or settings other than the last
 * attempt's have not been tried yet.
 */
export function earliestManualPoll(input: ManualPollInput): number {
  const { last, credential, settings, everyMs, now, force = false } = input;
  // A clock that was ahead dated the attempt in the future.
  if (last === null || last.credential !== credential || last.at > now) return -Infinity;
  if (last.kind !== "ok" && last.settings !== settings) return -Infinity;
  const vendorWait = last.kind === "ok" ? null : saneRetryAfter(last.retryAt, last.at);
  if (force) return vendorWait ?? -Infinity;
  const own = last.at + Math.max(everyMs, last.kind === "rate_limited" ? MIN_RATE_LIMITED_MS : 0);
  return Math.max(own, vendorWait ?? own);
}
