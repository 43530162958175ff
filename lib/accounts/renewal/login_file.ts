/**
 * The only code that writes the login of a vendor's tool, after its owner opted in. One process at a time,
 * and the file is always complete: the old text or the new one, unless it is mounted by itself.
 */
import { type FileLock, NoFileLocks, tryLockFile } from "../../base/file_lock.ts";
import { makeLike, moveOver, randomBytes, removeQuietly, writeAll } from "../../base/whole_file.ts";

export interface LockedFile extends Disposable {
  /** The file itself, when its name is a link to it. */
  readonly path: string;
  /** Returns its current text. @throws when it cannot be read */
  read(): string;
  /** Replaces its text atomically: preserves mode and owner, and flushes to disk before it becomes visible. */
  replace(text: string): void;
}

const PRIVATE = 0o600;
/** Maximum growth of a renewed login. */
const MORE_BYTES = 4096;

/**
 * Locks the login in `name` for a change; null when another process holds it. First reserves space for the
 * new text on disk, so that a one-time token is never spent on a file that cannot be written.
 *
 * @throws when the file or its folder cannot be used
 */
export function holdLogin(name: string): LockedFile | null {
  const path = Deno.realPathSync(name);
  const lockPath = `${path}.syntrack-lock`;
  const lock = tryLock(lockPath);
  if (!lock) return null;
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.syntrack-new`;
  let room: Deno.FsFile | undefined;
  const release = () => {
    room?.close();
    room = undefined;
    removeQuietly(part);
    removeQuietly(lockPath);
    lock.release();
  };
  try {
    const before = Deno.statSync(path);
    room = Deno.openSync(part, { write: true, createNew: true, mode: PRIVATE });
    writeAll(room, randomBytes(before.size + MORE_BYTES));
    room.syncSync();
    makeLike(part, before);
  } catch (error) {
    release();
    throw error;
  }
  return {
    path,
    read: () => Deno.readTextFileSync(path),
    replace(text) {
      if (!room) throw new Error("The login was released already");
      const bytes = new TextEncoder().encode(text);
      room.seekSync(0, Deno.SeekMode.Start);
      writeAll(room, bytes);
      room.truncateSync(bytes.length);
      room.syncSync();
      room.close();
      room = undefined;
      moveOver(part, path, bytes);
    },
    [Symbol.dispose]: release,
  };
}

/** Without locks, nothing is changed. */
function tryLock(path: string): FileLock | null {
  try {
    return tryLockFile(path);
  } catch (error) {
    if (error instanceof NoFileLocks) return null;
    throw error;
  }
}
