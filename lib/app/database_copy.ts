/** Copies a database before a new version opens it, which may migrate it to a schema that the old version refuses. */
import { DatabaseSync } from "node:sqlite";
import { makeLike, removeQuietly } from "../base/whole_file.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { backupFolder, findPathAside, writeDatedBackup } from "./backups.ts";

export interface DatabaseCopy {
  /** Path of the copy. */
  readonly path: string;
  /** Restores the copy if the database was migrated since. @returns where the migrated one is now, or null */
  restore(now: number): Promise<string | null>;
}

/** @returns null when there is no database yet. @throws {StoreError} */
export async function copyDatabase(
  dbPath: string,
  { keep, now }: { readonly keep: number; readonly now: number },
): Promise<DatabaseCopy | null> {
  try {
    Deno.statSync(dbPath);
  } catch {
    return null;
  }
  const before = readSchema(dbPath);
  const path = await (async () => {
    await using store = await openSqliteStore(dbPath, { readOnly: true });
    return (await writeDatedBackup(store, { folder: backupFolder(dbPath), keep, now })).path;
  })();
  return {
    path,
    async restore(now) {
      if (readSchema(dbPath) === before) return null;
      return await replaceDatabase(dbPath, path, now);
    },
  };
}

/**
 * Moves the files as they are, the database with its log, which is part of it. No process has the database open
 * by now, and this program may not understand it once it is migrated.
 */
async function replaceDatabase(dbPath: string, copy: string, now: number): Promise<string> {
  const aside = findPathAside(dbPath, now);
  const part = `${dbPath}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    await Deno.copyFile(copy, part);
    // The system service has its own user, but root updates it.
    makeLike(part, await Deno.stat(dbPath));
    for (const suffix of ["-wal", "-shm"]) {
      await Deno.rename(dbPath + suffix, aside + suffix).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
    await Deno.rename(dbPath, aside);
    await Deno.rename(part, dbPath);
    return aside;
  } finally {
    removeQuietly(part);
  }
}

function readSchema(dbPath: string): number {
  const database = new DatabaseSync(dbPath, { readOnly: true });
  try {
    return Number(database.prepare("PRAGMA user_version").get()?.user_version);
  } finally {
    database.close();
  }
}
