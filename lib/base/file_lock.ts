/**
 * Locks between processes, each on a file of its own. The system releases the lock of a process that has ended, however
 * it ended, so none is ever left over.
 */

/** A lock that this process holds until it is released; releasing it again does nothing. */
export interface FileLock extends Disposable {
  release(): void;
}

/** The file system has no locks, or the runtime is an older one that can only wait for them. */
export class NoFileLocks extends Error {
  override readonly name = "NoFileLocks";
}

/**
 * Locks a file, which is created when it does not exist.
 *
 * @returns null while another process holds the lock
 * @throws {NoFileLocks}
 * @throws when the file cannot be opened
 */
export function tryLockFile(path: string): FileLock | null {
  const file = Deno.openSync(path, { create: true, read: true, write: true, mode: 0o600 });
  let isFree: boolean;
  try {
    isFree = file.tryLockSync(true);
  } catch (cause) {
    file.close();
    throw new NoFileLocks("No locks here", { cause });
  }
  if (isFree && isStillAt(path, file)) return ownedLock(file);
  file.close();
  return null;
}

/** Reports whether some process holds the lock of a file. One that cannot be opened or locked is free. */
export function isFileLocked(path: string): boolean {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { write: true });
  } catch {
    return false;
  }
  const asked = ownedLock(file);
  try {
    return !file.tryLockSync(false);
  } catch {
    return false;
  } finally {
    // A reader must not hold it any longer.
    asked.release();
  }
}

function ownedLock(file: Deno.FsFile): FileLock {
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    try {
      // Closing alone is not enough: a child process that is just being started has a copy of the open file, and with it
      // the lock, until it runs its own program.
      file.unlockSync();
    } catch {
      // The file system has no locks: there was nothing to release.
    }
    file.close();
  };
  return { release, [Symbol.dispose]: release };
}

/** Reports whether a path still refers to the open file: whoever held the lock before may have removed it. */
function isStillAt(path: string, file: Deno.FsFile): boolean {
  if (Deno.build.os === "windows") return true;
  try {
    return Deno.statSync(path).ino === file.statSync().ino;
  } catch {
    return false;
  }
}
