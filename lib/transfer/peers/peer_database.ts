/** The database of another tracker, only looked at: nothing beside it is made or changed. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { TransferError } from "../transfer_error.ts";
import type { Row } from "./peer_values.ts";

export interface PeerDatabase extends Disposable {
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Every row of a table, in no order that means anything. */
  rows(table: string, columns: readonly string[]): Iterable<Row>;
  /** The row of a table by its number. */
  row(table: string, id: number): Row;
  /** Rows that belong to another. */
  related(table: string, column: string, id: unknown): readonly Row[];
  count(table: string): number;
}

/** What this program writes into its own. */
const OWN_APPLICATION_ID = 0x53594e54;

/** @throws {TransferError} */
export function openPeer(path: string, ownApplicationId = OWN_APPLICATION_ID): PeerDatabase {
  let db: DatabaseSync;
  try {
    // Without a log nobody writes, and opened so, SQLite makes no files beside it.
    const isStill = sizeOf(`${path}-wal`) === 0;
    db = new DatabaseSync(isStill ? `${pathToFileURL(path).href}?immutable=1` : path, {
      readOnly: true,
      timeout: 5_000,
    });
    db.exec("PRAGMA trusted_schema = OFF");
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    const mark = db.prepare("PRAGMA application_id").get()?.application_id;
    if (mark === ownApplicationId) {
      throw new TransferError(
        `${JSON.stringify(path)} is a database of this program`,
        "Use it with --db, or `syntrack export --db FILE` and import that. Nothing was imported",
      );
    }
    return wrapped(db, path);
  } catch (error) {
    db.close();
    if (error instanceof TransferError) throw error;
    throw unreadable(path, error);
  }
}

function wrapped(db: DatabaseSync, path: string): PeerDatabase {
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
  const prepared = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw unreadable(path, error);
    }
  };
  return {
    tables,
    *rows(table, columns) {
      const list = columns.map(quoted).join(", ");
      const rows = guarded(() =>
        db.prepare(`SELECT rowid AS "rowid", ${list} FROM ${quoted(table)}`).iterate()
      );
      for (;;) {
        const next = guarded(() => rows.next());
        if (next.done) return;
        yield next.value as Row;
      }
    },
    row: (table, id) =>
      guarded(() => prepared(`SELECT * FROM ${quoted(table)} WHERE rowid = ?`).get(id) ?? {}) as Row,
    related: (table, column, id) =>
      guarded(() =>
        prepared(`SELECT * FROM ${quoted(table)} WHERE ${quoted(column)} = ? ORDER BY rowid`).all(
          id as number,
        )
      ) as readonly Row[],
    count: (table) =>
      guarded(() => Number(prepared(`SELECT count(*) AS n FROM ${quoted(table)}`).get()?.n ?? 0)),
    [Symbol.dispose]: () => db.close(),
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

function unreadable(path: string, error: unknown): TransferError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TransferError(
    `Cannot read ${JSON.stringify(path)} as a database: ${reason}`,
    "Name the file of the other tracker's database. Nothing was imported",
  );
}
