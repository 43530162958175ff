/** The size of a database, and operations on one that is a file. */

/** Operations on a database that is one file. */
export interface DatabaseFile {
  /** Its absolute path, or `:memory:`. */
  readonly path: string;
  /**
   * Writes a complete copy to a file that must not exist yet; also works on a read-only store.
   * @throws {StoreError} `unwritable` when the file exists or cannot be written, `full`
   */
  backup(path: string, options?: BackupOptions): Promise<void>;
  /** Returns all unused space to the system; other calls wait meanwhile. @throws {StoreError} */
  vacuum(): Promise<void>;
}

export interface BackupOptions {
  /** Whether to include people, sign-ins, keys and passkeys. */
  readonly withAccess?: boolean;
}

/** The size of a database and its contents. */
export interface Size {
  /** Bytes of the stored data; for a file, its size. */
  readonly bytes: number;
  /** The unused part of a file, which `vacuum` returns. */
  readonly freeBytes: number;
  /** Size of the write-ahead log beside a file. */
  readonly logBytes: number;
  readonly accounts: number;
  readonly quotas: number;
  readonly readings: number;
  /** Buckets of five minutes, hours and days together. */
  readonly buckets: number;
  readonly cycles: number;
  readonly sessions: number;
  readonly outcomes: number;
  /** The oldest and the newest reading, epoch milliseconds; null when there are none. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}
