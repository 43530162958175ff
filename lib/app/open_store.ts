/**
 * The part of the composition root that read-only commands need. It is separate
 * so that such commands load no provider, no scheduler and no parser of settings.
 */
import { dirname, join } from "node:path";
import { makePrivate } from "../store/files.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";

/**
 * Opens the database at `path` as it is; null when there is none yet. Every start makes it private,
 * including those of read-only commands.
 *
 * @param home where our own folder is, if there is one
 * @throws {StoreError}
 */
export async function openToRead(path: string, home: string | null = null): Promise<Store | null> {
  try {
    const store = await openSqliteStore(path, { readOnly: true });
    // Where this is not possible, the next writer reports it.
    makePrivate(path, home !== null && dirname(path) === join(home, ".syntrack", "data"));
    return store;
  } catch (error) {
    const kind = error instanceof Error && "kind" in error ? error.kind : undefined;
    if (kind === "absent") return null;
    // An earlier version wrote it: its tables must be migrated before they can be read.
    if (kind === "older") return await openSqliteStore(path);
    throw error;
  }
}

/** Opens an existing database at `path` for writing; null when there is none. @throws {StoreError} */
export async function openToAdd(path: string): Promise<Store | null> {
  try {
    return await openSqliteStore(path, { create: false });
  } catch (error) {
    if (error instanceof Error && "kind" in error && error.kind === "absent") return null;
    throw error;
  }
}

/** Restricts the database to its owner, for code that opens it in another way, only to read. */
export function restrictPermissions(
  { dbPath, ownFolder }: { readonly dbPath: string; readonly ownFolder: boolean },
): void {
  if (dbPath !== ":memory:") makePrivate(dbPath, ownFolder);
}
