/** Figures of the process itself. It lies beside the composition root, because nobody else may look at the runtime. */
import process from "node:process";
import type { ProcessStats } from "./context.ts";

/** SQLite keeps up to these beside each other while it is open. */
const FILES: readonly string[] = ["", "-wal", "-shm"];

export async function readProcessStats(dbPath: string): Promise<ProcessStats> {
  const { user, system } = process.cpuUsage();
  return {
    runtime: Deno.version.deno,
    memoryBytes: Deno.memoryUsage().rss,
    cpuSeconds: (user + system) / 1e6,
    storeBytes: await sizeOf(dbPath),
  };
}

async function sizeOf(dbPath: string): Promise<number | null> {
  const sizes = await Promise.all(FILES.map((suffix) => fileSize(dbPath + suffix)));
  // Without the database itself, what lies beside it says nothing.
  return sizes[0] === null ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** Null where there is no such file, or it may not be looked at: a size is not worth a failure. */
async function fileSize(path: string): Promise<number | null> {
  try {
    const { isFile, size } = await Deno.stat(path);
    return isFile ? size : null;
  } catch {
    return null;
  }
}
