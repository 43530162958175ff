/** Writes, prunes and restores dated copies of the database, which lie beside it. */
import { dirname, join } from "../base/path.ts";
import type { Clock } from "../base/clock.ts";
import { explainError } from "../base/text.ts";
import { keepOwner, pathExists, removeQuietly } from "../base/whole_file.ts";
import type { Log } from "../provider/context.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { type DatabaseFile, type Store, StoreError } from "../store/store.ts";

/** Those of the same second are numbered from the second one on. */
const DATED = /^syntrack-(\d{4})-(\d\d)-(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-(\d+))?\.db$/;

export interface BackupSettings {
  /** 0 turns automatic backups off. */
  readonly everyMs: number;
  readonly keep: number;
}

export interface ListedBackup {
  readonly name: string;
  /** Epoch milliseconds, of a whole second. */
  readonly at: number;
  /** Its place among those of the same second, from 1. */
  readonly number: number;
}

export interface DatedBackup {
  readonly path: string;
  /** Older backups that were removed. */
  readonly removed: readonly string[];
}

export function backupFolder(dbPath: string): string {
  return join(dirname(dbPath), "backups");
}

/** Writes a backup for `now`, keeps the newest `keep`, and never touches other files. @throws {StoreError} */
export async function writeDatedBackup(
  database: DatabaseFile,
  { folder, keep, now }: { readonly folder: string; readonly keep: number; readonly now: number },
): Promise<DatedBackup> {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const second = Math.floor(now / 1000) * 1000;
  // Above those of the same second, even if the first of them was pruned: the numbers tell which one is newer.
  const last = listDatedBackups(folder).findLast(({ at }) => at === second)?.number ?? 0;
  const path = findFreePath(join(folder, `syntrack-${formatStamp(now)}`), ".db", last + 1);
  // Beside the database, in a folder only its owner can read: complete, so a restore loses no user or key.
  await database.backup(path, { withAccess: true });
  for (const one of [folder, path]) giveToOwner(database.path, one);
  const removed = listDatedBackups(folder).slice(0, -keep).map(({ name }) => join(folder, name)).filter((
    one,
  ) => one !== path);
  for (const one of removed) removeQuietly(one);
  return { path, removed };
}

/**
 * Gives a backup that root wrote to the owner of the database, who must be able to write the next one and restore
 * this one.
 */
function giveToOwner(dbPath: string, path: string): void {
  try {
    // A folder elsewhere that someone linked to is theirs to set up.
    if (!Deno.lstatSync(path).isSymlink) keepOwner(path, Deno.statSync(dbPath));
  } catch (error) {
    // Only root can give a file away, and a database in memory has no owner.
    const isExpected = error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotFound;
    if (!isExpected) throw error;
  }
}

/** Lists the dated backups in a folder, oldest first. */
export function listDatedBackups(folder: string): readonly ListedBackup[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isFile }) => {
      const [, ...parts] = DATED.exec(name) ?? [];
      if (!isFile || parts.length === 0) return [];
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, number = 1] = parts
        .map((part) => part === undefined ? undefined : Number(part));
      return [{ name, at: Date.UTC(year, month - 1, day, hour, minute, second), number }];
    }).toSorted((a, b) => a.at - b.at || a.number - b.number);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Returns a function to call regularly, which writes a backup when one is due. It never rejects. */
export function createBackupJob(
  { store, clock, log, settings }: {
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    readonly settings: () => BackupSettings;
  },
): () => Promise<void> {
  let triedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const { everyMs, keep } = settings();
    const { file } = store;
    if (everyMs === 0 || file === null || file.path === ":memory:") return;
    const now = clock.now();
    // After a failure, waits until the next one would be due instead of a minute, but at most an hour.
    if (now >= triedAt && now - triedAt < Math.min(everyMs, RETRY_MS)) return;
    try {
      const folder = backupFolder(file.path);
      const newest = listDatedBackups(folder).at(-1)?.at ?? Number.NEGATIVE_INFINITY;
      if (now >= newest && now - newest < everyMs) return;
      triedAt = now;
      const { path, removed } = await writeDatedBackup(file, { folder, keep, now });
      log.info("Wrote a backup", { path, removed: removed.length });
    } catch (error) {
      log.error("Cannot write a backup", { reason: explainError(error) });
    }
  };
}

