/**
 * The part of the composition root that a command which only reads needs. It lies apart
 * so that such a command loads no provider, no scheduler and no parser of settings.
 */
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";

/** The database at `path` as it is, or null when there is none yet. @throws {StoreError} */
export async function openToRead(path: string): Promise<Store | null> {
  try {
    return await openSqliteStore(path, { readOnly: true });
  } catch (error) {
    const kind = error instanceof Error && "kind" in error ? error.kind : undefined;
    if (kind === "absent") return null;
    // An earlier version wrote it: its tables have to be brought up to date before they can be read.
    if (kind === "older") return await openSqliteStore(path);
    throw error;
  }
}
