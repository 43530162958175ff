/** Rows of somebody else's SQLite file, opened to read and nothing else. */
import type { Row } from "../asking.ts";

const MOST_ROWS = 1000;

/** @returns null when there is no such file. @throws when it cannot be read */
export async function readSqliteRows(
  path: string,
  sql: string,
  values: readonly (string | number)[],
): Promise<readonly Row[] | null> {
  try {
    if (!(await Deno.stat(path)).isFile) return null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  // Loaded when first needed: most providers never do.
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(sql).all(...values).slice(0, MOST_ROWS).map(plainRow);
  } finally {
    database.close();
  }
}

function plainRow(row: Readonly<Record<string, unknown>>): Row {
  const entries: [string, string | number | null][] = [];
  for (const [name, value] of Object.entries(row)) {
    if (value === null || typeof value === "string" || typeof value === "number") entries.push([name, value]);
    else if (value instanceof Uint8Array) entries.push([name, new TextDecoder().decode(value)]);
  }
  return Object.fromEntries(entries);
}
