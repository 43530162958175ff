/**
 * The contract of a store: it keeps what it is given and thinks nothing. Everything
 * that is computed (buckets, cycles, sessions, ledger entries, states) is handed over
 * ready, so every implementation gives the same answers. The one sum it does is to add
 * what an `adjust` says to add.
 */
import type { AccountState, Change } from "../model/engine/advance.ts";
import type { Bucket, Step } from "../model/engine/bucket.ts";
import type { HistoryPoint } from "../model/forecast/closed_cycle.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { BaselineReason } from "../model/engine/mark.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey, QuotaKey, Reading, Snapshot } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";
import type { Terms } from "../model/engine/terms.ts";

/** What one poll brought, committed whole or not at all. */
export interface Poll {
  readonly snapshot: Snapshot;
  readonly changes: readonly Change[];
  /** The state after it, as `advance` gave it. */
  readonly state: AccountState;
  readonly outcome: Outcome;
  /**
   * The state it was worked out from, as it was recalled: when another one is stored by then, the poll is not.
   * Without it whoever commits sees to it that nobody else does.
   */
  readonly base?: AccountState;
}

/** The present of one account. */
export interface AccountRecord {
  readonly account: AccountKey;
  readonly state: AccountState;
  /** The last attempt, ok or not; null before the first. */
  readonly outcome: Outcome | null;
  /** `at` of the last outcome that was ok, epoch milliseconds; null before the first. */
  readonly okAt: number | null;
}

/** A reading as it was stored, with its ledger entry. */
export interface StoredReading {
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsAt: number | null;
  readonly consumed: number;
  readonly reset: boolean;
  /** Where it came from when it was not the vendor's endpoint. */
  readonly source?: string;
  /** Why nothing could be counted from the readings before it. */
  readonly baseline?: BaselineReason;
  /** What else it stated, as in a `Reading`. */
  readonly startedAt?: number;
  readonly refillPerHour?: number;
  readonly allowed?: boolean;
  readonly currency?: string;
}

/** Times are epoch milliseconds; ranges hold `from` and exclude `to`. */
export interface ReadingsQuery {
  readonly quota: QuotaKey;
  readonly from?: number;
  readonly to?: number;
  /** At most so many, from the end that `newestFirst` names. Here and below a whole number; below 1 is none. */
  readonly limit?: number;
  readonly newestFirst?: boolean;
}

export interface SeriesQuery {
  readonly quota: QuotaKey;
  /** Buckets that start in `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly step: Step;
}

export interface CyclesQuery {
  readonly quota: QuotaKey;
  /** Cycles that started in `[from, to)`. */
  readonly from?: number;
  readonly to?: number;
  /** The cursor: those that started before it, which is `startedAt` of the last one of the page before. */
  readonly before?: number;
  readonly limit: number;
}

export interface SessionsQuery {
  readonly account: AccountKey;
  /** Sessions that started in `[from, to)`. */
  readonly from?: number;
  readonly to?: number;
  /** The cursor, as for cycles. */
  readonly before?: number;
  readonly limit: number;
}

export interface OutcomesQuery {
  readonly account: AccountKey;
  readonly from?: number;
  /** Only before this instant. */
  readonly to?: number;
  /** Only those that ended so. */
  readonly kind?: Outcome["kind"];
  readonly limit: number;
}

/**
 * How long to keep what, in milliseconds; 0 is for ever. What is exactly as old is kept. Hours, days,
 * cycles and sessions are always kept.
 */
export interface Retention {
  readonly readingsMs: number;
  readonly fiveMinutesMs: number;
  readonly outcomesMs: number;
}

/** What was worked out elsewhere of a past whose readings are not stored here. */
export type PastRow =
  | { readonly kind: "bucket"; readonly quota: QuotaKey; readonly bucket: Bucket }
  | { readonly kind: "cycle"; readonly cycle: Cycle }
  | { readonly kind: "session"; readonly session: Session };

