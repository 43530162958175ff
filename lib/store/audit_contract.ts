/** The audit log: rows are appended, never changed, and removed only from the beginning. */

/** The hash before the first row. */
export const NO_HASH = "0".repeat(64);

export interface AuditEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Id of the actor: `person:…`, `key:…`, `local`; null when unknown. */
  readonly by: string | null;
  /** The actor's name at that time. */
  readonly name: string;
  /** A few words, such as `signed in`. */
  readonly action: string;
  /** The object of the action: an account, a person, a key; null for none in particular. */
  readonly target: string | null;
  /**
   * How the actor was authenticated: `local`, `password`, `proxy`, `sign-in 1a2b3c4d`, `key NAME`, `token 1a2b3c4d`;
   * null when unknown.
   */
  readonly credential: string | null;
  readonly outcome: AuditOutcome;
  /** The client's address; null where there is none, as on the command line. */
  readonly address: string | null;
  /** What changed, never a secret. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** `refused`: the credential was not accepted. */
export type AuditOutcome = "done" | "refused";

/** An entry with its position. The hash covers the entry, its id and the hash of the row before it. */
export interface AuditRow extends AuditEntry {
  readonly id: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/** Selects rows; absent and null fields match any. */
export interface AuditQuery {
  /** Only rows before this id. */
  readonly before?: number;
  readonly from?: number;
  readonly to?: number;
  readonly name?: string | null;
  readonly action?: string | null;
  /** The whole credential, or its first word. */
  readonly credential?: string | null;
  readonly outcome?: AuditOutcome | null;
  /** Part of the target, case-insensitive. */
  readonly target?: string | null;
  /** Maximum number of rows; below 1 returns none. */
  readonly limit: number;
}

/** The values to filter by, each once and sorted; at most 200 of a kind. */
export interface AuditWords {
  readonly names: readonly string[];
  readonly actions: readonly string[];
}

/** `broken`: the row with this id, or the one after it, was tampered with. */
export type AuditVerdict =
  | { readonly state: "whole"; readonly rows: number; readonly last: string }
  | { readonly state: "broken"; readonly at: number; readonly reason: string };

/** A row as stored; its hash covers the other fields. */
export interface StoredAuditRow {
  readonly id: number;
  readonly at: number;
  /** The other fields as JSON. */
  readonly entry: string;
  readonly hash: string;
}

/** An end of the hash chain: the row before the first one, or the last one; id 0 when there never was one. */
export interface AuditEnd {
  readonly id: number;
  readonly hash: string;
}

export interface AuditStore {
  /** Appends a row. */
  append(entry: AuditEntry): Promise<AuditRow>;
  /** Newest first; `[]` when there are none. */
  list(query: AuditQuery): Promise<readonly AuditRow[]>;
  words(): Promise<AuditWords>;
  /** Recomputes every hash, in small steps between which other calls are served. */
  verify(): Promise<AuditVerdict>;
  ends(): Promise<{ readonly first: AuditEnd; readonly last: AuditEnd }>;
  /** Returns rows after an id as stored, oldest first, at most `limit`. */
  written(after: number, limit: number): Promise<readonly StoredAuditRow[]>;
  /**
   * Adds rows written elsewhere, all of them or none. `before` is the row before them: the last one here, or any
   * row when nothing was ever recorded here. Rejects with a `TypeError` when they do not follow from it, or when a
   * hash does not match.
   */
  restore(before: AuditEnd, rows: readonly StoredAuditRow[]): Promise<void>;
  /** Removes rows before an instant, from the beginning; the rest still verifies. Resolves to the number removed. */
  prune(before: number): Promise<number>;
}
