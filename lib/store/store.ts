/**
 * The contract of a store: it keeps what it is given and thinks nothing. Everything
 * that is computed (buckets, cycles, ledger entries, states) is handed over ready,
 * so every implementation gives the same answers.
 */
import type { AccountState, Change } from "../model/advance.ts";
import type { Bucket, Step } from "../model/bucket.ts";
import type { Cycle } from "../model/cycle.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey, QuotaKey, Reading, Snapshot } from "../model/quota.ts";

/** What one poll brought, committed whole or not at all. */
export interface Poll {
  readonly snapshot: Snapshot;
  readonly changes: readonly Change[];
  /** The state after it, as `advance` gave it. */
  readonly state: AccountState;
  readonly outcome: Outcome;
}

/** The present of one account. */
export interface AccountRecord {
  readonly account: AccountKey;
  readonly state: AccountState;
  /** The last attempt, ok or not; null before the first. */
  readonly outcome: Outcome | null;
  /** The last success, epoch milliseconds. */
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
}

/** Times are epoch milliseconds; ranges hold `from` and exclude `to`. */
export interface ReadingsQuery {
  readonly quota: QuotaKey;
  readonly from?: number;
  readonly to?: number;
  /** At most so many, from the end that `newestFirst` names. */
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
  readonly limit: number;
}

export interface OutcomesQuery {
  readonly account: AccountKey;
  readonly from?: number;
  readonly limit: number;
}

/** How long to keep what, in milliseconds; 0 is for ever. Hours, days and cycles are always kept. */
export interface Retention {
  readonly readingsMs: number;
  readonly fiveMinutesMs: number;
  readonly outcomesMs: number;
}

export interface Store extends AsyncDisposable {
  /** The state after the last committed poll; of an unknown account, the empty state. */
  recall(account: AccountKey): Promise<AccountState>;
  /**
   * Stores one poll, all of it or nothing. A poll that is not newer than the last one committed
   * of the account is ignored, so committing twice is harmless. Resolves to whether it was stored.
   */
  commit(poll: Poll): Promise<boolean>;
  /** Keeps an outcome that brought no snapshot. */
  note(outcome: Outcome): Promise<void>;
  /** Every account ever seen, by key; none is `[]`. */
  latest(): Promise<readonly AccountRecord[]>;
  /** The reading of a quota as it was stored for `state.reading`: label, unit and window; null when never seen. */
  describe(quota: QuotaKey): Promise<Pick<Reading, "label" | "unit" | "window"> | null>;
  /** Raw readings in order of time (or newest first); none is `[]`. */
  readings(query: ReadingsQuery): Promise<readonly StoredReading[]>;
  /** Buckets in order of time; none is `[]`. */
  series(query: SeriesQuery): Promise<readonly Bucket[]>;
  /** Newest first; none is `[]`. */
  cycles(query: CyclesQuery): Promise<readonly Cycle[]>;
  /** Newest first; none is `[]`. */
  outcomes(query: OutcomesQuery): Promise<readonly Outcome[]>;
  /** Removes what is older than `keep` says; resolves to the number of rows removed. */
  prune(keep: Retention, now: number): Promise<number>;
  readonly docs: DocStore;
}

/** Kinds of documents. Each has a table (or prefix) of its own. */
export type DocKind = "settings" | "accounts" | "users" | "logins" | "keys" | "alerts";

export interface Doc<T> {
  readonly id: string;
  readonly doc: T;
}

export interface PutOptions {
  /** Epoch milliseconds after which the document counts as absent. */
  readonly expiresAt?: number;
  /** Put only when there is none; the result then says whether it was put. */
  readonly ifAbsent?: boolean;
}

/** Small JSON documents by kind and id. `now` decides what has expired. */
export interface DocStore {
  get<T>(kind: DocKind, id: string, now: number): Promise<T | null>;
  put<T>(kind: DocKind, id: string, doc: T, now: number, options?: PutOptions): Promise<boolean>;
  delete(kind: DocKind, id: string): Promise<boolean>;
  /** By id. */
  list<T>(kind: DocKind, now: number): Promise<readonly Doc<T>[]>;
}

/** Failures a caller tells apart: by `kind`, never by `instanceof`. */
export type StoreErrorKind = "unwritable" | "corrupt" | "newer" | "foreign" | "locked" | "full";

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
