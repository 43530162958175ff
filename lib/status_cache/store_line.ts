/** Stores the line that a bar will soon request again. */
import { writeCacheFile } from "../base/cache_file.ts";
import { type Caller, pathFor, type StoredLine } from "./cache.ts";

/** Below the home folder; one file for each bar and set of options. */
export const LINES = { path: ".syntrack/cache/status", maxFiles: 16 };

/** When the folder is not writable or the disk is full, the line is simply not cached. */
export async function storeLine(caller: Caller, line: StoredLine): Promise<void> {
  try {
    const path = await pathFor(caller);
    if (path === null) return;
    const slash = path.lastIndexOf("/");
    const folder = { ...LINES, path: path.slice(0, slash) };
    writeCacheFile(folder, path.slice(slash + 1), new TextEncoder().encode(JSON.stringify(line)));
  } catch {
    // The line was printed; the next one is computed again.
  }
}
