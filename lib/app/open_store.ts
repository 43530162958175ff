/**
 * The part of the composition root that a command which only reads needs. It lies apart
 * so that such a command loads no provider, no scheduler and no parser of settings.
 */
import { dirname, join } from "node:path";
import { makePrivate } from "../store/files.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";

/**
 * The database at `path` as it is, or null when there is none yet. That it is private is seen to at every start, also
 * of a command that only reads.
 *
 * @param home where our own folder lies, if there is one
 * @throws {StoreError}
 */
export async function openToRead(path: string, home: string | null = null): Promise<Store | null> {
  try {
    const store = await openSqliteStore(path, { readOnly: true });
    // Where it cannot be, whoever writes says so.
    makePrivate(path, home !== null && dirname(path) === join(home, ".syntrack", "data"));
    return store;
  } catch (error) {
    const kind = error instanceof Error && "kind" in error ? error.kind : undefined;
    if (kind === "absent") return null;
    // An earlier version wrote it: its tables have to be brought up to date before they can be read.
    if (kind === "older") return await openSqliteStore(path);
    throw error;
  }
}

/** The database at `path` to add to it, or null when there is none: none is begun. @throws {StoreError} */
export async function openToAdd(path: string): Promise<Store | null> {
  try {
    return await openSqliteStore(path, { create: false });
  } catch (error) {
    if (error instanceof Error && "kind" in error && error.kind === "absent") return null;
    throw error;
  }
}

/** For whoever opens it another way to look at it only. */
export function restrictPermissions(
  { dbPath, ownFolder }: { readonly dbPath: string; readonly ownFolder: boolean },
): void {
  if (dbPath !== ":memory:") makePrivate(dbPath, ownFolder);
}
