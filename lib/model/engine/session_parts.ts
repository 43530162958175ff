/** What sessions are made of. `session.ts` says when one begins and ends. */
import type { AccountKey, Reading } from "../quota.ts";

/** Differences smaller than this share of what they are taken from come from rounding. */
const ROUNDING = 1e-9;

/** What one quota contributed to a session. Values are as the vendor stated them; unknown is null. */
export interface SessionQuota {
  readonly quota: string;
  /** The reading before its first rise in the session, epoch milliseconds. */
  readonly startedAt: number;
  readonly lastRiseAt: number;
  /** What was used before the first rise, and after the last one. */
  readonly start: number | null;
  readonly end: number | null;
  /** What was left then. */
  readonly leftStart: number | null;
  readonly leftEnd: number | null;
  /** Sum of the rises, in the quota's unit. Over a reset, more than `end - start`. */
  readonly consumed: number;
}

export interface Session {
  readonly account: AccountKey;
  /** The reading before the first rise, but no more than the idle time before it; epoch milliseconds. */
  readonly startedAt: number;
  /** The instant of the last rise, or null while it may go on. */
  readonly endedAt: number | null;
  readonly lastRiseAt: number;
  /** Snapshots from the first rise to the last, those without a rise as well. */
  readonly readings: number;
  /** The quotas that rose, in the order of their first rise. */
  readonly quotas: readonly SessionQuota[];
}

/** What the engine keeps of the sessions of an account. */
export interface SessionState {
  /** The last one, open or not. */
  readonly last: Session | null;
  /** Snapshots since its last rise, which are in it only if another follows. */
  readonly idle: number;
  /** Those before it that began while a quota was in doubt or held, oldest first: they may have to be corrected. */
  readonly past: readonly Session[];
}

/** One rise of one quota. */
export interface Rise {
  readonly quota: string;
  readonly at: number;
  /** The reading before it. */
  readonly from: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly leftStart: number | null;
  readonly leftEnd: number | null;
  readonly consumed: number;
}

/** The rise between two readings, or null when there is none. */
export function riseOf(
  before: { readonly reading: Reading; readonly at: number },
  after: { readonly reading: Reading; readonly at: number },
  entry: { readonly consumed: number; readonly reset: boolean },
): Rise | null {
  const { consumed, reset } = entry;
  const { quota, used, remaining, limit } = after.reading;
  if (consumed <= ROUNDING * Math.max(Math.abs(used ?? remaining ?? 0), Math.abs(limit ?? 0), 1)) return null;
  return {
    quota,
    at: after.at,
    from: before.at,
    start: reset ? (used === null ? null : 0) : before.reading.used,
    end: used,
    leftStart: reset ? (remaining === null ? null : limit) : before.reading.remaining,
    leftEnd: remaining,
    consumed,
  };
}
