/** Another tracker's database, opened read-only: nothing beside it is created or changed. */
import { explainError } from "../../base/text.ts";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { allArrays, setPatience } from "../../base/sqlite_runtime.ts";
import { pathToFileURL } from "../../base/path.ts";
import { TransferError } from "../transfer_error.ts";
import type { Row } from "./peer_values.ts";

export interface PeerDatabase extends Disposable {
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Yields every row of a table, in no particular order. */
  rows(table: string, columns: readonly string[]): Iterable<Row>;
  /** Returns some hundreds of a table's rows by their numbers; missing rows are left out. */
  rowsById(table: string, ids: readonly number[]): ReadonlyMap<number, Row>;
  /** Returns rows that refer to others by the value of `column`, in the order in which they were stored. */
  related(table: string, column: string, keys: readonly unknown[]): ReadonlyMap<unknown, readonly Row[]>;
  count(table: string): number;
  /** Counts the rows that refer by `column` to no row of another table. */
  countOrphans(table: string, column: string, owner: string): number;
  /** Call after reading. @throws {TransferError} when the other tracker changed what was read */
  checkUnchanged(): void;
}

/** SQLite application id of this program's own databases. */
const OWN_APPLICATION_ID = 0x53594e54;
/** Rows read at once: each call costs as much as about ten rows. */
const BATCH = 1_000;
/** Named so that no column of a table has the same name. */
const OWNER = '"\u{1} owner"';
const NUMBER = '"\u{1} number"';
/** Numbers this close together are read as one range. */
const MAX_SPREAD = 4;

/** @throws {TransferError} */
export function openPeer(path: string, ownApplicationId = OWN_APPLICATION_ID): PeerDatabase {
  let db: DatabaseSync;
  const opened = readStamp(path);
  // With a log, SQLite would create files beside it; without one in use, it can be opened so that it does not. In the other
  // mode a writer changes the file itself, so its locks have to be heeded, and SQLite creates nothing to read.
  const isStill = hasLog(path) && readSize(`${path}-wal`) === 0;
  try {
    db = new DatabaseSync(isStill ? `${pathToFileURL(path).href}?immutable=1` : path, {
      readOnly: true,
      timeout: 5_000,
    });
    setPatience(db, 5_000);
    db.exec("PRAGMA trusted_schema = OFF");
  } catch (error) {
    throw createUnreadableError(path, error);
  }
  try {
    const mark = db.prepare("PRAGMA application_id").get()?.application_id;
    if (mark === ownApplicationId) {
      throw new TransferError(
        `${JSON.stringify(path)} is a Syntrack database`,
        "Use it with --db, or import what `syntrack export --db FILE` writes. Nothing was imported",
      );
    }
    const peer = wrapDatabase(db, path);
    if (!isStill) return peer;
    return {
      ...peer,
      checkUnchanged() {
        if (readStamp(path) !== opened) throw changedMeanwhile(path);
      },
      [Symbol.dispose]: () => db.close(),
    };
  } catch (error) {
    db.close();
    if (error instanceof TransferError) throw error;
    throw createUnreadableError(path, error);
  }
}

