/**
 * Decides whether quotas have enough left to start some work. A reading that is old, from before a passed
 * reset, from the future or without figures says nothing, which never counts as enough. A quota the
 * vendor refuses is not enough, whatever share is left.
 */
import { isGoneSince, type QuotaState } from "../engine/state.ts";
import { completeAmounts, isPaidOtherwise, isUsedUp, readingShare } from "../quota.ts";
import { isFuture } from "../time.ts";

export type GuardVerdict = "enough" | "below" | "unknown";

/** Why there is no verdict. */
export type NoVerdictReason =
  | "future"
  | "stale"
  | "reset-passed"
  | "gone"
  | "no-figure"
  | "no-limit"
  /** An allocation: nothing of it is consumed, so it does not tell whether work may start. */
  | "allocation"
  /** Its account is no longer configured, so no work can use it. */
  | "removed"
  /** A user turned the polling of its account off. */
  | "off";

export interface GuardResult {
  readonly verdict: GuardVerdict;
  readonly doubt: NoVerdictReason | null;
  /** Share of the limit left at the reading, 0..1; null when not stated. */
  readonly left: number | null;
  /** True while the vendor refuses work on it; otherwise absent. */
  readonly blocked?: true;
}

export interface GuardQuery {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The share of the limit that must be left, 0..1. */
  readonly minLeft: number;
  /** Maximum age of a usable reading. */
  readonly maxAgeMs: number;
  /** Time of the account's last full snapshot: a quota missing from it is gone. */
  readonly snapshotAt: number | null;
}

/** Shares closer together than this are equal. */
const ROUNDING = 1e-9;

export function checkQuota(
  { reading, at, unreadAt }: Pick<QuotaState, "reading" | "at" | "unreadAt">,
  query: GuardQuery,
): GuardResult {
  const { now, minLeft, maxAgeMs, snapshotAt } = query;
  const left = computeLeftShare(reading);
  const doubt = findDoubt();
  if (doubt !== null) return { verdict: "unknown", doubt, left };
  if (reading.allowed === false) return { verdict: "below", doubt: null, left, blocked: true };
  if (left === null) {
    return { verdict: "unknown", doubt: hasLimit(reading) ? "no-figure" : "no-limit", left };
  }
  return { verdict: left > minLeft - ROUNDING ? "enough" : "below", doubt: null, left };

  function findDoubt(): NoVerdictReason | null {
    if (isFuture(at, now)) return "future";
    if (isGoneSince(snapshotAt, { at, ...unreadAt !== undefined && { unreadAt } })) return "gone";
    if (now - at > maxAgeMs) return "stale";
    const { kind } = reading.window;
    const { resetsAt } = reading;
    // A reading from after the reset is what the vendor says now; a sliding window has no reset.
    const ends = kind === "fixed" || kind === "calendar";
    if (ends && resetsAt !== null && resetsAt <= now && at < resetsAt) return "reset-passed";
    return kind === "allocation" && reading.allowed !== false ? "allocation" : null;
  }
}

/**
 * Combines several verdicts. A single quota with too little decides; one without a verdict leaves it open, except
 * quotas that cannot tell whether work may start, as long as others have a verdict.
 */
export function checkAll(all: readonly GuardResult[]): GuardVerdict {
  const counted = all.filter(({ doubt }) => doubt === null || !NEUTRAL_REASONS.includes(doubt));
  if (counted.some(({ verdict }) => verdict === "below")) return "below";
  return counted.length > 0 && counted.every(({ verdict }) => verdict === "enough") ? "enough" : "unknown";
}

/** These have nothing to compare with, no consumption, or no longer exist. */
const NEUTRAL_REASONS: readonly NoVerdictReason[] = ["no-limit", "allocation", "gone", "removed", "off"];

type Reading = QuotaState["reading"];

function computeLeftShare(reading: Reading): number | null {
  if (isUsedUp(reading)) return isPaidOtherwise(reading) ? null : 0;
  const share = readingShare(reading);
  return share === null ? null : Math.min(1, Math.max(0, 1 - share));
}

/** Returns false for a limit of 0 too: there is nothing to compare with. */
function hasLimit(reading: Reading): boolean {
  const { limit } = completeAmounts(reading);
  return limit !== null && limit > 0;
}
