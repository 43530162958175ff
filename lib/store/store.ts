/**
 * The contract of a store: it stores what it receives and computes nothing. Callers compute everything
 * (buckets, cycles, sessions, ledger entries, states), so every implementation gives the same answers. The
 * one exception: it applies the additions of an `adjust`.
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
import type { AuditStore } from "./audit_contract.ts";
import type { DocChange, DocStore, GuardedDocs } from "./docs_contract.ts";
import type { DatabaseFile, Size } from "./file_contract.ts";

export type { BackupOptions, DatabaseFile, Size } from "./file_contract.ts";
export type {
  AddedDoc,
  Doc,
  DocChange,
  DocKind,
  DocStore,
  GetOptions,
  GuardedDocs,
  PutOptions,
  StoredDoc,
} from "./docs_contract.ts";
export type {
  AuditEnd,
  AuditEntry,
  AuditOutcome,
  AuditQuery,
  AuditRow,
  AuditStore,
  AuditVerdict,
  AuditWords,
  StoredAuditRow,
} from "./audit_contract.ts";

/** The result of one poll, committed as a whole or not at all. */
export interface Poll {
  readonly snapshot: Snapshot;
  readonly changes: readonly Change[];
  /** The state after the poll, as `advance` returned it. */
  readonly state: AccountState;
  readonly outcome: Outcome;
  /**
   * The recalled state it is based on: if a different one is stored by then, the poll is not stored. Without it,
   * the caller must ensure that no one else commits for the account.
   */
  readonly base?: AccountState;
  /** Documents stored with it: if their guard has changed by then, nothing is stored. */
  readonly docs?: GuardedDocs;
}

/** What the store knows about one account. */
export interface AccountRecord {
  readonly account: AccountKey;
  readonly state: AccountState;
  /** The last attempt, successful or not; null before the first. */
  readonly outcome: Outcome | null;
  /** `at` of the last successful outcome, epoch milliseconds; null before the first. */
  readonly okAt: number | null;
}

/** A reading as stored, with its ledger entry. */
export interface StoredReading {
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsAt: number | null;
  readonly consumed: number;
  readonly reset: boolean;
  /** Its source, when it is not the vendor's endpoint. */
  readonly source?: string;
  /** Why consumption since the previous readings could not be counted. */
  readonly baseline?: BaselineReason;
  /** Further fields of the `Reading`. */
  readonly startedAt?: number;
  readonly refillPerHour?: number;
  readonly allowed?: boolean;
  readonly currency?: string;
}

/** The part of a reading that says how full a quota was. */
export type StoredLevel = Pick<StoredReading, "at" | "used" | "limit" | "remaining" | "resetsAt" | "allowed">;

/** Times are epoch milliseconds; ranges include `from` and exclude `to`. */
export interface ReadingsQuery {
  readonly quota: QuotaKey;
  readonly from?: number;
  readonly to?: number;
  /**
   * Maximum number, from the end that `newestFirst` selects. Here
   * and below a whole number; below 1 returns none.
   */
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
  /** The cursor: cycles that started before it; `startedAt` of the previous page's last one. */
  readonly before?: number;
  readonly limit: number;
}

/** Cycles that started in `[from, to)`. */
export type PastMarkQuery = Required<Pick<CyclesQuery, "quota" | "from" | "to">>;

export interface SessionsQuery {
  readonly account: AccountKey;
  /** Sessions that started in `[from, to)`. */
  readonly from?: number;
  readonly to?: number;
  /** The cursor, as for cycles. */
  readonly before?: number;
  readonly limit: number;
}

export interface RecallOptions {
  /** Allows an outdated state from a cache: for callers whose commit detects that. */
  readonly mayBeOld?: boolean;
}

export interface OutcomesQuery {
  readonly account: AccountKey;
  readonly from?: number;
  /** Only before this instant. */
  readonly to?: number;
  /** Only outcomes of this kind. */
  readonly kind?: Outcome["kind"];
  readonly limit: number;
}

/**
 * Retention in milliseconds; 0 keeps data forever. Data of exactly this age is kept. Hours, days, cycles and
 * sessions are always kept.
 */
export interface Retention {
  readonly readingsMs: number;
  readonly fiveMinutesMs: number;
  readonly outcomesMs: number;
  /** Of the audit log; forever by default. */
  readonly auditMs?: number;
}

