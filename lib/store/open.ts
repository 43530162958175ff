/** Opens a database: inspects it first, then makes it private, then migrates it. */
import { DatabaseSync } from "node:sqlite";
import { resolve } from "../base/path.ts";
import { pathToFileURL } from "../base/path.ts";
import { setPatience } from "../base/sqlite_runtime.ts";
import { Connection } from "./connection.ts";
import {
  checkMark,
  checkWritable,
  createPrivate,
  damagedError,
  hasWal,
  inspectFile,
  makePrivate,
  newerVersionError,
} from "./files.ts";
import { APPLICATION_ID, DATABASE_VERSION, type Migration, MIGRATIONS } from "./schema.ts";
import { NEW_SCHEMA, type NewSchema } from "./schema_new.ts";
import { toStoreError } from "./sqlite_errors.ts";
import { StoreError } from "./store.ts";

export interface OpenOptions {
  /** Changes nothing, not even modes; for reading a database that another process may be writing. */
  readonly readOnly?: boolean;
  /** Whether to create a missing database; true unless `readOnly`. */
  readonly create?: boolean;
  /** True when the folder is this program's own, so that its mode becomes 0700 whatever else it contains. */
  readonly ownFolder?: boolean;
  /**
   * How long to wait for another process's transaction, in milliseconds. The thread blocks while the database
   * opens, and only for moments afterwards.
   */
  readonly busyMs?: number;
  /** Deleted afterwards: its data survives neither the process nor a failure, which makes everything faster. */
  readonly temporary?: boolean;
}

export interface Opened {
  readonly connection: Connection;
  readonly warnings: readonly string[];
}

const MEMORY = ":memory:";
const BUSY_MS = 5_000;
/** SQLite is synchronous: while it waits for a lock, no request is served. */
const BUSY_AT_ONCE_MS = 20;
/** A full check takes 4 ms for each MiB; larger databases only check the tables that stay small. */
const CHECK_WHOLE_BYTES = 8 * 1024 * 1024;
const SMALL_TABLES = [
  "accounts",
  "quotas",
  "cycles",
  "sessions",
  "days",
  "settings",
  "account_settings",
  "users",
  "keys",
];

export function openConnection(file: string, options: OpenOptions): Opened {
  if (file === MEMORY) return { connection: connect(MEMORY, options), warnings: [] };
  const path = resolve(file);
  try {
    return openFile(path, options);
  } catch (error) {
    throw toStoreError(error, path);
  }
}

function openFile(path: string, options: OpenOptions): Opened {
  const { readOnly = false, create = !readOnly } = options;
  const kind = inspectFile(path);
  if (kind !== "database" && (readOnly || !create)) {
    throw new StoreError("absent", `There is no database at "${path}" yet`, "Start syntrack to create one");
  }
  const logged = kind === "database" && hasWal(path);
  if (readOnly) return { connection: connectReadOnly(path, options, logged), warnings: [] };
  if (logged) peek(path);
  if (kind === "absent") createPrivate(path);
  else checkWritable(path);
  let warnings: readonly string[] = [];
  const connection = connect(path, options, (connection) => {
    if (kind === "database" && !logged) checkPages(connection);
    warnings = makePrivate(path, options.ownFolder ?? false);
  });
  return { connection, warnings };
}

/**
 * Reads the application id and version when the latest ones may still be in the log: through a read-only
 * connection that cannot even checkpoint the log.
 */
function peek(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  setPatience(db, BUSY_MS);
  const connection = new Connection(db, path);
  try {
    checkOwner(connection);
    checkPages(connection);
  } finally {
    connection.close();
  }
}

/** Throws for a database of another program or of a newer version of this one, as the log states it. */
function checkOwner(connection: Connection): void {
  const mark = connection.pragma("application_id");
  const version = connection.pragma("user_version");
  const { tables } = connection.statement("SELECT count(*) AS tables FROM sqlite_schema").get() ?? {};
  checkMark(connection.path, { mark, version, empty: tables === 0 });
}

function checkPages(connection: Connection): void {
  const whole = connection.pragma("page_count") * connection.pragma("page_size") <= CHECK_WHOLE_BYTES;
  for (const argument of whole ? ["1"] : SMALL_TABLES) {
    const { quick_check: found } = connection.statement(`PRAGMA quick_check(${argument})`).get() ?? {};
    if (found !== "ok") throw damagedError(connection.path, `is damaged: ${found}`);
  }
}

