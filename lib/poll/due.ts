/** Who is due: what was planned at the last attempt, and what has changed since. Pure, like the policy. */
import type { Outcome } from "../model/outcome.ts";
import {
  believed,
  JITTER,
  MAX_CRON_JITTER_MS,
  MAX_UNAVAILABLE_WATCHED_MS,
  MIN_RATE_LIMITED_MS,
} from "./policy.ts";
import { isLocalOutcome } from "../model/outcome.ts";
import { nextDueAfterLocal } from "./local_source.ts";
import { expectedIntervalMs, MIN_INTERVAL_MS, nextOccurrence, type Schedule } from "./schedule.ts";

/** Clocks are corrected by this much without anybody noticing. */
const CLOCK_SLACK_MS = 60_000;

/** Why an account is due. */
export type DueReason =
  | "first"
  | "planned"
  | "credential-changed"
  | "interval-changed"
  | "clock-changed"
  | "resting";

export interface DueInput {
  /** The last attempt, or null before the first. */
  readonly last: Outcome | null;
  /** Fingerprint of the credential found now. */
  readonly credential: string;
  readonly schedule: Schedule;
  readonly everyMs: number;
  readonly watching: boolean;
  readonly now: number;
}

export interface Due {
  /** Epoch milliseconds, possibly past, or null: not before the credential changes or somebody asks. */
  readonly at: number | null;
  readonly reason: DueReason;
}

/** When an account is due, by what was planned at its last attempt and by what has changed since. */
export function dueAt(input: DueInput): Due {
  const { last, now } = input;
  if (last === null) return { at: now, reason: "first" };
  // A wait belongs to the credential that earned it.
  if (last.credential !== input.credential) return { at: now, reason: "credential-changed" };
  if (last.nextAt === null && last.kind !== "ok") return { at: null, reason: "resting" };
  // Planned by a clock that was ahead of this one: the wait cannot be told any more.
  if (last.at > now + CLOCK_SLACK_MS) return { at: now, reason: "clock-changed" };
  if (isLocalOutcome(last)) return { at: nextDueAfterLocal(last), reason: "planned" };
  const most = latest(input, last);
  if (most !== null && (last.nextAt === null || most < last.nextAt)) {
    return { at: most, reason: "interval-changed" };
  }
  return last.nextAt === null ? { at: null, reason: "resting" } : { at: last.nextAt, reason: "planned" };
}

/** The latest a poll may be due by the present schedule, which may have been shortened since it was planned. */
function latest({ schedule, everyMs, watching }: DueInput, last: Outcome): number | null {
  if (last.kind === "unavailable" && watching) {
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

export interface AskableInput extends Pick<DueInput, "last" | "credential" | "everyMs" | "now"> {
  /** Fingerprint of what else is set for asking now, where something is. */
  readonly settings?: string | undefined;
  /** Whether somebody insists: then only a wait that the vendor itself asked for is kept. */
  readonly force?: boolean;
}

/**
 * The earliest instant at which a person may have an account polled out of turn. What the vendor
 * asked for is kept even then; our own guesses give way, and a rest ends. With another credential or other
 * settings than those of the last attempt nobody has been asked yet.
 */
export function askableAt(input: AskableInput): number {
  const { last, credential, settings, everyMs, now, force = false } = input;
  // An attempt that lies in the future was stamped by a clock that was ahead.
  if (last === null || last.credential !== credential || last.at > now) return -Infinity;
  if (last.kind !== "ok" && last.settings !== settings) return -Infinity;
  if (last.kind !== "rate_limited") return force ? -Infinity : last.at + everyMs;
  const said = believed(last.retryAt, last.at);
  if (force) return said ?? -Infinity;
  const own = last.at + Math.max(everyMs, MIN_RATE_LIMITED_MS);
  return Math.max(own, said ?? own);
}