/** Rows computed elsewhere for a past without stored readings. */
export type PastRow =
  | { readonly kind: "bucket"; readonly quota: QuotaKey; readonly bucket: Bucket }
  | { readonly kind: "cycle"; readonly cycle: Cycle }
  | { readonly kind: "session"; readonly session: Session };

/** An account to adopt from another store. */
export interface AdoptedAccount {
  readonly account: AccountKey;
  /** `at` of the state the other store built on, which must still be the latest here; null for none. */
  readonly at: number | null;
  /** True when the other store is complete, so that only outcomes remain of the stored data. */
  readonly whole: boolean;
  /** Corrections to data stored only here, in the order in which the engine produced them. */
  readonly corrections: readonly Change[];
}

export interface Store extends AsyncDisposable {
  /** Its location: the absolute path of a file, `:memory:`, or `kv:` with a path or an address. */
  readonly path: string;
  /** Operations on its file; null when the engine has no file to copy or shrink. */
  readonly file: DatabaseFile | null;
  /** What could not be made private, in words for the log; usually empty. */
  readonly warnings: readonly string[];
  /** Returns the state after the last committed poll; for an unknown account, the empty state. */
  recall(account: AccountKey, options?: RecallOptions): Promise<AccountState>;
  /**
   * Stores one poll, all of it or nothing. Ignores a poll, including its outcome, that is not newer than the
   * account's last committed one, so that committing twice is harmless; also ignores one based on a state
   * or on documents other than the stored ones. Resolves to whether it was stored.
   *
   * Rejects with a `TypeError`, storing nothing, when a poll contradicts itself (another account's state or
   * outcome, a change of a quota missing from the snapshot) or contains a number no store can represent (NaN, an
   * instant that is not whole milliseconds): a bug of the caller.
   */
  commit(poll: Poll): Promise<boolean>;
  /**
   * Commits polls in order, all of them or none, much faster than one by one. Nothing else is served
   * meanwhile, so pass at most some thousands; none may have documents. Resolves to the number stored.
   */
  commitAll(polls: readonly Poll[]): Promise<number>;
  /**
   * Stores those of `rows` whose key is not stored yet; stored rows stay unchanged. Skips rows of unknown
   * quotas and accounts. All or nothing. Resolves to the number stored. Rejects with a `TypeError` for a
   * number no store can represent. Batches may be read while they are stored, but nothing else may use the store
   * meanwhile; when reading them fails, nothing is stored.
   *
   * @param exactly stores nothing when another number of rows would be stored, to which it resolves
   */
  supplement(
    rows: readonly PastRow[] | AsyncIterable<readonly PastRow[]>,
    exactly?: number,
  ): Promise<number>;
  /**
   * Adopts the history of accounts from `other`, all of it or nothing: its rows replace those with the
   * same key, its states replace the states, and its outcomes are added. Other calls wait only while it
   * copies. `other` may be on another engine, and must not change meanwhile. Resolves to the accounts whose
   * state is no longer the expected one; if there are any, nothing was stored. Rejects with a `TypeError`
   * when `other` is not a store.
   */
  adopt(other: Store, accounts: readonly AdoptedAccount[]): Promise<readonly AccountKey[]>;
  /**
   * Rewinds an account to an earlier instant, all of it or nothing. Deletes later data and everything that extends
   * beyond the instant, stores `rows` in its place, and sets the later readings aside. Resolves to the number
   * of those, or to null when a state other than `base` is stored: then nothing changed.
   */
  rewind(rewind: Rewind): Promise<number | null>;
  /**
   * Stores an outcome without a snapshot, together with its documents; key: account, at. Makes the account known.
   * Resolves to false when the guard of the documents has changed by then: then nothing was stored.
   */
  note(outcome: Outcome, docs?: GuardedDocs): Promise<boolean>;
  /** Returns every known account, by key, or only the named one; `[]` when there are none. */
  latest(account?: AccountKey): Promise<readonly AccountRecord[]>;
  /** Returns label, unit and window of a quota as stored for `state.reading`; null for an unknown quota. */
  describe(quota: QuotaKey): Promise<Pick<Reading, "label" | "unit" | "window"> | null>;
  /** Returns all known quotas of an account in the order in which they first appeared; `[]` when there are none. */
  quotas(account: AccountKey): Promise<readonly QuotaDescription[]>;
  /**
   * Returns the terms in which a quota's readings were stated, oldest first, one entry for each change;
   * `describe` and the state hold the current ones. `[]` when they never changed.
   */
  terms(quota: QuotaKey): Promise<readonly Terms[]>;
  /** Returns raw readings in time order (or newest first); `[]` when there are none. */
  readings(query: ReadingsQuery): Promise<readonly StoredReading[]>;
  /** Returns how full the quota was at each raw reading, in time order, in half the time of `readings`. */
  levels(query: Pick<ReadingsQuery, "quota" | "from" | "to">): Promise<readonly StoredLevel[]>;
  /** Returns buckets in time order; `[]` when there are none. */
  series(query: SeriesQuery): Promise<readonly Bucket[]>;
  /** Returns the same as points, as the model's `pointsOfBuckets` builds them, in half the time. */
  points(query: SeriesQuery): Promise<readonly HistoryPoint[]>;
  /** Newest first; `[]` when there are none. */
  cycles(query: CyclesQuery): Promise<readonly Cycle[]>;
  /**
   * Returns, in the order of the queries, a text that changes whenever one of these cycles changes, or the buckets
   * of the quota start elsewhere, in far less time than reading them. Absent where the engine cannot tell cheaply.
   */
  pastMarks?(queries: readonly PastMarkQuery[]): Promise<readonly string[]>;
  /**
   * Newest first; `[]` when there are none. Sessions are as stored: one without an end may have ended since,
   * which the model's `endedIfIdle` decides.
   */
  sessions(query: SessionsQuery): Promise<readonly Session[]>;
  /** Newest first; `[]` when there are none. */
  outcomes(query: OutcomesQuery): Promise<readonly Outcome[]>;
  /**
   * Deletes data older than `keep` allows, and expired documents; resolves to the number of rows deleted. The
   * newest reading and bucket of each quota and the newest outcome of each account stay, however old. Works
   * in small steps between which other calls are served.
   */
  prune(keep: Retention, now: number): Promise<number>;
  /**
   * Renames an account with all its data, and applies the document changes that go with it: both or neither.
   * `state` is the state under the new name. Resolves to whether the account had any data; the documents
   * change either way. Changes nothing when a document was changed since it was read (`DocChange.was`).
   *
   * Rejects with a `TypeError` when an account with the new name is known.
   */
  move(move: Move): Promise<boolean | "outdated">;
  /**
   * Deletes all data of an account, in small steps between which other calls are served; its documents stay.
   * Resolves to whether there was any. The caller must ensure that nothing polls it.
   */
  forget(account: AccountKey): Promise<boolean>;
  /** Counts what is stored, in steps between which other calls are served. */
  size(): Promise<Size>;
  /** Returns what is wrong with the database, in words; `[]` when it is sound. */
  check(): Promise<readonly string[]>;
  readonly docs: DocStore;
  /** The audit log. */
  readonly audit: AuditStore;
}

