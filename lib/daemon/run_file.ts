/**
 * The run file of a server: who it is, where it answers and the token that may stop it, for its owner alone. The server
 * holds a lock beside it for as long as it lives. The system gives that lock up however a process ends, so a file
 * that was left behind is told from one that is in force without looking at process ids, which are used again.
 */
import { join } from "node:path";
import { replaceFile } from "../base/whole_file.ts";

export interface Run {
  /** Random for each run; `/api/health` answers with the same. */
  readonly instance: string;
  readonly pid: number;
  /** In which space of process ids, where the system has several: containers share folders, not processes. */
  readonly pidSpace: string | null;
  readonly url: string;
  /**
   * Where processes of this machine ask it, where its url does not do: a certificate is for other names than the address of
   * this machine, and a socket of the file system is no address. Absent where the url does.
   */
  readonly controlUrl?: string;
  readonly port: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly version: string;
  /** Whoever knows it may stop this run. */
  readonly token: string;
  readonly database: string;
  /** Null for one in the foreground, whose log goes to its terminal. */
  readonly log: string | null;
  /** How it was started, without anything secret, so that `restart` can do the same. */
  readonly args: readonly string[];
}

/** What stands in the run folder for one port. */
export interface FoundRun {
  readonly run: Run;
  /** Whether the process that wrote it still lives. */
  readonly alive: boolean;
}

export interface ClaimedRun {
  /** The run before on this port, where it left its file behind: it was killed, or the machine went down. */
  readonly leftBehind: Run | null;
  /** Removes the file and gives the lock up. */
  release(): void;
}

/** Somebody who looks holds the lock for a moment, which is no reason to give up. */
const MAX_TRIES = 40;
const TRY_MS = 25;

/**
 * Writes the run file and holds its lock from now on. A file that a dead process left is replaced.
 *
 * @returns null where another process that lives holds the lock of this port
 * @throws where the folder cannot be written
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
    lock.close();
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
      // While the lock is held, so that nobody loses a lock that was just taken.
      remove(lockPath(folder, run.port));
      lock.close();
    },
  };
}

/** What stands for a port, or null where nothing does or it cannot be understood. */
export function readRun(folder: string, port: number): FoundRun | null {
  const run = parseRun(runPath(folder, port));
  return run && { run, alive: isLocked(lockPath(folder, port)) };
}

/** All that stand in the folder, those that live and those that were left behind, by port. */
export function listRuns(folder: string): readonly FoundRun[] {
  return portsIn(folder).flatMap((port) => readRun(folder, port) ?? []);
}

/** The space of process ids this process lives in; null where the system has one or does not tell. */
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

async function takeLock(path: string): Promise<Deno.FsFile | null> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const file = Deno.openSync(path, { create: true, write: true, mode: 0o600 });
    try {
      if (file.tryLockSync(true) && isStill(path, file)) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  return null;
}

/** Whether a name still leads to the file that is open: whoever held the lock before has removed it at its end. */
function isStill(path: string, file: Deno.FsFile): boolean {
  if (Deno.build.os === "windows") return true;
  try {
    return Deno.statSync(path).ino === file.statSync().ino;
  } catch {
    return false;
  }
}

function isLocked(path: string): boolean {
  let file: Deno.FsFile | undefined;
  try {
    file = Deno.openSync(path, { write: true });
    return !file.tryLockSync(false);
  } catch {
    return false;
  } finally {
    // Whoever looks must not hold it a moment longer.
    file?.close();
  }
}

/** Files of processes that have ended, so that servers on any free port leave no heap of them. */
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
    // Gone already, or Windows still has it open: the next one replaces it.
  }
}
