/**
 * Rewrites a database, in place or into another file. SQLite does both by attaching a database, which Deno 2.5
 * never allows: there rows are copied one by one, and only unused pages are returned.
 */
import { DatabaseSync } from "node:sqlite";
import { rollBack } from "../base/sqlite_runtime.ts";
import type { Connection } from "./connection.ts";
import type { Value } from "./rows.ts";
import { SQL } from "./statements.ts";

const OBJECTS =
  `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
  ORDER BY type = 'table' DESC, type = 'index' DESC, rowid`;

/** Writes a complete, compact copy into an empty file. */
export function copyInto(db: Connection, path: string): void {
  try {
    db.statement(SQL.copy).run({ path });
  } catch (error) {
    if (!isAttachRefused(error)) throw error;
    copyRows(db, path);
  }
}

/** Returns unused space to the system. */
export function rewrite(db: Connection): void {
  try {
    db.exec("VACUUM");
  } catch (error) {
    if (!isAttachRefused(error)) throw error;
    // Each step returns one page.
    db.statement("PRAGMA incremental_vacuum").all();
  }
}

export function isAttachRefused(error: unknown): boolean {
  return error instanceof Error && error.message.includes("too many attached databases");
}

function copyRows(db: Connection, path: string): void {
  const copy = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  try {
    const marks = ["application_id", "user_version"].map((name) => `PRAGMA ${name} = ${db.pragma(name)};`);
    copy.exec("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF");
    // One transaction on each side: the copy contains what was stored at one instant.
    db.exec("BEGIN");
    copy.exec("BEGIN");
    const objects = db.statement(OBJECTS).all();
    for (const { type, sql } of objects) if (type === "table") copy.exec(String(sql));
    for (const { type, name } of objects) if (type === "table") copyTable(db, copy, String(name));
    for (const { type, sql } of objects) if (type !== "table") copy.exec(String(sql));
    copy.exec("COMMIT");
    copy.exec(marks.join(" "));
  } finally {
    db.exec("ROLLBACK");
    rollBack(copy);
    copy.close();
  }
}

function copyTable(db: Connection, copy: DatabaseSync, table: string): void {
  const columns = db.statement(`SELECT name FROM pragma_table_info(?)`).all(table).map(({ name }) =>
    `"${String(name).replaceAll('"', '""')}"`
  );
  const places = columns.map(() => "?").join(", ");
  const insert = copy.prepare(`INSERT INTO "${table}" (${columns.join(", ")}) VALUES (${places})`);
  for (const row of db.eachTuple(`SELECT ${columns.join(", ")} FROM "${table}"`, {})) {
    insert.run(...row as readonly Value[]);
  }
}
