/**
 * Temporary folders. A killed process leaves its own behind, so the next one looks for them: the system
 * releases the lock of a process that has ended, however it ended.
 */
import { join } from "../base/path.ts";

export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

const LOCK = "in-use";

/** @param dir the system's folder for temporary files by default */
export async function makeScratch(prefix: string, dir?: string): Promise<Scratch> {
  const path = await Deno.makeTempDir({ prefix, ...dir === undefined ? {} : { dir } });
  const lock = await Deno.open(join(path, LOCK), { createNew: true, write: true, mode: 0o600 });
  await lock.lock(true);
  let over = false;
  return {
    path,
    async [Symbol.asyncDispose]() {
      if (over) return;
      over = true;
      lock.close();
      await removeAll(path);
    },
  };
}

/** Removes what ended processes left in a folder. Skips what cannot be read or removed. */
export async function tidyScratch(prefix: string, dir: string): Promise<void> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(dir)) {
      if (isDirectory && name.startsWith(prefix) && RANDOM_NAME.test(name) && await isLeft(join(dir, name))) {
        await removeAll(join(dir, name));
      }
    }
  } catch {
    // Cleaning up is not worth a failure.
  }
}

/** Folders have random names, which distinguishes them from a user's. */
const RANDOM_NAME = /-[0-9a-f]{8,}$/;
/** Files of versions that did not lock their folders yet. */
const OLDER = new Set(["copy.db", "stage.db", "stage.db-wal", "stage.db-shm"]);
const OLD_MS = 60 * 60_000;

async function isLeft(folder: string): Promise<boolean> {
  try {
    using lock = await Deno.open(join(folder, LOCK), { write: true });
    return await lock.tryLock(true);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return false;
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const { mtime } = await Deno.stat(folder);
    const isOld = mtime !== null && Date.now() - mtime.getTime() > OLD_MS;
    return isOld && names.every((name) => OLDER.has(name));
  }
}

async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
