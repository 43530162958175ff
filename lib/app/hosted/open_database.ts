/** Opens the database of a hosted program: the host's own unless a setting names another. */
import { isKvName } from "../../base/database_name.ts";
import { openKvStore } from "../../store/kv/open.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import type { Store } from "../../store/store.ts";

/** The database that comes with the host. */
const OWN = "kv:";

export function databaseName(env: Readonly<Record<string, string | undefined>>): string {
  return env.SYNTRACK_DB ?? env.SYNTRACK_DB_PATH ?? OWN;
}

/** @throws {StoreError} */
export async function openDatabase(name: string): Promise<Store> {
  return isKvName(name) ? await openKvStore(name) : await openSqliteStore(name);
}
