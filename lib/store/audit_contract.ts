/** The record of who did what: rows are added at the end, never changed, and removed only from the beginning. */

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
  /** From where; null where there is no address, as on the command line. */
  readonly address: string | null;
  /** What changed, never a secret. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** An entry with its place. The hash covers it, its id and the hash of the row before it. */
export interface AuditRow extends AuditEntry {
  readonly id: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

export interface AuditQuery {
  /** Only rows before this id. */
  readonly before?: number;
  readonly from?: number;
  readonly to?: number;
  /** At most so many; below 1 is none. */
  readonly limit: number;
}

/** `broken`: the row of this id, or what should follow it, is not as it was written. */
export type AuditVerdict =
  | { readonly state: "whole"; readonly rows: number; readonly last: string }
  | { readonly state: "broken"; readonly at: number; readonly reason: string };

export interface AuditStore {
  /** Adds a row at the end. */
  append(entry: AuditEntry): Promise<AuditRow>;
  /** Newest first; none is `[]`. */
  list(query: AuditQuery): Promise<readonly AuditRow[]>;
  /** Works out every hash again, in small steps between which other calls are served. */
  verify(): Promise<AuditVerdict>;
  /** Removes rows before an instant, from the beginning; the rest still verifies. Resolves to how many. */
  prune(before: number): Promise<number>;
}
