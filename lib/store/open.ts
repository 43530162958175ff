/** Opening a database: look first, then make it private, then bring it up to date. */
import { DatabaseSync } from "node:sqlite";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Connection } from "./connection.ts";
import {
  checkMark,
  checkWritable,
  createPrivate,
  damagedError,
  hasWal,
  inspectFile,
  makePrivate,
  tooNew,
} from "./files.ts";
import { APPLICATION_ID, type Migration, MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";
import { toStoreError } from "./sqlite_errors.ts";
import { StoreError } from "./store.ts";

export interface OpenOptions {
  /** Changes nothing, not even modes; for looking at a database another process may be writing. */
  readonly readOnly?: boolean;
  /** Whether to begin a new database where there is none; true unless `readOnly`. */
  readonly create?: boolean;
  /** The folder was made for this program, so its mode becomes 0700 whatever else lies in it. */
  readonly ownFolder?: boolean;
  /**
   * How long to wait for another process's transaction, in milliseconds. The thread waits while the database is
   * opened, and no more than a moment at a time afterwards.
   */
  readonly busyMs?: number;
}

export interface Opened {
  readonly connection: Connection;
  readonly warnings: readonly string[];
}

const MEMORY = ":memory:";
const BUSY_MS = 5_000;
/** SQLite answers synchronously: while it waits for a lock, nobody is served. */
const BUSY_AT_ONCE_MS = 20;
/** A whole check takes 4 ms for each MiB; above this size only the tables that stay small are checked. */
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
  const standing = inspectFile(path);
  if (standing !== "database" && (readOnly || !create)) {
    throw new StoreError("absent", `There is no database at "${path}" yet`, "Start syntrack to begin one");
  }
  const logged = standing === "database" && hasWal(path);
  if (logged) peek(path, !readOnly);
  if (readOnly) return { connection: connectReadOnly(path, options), warnings: [] };
  if (standing === "absent") createPrivate(path);
  else checkWritable(path);
  let warnings: readonly string[] = [];
  const connection = connect(path, options, (connection) => {
    if (standing === "database" && !logged) checkPages(connection);
    warnings = makePrivate(path, options.ownFolder ?? false);
  });
  return { connection, warnings };
}

/**
 * Reads who made a database and what version it has where the last word may still be in its
 * log: through a connection that can change nothing, not even by carrying the log over.
 */
function peek(path: string, thorough: boolean): void {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  const connection = new Connection(db, path);
  try {
    const mark = connection.pragma("application_id");
    const version = connection.pragma("user_version");
    const { tables } = connection.statement("SELECT count(*) AS tables FROM sqlite_schema").get() ?? {};
    checkMark(path, { mark, version, empty: tables === 0 });
    if (thorough) checkPages(connection);
  } finally {
    connection.close();
  }
}

function checkPages(connection: Connection): void {
  const whole = connection.pragma("page_count") * connection.pragma("page_size") <= CHECK_WHOLE_BYTES;
  for (const argument of whole ? ["1"] : SMALL_TABLES) {
    const { quick_check: found } = connection.statement(`PRAGMA quick_check(${argument})`).get() ?? {};
    if (found !== "ok") throw damagedError(connection.path, `is damaged: ${found}`);
  }
}

/** @param inspect runs before anything is changed, and throws when nothing may be */
function connect(
  path: string,
  options: OpenOptions,
  inspect: (connection: Connection) => void = () => {},
): Connection {
  const db = new DatabaseSync(path, {
    timeout: options.busyMs ?? BUSY_MS,
    enableForeignKeyConstraints: true,
  });
  const patienceMs = options.busyMs ?? BUSY_MS;
  const connection = new Connection(db, path, patienceMs);
  try {
    inspect(connection);
    refuseTriggers(connection);
    // Only an empty file takes it: pages that pruning frees can then be given back.
    db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    const { journal_mode: journal } = db.prepare("PRAGMA journal_mode = WAL").get() ?? {};
    // With a write-ahead log, NORMAL loses no commit when the process dies, however it dies. When the
    // power fails, the last commits since a checkpoint (minutes at most) can be missing, all of a poll
    // or none of it, and the database is whole. FULL would cost a disk flush for every poll.
    db.exec(`PRAGMA synchronous = ${journal === "delete" ? "FULL" : "NORMAL"}`);
    // The log shrinks to this after a checkpoint instead of staying as long as it once was.
    db.exec("PRAGMA journal_size_limit = 4194304; PRAGMA trusted_schema = OFF");
    migrate(connection);
    db.exec(`PRAGMA busy_timeout = ${Math.min(patienceMs, BUSY_AT_ONCE_MS)}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A trigger would run with every poll, and none is ours: who hands a database over must not have one run here. */
function refuseTriggers(connection: Connection): void {
  const [first] = connection.statement("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  if (first === undefined) return;
  const name = JSON.stringify(first.name);
  throw new StoreError(
    "foreign",
    `Database "${connection.path}" holds a trigger that is not of this program: ${name}`,
    `It would run with every poll. Remove it with sqlite3: DROP TRIGGER ${name}`,
  );
}

function connectReadOnly(path: string, options: OpenOptions): Connection {
  const settings = { readOnly: true, timeout: options.busyMs ?? BUSY_MS };
  const connection = new Connection(new DatabaseSync(path, settings), path, settings.timeout);
  try {
    checkReadable(connection);
    return connection;
  } catch (error) {
    connection.close();
    // In a folder that cannot be written SQLite has no place for its lock file. Nobody else can
    // be writing there either unless there is a log.
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
    // The runtime compares a URI with its list of allowed paths, and it is on none.
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}

function checkReadable(connection: Connection): void {
  connection.exec("PRAGMA trusted_schema = OFF");
  const version = connection.pragma("user_version");
  if (version === SCHEMA_VERSION) return;
  throw new StoreError(
    "older",
    `Database "${connection.path}" has version ${version}, and this program reads version ${SCHEMA_VERSION}`,
    "Start syntrack once to bring it up to date",
  );
}

/** Runs the migrations the database has not had yet, each in a transaction with its number. */
export function migrate(connection: Connection, migrations: readonly Migration[] = MIGRATIONS): void {
  let done = false;
  while (!done) {
    // The version is read inside the transaction, as another process may be opening the same file. And there
    // is one transaction even when nothing is to be done: it tells now whether the file can be written at all.
    done = connection.write(() => {
      const version = versionOf(connection);
      if (version > migrations.length) throw tooNew(connection.path, version);
      const migration = migrations[version];
      if (migration === undefined) return true;
      if (typeof migration === "string") connection.exec(migration);
      else migration(connection);
      connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + 1}`);
      return false;
    });
  }
}

function versionOf(connection: Connection): number {
  return connection.pragma("user_version");
}