/** The latest description of a quota. */
export type QuotaDescription = Pick<Reading, "quota" | "label" | "unit" | "window">;

/** An account to rewind to an earlier instant. */
export interface Rewind {
  readonly account: AccountKey;
  /** The stored state, as recalled. */
  readonly base: AccountState;
  /** The last instant to keep, epoch milliseconds. */
  readonly to: number;
  /** The state at that instant. */
  readonly state: AccountState;
  /** Buckets, cycles and the session in progress at that instant, as they were then. */
  readonly rows: readonly PastRow[];
  /** The current time, epoch milliseconds. */
  readonly now: number;
}

/** An account under its new name. */
export interface Move {
  readonly from: AccountKey;
  /** Must have the same provider. */
  readonly to: AccountKey;
  /** The current state of `from`, with the new name in it. */
  readonly state: AccountState;
  readonly docs?: readonly DocChange[];
  readonly now: number;
}

/**
 * Failures a caller distinguishes by `kind`, never by `instanceof`.
 *
 * - `absent`: there is no database, and none was to be created. Not a fault: nothing was collected yet.
 * - `unwritable`: it cannot be opened, read or written.
 * - `corrupt`: it is damaged, or not a database.
 * - `newer`, `older`: a later version of the program wrote it;
 *   an earlier one did, and it was opened read-only.
 * - `foreign`: another program's database.
 * - `locked`: another process held it for too long.
 * - `full`: the disk is full.
 * - `limited`: the host of the database allows no more at present.
 */
export type StoreErrorKind =
  | "absent"
  | "unwritable"
  | "corrupt"
  | "newer"
  | "older"
  | "foreign"
  | "locked"
  | "full"
  | "limited";

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
