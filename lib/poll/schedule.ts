/** The schedule a user configured: a fixed interval, or a cron expression in a zone. Pure. */
import { Cron } from "croner";
import { DAY_MS } from "../model/duration.ts";
import { isZone } from "../model/time.ts";

export type Schedule =
  | { readonly kind: "every"; readonly ms: number }
  /** Five fields or an alias such as `@hourly`; `zone` is an IANA name. */
  | { readonly kind: "cron"; readonly expression: string; readonly zone: string };

/** Minimum interval between polls, in milliseconds. */
export const MIN_INTERVAL_MS = 10_000;
export const MAX_INTERVAL_MS = 3_600_000;
export const DEFAULT_SCHEDULE: Schedule = { kind: "every", ms: 60_000 };

/** Returns what is wrong with a schedule, one line for its author; null when it is valid. */
export function scheduleProblem(schedule: Schedule): string | null {
  if (schedule.kind === "every") {
    const { ms } = schedule;
    if (ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS) return null;
    return `Expected an interval of 10 to 3600 seconds, got ${ms / 1000}`;
  }
  const { expression, zone } = schedule;
  if (!isZone(zone)) return `Expected the name of a time zone such as Europe/Berlin, got "${zone}"`;
  try {
    if (read(schedule).nextRun(new Date(0)) !== null) return null;
  } catch {
    return `Expected a cron expression of five fields such as "*/5 * * * *", got "${expression}"`;
  }
  return `Expected a cron expression that matches some day, got "${expression}"`;
}

/**
 * Returns the first instant of a cron schedule after `after`, epoch milliseconds; null when there is none,
 * because the expression never matches or is invalid.
 */
export function nextOccurrence(schedule: Schedule & { readonly kind: "cron" }, after: number): number | null {
  try {
    return read(schedule).nextRun(new Date(after))?.getTime() ?? null;
  } catch {
    return null;
  }
}

/** It has no function to call, so it starts no timer. */
function read({ expression, zone }: Schedule & { readonly kind: "cron" }): Cron {
  return new Cron(expression, { timezone: zone, mode: "5-part" });
}

/**
 * Returns the normal distance between polls around `at`, in
 * milliseconds, which determines what counts as stale or as a gap.
 *
 * @param everyMs the minimum interval the provider asks for, 0 for none
 */
export function expectedIntervalMs(schedule: Schedule, everyMs: number, at: number): number {
  const own = schedule.kind === "every" ? schedule.ms : cronIntervalMs(schedule, at);
  return Math.max(own, everyMs, MIN_INTERVAL_MS);
}

/**
 * Returns the larger of the wait until the next occurrence and the time
 * after it until the following one; a day when one of them does not exist.
 */
function cronIntervalMs(schedule: Schedule & { readonly kind: "cron" }, at: number): number {
  const first = nextOccurrence(schedule, at);
  if (first === null) return DAY_MS;
  const second = nextOccurrence(schedule, first);
  if (second === null) return DAY_MS;
  return Math.max(first - at, second - first);
}