/** One account whose history is taken over. */
export interface AdoptedAccount {
  readonly account: AccountKey;
  /** `at` of the state from which the other store went on, which must still be the last one here; null for none. */
  readonly at: number | null;
  /** Whether the other store holds all there is to know, so that nothing of what is stored here is kept but outcomes. */
  readonly whole: boolean;
  /** Corrections of what is stored here and not there, in the order in which the engine gave them. */
  readonly corrections: readonly Change[];
}

export interface Store extends AsyncDisposable {
  /** The state after the last committed poll; of an unknown account, the empty state. */
  recall(account: AccountKey): Promise<AccountState>;
  /**
   * Stores one poll, all of it or nothing. A poll that is not newer than the last one committed
   * of the account is ignored, its outcome as well, so committing twice is harmless; so is one that was worked
   * out from another state than the one that is stored. Resolves to whether it was stored.
   *
   * A poll that contradicts itself (another account's state or outcome, a change of a quota that is not in
   * the snapshot) or that holds a number no store can keep (NaN, an instant that is not whole
   * milliseconds) is a mistake of the caller: it rejects with a `TypeError`, and nothing is stored.
   */
  commit(poll: Poll): Promise<boolean>;
  /**
   * The same as to commit one after the other, except that all are stored or none is, and much faster.
   * Nothing else is served meanwhile, so hand over no more than some thousands. Resolves to the number
   * of those that were stored.
   */
  commitAll(polls: readonly Poll[]): Promise<number>;
  /**
   * Stores those of `rows` under whose key nothing is stored yet; what is stored stays as it is. Rows of
   * quotas and accounts that were never seen are left out. All or nothing. Resolves to the number that were
   * stored. Rejects with a `TypeError` for a number no store can keep.
   */
  supplement(rows: readonly PastRow[]): Promise<number>;
  /**
   * Takes the history of accounts over from `other`, all of it or nothing: its rows replace those of the same
   * key here, its states are the states, and outcomes are added. Only the copying keeps others waiting.
   * Resolves to the accounts whose state is no longer the one that was said; when there are any, nothing was
   * stored. Rejects with a `TypeError` when `other` is a store of another kind.
   */
  adopt(other: Store, accounts: readonly AdoptedAccount[]): Promise<readonly AccountKey[]>;
  /**
   * Takes an account back to an earlier instant, all of it or nothing. What is stored of later instants is
   * removed, and whatever reaches beyond it, in place of which `rows` are put; its readings are set aside.
   * Resolves to how many those were, or to null when another state than `base` is stored: then nothing was
   * done.
   */
  rewind(rewind: Rewind): Promise<number | null>;
  /** Keeps an outcome that brought no snapshot; key: account, at. The account counts as seen. */
  note(outcome: Outcome): Promise<void>;
  /** Every account ever seen, by key, or only the one that is named; none is `[]`. */
  latest(account?: AccountKey): Promise<readonly AccountRecord[]>;
  /** The reading of a quota as it was stored for `state.reading`: label, unit and window; null when never seen. */
  describe(quota: QuotaKey): Promise<Pick<Reading, "label" | "unit" | "window"> | null>;
  /**
   * The terms that readings of a quota were stated in, oldest first, for each time they changed; those after the last
   * change are as `describe` and the state say. None is `[]`.
   */
  terms(quota: QuotaKey): Promise<readonly Terms[]>;
  /** Raw readings in order of time (or newest first); none is `[]`. */
  readings(query: ReadingsQuery): Promise<readonly StoredReading[]>;
  /** Buckets in order of time; none is `[]`. */
  series(query: SeriesQuery): Promise<readonly Bucket[]>;
  /** The same as points, as `pointsOfBuckets` of the model makes them, in half the time. */
  points(query: SeriesQuery): Promise<readonly HistoryPoint[]>;
  /** Newest first; none is `[]`. */
  cycles(query: CyclesQuery): Promise<readonly Cycle[]>;
  /**
   * Newest first; none is `[]`. As they were stored: one without an end may have ended since, which
   * `endedIfIdle` of the model tells.
   */
  sessions(query: SessionsQuery): Promise<readonly Session[]>;
  /** Newest first; none is `[]`. */
  outcomes(query: OutcomesQuery): Promise<readonly Outcome[]>;
  /**
   * Removes what is older than `keep` says, and documents that have expired; resolves to the number of
   * rows removed. The newest reading and bucket of each quota and the newest outcome of each account
   * stay however old they are. Works in small steps between which other calls are served.
   */
  prune(keep: Retention, now: number): Promise<number>;
  /**
   * Gives all that is stored of an account another name, and makes the changes of documents that go with
   * it: both or neither. `state` is the state that goes under the new name. Resolves to whether anything
   * was stored of the account; the documents change either way.
   *
   * An account of the new name must not have been seen: that rejects with a `TypeError`.
   */
  move(move: Move): Promise<boolean>;
  /**
   * Removes all that is stored of an account, in small steps between which other calls are served; its
   * documents stay. Resolves to whether anything was. Whoever calls it sees to it that nobody polls it.
   */
  forget(account: AccountKey): Promise<boolean>;
  readonly docs: DocStore;
}

