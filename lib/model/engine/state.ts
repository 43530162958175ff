/** What the engine remembers of an account between two snapshots, and the changes a snapshot causes. */
import type { Bucket } from "./bucket.ts";
import type { Cycle } from "./cycle.ts";
import type { PendingReset, ProvisionalReadings } from "./pending_reset.ts";
import type { BaselineReason, Mark } from "./mark.ts";
import type { AccountFact, AccountKey, Dropped, Reading, Unit } from "../quota.ts";
import type { Session, SessionState } from "./session_parts.ts";

/** What is known of one quota after its last reading. */
export interface QuotaState {
  readonly reading: Reading;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  /** When a later poll last failed to read it, epoch milliseconds; absent once it is read again. */
  readonly unreadAt?: number;
  /** Set while it is unread because it may have another name now. */
  readonly vanished?: true;
  /** The open cycle. */
  readonly cycle: Cycle;
  /** The current bucket of each step, shortest first. */
  readonly open: readonly Bucket[];
  /** The distances between the last readings, oldest first, from which the polling interval follows. */
  readonly distances?: readonly number[];
  /** Recent ledger entries summed up in slots, oldest first, for the burn rate. */
  readonly recent: readonly Slot[];
  /** The highest level counted so far; absent in states stored by older versions. */
  readonly mark?: Mark;
  /** The reading to compare the next one with, while the last one states no value. */
  readonly known?: Reading;
  /** When that was read, epoch milliseconds; absent in states of older versions. */
  readonly knownAt?: number;
  /** Set while the last reading looks like an early reset, until the next one decides. */
  readonly held?: PendingReset;
  /** Set while the vendor may still revert recent readings. */
  readonly doubt?: ProvisionalReadings;
}

/** Consumption between two instants: entries of readings in `(from, to]`, epoch milliseconds. */
export interface Slot {
  readonly from: number;
  readonly to: number;
  readonly consumed: number;
}

/**
 * Everything `advance` needs to know of an account. Stored as it is; later versions added the optional parts.
 */
export interface AccountState {
  readonly account: AccountKey;
  /** Time of the last snapshot, epoch milliseconds, or null before the first. */
  readonly at: number | null;
  /** Time of the last full snapshot, if later ones were partial; epoch milliseconds. */
  readonly wholeAt?: number;
  readonly plan: string | null;
  /** What the last full snapshot reported besides quotas. */
  readonly facts?: readonly AccountFact[];
  /** What the last full snapshot left out. */
  readonly dropped?: readonly Dropped[];
  /** Total number of parts ever left out, counted once for each snapshot. */
  readonly droppedTotal?: number;
  /** By quota id, in the order in which they first appeared. */
  readonly quotas: Readonly<Record<string, QuotaState>>;
  readonly sessions?: SessionState;
}

/**
 * The changes a snapshot causes, in the order in which to store them.
 * A change with a key replaces what is stored under it.
 */
export type Change =
  /**
   * The ledger entry of the snapshot's reading of `quota`. `baseline` says why its consumption since the
   * previous readings could not be counted; `unitBefore` and `planBefore` are present when those were stated
   * in another unit or on another plan.
   */
  | {
    readonly kind: "entry";
    readonly quota: string;
    readonly consumed: number;
    readonly reset: boolean;
    readonly baseline?: BaselineReason;
    readonly unitBefore?: Unit;
    readonly planBefore?: string;
  }
  /**
   * A correction of the ledger: adds `by` to `consumed` and `resets` to the number of
   * resets, for the reading of `quota` at the earlier instant `at` and for the bucket
   * of each step that contains it. Skips what is no longer stored.
   */
  | {
    readonly kind: "adjust";
    readonly quota: string;
    readonly at: number;
    readonly by: number;
    readonly resets: -1 | 0 | 1;
  }
  /** The new state of a bucket; key: quota, step, start. */
  | { readonly kind: "bucket"; readonly quota: string; readonly bucket: Bucket }
  /** The new state of a cycle; key: quota, startedAt. */
  | { readonly kind: "cycle"; readonly quota: string; readonly cycle: Cycle }
  /** Deletes the cycle with this key: it never happened. */
  | { readonly kind: "void-cycle"; readonly quota: string; readonly startedAt: number }
  /** The new state of a session; key: account, startedAt. */
  | { readonly kind: "session"; readonly session: Session }
  /** Deletes the session with this key: it never happened. */
  | { readonly kind: "void-session"; readonly startedAt: number };

/** What counts as recent and as idle; more does when readings are far apart (`interval.ts`). */
export interface Rules {
  /** Older entries no longer count for the burn rate, in milliseconds. */
  readonly recentMs: number;
  /** A session ends at its last rise once this long has passed without another, in milliseconds. */
  readonly idleMs: number;
}

export const DEFAULT_RULES: Rules = { recentMs: 60 * 60_000, idleMs: 10 * 60_000 };

export function emptyState(account: AccountKey): AccountState {
  return { account, at: null, plan: null, quotas: {} };
}

/**
 * Returns the time of the last full snapshot, epoch milliseconds: a partial one says nothing about whether
 * the vendor still mentions the quotas missing from it.
 */
export function wholeSnapshotAt({ at, wholeAt }: Pick<AccountState, "at" | "wholeAt">): number | null {
  return wholeAt ?? at;
}

/**
 * Reports whether a quota is missing from the last full snapshot, and not because reading it failed.
 * @param snapshotAt its time, epoch milliseconds; null before the first
 */
export function isGoneSince(snapshotAt: number | null, quota: Pick<QuotaState, "at" | "unreadAt">): boolean {
  return snapshotAt !== null && lastListedAt(quota) < snapshotAt;
}

/** Returns when the vendor last listed a quota, as far as is known: a failed reading does not say otherwise. */
export function lastListedAt({ at, unreadAt = at }: Pick<QuotaState, "at" | "unreadAt">): number {
  return Math.max(at, unreadAt);
}
