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
  /** What instances of one program share for a while: locks, attempts, changes. Never copied. */
  | "shared";

export interface Doc<T> {
  readonly id: string;
  readonly doc: T;
}

/** A document as stored, expired or not. */
export interface StoredDoc extends Doc<unknown> {
  /** Epoch milliseconds; null for never. */
  readonly expiresAt: number | null;
}

export interface PutOptions {
  /** Epoch milliseconds from which the document counts as absent. */
  readonly expiresAt?: number;
  /** Stores it only if there is none (or only an expired one); the result tells whether it was stored. */
  readonly ifAbsent?: boolean;
}

export interface GetOptions {
  /** Bypasses any cache; for callers that store a result based on it. */
  readonly fresh?: boolean;
}

/** Small JSON documents by kind and id. `now` decides what has expired. */
export interface DocStore {
  get<T>(kind: DocKind, id: string, now: number, options?: GetOptions): Promise<T | null>;
  put<T>(kind: DocKind, id: string, doc: T, now: number, options?: PutOptions): Promise<boolean>;
  delete(kind: DocKind, id: string): Promise<boolean>;
  /** Sorted by id. */
  list<T>(kind: DocKind, now: number): Promise<readonly Doc<T>[]>;
  /** Returns every document of a kind as stored, sorted by id, for moving them to another store. */
  all(kind: DocKind): Promise<readonly StoredDoc[]>;
  /** Stores and deletes several documents in order, all of them or none; resolves to whether each was as expected. */
  change(changes: readonly DocChange[], now: number): Promise<boolean>;
  /** Stores documents under their guard, all of them or none; resolves to whether the guard was as expected. */
  putGuarded(docs: GuardedDocs): Promise<boolean>;
  /**
   * Calls `changed` after a document has changed, as far as the engine reports it: a file of Deno KV reports the
   * changes of
   * its own process, a server those of all. Also calls it once at the start, for earlier changes. Returns a function
   * that stops watching. Absent where the engine reports nothing.
   */
  watch?(kind: DocKind, id: string, changed: () => void): () => void;
}

/**
 * Documents that follow from what was stored before, and a guard document that says how far it was processed. A
 * writer must read the guard first and store it too: of two writers that decide from the same past, one
 * stores its result and the other stores nothing.
 */
export interface GuardedDocs {
  readonly guard: {
    readonly kind: DocKind;
    readonly id: string;
    /** The document as read; null when there was none. */
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
  /** Epoch milliseconds from which the document counts as absent. */
  readonly expiresAt?: number;
}

/** A document to store, or to delete when `doc` is null. */
export interface DocChange {
  readonly kind: DocKind;
  readonly id: string;
  readonly doc: object | null;
  /**
   * The document as read, null when there was none: of all the changes nothing is stored when it is another now. Without
   * it, the change happens whatever is stored.
   */
  readonly was?: unknown;
}