/** An account that is taken back to an earlier instant. */
export interface Rewind {
  readonly account: AccountKey;
  /** The state that is stored, as it was recalled. */
  readonly base: AccountState;
  /** The last instant that stays, epoch milliseconds. */
  readonly to: number;
  /** The state as it was then. */
  readonly state: AccountState;
  /** Buckets, cycles and the session under way at that instant, as they stood then. */
  readonly rows: readonly PastRow[];
  /** When this is done, epoch milliseconds. */
  readonly now: number;
}

/** An account under its new name. */
export interface Move {
  readonly from: AccountKey;
  /** Of the same provider. */
  readonly to: AccountKey;
  /** That of `from` as it is now, with the new name in it. */
  readonly state: AccountState;
  readonly docs?: readonly DocChange[];
  readonly now: number;
}

/** Kinds of documents. Each has a table (or prefix) of its own. */
export type DocKind =
  | "settings"
  | "accounts"
  | "identities"
  | "renewals"
  | "users"
  | "logins"
  | "keys"
  | "alerts";

export interface Doc<T> {
  readonly id: string;
  readonly doc: T;
}

export interface PutOptions {
  /** Epoch milliseconds from which on the document counts as absent. */
  readonly expiresAt?: number;
  /** Put only when there is none (or none that has not expired); the result then says whether it was put. */
  readonly ifAbsent?: boolean;
}

/** Small JSON documents by kind and id. `now` decides what has expired. */
export interface DocStore {
  get<T>(kind: DocKind, id: string, now: number): Promise<T | null>;
  put<T>(kind: DocKind, id: string, doc: T, now: number, options?: PutOptions): Promise<boolean>;
  delete(kind: DocKind, id: string): Promise<boolean>;
  /** By id. */
  list<T>(kind: DocKind, now: number): Promise<readonly Doc<T>[]>;
  /** Puts and deletes several documents, all of them or none, in their order. */
  change(changes: readonly DocChange[], now: number): Promise<void>;
}

/** A document to be put; `doc` null for one to be deleted. */
export interface DocChange {
  readonly kind: DocKind;
  readonly id: string;
  readonly doc: object | null;
}

/**
 * Failures a caller tells apart: by `kind`, never by `instanceof`.
 *
 * - `absent`: there is no database, and none was to be created. Not a fault: nothing was collected yet.
 * - `unwritable`: it cannot be opened, read or written.
 * - `corrupt`: it is damaged, or no database at all.
 * - `newer`, `older`: a later version of the program wrote it; an earlier one did, and it was opened to be read only.
 * - `foreign`: a database of another program.
 * - `locked`: another process holds it for too long.
 * - `full`: the disk is full.
 */
export type StoreErrorKind =
  | "absent"
  | "unwritable"
  | "corrupt"
  | "newer"
  | "older"
  | "foreign"
  | "locked"
  | "full";

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreErrorKind;
  /** What the user can do, one line. */
  readonly hint: string;

  constructor(kind: StoreErrorKind, message: string, hint: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.kind = kind;
    this.hint = hint;
  }
}
