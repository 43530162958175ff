/** Statistics of the process. Beside the composition root: no other code may ask the runtime for them. */
import process from "node:process";
import { parseDatabaseFile } from "../base/database_name.ts";
import type { ProcessStats } from "./context.ts";

/** SQLite keeps up to these files beside an open database. */
const FILES: readonly string[] = ["", "-wal", "-shm"];

export async function readProcessStats(dbPath: string): Promise<ProcessStats> {
  const { user, system } = process.cpuUsage();
  return {
    runtime: Deno.version.deno,
    memoryBytes: Deno.memoryUsage().rss,
    cpuSeconds: (user + system) / 1e6,
    storeBytes: await readSize(dbPath),
  };
}

async function readSize(dbPath: string): Promise<number | null> {
  const path = parseDatabaseFile(dbPath);
  if (path === null) return null;
  const sizes = await Promise.all(FILES.map((suffix) => fileSize(path + suffix)));
  // Without the database itself, its companion files mean nothing.
  return sizes[0] === null ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** Null when there is no such file, or it may not be read: a size is not worth a failure. */
async function fileSize(path: string): Promise<number | null> {
  try {
    const { isFile, size } = await Deno.stat(path);
    return isFile ? size : null;
  } catch {
    return null;
  }
}
