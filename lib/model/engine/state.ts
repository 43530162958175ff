/** What the engine keeps of an account between two snapshots, and what follows from one. */
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
  /** The open cycle. */
  readonly cycle: Cycle;
  /** The bucket under way for each step, shortest first. */
  readonly open: readonly Bucket[];
  /** How far apart the last readings were, oldest first, which tells how often it is read. */
  readonly distances?: readonly number[];
  /** Ledger entries of the recent past summed up in slots, oldest first, for the burn rate. */
  readonly recent: readonly Slot[];
  /** The highest level counted so far; absent in states of older versions. */
  readonly mark?: Mark;
  /** What to compare the next reading with, while the last one states no value. */
  readonly known?: Reading;
  /** Set while the last reading looks like a reset before its time, until the next one tells. */
  readonly held?: PendingReset;
  /** Set while what was stated lately may still be taken back by the vendor. */
  readonly doubt?: ProvisionalReadings;
}

/** Consumption between two instants: entries of readings in `(from, to]`, epoch milliseconds. */
export interface Slot {
  readonly from: number;
  readonly to: number;
  readonly consumed: number;
}

/** All that `advance` needs to know of an account. Stored as it is; optional parts came with later versions. */
export interface AccountState {
  readonly account: AccountKey;
  /** Time of the last snapshot, epoch milliseconds, or null before the first. */
  readonly at: number | null;
  /** Time of the last snapshot that held everything, where later ones did not; epoch milliseconds. */
  readonly wholeAt?: number;
  readonly plan: string | null;
  /** What the last snapshot that held everything said besides quotas. */
  readonly facts?: readonly AccountFact[];
  /** What the last snapshot that held everything left out. */
  readonly dropped?: readonly Dropped[];
  /** How much was ever left out, counted once for each snapshot it was left out of. */
  readonly droppedTotal?: number;
  /** By quota id, in the order in which they were first seen. */
  readonly quotas: Readonly<Record<string, QuotaState>>;
  readonly sessions?: SessionState;
}

/**
 * What follows from a snapshot, in the order in which it is to be stored. Everything that has a key
 * replaces what was stored under it.
 */
export type Change =
  /**
   * The ledger entry of the snapshot's reading of `quota`. `baseline` says why nothing could be counted from the
   * readings before it; `unitBefore` and `planBefore` are there when those were stated in another unit or on another
   * plan.
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
   * A correction of the ledger: `by` is added to `consumed` and `resets` to the number of resets, of the
   * reading of `quota` at the earlier instant `at` and of the bucket of each step that holds it. What is
   * no longer stored is left out.
   */
  | {
    readonly kind: "adjust";
    readonly quota: string;
    readonly at: number;
    readonly by: number;
    readonly resets: -1 | 0 | 1;
  }
  /** A bucket as it stands now; key: quota, step, start. */
  | { readonly kind: "bucket"; readonly quota: string; readonly bucket: Bucket }
  /** A cycle as it stands now; key: quota, startedAt. */
  | { readonly kind: "cycle"; readonly quota: string; readonly cycle: Cycle }
  /** There never was a cycle of this key. */
  | { readonly kind: "void-cycle"; readonly quota: string; readonly startedAt: number }
  /** A session as it stands now; key: account, startedAt. */
  | { readonly kind: "session"; readonly session: Session }
  /** There never was a session of this key. */
  | { readonly kind: "void-session"; readonly startedAt: number };

/** What counts as recent and as idle; where readings are far apart, more does (`interval.ts`). */
export interface Rules {
  /** Entries older than this no longer count for the burn rate, in milliseconds. */
  readonly recentMs: number;
  /** A session ends at its last rise once this long has passed without another, in milliseconds. */
  readonly idleMs: number;
}

export const DEFAULT_RULES: Rules = { recentMs: 60 * 60_000, idleMs: 10 * 60_000 };

export function emptyState(account: AccountKey): AccountState {
  return { account, at: null, plan: null, quotas: {} };
}

/**
 * The last snapshot that says of each quota whether the vendor still mentions it, epoch milliseconds: a partial one
 * says nothing of the quotas it does not name.
 */
export function wholeSnapshotAt({ at, wholeAt }: Pick<AccountState, "at" | "wholeAt">): number | null {
  return wholeAt ?? at;
}
