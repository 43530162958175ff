/**
 * Cache files in the program's own folder: complete or absent, private to their owner, the oldest removed first.
 * They are not flushed to disk, because anything lost in a power failure is simply computed again.
 */
import { pathExists, removeQuietly, writeAll } from "./whole_file.ts";

export interface CacheFolder {
  /** Below the program's own folder; created when needed, but only if the program's folder exists. */
  readonly path: string;
  readonly maxFiles: number;
}

/**
 * Replaces or creates a file of the folder. A link in its place is replaced, not followed.
 *
 * @throws when it cannot be written; then it is unchanged
 */
export function writeCacheFile(
  { path: folder, maxFiles }: CacheFolder,
  name: string,
  bytes: Uint8Array,
): void {
  makeFolder(folder);
  const path = `${folder}/${name}`;
  const isNew = !pathExists(path);
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    {
      using file = Deno.openSync(part, { write: true, createNew: true, mode: 0o600 });
      writeAll(file, bytes);
    }
    Deno.renameSync(part, path);
  } catch (error) {
    removeQuietly(part);
    throw error;
  }
  if (isNew) removeOldest(folder, maxFiles);
}

function makeFolder(folder: string): void {
  for (const path of [folder.slice(0, folder.lastIndexOf("/")), folder]) {
    try {
      Deno.mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

function removeOldest(folder: string, max: number): void {
  const paths = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  if (paths.length <= max) return;
  const files = paths.map((path) => ({ path, at: readModifiedTime(path) })).sort((one, other) =>
    other.at - one.at
  );
  for (const { path } of files.slice(max)) removeQuietly(path);
}

/** Another process may have removed it. */
function readModifiedTime(path: string): number {
  try {
    return Deno.lstatSync(path).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}
