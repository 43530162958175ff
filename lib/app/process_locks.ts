/**
 * Locks beside a database: of the processes that use it, one polls by the clock, and only one sends requests
 * at a time. The system releases the lock of a process that has ended, however it ended.
 */
import type { Clock } from "../base/clock.ts";
import { parseDatabaseFile } from "../base/database_name.ts";
import { type FileLock, tryLockFile } from "../base/file_lock.ts";
import type { ProcessLocks } from "../poll/process_locks.ts";

/** Maximum time to wait for another process: one that hangs must not block the others. */
const MAX_WAIT_MS = 25_000;
const LOOK_EVERY_MS = 50;

export interface OwnProcessLocks extends ProcessLocks {
  /** Lets another process poll. */
  release(): void;
}

/** Returns where the locks of a database file are, which its processes have to be allowed to write. */
export function lockPathsFor(path: string): { readonly polling: string; readonly asking: string } {
  return { polling: `${path}-polling`, asking: `${path}-asking` };
}

/** @param dbPath name of the database; one in memory has no other user, and a remote one no file to lock */
export function createProcessLocks(dbPath: string, clock: Clock): OwnProcessLocks | null {
  const path = parseDatabaseFile(dbPath);
  if (path === null) return null;
  const locks = lockPathsFor(path);
  let polling: FileLock | null = null;
  let asking: Promise<FileLock | null> | undefined;
  let inTurn = 0;

  async function waitForTurn(): Promise<FileLock | null> {
    const { signal } = new AbortController();
    for (let waited = 0; waited < MAX_WAIT_MS; waited += LOOK_EVERY_MS) {
      const lock = tryLock(locks.asking);
      if (lock !== null) return lock;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
    return null;
  }

  return {
    mayPoll() {
      polling ??= tryLock(locks.polling);
      return polling !== null;
    },
    async begin() {
      inTurn++;
      asking ??= waitForTurn();
      const lock = await asking;
      return () => {
        if (--inTurn > 0) return;
        asking = undefined;
        lock?.release();
      };
    },
    release() {
      polling?.release();
      polling = null;
    },
  };
}

/**
 * Where no lock is possible, as in a read-only folder or on an older runtime, this returns one that holds nothing: there,
 * the user must run only one process for each database.
 */
function tryLock(path: string): FileLock | null {
  try {
    return tryLockFile(path);
  } catch {
    return { release() {}, [Symbol.dispose]() {} };
  }
}
