/** The parts of a session. `session.ts` decides when one begins and ends. */
import type { AccountKey, Reading } from "../quota.ts";

/** The contribution of one quota to a session. Values are as the vendor stated them; unknown is null. */
export interface SessionQuota {
  readonly quota: string;
  /** The reading before its first rise in the session, epoch milliseconds. */
  readonly startedAt: number;
  readonly lastRiseAt: number;
  /** Used before the first rise, and after the last one. */
  readonly start: number | null;
  readonly end: number | null;
  /** Left at those times. */
  readonly leftStart: number | null;
  readonly leftEnd: number | null;
  /** Sum of the rises, in the quota's unit. Over a reset, it exceeds `end - start`. */
  readonly consumed: number;
}

export interface Session {
  readonly account: AccountKey;
  /** The reading before the first rise, but at most the idle time before it; epoch milliseconds. */
  readonly startedAt: number;
  /** The instant of the last rise, or null while it may continue. */
  readonly endedAt: number | null;
  readonly lastRiseAt: number;
  /** Number of snapshots from the first rise to the last, including those without a rise. */
  readonly readings: number;
  /** The quotas that rose, in the order of their first rise. */
  readonly quotas: readonly SessionQuota[];
}

/** What the engine remembers of an account's sessions. */
export interface SessionState {
  /** The latest one, open or not. */
  readonly last: Session | null;
  /** Snapshots since its last rise; they belong to it only if another rise follows. */
  readonly idle: number;
  /**
   * Earlier ones that began during provisional readings or a
   * pending reset, oldest first: they may need correction.
   */
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

/** Returns the rise between two readings, or null when there is none. */
export function findRise(
  before: { readonly reading: Reading; readonly at: number },
  after: { readonly reading: Reading; readonly at: number },
  entry: { readonly consumed: number; readonly reset: boolean },
): Rise | null {
  const { consumed, reset } = entry;
  const { quota, used, remaining, limit } = after.reading;
  if (consumed <= 0) return null;
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
