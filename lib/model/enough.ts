/**
 * Whether enough is left of quotas to begin something. What is old, was read before a reset
 * that has passed since, or is not stated tells nothing, and nothing is never enough.
 */
import type { QuotaState } from "./state.ts";
import { shareOf } from "./quota.ts";

export type EnoughVerdict = "enough" | "below" | "unknown";

/** Why it cannot be told. */
export type EnoughDoubt = "stale" | "reset-passed" | "gone" | "no-figure" | "no-limit";

export interface Enough {
  readonly verdict: EnoughVerdict;
  readonly doubt: EnoughDoubt | null;
  /** Share of the limit that was left at the reading, 0..1; null where it is not stated. */
  readonly left: number | null;
}

export interface EnoughAsked {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The share of the limit that has to be left, 0..1. */
  readonly least: number;
  /** A reading that is older tells nothing. */
  readonly maxAgeMs: number;
  /** Of the last snapshot of the account: a quota that was not in it is gone. */
  readonly snapshotAt: number | null;
}

/** Shares nearer to each other than this are the same. */
const ROUNDING = 1e-9;

export function enoughOf({ reading, at }: Pick<QuotaState, "reading" | "at">, asked: EnoughAsked): Enough {
  const { now, least, maxAgeMs, snapshotAt } = asked;
  const left = leftShare(reading);
  const doubt = doubtOf();
  if (doubt !== null || left === null) return { verdict: "unknown", doubt: doubt ?? "no-figure", left };
  return { verdict: left >= least - ROUNDING ? "enough" : "below", doubt: null, left };

  function doubtOf(): EnoughDoubt | null {
    if (snapshotAt !== null && at < snapshotAt) return "gone";
    if (now - at > maxAgeMs) return "stale";
    const { kind } = reading.window;
    const { resetsAt } = reading;
    // Read after it, the vendor itself says how things stand since; a window that slides has none.
    const ends = kind === "fixed" || kind === "calendar";
    if (ends && resetsAt !== null && resetsAt <= now && at < resetsAt) return "reset-passed";
    if (left !== null) return null;
    return limitOf(reading) === null ? "no-limit" : "no-figure";
  }
}

/**
 * The verdict about several. One that has too little decides; one that cannot be told leaves it open,
 * except those that have no limit to compare with or are gone, as long as others can be told.
 */
export function enoughOfAll(all: readonly Enough[]): EnoughVerdict {
  const counted = all.filter(({ doubt }) => doubt !== "no-limit" && doubt !== "gone");
  if (counted.some(({ verdict }) => verdict === "below")) return "below";
  return counted.length > 0 && counted.every(({ verdict }) => verdict === "enough") ? "enough" : "unknown";
}

type Stated = Pick<QuotaState["reading"], "used" | "limit" | "remaining">;

function leftShare(reading: Stated): number | null {
  const limit = limitOf(reading);
  const { used, remaining } = reading;
  const share = shareOf(used, limit);
  if (share !== null) return Math.min(1, Math.max(0, 1 - share));
  if (limit === null || remaining === null) return null;
  return Math.min(1, Math.max(0, remaining / limit));
}

/** Null also where it is 0 and nothing is used: nothing can be compared with it. */
function limitOf({ used, limit, remaining }: Stated): number | null {
  const stated = limit ?? (used === null || remaining === null ? null : used + remaining);
  return stated !== null && (stated > 0 || (used ?? 0) > 0) ? stated : null;
}
