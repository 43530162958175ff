/**
 * Reads rows of another program's SQLite file, strictly read-only: it does not even create the two side files
 * that SQLite makes when it opens a database with a write-ahead log.
 */
import { pathToFileURL } from "../base/path.ts";
import type { Row } from "../provider/context.ts";

const MAX_ROWS = 1000;
/** The header byte with the journal mode, and its value for a write-ahead log. */
const WRITE_VERSION_AT = 18;
const WRITE_AHEAD = 2;

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
  const isResting = await isAtRest(path);
  // Loaded on demand: most providers never need it.
  const { DatabaseSync } = await import("node:sqlite");
  const open = (source: string | URL) => new DatabaseSync(source, { readOnly: true });
  const database = isResting ? openAtRest(path, open) : open(path);
  try {
    return database.prepare(sql).all(...values).slice(0, MAX_ROWS).map(plainRow);
  } finally {
    database.close();
  }
}

/**
 * Reports whether no process uses a database with a write-ahead
 * log; opening it normally would then create the log.
 */
async function isAtRest(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const header = new Uint8Array(WRITE_VERSION_AT + 1);
  await file.read(header);
  if (header[WRITE_VERSION_AT] !== WRITE_AHEAD) return false;
  return !(await isThere(`${path}-wal`) && await isThere(`${path}-shm`));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Opens without locks, which is safe only while nothing writes. The runtime has no permission for such URLs.
 */
function openAtRest<Database>(path: string, open: (source: URL) => Database): Database {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  try {
    return open(url);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Error(
      `${path} can be read only while its program runs, or by a syntrack with no limit on reading`,
    );
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