function wrapDatabase(db: DatabaseSync, path: string): PeerDatabase {
  const tables = new Map<string, readonly string[]>();
  for (const { name } of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) {
    const table = String(name);
    if (table.startsWith("sqlite_")) continue;
    const columns = db.prepare("SELECT name FROM pragma_table_xinfo(?)").all(table).map((row) =>
      String(row.name)
    );
    tables.set(table, columns);
  }
  const statements = new Map<string, StatementSync>();
  const selectAll = (sql: string, ...values: readonly SQLInputValue[]): readonly (readonly unknown[])[] => {
    try {
      const statement = statements.get(sql) ?? db.prepare(sql);
      statements.set(sql, statement);
      return allArrays(statement, values);
    } catch (error) {
      throw createUnreadableError(path, error);
    }
  };
  const columnsOf = (table: string) => tables.get(table) ?? [];
  const listOf = (table: string, of = quoteName(table)) =>
    columnsOf(table).map((name) => `${of}.${quoteName(name)}`).join(", ");
  const indexed = new Map<string, string>();
  /** Finds row numbers by a column: in the database's own index, or in one we build beside it. */
  const indexOn = (table: string, column: string): string => {
    const key = JSON.stringify([table, column]);
    const known = indexed.get(key);
    if (known !== undefined) return known;
    const [first] = selectAll(
      `SELECT 1 FROM pragma_index_list(?) l, pragma_index_info(l.name) i
        WHERE l.partial = 0 AND i.seqno = 0 AND i.name = ?`,
      table,
      column,
    );
    let source = `(SELECT rowid AS number, ${quoteName(column)} AS owner FROM ${quoteName(table)})`;
    if (first === undefined) {
      source = `temp.related_${indexed.size}`;
      const rows = `SELECT ${quoteName(column)}, rowid FROM ${quoteName(table)} WHERE ${
        quoteName(column)
      } IS NOT NULL`;
      selectAll(`CREATE TABLE ${source} (owner, number, PRIMARY KEY (owner, number)) WITHOUT ROWID`);
      selectAll(`INSERT INTO ${source} ${rows}`);
    }
    indexed.set(key, source);
    return source;
  };
  return {
    tables,
    *rows(table, columns) {
      const list = columns.map(quoteName).join(", ");
      const sql = `SELECT rowid AS ${NUMBER}, ${list} FROM ${
        quoteName(table)
      } WHERE rowid > ? ORDER BY rowid LIMIT ${BATCH}`;
      let last = Number.MIN_SAFE_INTEGER;
      for (;;) {
        const rows = selectAll(sql, last);
        for (const row of rows) yield createRow(["rowid", ...columns], row);
        if (rows.length < BATCH) return;
        last = Number(rows.at(-1)![0]);
      }
    },
    rowsById(table, ids) {
      const found = new Map<number, Row>();
      if (ids.length === 0) return found;
      const sql = `SELECT rowid AS ${NUMBER}, ${listOf(table)} FROM ${quoteName(table)} WHERE rowid`;
      const columns = columnsOf(table);
      const keep = (rows: readonly (readonly unknown[])[]) => {
        for (const [id, ...values] of rows) found.set(Number(id), createRow(columns, values));
      };
      const [least, most] = [Math.min(...ids), Math.max(...ids)];
      if (most - least < MAX_SPREAD * ids.length) keep(selectAll(`${sql} BETWEEN ? AND ?`, least, most));
      else for (const id of ids) keep(selectAll(`${sql} = ?`, id));
      return found;
    },
    related(table, column, keys) {
      const found = new Map<unknown, Row[]>();
      if (keys.length === 0) return found;
      const columns = columnsOf(table);
      const rows = selectAll(
        `SELECT o.owner AS ${OWNER}, ${listOf(table, "v")} FROM ${indexOn(table, column)} o
          JOIN ${quoteName(table)} v ON v.rowid = o.number
          WHERE o.owner IN (SELECT value FROM json_each(?)) ORDER BY o.number`,
        JSON.stringify(keys),
      );
      for (const [owner, ...values] of rows) {
        const own = found.get(owner) ?? [];
        found.set(owner, own);
        own.push(createRow(columns, values));
      }
      return found;
    },
    count: (table) => Number(selectAll(`SELECT count(*) FROM ${quoteName(table)}`)[0]?.[0] ?? 0),
    countOrphans(table, column, owner) {
      const own = `${quoteName(table)}.${quoteName(column)}`;
      const sql = `SELECT count(*) FROM ${quoteName(table)}
        WHERE NOT EXISTS (SELECT 1 FROM ${quoteName(owner)} o WHERE o."id" = ${own})`;
      return Number(selectAll(sql)[0]?.[0] ?? 0);
    },
    checkUnchanged: () => {},
    [Symbol.dispose]: () => db.close(),
  };
}

function createRow(columns: readonly string[], values: readonly unknown[]): Row {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < columns.length; at++) row[columns[at]!] = values[at];
  return row;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function readSize(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

/** The byte of its header that says which version of the format is needed to read it, and the one with a log. */
const READ_VERSION = 19;
const WITH_LOG = 2;

/** Reports whether a database writes to a log beside it first. */
function hasLog(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    const header = new Uint8Array(READ_VERSION + 1);
    return file.readSync(header) === header.length && header[READ_VERSION] === WITH_LOG;
  } catch {
    return false;
  }
}

function readStamp(path: string): string {
  try {
    const { size, mtime } = Deno.statSync(path);
    return `${size} ${mtime?.getTime()}`;
  } catch {
    return "";
  }
}

function changedMeanwhile(path: string): TransferError {
  return new TransferError(
    `${JSON.stringify(path)} changed while it was read: the other tracker is writing to it`,
    "Nothing was imported; try again",
  );
}

function createUnreadableError(path: string, error: unknown): TransferError {
  const reason = explainError(error);
  return new TransferError(
    `Cannot read ${JSON.stringify(path)} as a database: ${reason}`,
    "Give the path of the other tracker's database. Nothing was imported",
  );
}
