/**
 * The run file of a server: its identity, its address and the token that may stop it, readable by its owner
 * only. The server holds a lock beside it while it runs. The system releases the lock however a process ends,
 * so a stale file is recognised without relying on process ids, which are reused.
 */
import { type FileLock, isFileLocked, tryLockFile } from "../base/file_lock.ts";
import { join } from "../base/path.ts";
import { replaceFile } from "../base/whole_file.ts";

export interface Run {
  /** Random for each run; `/api/health` answers with the same. */
  readonly instance: string;
  readonly pid: number;
  /** The PID namespace, on systems with several: containers share folders, not processes. */
  readonly pidSpace: string | null;
  readonly url: string;
  /**
   * The URL for processes of this machine when `url` does not work for them: a certificate may not cover it,
   * and a Unix socket has no URL. Absent when `url` works.
   */
  readonly controlUrl?: string;
  readonly port: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly version: string;
  /** Anyone who knows it may stop this run. */
  readonly token: string;
  readonly database: string;
  /** Null for a server in the foreground, which logs to its terminal. */
  readonly log: string | null;
  /** The real path of the executable that runs it; absent when running from a clone. */
  readonly program?: string;
  /** How it was started, without secrets, so that `restart` can repeat it. */
  readonly args: readonly string[];
}

/** The run file of one port. */
export interface FoundRun {
  readonly run: Run;
  /** Whether the process that wrote it still runs. */
  readonly alive: boolean;
}

export interface ClaimedRun {
  /** The previous run on this port, if it left its file behind: it was killed, or the machine went down. */
  readonly leftBehind: Run | null;
  /** Removes the file and releases the lock. */
  release(): void;
}

/** A reader holds the lock for a moment, which is no reason to give up. */
const MAX_TRIES = 40;
const TRY_MS = 25;

/**
 * Writes the run file and holds its lock from now on. Replaces a stale file.
 *
 * @returns null when another running process holds the lock of this port
 * @throws when the folder is not writable
 */
export async function claimRun(folder: string, run: Run): Promise<ClaimedRun | null> {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (Deno.build.os !== "windows") Deno.chmodSync(folder, 0o700);
  const path = runPath(folder, run.port);
  const lock = await takeLock(lockPath(folder, run.port));
  if (lock === null) return null;
  const leftBehind = parseRun(path);
  try {
    replaceFile(path, `${JSON.stringify(run, null, 2)}\n`);
  } catch (error) {
    lock.release();
    throw error;
  }
  removeStale(folder, run.port);
  let released = false;
  return {
    leftBehind,
    release() {
      if (released) return;
      released = true;
      remove(path);
      // While the lock is held, so that no process loses a lock it just took.
      remove(lockPath(folder, run.port));
      lock.release();
    },
  };
}

/** Returns the run of a port, or null when there is none or its file is malformed. */
export function readRun(folder: string, port: number): FoundRun | null {
  const run = parseRun(runPath(folder, port));
  return run && { run, alive: isFileLocked(lockPath(folder, port)) };
}

/** Lists all runs in the folder, running and stale, by port. */
export function listRuns(folder: string): readonly FoundRun[] {
  return portsIn(folder).flatMap((port) => readRun(folder, port) ?? []);
}

/** Returns the PID namespace of this process; null when the system has only one or does not reveal it. */
export function readPidSpace(): string | null {
  try {
    return Deno.build.os === "linux" ? Deno.readLinkSync("/proc/self/ns/pid") : null;
  } catch {
    return null;
  }
}

function runPath(folder: string, port: number): string {
  return join(folder, `${port}.json`);
}

function lockPath(folder: string, port: number): string {
  return join(folder, `${port}.lock`);
}

function portsIn(folder: string): readonly number[] {
  try {
    return [...Deno.readDirSync(folder)]
      .flatMap(({ name }) => /^(\d{1,5})\.json$/.exec(name)?.[1] ?? [])
      .map(Number).toSorted((a, b) => a - b);
  } catch {
    return [];
  }
}

async function takeLock(path: string): Promise<FileLock | null> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const lock = tryLockFile(path);
    if (lock !== null) return lock;
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  return null;
}

/** Removes files of ended processes, so that servers on random ports do not accumulate them. */
function removeStale(folder: string, own: number): void {
  for (const port of portsIn(folder)) {
    if (port === own || readRun(folder, port)?.alive) continue;
    remove(runPath(folder, port));
    remove(lockPath(folder, port));
  }
}

function parseRun(path: string): Run | null {
  try {
    const value: Partial<Run> = JSON.parse(Deno.readTextFileSync(path));
    const isRun = typeof value.instance === "string" && Number.isInteger(value.pid) &&
      typeof value.url === "string" && typeof value.token === "string" && Number.isInteger(value.port) &&
      typeof value.startedAt === "number" && Array.isArray(value.args);
    return isRun ? value as Run : null;
  } catch {
    return null;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Gone already, or still open on Windows: the next server replaces it.
  }
}
