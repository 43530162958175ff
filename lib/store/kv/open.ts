/** Opens a key-value database: the platform's own, a file, or one on a server. */
import { resolve } from "../../base/path.ts";
import { IN_MEMORY, isAddress, parseKvPlace } from "../../base/database_name.ts";
import { checkWritable, createPrivate, makePrivate, readHeader, readMark, readSize } from "../files.ts";
import { StoreError } from "../store.ts";
import { KvDatabase, retryWhileLocked } from "./database.ts";
import { finishAll } from "./finish_journal.ts";
import { KEYS } from "./keys.ts";
import { KvStore } from "./store.ts";

/** The layout version this program reads and writes. */
const LAYOUT_VERSION = 1;

export interface KvOpenOptions {
  /** Changes nothing; for a command that only reads. */
  readonly readOnly?: boolean;
  /** Whether to create a missing database; true unless `readOnly`. */
  readonly create?: boolean;
  /** True when the folder is this program's own. */
  readonly ownFolder?: boolean;
}

/**
 * Opens the named database: `kv:` of the platform, `kv:PATH`, or `kv:https://...`, for which the runtime reads the
 * access
 * token from DENO_KV_ACCESS_TOKEN. @throws {StoreError}
 */
export async function openKvStore(name: string, options: KvOpenOptions = {}): Promise<KvStore> {
  const { readOnly = false, create = !readOnly } = options;
  const place = parseKvPlace(name);
  if (typeof Deno.openKv !== "function") {
    throw new StoreError(
      "unwritable",
      `Cannot open "${name}": this runtime was started without key-value databases`,
      "Start it with --unstable-kv, or name a file for SQLite",
    );
  }
  const file = parseFile(place);
  if (file !== null) inspect(name, file, create);
  const database = new KvDatabase(await open(name, place), name);
  try {
    await checkVersion(database, create);
    if (!readOnly) await finishAll(database);
    const isOurs = file !== null && !readOnly;
    return new KvStore(database, isOurs ? makePrivate(file, options.ownFolder ?? false) : []);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Returns the file, or null when the database is not a file on this machine. */
function parseFile(place: string): string | null {
  if (place === "" || place === IN_MEMORY || isAddress(place)) return null;
  return resolve(place);
}

function open(name: string, place: string): Promise<Deno.Kv> {
  return retryWhileLocked(() => place === "" ? Deno.openKv() : Deno.openKv(parseFile(place) ?? place), name);
}

/** Rejects a file of another program, or a SQLite database of this one, and leaves it unchanged. */
function inspect(name: string, file: string, create: boolean): void {
  const size = readSize(file);
  if (size === null && !create) {
    throw new StoreError("absent", `There is no database at "${name}" yet`, "Start syntrack to create one");
  }
  if (size === null) return createPrivate(file);
  if (create) checkWritable(file);
  if (size === 0) return;
  const header = readHeader(file);
  if (!header) {
    throw new StoreError(
      "foreign",
      `"${file}" is not a key-value database`,
      "Name another file; this one was left as it is",
    );
  }
  // The runtime gives its files no application id.
  if (readMark(header) === 0) return;
  throw new StoreError(
    "foreign",
    `"${file}" is a SQLite database, not a key-value one`,
    `Name it without "kv:", or name another file; this one was left as it is`,
  );
}

async function checkVersion(database: KvDatabase, create: boolean): Promise<void> {
  const entry = await database.get(KEYS.meta);
  const version = Number(entry?.value.version ?? 0);
  if (version > LAYOUT_VERSION) {
    throw new StoreError(
      "newer",
      `Database "${database.path}" has layout ${version}, and this program knows layouts up to ${LAYOUT_VERSION}`,
      "Update syntrack, or name another database; this one was left as it is",
    );
  }
  if (entry || !create) return;
  await database.commit([{ key: KEYS.meta, versionstamp: null }], [{
    key: KEYS.meta,
    value: { version: LAYOUT_VERSION },
  }]);
}
