/**
 * On the first run, moves our database with SQLite's companion files from where earlier versions kept it to
 * its place. A database of another tracker stays where it is and is reported.
 */
import { explainError } from "../base/text.ts";
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "../base/path.ts";
import { pathExists } from "../base/whole_file.ts";
import { setPatience } from "../base/sqlite_runtime.ts";
import { APPLICATION_ID } from "../store/schema.ts";

export interface FormerPlaces {
  /** Where it belongs: only the default place is filled automatically. */
  readonly dbPath: string;
  readonly home: string | null;
  readonly cwd: string;
}

/** Returns a sentence for each thing done. Never fails, and never replaces a file. */
export function moveFormerDatabase({ dbPath, home, cwd }: FormerPlaces): readonly string[] {
  if (home === null || dbPath !== join(home, ".syntrack", "data", "syntrack.db")) return [];
  if (pathExists(dbPath)) return [];
  const said: string[] = [];
  for (const from of new Set([join(home, ".syntrack", "syntrack.db"), join(cwd, "syntrack.db")])) {
    if (!isFile(from)) continue;
    const owner = findOwner(from);
    if (owner === "other") {
      said.push(
        `${from} is a database of another tracker and was left there. \`syntrack import --from syntrack ${from}\` takes ` +
          "its history",
      );
    }
    if (owner !== "ours") continue;
    said.push(moveAll(from, dbPath));
    break;
  }
  return said;
}

function moveAll(from: string, to: string): string {
  try {
    Deno.mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    // The database goes last: if this is interrupted, the next start finds it and continues.
    for (const suffix of ["-journal", "-wal", "-shm", ""]) {
      if (pathExists(from + suffix)) Deno.renameSync(from + suffix, to + suffix);
    }
    return `Moved the database from ${from} to ${to}`;
  } catch (error) {
    const reason = explainError(error);
    return `Cannot move the database from ${from} to ${to}: ${reason}. Move it with its -wal and -shm, or name it with --db`;
  }
}

/** Checkpoints the log and identifies the owner. Leaves a database alone that is open or unreadable. */
function findOwner(path: string): "ours" | "other" | null {
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
    setPatience(db, 1_000);
    try {
      const mark = db.prepare("PRAGMA application_id").get()?.application_id;
      if (mark === APPLICATION_ID) return "ours";
      const tables = db.prepare(
        "SELECT name FROM sqlite_schema WHERE name IN ('quota_snapshots', 'usage_snapshots')",
      )
        .all();
      return tables.length > 0 ? "other" : null;
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}
