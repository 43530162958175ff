/**
 * The part of the composition root that read-only commands need. It is separate
 * so that such commands load no provider, no scheduler and no parser of settings.
 */
import { dirname, join } from "../base/path.ts";
import { isKvName, parseDatabaseFile } from "../base/database_name.ts";
import { makePrivate } from "../store/files.ts";
import { type OpenOptions, openSqliteStore } from "../store/sqlite.ts";
import type { Stage } from "../store/stage.ts";
import type { Store } from "../store/store.ts";

/**
 * Opens the database of this name on its engine: a path is a SQLite file, and `kv:` begins the name of a
 * key-value database, whose code loads only then.
 *
 * @throws {StoreError}
 */
export async function openDatabase(name: string, options: OpenOptions = {}): Promise<Store> {
  if (!isKvName(name)) return await openSqliteStore(name, options);
  const { openKvStore } = await import("../store/kv/open.ts");
  return await openKvStore(name, options);
}

/**
 * Opens the database at `path` as it is; null when there is none yet. Every start makes it private,
 * including those of read-only commands.
 *
 * @param home parent of the program's own folder, if there is one
 * @throws {StoreError}
 */
export async function openToRead(path: string, home: string | null = null): Promise<Store | null> {
  try {
    const store = await openDatabase(path, { readOnly: true });
    // Where permissions cannot be restricted, the next writer reports it.
    const file = parseDatabaseFile(path);
    if (file !== null) makePrivate(file, home !== null && dirname(file) === join(home, ".syntrack", "data"));
    return store;
  } catch (error) {
    const kind = error instanceof Error && "kind" in error ? error.kind : undefined;
    if (kind === "absent") return null;
    // An earlier version wrote it: its tables must be migrated before they can be read.
    if (kind === "older") return await openDatabase(path);
    throw error;
  }
}

/** Opens a temporary database for an import. */
export async function openStage(path: string): Promise<Stage> {
  const stage = await import("../store/stage.ts");
  return stage.openStage(path);
}

/** Opens an existing database at `path` for writing; null when there is none. @throws {StoreError} */
export async function openToAdd(path: string): Promise<Store | null> {
  try {
    return await openDatabase(path, { create: false });
  } catch (error) {
    if (error instanceof Error && "kind" in error && error.kind === "absent") return null;
    throw error;
  }
}

/** Restricts the database to its owner, for code that opens it read-only in another way. */
export function restrictPermissions(
  { dbPath, ownFolder }: { readonly dbPath: string; readonly ownFolder: boolean },
): void {
  const file = parseDatabaseFile(dbPath);
  if (file !== null) makePrivate(file, ownFolder);
}
