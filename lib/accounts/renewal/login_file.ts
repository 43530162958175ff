/**
 * The only code that writes the login of a vendor's tool, after its owner opted in. One process at a time,
 * and the file is always complete: the old text or the new one.
 */
import { makeLike, randomBytes, removeQuietly, writeAll } from "../../base/whole_file.ts";

export interface LockedFile extends Disposable {
  /** The file itself, when its name is a link to it. */
  readonly path: string;
  /** Returns its current text. @throws when it cannot be read */
  read(): string;
  /** Replaces its text atomically: preserves mode and owner, and flushes to disk before it becomes visible. */
  replace(text: string): void;
}

/** The runtime has it, but its type declarations may not. */
interface Lockable {
  tryLockSync?(exclusive: boolean): boolean;
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
  const lock = lockFile(lockPath);
  if (!lock) return null;
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.syntrack-new`;
  let room: Deno.FsFile | undefined;
  const release = () => {
    room?.close();
    room = undefined;
    removeQuietly(part);
    removeQuietly(lockPath);
    lock.close();
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
      Deno.renameSync(part, path);
    },
    [Symbol.dispose]: release,
  };
}

/** Acquires a system lock, which ends with the process that holds it, so that none is ever left over. */
function lockFile(path: string): Deno.FsFile | null {
  const file = Deno.openSync(path, { write: true, create: true, mode: PRIVATE });
  try {
    if ((file as Lockable).tryLockSync?.(true) && isStillThere(file, path)) return file;
  } catch {
    // Not every file system supports locks: without one, do nothing.
  }
  file.close();
  return null;
}

/**
 * Reports whether the locked file is still at its path: its previous holder may have removed it, and another
 * process may hold a new one.
 */
function isStillThere(file: Deno.FsFile, path: string): boolean {
  try {
    return file.statSync().ino === Deno.statSync(path).ino;
  } catch {
    return false;
  }
}
