/**
 * Locks beside a database: of the processes that use it, one polls by the clock, and only one sends requests
 * at a time. The system releases the lock of a process that has ended, however it ended.
 */
import type { Clock } from "../base/clock.ts";
import { parseDatabaseFile } from "../base/database_name.ts";
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
  let polling: Deno.FsFile | null | undefined;
  let asking: Promise<Deno.FsFile | null> | undefined;
  let inTurn = 0;

  async function waitForTurn(): Promise<Deno.FsFile | null> {
    const file = opened(locks.asking);
    const { signal } = new AbortController();
    for (let waited = 0; file && waited < MAX_WAIT_MS; waited += LOOK_EVERY_MS) {
      if (tryLock(file)) return file;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
    return file;
  }

  return {
    mayPoll() {
      if (polling !== undefined) return true;
      const file = opened(locks.polling);
      // Where no lock is possible, no other process shares the database.
      if (file && !tryLock(file)) {
        file.close();
        return false;
      }
      polling = file;
      return true;
    },
    async begin() {
      inTurn++;
      asking ??= waitForTurn();
      const file = await asking;
      return () => {
        if (--inTurn > 0) return;
        asking = undefined;
        file?.close();
      };
    },
    release() {
      polling?.close();
      polling = undefined;
    },
  };
}

/** Older runtimes have no such call: there, the user must run only one process for each database. */
function tryLock(file: Deno.FsFile): boolean {
  return file.tryLockSync?.(true) ?? true;
}

/** Returns null when no file can be created, as in a read-only folder. */
function opened(path: string): Deno.FsFile | null {
  try {
    return Deno.openSync(path, { create: true, read: true, write: true, mode: 0o600 });
  } catch {
    return null;
  }
}
