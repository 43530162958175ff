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
  try {
    // Without a log there is no writer, and opened this way, SQLite creates no files beside it.
    const isStill = readSize(`${path}-wal`) === 0;
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
    return wrapDatabase(db, path);
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

function createUnreadableError(path: string, error: unknown): TransferError {
  const reason = explainError(error);
  return new TransferError(
    `Cannot read ${JSON.stringify(path)} as a database: ${reason}`,
    "Give the path of the other tracker's database. Nothing was imported",
  );
}
