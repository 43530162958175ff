/**
 * The one place that writes the login of a vendor's tool, whose owner asked for it. One process at a time, and the
 * file is always whole: the old text or the new one.
 */
import { makeLike, randomBytes, removeQuietly, writeAll } from "../../base/whole_file.ts";

export interface LockedFile extends Disposable {
  /** The file itself, where its name is a link to it. */
  readonly path: string;
  /** Its text as it stands now. @throws when it cannot be read */
  read(): string;
  /** Puts `text` in its place: with the mode and the owner it had, and on the disk before anybody sees it. */
  replace(text: string): void;
}

/** The runtime has it, its type declarations may not. */
interface Lockable {
  tryLockSync?(exclusive: boolean): boolean;
}

const PRIVATE = 0o600;
/** By so much a new login may be longer than the one before. */
const MORE_BYTES = 4096;

/**
 * Holds the login in `name` for a change; null where somebody else does. Room for the new text is made
 * first, byte by byte and on the disk, so that a token that works once is never used up for a file that cannot be
 * written.
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
      if (!room) throw new Error("The login was let go of already");
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

/** A lock of the system, which ends with the process that holds it, so that none is ever left over. */
function lockFile(path: string): Deno.FsFile | null {
  const file = Deno.openSync(path, { write: true, create: true, mode: PRIVATE });
  try {
    if ((file as Lockable).tryLockSync?.(true) && isStillThere(file, path)) return file;
  } catch {
    // Not every file system has locks: then nobody can be kept out, and nothing is done.
  }
  file.close();
  return null;
}

/** Whoever held it before may have removed it: then somebody else may hold another of that name. */
function isStillThere(file: Deno.FsFile, path: string): boolean {
  try {
    return file.statSync().ino === Deno.statSync(path).ino;
  } catch {
    return false;
  }
}