/** @param inspect runs before any change, and throws to prevent it */
function connect(
  path: string,
  options: OpenOptions,
  inspect: (connection: Connection) => void = () => {},
): Connection {
  const db = new DatabaseSync(path, {
    timeout: options.busyMs ?? BUSY_MS,
    enableForeignKeyConstraints: options.temporary !== true,
  });
  const patienceMs = options.busyMs ?? BUSY_MS;
  setPatience(db, patienceMs);
  const connection = new Connection(db, path, patienceMs);
  try {
    inspect(connection);
    refuseTriggers(connection);
    // Only an empty file accepts it; it lets pruning return pages to the system.
    db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    if (options.temporary) {
      db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536");
    } else keepSafe(db);
    migrate(connection, MIGRATIONS, NEW_SCHEMA);
    db.exec(`PRAGMA busy_timeout = ${Math.min(patienceMs, BUSY_AT_ONCE_MS)}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function keepSafe(db: DatabaseSync): void {
  const { journal_mode: journal } = db.prepare("PRAGMA journal_mode = WAL").get() ?? {};
  // With a write-ahead log, NORMAL loses no commit when the process dies in any way. A power failure can
  // lose the last commits since a checkpoint (minutes at most), each poll as a whole, and the database
  // stays consistent. FULL would cost a disk flush for every poll.
  db.exec(`PRAGMA synchronous = ${journal === "delete" ? "FULL" : "NORMAL"}`);
  // The log shrinks to this after a checkpoint instead of keeping its peak size.
  db.exec("PRAGMA journal_size_limit = 4194304; PRAGMA trusted_schema = OFF");
}

/**
 * Rejects triggers: one would run with every poll, and we have
 * none, so a manipulated database must not run its own.
 */
function refuseTriggers(connection: Connection): void {
  const [first] = connection.statement("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  if (first === undefined) return;
  const name = JSON.stringify(first.name);
  throw new StoreError(
    "foreign",
    `Database "${connection.path}" contains a trigger that this program did not create: ${name}`,
    `It would run with every poll. Remove it with sqlite3: DROP TRIGGER ${name}`,
  );
}

/** @param isLogged whether the latest application id and version may be in the log, not in the file */
function connectReadOnly(path: string, options: OpenOptions, isLogged: boolean): Connection {
  const settings = { readOnly: true, timeout: options.busyMs ?? BUSY_MS };
  const db = new DatabaseSync(path, settings);
  setPatience(db, settings.timeout);
  const connection = new Connection(db, path, settings.timeout);
  try {
    if (isLogged) checkOwner(connection);
    checkReadable(connection);
    return connection;
  } catch (error) {
    connection.close();
    // In a read-only folder SQLite cannot create its lock file. No other
    // process can be writing there either, unless there is a log.
    const kind = (toStoreError(error, path) as { kind?: unknown }).kind;
    const still = kind === "unwritable" && !hasWal(path) ? connectImmutable(path) : null;
    if (!still) throw error;
    return still;
  }
}

function connectImmutable(path: string): Connection | null {
  try {
    const uri = `${pathToFileURL(path).href}?immutable=1`;
    const connection = new Connection(new DatabaseSync(uri, { readOnly: true }), path);
    checkReadable(connection);
    return connection;
  } catch (error) {
    // The runtime compares a URI with its list of allowed paths, which contains none.
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}

function checkReadable(connection: Connection): void {
  connection.exec("PRAGMA trusted_schema = OFF");
  const version = connection.pragma("user_version");
  if (version === DATABASE_VERSION) return;
  throw new StoreError(
    "older",
    `Database "${connection.path}" has version ${version}, and this program reads version ${DATABASE_VERSION}`,
    "Start syntrack once to bring it up to date",
  );
}

/**
 * Runs the pending migrations, each in one transaction with its number.
 *
 * @param fresh what an empty database gets in place of the first migrations
 */
export function migrate(connection: Connection, migrations: readonly Migration[], fresh?: NewSchema): void {
  let done = false;
  while (!done) {
    // Read the version inside the transaction: another process may be opening the same file. Run one
    // transaction even when nothing is pending, because it shows now whether the file is writable at all.
    done = connection.write(() => {
      const version = readVersion(connection);
      if (version > migrations.length) throw newerVersionError(connection.path, version);
      const migration = version === 0 && fresh ? fresh.sql : migrations[version];
      if (migration === undefined) return true;
      if (typeof migration === "string") connection.exec(migration);
      else migration(connection);
      const reached = version === 0 && fresh ? fresh.version : version + 1;
      connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${reached}`);
      return false;
    });
  }
}

function readVersion(connection: Connection): number {
  return connection.pragma("user_version");
}
