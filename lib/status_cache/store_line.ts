/** Stores the line that a bar asks for again soon. */
import { replaceFile } from "../base/whole_file.ts";
import { type Caller, pathFor, type StoredLine } from "./cache.ts";

/** One for each bar and its options. */
const MAX_FILES = 16;

/** A folder that cannot be written, or a full disk, leaves the line uncached. */
export async function storeLine(caller: Caller, line: StoredLine): Promise<void> {
  try {
    const path = await pathFor(caller);
    if (path === null) return;
    const folder = path.slice(0, path.lastIndexOf("/"));
    makeFolder(folder);
    replaceFile(path, JSON.stringify(line));
    removeOldest(folder);
  } catch {
    // The line was printed; the next one is worked out again.
  }
}

/** Makes the two folders below that of the program; who has none gets none by a command that only reads. */
function makeFolder(folder: string): void {
  for (const path of [folder.slice(0, folder.lastIndexOf("/")), folder]) {
    try {
      Deno.mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

function removeOldest(folder: string): void {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => {
    const path = `${folder}/${name}`;
    return { path, at: Deno.statSync(path).mtime?.getTime() ?? 0 };
  });
  files.sort((one, other) => other.at - one.at);
  for (const { path } of files.slice(MAX_FILES)) Deno.removeSync(path);
}
