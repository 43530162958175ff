/**
 * Combines local readings with polls: they make an account fresh and delay the next poll, without ending a wait
 * the vendor asked for. Pure.
 */
import { isLocalOutcome, LOCAL_READINGS, LOCAL_READINGS_WAITING, type Outcome } from "../model/outcome.ts";
import type { AccountKey, Reading } from "../model/quota.ts";
import type { AccountState } from "../model/engine/state.ts";
import type { LocalReadings } from "../provider/contract.ts";

/** Poll interval while local readings arrive, for the quotas they leave out. */
export const LOCAL_POLL_MS = 30 * 60_000;
/** After this long without local readings, polling returns to normal. */
export const LOCAL_FRESH_MS = 10 * 60_000;

/** Returns when the vendor is due after a local outcome; null when it waits for a new credential. */
export function nextDueAfterLocal({ at, nextAt, nextReason }: Outcome): number | null {
  if (nextReason === LOCAL_READINGS_WAITING || nextAt === null) return nextAt;
  return Math.min(nextAt, at + LOCAL_FRESH_MS);
}

export interface LocalPoll {
  readonly account: AccountKey;
  readonly at: number;
  readonly credential: string;
  /** The last known outcome of the account, or null. */
  readonly last: Outcome | null;
}

export function localOutcome({ account, at, credential, last }: LocalPoll): Outcome {
  const known = last?.credential === credential ? last : null;
  return {
    account,
    at,
    durationMs: 0,
    kind: "ok",
    failures: 0,
    ...planNext(known, at),
    credential,
  };
}

function planNext(last: Outcome | null, at: number): Pick<Outcome, "nextAt" | "nextReason"> {
  // The vendor was never polled: do so at once, for the quotas the readings leave out.
  if (last === null) return { nextAt: at, nextReason: LOCAL_READINGS };
  if (isLocalOutcome(last)) {
    // An expired wait no longer counts.
    const isWaiting = last.nextReason === LOCAL_READINGS_WAITING &&
      (last.nextAt === null || last.nextAt > at);
    return { nextAt: last.nextAt, nextReason: isWaiting ? LOCAL_READINGS_WAITING : LOCAL_READINGS };
  }
  if (last.kind !== "ok") return { nextAt: last.nextAt, nextReason: LOCAL_READINGS_WAITING };
  return { nextAt: last.at + LOCAL_POLL_MS, nextReason: LOCAL_READINGS };
}

/** Resets that differ by no more than this belong to the same window: sources round them differently. */
const SAME_RESET_MS = 10 * 60_000;
/** A failure this soon after the readings does not make them obsolete. */
const JUST_BEFORE_MS = 60_000;

/** Returns the readings that are new for an account, and their time; null when there are none. */
export function pickNewReadings(
  local: LocalReadings,
  state: AccountState,
  last: Outcome | null,
  now: number,
): LocalReadings | null {
  if (local.at > now) return null;
  const takenAt = state.at ?? -Infinity;
  const readings = local.readings.filter((reading) => {
    const known = Object.hasOwn(state.quotas, reading.quota)
      ? state.quotas[reading.quota]?.reading
      : undefined;
    return (local.since?.[reading.quota] ?? local.at) > takenAt &&
      (!known || isNotOlder(reading, known, now));
  });
  if (readings.length === 0) return null;
  if (last === null || local.at > last.at) return { at: local.at, readings };
  // Outcomes are ordered by time, and a failed one had no readings.
  const isBetween = last.kind !== "ok" && last.at - local.at <= JUST_BEFORE_MS && last.at < now;
  return isBetween ? { at: last.at + 1, readings } : null;
}

/**
 * Reports whether a reading may be later than the known one. Within one window use cannot fall, and windows
 * follow each other: a lower figure in the same window, or any in an earlier one, is old.
 */
function isNotOlder(local: Reading, known: Reading, now: number): boolean {
  const { kind } = local.window;
  if (local.unit !== known.unit || (kind !== "fixed" && kind !== "calendar")) return true;
  if (local.resetsAt === null) return known.resetsAt === null || known.resetsAt <= now;
  if (local.resetsAt <= now) return false;
  if (known.resetsAt === null || local.resetsAt > known.resetsAt + SAME_RESET_MS) return true;
  if (local.resetsAt < known.resetsAt - SAME_RESET_MS) return false;
  return local.used === null || known.used === null || local.used >= known.used;
}