const RETRY_MS = 60 * 60_000;

export interface RestoreResult {
  /** Where the previous database is now; null when there was none. */
  readonly aside: string | null;
}

/**
 * Replaces the database with a backup. Copies, migrates and checks the backup first, and keeps the previous
 * database beside it. Any failure leaves everything as it was.
 *
 * @throws {StoreError}
 */
export async function restoreBackup(from: string, dbPath: string, now: number): Promise<RestoreResult> {
  const part = `${dbPath}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    Deno.mkdirSync(dirname(dbPath), { recursive: true, mode: 0o700 });
    await copyWhole(from, part);
    {
      await using copy = await openSqliteStore(part, { create: false });
      const [problem] = await copy.check();
      if (problem !== undefined) {
        throw new StoreError(
          "corrupt",
          `"${from}" is not intact: ${problem}`,
          "Nothing was changed; try an older backup",
        );
      }
    }
    giveToOwner(dbPath, part);
    const aside = await setAside(dbPath, now);
    Deno.renameSync(part, dbPath);
    return { aside };
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) removeQuietly(part + suffix);
  }
}

async function copyWhole(from: string, to: string): Promise<void> {
  for (const suffix of ["-wal", ""]) {
    try {
      await Deno.copyFile(from + suffix, to + suffix);
      if (Deno.build.os !== "windows") await Deno.chmod(to + suffix, 0o600);
    } catch (error) {
      if (suffix !== "" && error instanceof Deno.errors.NotFound) continue;
      const reason = explainError(error);
      throw new StoreError(
        "absent",
        `Cannot copy "${from}": ${reason}`,
        "Nothing was changed; name an existing backup",
      );
    }
  }
}

/** Gives the database a second name first, so that it exists at every moment. */
async function setAside(dbPath: string, now: number): Promise<string | null> {
  if (!pathExists(dbPath)) return null;
  const aside = findPathAside(dbPath, now);
  try {
    // The last connection to close checkpoints the log; a remaining log means that another process has the
    // database open.
    await (await openSqliteStore(dbPath, { create: false }))[Symbol.asyncDispose]();
  } catch (error) {
    // A damaged database is what backups are for.
    if ((error as { kind?: unknown }).kind !== "corrupt") throw error;
    for (const suffix of ["-wal", "-shm"]) moveQuietly(dbPath + suffix, aside + suffix);
  }
  if (readSize(`${dbPath}-wal`) > 0) {
    throw new StoreError(
      "locked",
      `"${dbPath}" is in use by another program`,
      "Stop it first. Nothing was changed",
    );
  }
  for (const suffix of ["-wal", "-shm"]) removeQuietly(dbPath + suffix);
  try {
    Deno.linkSync(dbPath, aside);
  } catch {
    await Deno.copyFile(dbPath, aside);
  }
  return aside;
}

/** Returns where to keep a database that is about to be replaced: a path that neither it nor its log has. */
export function findPathAside(dbPath: string, now: number): string {
  return findFreePath(`${dbPath}.before-${formatStamp(now)}`, "");
}

/** Appends a number if the path is taken: two copies of one second must not meet, and none may replace another. */
function findFreePath(stem: string, ending: string, first = 1): string {
  const isTaken = (path: string) => ["", "-wal", "-shm"].some((suffix) => pathExists(path + suffix));
  for (let number = first;; number++) {
    const path = number === 1 ? stem + ending : `${stem}-${number}${ending}`;
    if (!isTaken(path)) return path;
  }
}

/** Formats an instant for the name of a file, in UTC: `2026-11-29T100000Z`. */
function formatStamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(":", "")}Z`;
}

function moveQuietly(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch {
    // It does not exist.
  }
}

function readSize(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
