/** The record of who did what: rows are added at the end, never changed, and removed only from the beginning. */

/** The hash of nothing, before the first row. */
export const NO_HASH = "0".repeat(64);

export interface AuditEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Id of who did it: `person:…`, `key:…`, `local`; null where nobody was known. */
  readonly by: string | null;
  /** Their name at that time. */
  readonly name: string;
  /** A few words, such as `signed in`. */
  readonly action: string;
  /** What it was done to: an account, a person, a key; null for nothing in particular. */
  readonly target: string | null;
  /** With what: `local`, `password`, `proxy`, `sign-in 1a2b3c4d`, `key NAME`, `token 1a2b3c4d`; null where it is not known. */
  readonly credential: string | null;
  readonly outcome: AuditOutcome;
  /** From where; null where there is no address, as on the command line. */
  readonly address: string | null;
  /** What changed, never a secret. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** `refused`: what was shown opened nothing. */
export type AuditOutcome = "done" | "refused";

/** An entry with its place. The hash covers it, its id and the hash of the row before it. */
export interface AuditRow extends AuditEntry {
  readonly id: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/** Which rows; what is absent or null does not matter. */
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
  /** Part of the target, in capital or small letters. */
  readonly target?: string | null;
  /** At most so many; below 1 is none. */
  readonly limit: number;
}

/** What the rows can be chosen by, each word once and in order; at most 200 of a kind. */
export interface AuditWords {
  readonly names: readonly string[];
  readonly actions: readonly string[];
}

/** `broken`: the row of this id, or what should follow it, was changed. */
export type AuditVerdict =
  | { readonly state: "whole"; readonly rows: number; readonly last: string }
  | { readonly state: "broken"; readonly at: number; readonly reason: string };

/** A row as it is stored: what its hash covers. */
export interface StoredAuditRow {
  readonly id: number;
  readonly at: number;
  /** The other fields as JSON. */
  readonly entry: string;
  readonly hash: string;
}

/** An end of the chain of hashes: the row before its first, or its last; id 0 where there never was one. */
export interface AuditEnd {
  readonly id: number;
  readonly hash: string;
}

export interface AuditStore {
  /** Adds a row at the end. */
  append(entry: AuditEntry): Promise<AuditRow>;
  /** Newest first; none is `[]`. */
  list(query: AuditQuery): Promise<readonly AuditRow[]>;
  words(): Promise<AuditWords>;
  /** Works out every hash again, in small steps between which other calls are served. */
  verify(): Promise<AuditVerdict>;
  ends(): Promise<{ readonly first: AuditEnd; readonly last: AuditEnd }>;
  /** Rows after an id as they are stored, oldest first, at most `limit`. */
  written(after: number, limit: number): Promise<readonly StoredAuditRow[]>;
  /**
   * Adds rows that were written elsewhere, all of them or none. `before` is the row before them: the last one
   * here, or whatever it was where nothing was ever recorded here. Rejects with a `TypeError` when they do not
   * follow from it, or when a hash does not fit.
   */
  restore(before: AuditEnd, rows: readonly StoredAuditRow[]): Promise<void>;
  /** Removes rows before an instant, from the beginning; the rest still verifies. Resolves to how many. */
  prune(before: number): Promise<number>;
}
