/**
 * Whether enough is left of quotas to begin something. What is old, was read before a reset
 * that has passed since, lies in the future or is not stated tells nothing, and nothing is never enough.
 * What the vendor refuses is not enough, whatever share of it is left.
 */
import type { QuotaState } from "../engine/state.ts";
import { amountsOf, isUsedUp, readingShare } from "../quota.ts";

export type GuardVerdict = "enough" | "below" | "unknown";

/** Why it cannot be told. */
export type GuardDoubt =
  | "future"
  | "stale"
  | "reset-passed"
  | "gone"
  | "no-figure"
  | "no-limit"
  /** A capacity that is set aside: nothing of it is consumed, so it says nothing of what may be begun. */
  | "allocation";

export interface GuardResult {
  readonly verdict: GuardVerdict;
  readonly doubt: GuardDoubt | null;
  /** Share of the limit that was left at the reading, 0..1; null where it is not stated. */
  readonly left: number | null;
  /** True while the vendor refuses work on it; absent otherwise. */
  readonly blocked?: true;
}

export interface GuardQuery {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The share of the limit that has to be left, 0..1. */
  readonly least: number;
  /** A reading that is older tells nothing. */
  readonly maxAgeMs: number;
  /** Of the last snapshot of the account that held everything: a quota that was not in it is gone. */
  readonly snapshotAt: number | null;
}

/** Shares nearer to each other than this are the same. */
const ROUNDING = 1e-9;

export function checkQuota(
  { reading, at }: Pick<QuotaState, "reading" | "at">,
  asked: GuardQuery,
): GuardResult {
  const { now, least, maxAgeMs, snapshotAt } = asked;
  const left = leftShare(reading);
  const doubt = doubtOf();
  if (doubt !== null) return { verdict: "unknown", doubt, left };
  if (reading.allowed === false) return { verdict: "below", doubt: null, left, blocked: true };
  if (left === null) {
    return { verdict: "unknown", doubt: hasLimit(reading) ? "no-figure" : "no-limit", left };
  }
  return { verdict: left >= least - ROUNDING ? "enough" : "below", doubt: null, left };

  function doubtOf(): GuardDoubt | null {
    if (at > now) return "future";
    if (snapshotAt !== null && at < snapshotAt) return "gone";
    if (now - at > maxAgeMs) return "stale";
    const { kind } = reading.window;
    const { resetsAt } = reading;
    // Read after it, the vendor itself says how things stand since; a window that slides has none.
    const ends = kind === "fixed" || kind === "calendar";
    if (ends && resetsAt !== null && resetsAt <= now && at < resetsAt) return "reset-passed";
    return kind === "allocation" && reading.allowed !== false ? "allocation" : null;
  }
}

/**
 * The verdict about several. One that has too little decides; one that cannot be told leaves it open,
 * except those that say nothing of what may be begun, as long as others can be told.
 */
export function checkAll(all: readonly GuardResult[]): GuardVerdict {
  const counted = all.filter(({ doubt }) => doubt === null || !SILENT.includes(doubt));
  if (counted.some(({ verdict }) => verdict === "below")) return "below";
  return counted.length > 0 && counted.every(({ verdict }) => verdict === "enough") ? "enough" : "unknown";
}

/** Of these there is nothing to compare with, or nothing that is consumed, or nothing any more. */
const SILENT: readonly GuardDoubt[] = ["no-limit", "allocation", "gone"];

type Reading = QuotaState["reading"];

function leftShare(reading: Reading): number | null {
  if (isUsedUp(reading)) return 0;
  const share = readingShare(reading);
  return share === null ? null : Math.min(1, Math.max(0, 1 - share));
}

/** False also where it is 0 and nothing is used: nothing can be compared with it. */
function hasLimit(reading: Reading): boolean {
  const { used, limit } = amountsOf(reading);
  return limit !== null && (limit > 0 || (used ?? 0) > 0);
}
