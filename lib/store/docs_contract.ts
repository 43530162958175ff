/** Small JSON documents beside the history: settings, accounts, people, sign-ins, keys, alerts. */

/** Kinds of documents. Each has its own table (or prefix). */
export type DocKind =
  | "settings"
  | "accounts"
  | "identities"
  | "renewals"
  | "users"
  | "logins"
  | "keys"
  | "passkeys"
  | "feeds"
  | "notes"
  | "alerts"
  | "alert_memory"
  | "channels"
  | "outbox"
  /** What instances of one program tell each other for a while: locks, attempts, what changed. Never copied. */
  | "shared";

export interface Doc<T> {
  readonly id: string;
  readonly doc: T;
}

/** A document as it is stored, whether it has expired or not. */
export interface StoredDoc extends Doc<unknown> {
  /** Epoch milliseconds; null for never. */
  readonly expiresAt: number | null;
}

export interface PutOptions {
  /** Epoch milliseconds from which the document counts as absent. */
  readonly expiresAt?: number;
  /** Stores it only if there is none (or only an expired one); the result says whether it was stored. */
  readonly ifAbsent?: boolean;
}

export interface GetOptions {
  /** Past any cache before the store: for whoever stores what follows from it. */
  readonly fresh?: boolean;
}

/** Small JSON documents by kind and id. `now` decides what has expired. */
export interface DocStore {
  get<T>(kind: DocKind, id: string, now: number, options?: GetOptions): Promise<T | null>;
  put<T>(kind: DocKind, id: string, doc: T, now: number, options?: PutOptions): Promise<boolean>;
  delete(kind: DocKind, id: string): Promise<boolean>;
  /** By id. */
  list<T>(kind: DocKind, now: number): Promise<readonly Doc<T>[]>;
  /** Every document of a kind as it is stored, by id, for moving them to another store. */
  all(kind: DocKind): Promise<readonly StoredDoc[]>;
  /** Stores and deletes several documents in order, all of them or none. */
  change(changes: readonly DocChange[], now: number): Promise<void>;
  /** Stores documents under their guard, all of them or none; resolves to whether the guard was as expected. */
  putGuarded(docs: GuardedDocs): Promise<boolean>;
  /**
   * Calls `changed` once a document was changed, as far as the engine tells: a file of Deno KV tells what its own
   * process did, a server what anybody did. Once at first as well, for what happened before. Returns what ends it.
   * Absent where the engine tells nothing.
   */
  watch?(kind: DocKind, id: string, changed: () => void): () => void;
}

/**
 * Documents that follow from what was stored before, and the document that says how far that was considered. Whoever
 * stores any of them must have read this guard first and store it too: then of two who decide from the same past, one
 * stores what follows from it, and the other one nothing.
 */
export interface GuardedDocs {
  readonly guard: {
    readonly kind: DocKind;
    readonly id: string;
    /** The document as it was read; null when there was none. */
    readonly was: unknown;
    readonly doc: object;
  };
  /** Each is stored only where there is none, or only an expired one. */
  readonly added: readonly AddedDoc[];
  /** Epoch milliseconds; decides what has expired. */
  readonly now: number;
}

export interface AddedDoc {
  readonly kind: DocKind;
  readonly id: string;
  readonly doc: object;
  /** Epoch milliseconds from which it counts as absent. */
  readonly expiresAt?: number;
}

/** A document to store, or to delete when `doc` is null. */
export interface DocChange {
  readonly kind: DocKind;
  readonly id: string;
  readonly doc: object | null;
}
