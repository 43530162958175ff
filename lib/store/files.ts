/**
 * Inspects what is at a database's path without touching it, and sets modes that keep it private. Changes
 * no file unless it is known to be ours.
 */
import { explainError } from "../base/text.ts";
import { basename, dirname } from "../base/path.ts";
import { StoreError } from "./store.ts";
import { APPLICATION_ID, DATABASE_VERSION } from "./schema.ts";

const MAGIC = Array.from("SQLite format 3\0", (letter) => letter.charCodeAt(0));
const HEADER_BYTES = 100;
/** Files SQLite creates beside the database. */
const COMPANIONS = ["-wal", "-shm", "-journal"];

const OWN_NAME = ".syntrack";
/** Write permissions of others on a folder, and the sticky bit of shared folders. */
const SHARED = 0o1022;
/** All permissions of group and others. */
const OTHERS = 0o077;

/**
 * `absent`: no file. `blank`: an empty file, which SQLite treats as a new database. `database`: a SQLite file
 * that, by its header, is ours or unclaimed.
 */
export type DatabaseKind = "absent" | "blank" | "database";

/**
 * Inspects the path without opening it as a database. Throws a `StoreError` for a file that cannot be ours.
 */
export function inspectFile(path: string): DatabaseKind {
  const size = readSize(path);
  if (size === null) return "absent";
  if (size === 0) return "blank";
  checkHeader(path, readHeader(path));
  return "database";
}

/** Returns the size of a file in bytes, null when there is none. Throws a `StoreError` for anything but a regular file. */
export function readSize(path: string): number | null {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw explainUnwritable(`Cannot look at "${path}"`, error);
  }
  if (info.isSymlink) {
    throw new StoreError(
      "unwritable",
      `"${path}" is a symbolic link, and a database has to be a file of its own`,
      `Name the file it points to: ${resolveLink(path)}`,
    );
  }
  if (info.isDirectory) {
    throw new StoreError("unwritable", `"${path}" is a folder, not a file`, "Name a file in it");
  }
  if (!info.isFile) {
    throw new StoreError("unwritable", `"${path}" is not a regular file`, "Name another file");
  }
  return info.size;
}

/** Reports whether a log beside the file may contain changes that are not in the file yet. */
export function hasWal(path: string): boolean {
  try {
    return Deno.statSync(`${path}-wal`).size > 0;
  } catch {
    return false;
  }
}

/** Throws for a database of another program or of a newer version of this one. */
export function checkMark(
  path: string,
  { mark, version, empty }: { readonly mark: number; readonly version: number; readonly empty: boolean },
): void {
  // An interrupted first start leaves an unclaimed, empty database.
  const ours = mark === APPLICATION_ID || (mark === 0 && version === 0 && empty);
  if (!ours) {
    throw new StoreError(
      "foreign",
      `"${path}" is a SQLite database of another program`,
      "Name another file; this one was left as it is",
    );
  }
  if (version > DATABASE_VERSION) throw newerVersionError(path, version);
}

export function newerVersionError(path: string, version: number): StoreError {
  return new StoreError(
    "newer",
    `Database "${path}" has version ${version}, and this program knows versions up to ${DATABASE_VERSION}`,
    "Update syntrack, or name another file; this one was left as it is",
  );
}

export function damagedError(path: string, how: string): StoreError {
  return new StoreError(
    "corrupt",
    `"${path}" ${how}`,
    "Restore it from a backup, or move it away to start with an empty one",
  );
}

/**
 * Throws when the file is not writable. SQLite would fall back to reading, leave files beside the database
 * and fail at the first commit.
 */
export function checkWritable(path: string): void {
  try {
    Deno.openSync(path, { read: true, write: true }).close();
  } catch (error) {
    throw explainUnwritable(`Cannot write "${path}"`, error);
  }
}

/** Creates the file and missing parent folders, readable by the owner only. */
export function createPrivate(path: string): void {
  try {
    createParent(path);
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists && inspectFile(path) !== "absent") return;
    throw explainUnwritable(`Cannot create "${path}"`, error);
  }
}

/** Creates the folder of a file where it is missing, for the owner only. */
export function createParent(path: string): void {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    // A server that may write only some files of a folder was started where that folder is.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}

/**
 * Restricts the files to 0600, and the folder to 0700 if it is the database's own: `ownFolder` says so, or it
 * contains nothing else. Leaves a shared folder (home, a project, /tmp) as it is. Returns what could not be
 * restricted, in words.
 */
export function makePrivate(path: string, ownFolder: boolean): readonly string[] {
  if (Deno.build.os === "windows") return [];
  const warnings: string[] = [];
  const folder = dirname(path);
  if (ownFolder) narrow(folder, warnings);
  // What else a folder contains matters only where others may enter it.
  else if (!isPrivate(folder) && isOwnFolder(folder, path)) narrow(folder, warnings);
  // The parent of the data folder is ours too when it is the one we create.
  if (ownFolder && basename(dirname(folder)) === OWN_NAME) narrow(dirname(folder), warnings);
  for (const file of [path, ...COMPANIONS.map((end) => path + end)]) narrow(file, warnings);
  return warnings;
}

/** Removes the permissions of group and others and adds none: an owner who made a file read-only did so on purpose. */
function narrow(path: string, warnings: string[]): void {
  try {
    const { isSymlink, mode } = Deno.lstatSync(path);
    if (isSymlink || mode === null || (mode & OTHERS) === 0) return;
    Deno.chmodSync(path, mode & 0o700);
    if (((Deno.lstatSync(path).mode ?? 0) & OTHERS) === 0) return;
    warnings.push(`"${path}" can be read by other users, and its file system has no modes`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    warnings.push(
      `"${path}" may be readable by other users: cannot change its mode (${explainError(error)})`,
    );
  }
}

function isPrivate(path: string): boolean {
  try {
    const { isSymlink, mode } = Deno.lstatSync(path);
    return !isSymlink && mode !== null && (mode & OTHERS) === 0;
  } catch {
    return false;
  }
}

function isOwnFolder(folder: string, path: string): boolean {
  try {
    const { uid, mode } = Deno.lstatSync(folder);
    if (uid !== Deno.lstatSync(path).uid || ((mode ?? 0) & SHARED) !== 0) return false;
    for (const { name } of Deno.readDirSync(folder)) {
      if (!name.startsWith(basename(path)) && !/^\.?syntrack/.test(name)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** Returns the header of a SQLite file; null for any other file. */
export function readHeader(path: string): DataView | null {
  const bytes = new Uint8Array(HEADER_BYTES);
  try {
    using file = Deno.openSync(path, { read: true });
    for (let length = 0; length < HEADER_BYTES;) {
      const read = file.readSync(bytes.subarray(length));
      if (read === null) return null;
      length += read;
    }
  } catch (error) {
    throw explainUnwritable(`Cannot read "${path}"`, error);
  }
  return MAGIC.every((byte, at) => bytes[at] === byte) ? new DataView(bytes.buffer) : null;
}

/** Returns the application id in a header; 0 for none. */
export function readMark(header: DataView): number {
  return header.getInt32(68);
}

/**
 * Checks the header. A log may contain a newer one, so then this rejects only what the log cannot change;
 * without a log the header is final.
 */
function checkHeader(path: string, header: DataView | null): void {
  if (!header) {
    throw damagedError(path, "is not a SQLite database, or its beginning is damaged");
  }
  const mark = readMark(header);
  if (mark === 0 && hasWal(path)) return;
  // The schema cookie counts schema changes: at 0 there has never been a table.
  checkMark(path, { mark, version: header.getInt32(60), empty: header.getUint32(40) === 0 });
}

function resolveLink(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return "it points to nothing";
  }
}

function explainUnwritable(message: string, cause: unknown): unknown {
  // The runtime's own error names the missing permission flag.
  if (cause instanceof Deno.errors.NotCapable) return cause;
  return new StoreError(
    "unwritable",
    `${message} (${explainError(cause)})`,
    "Check that the folder exists, belongs to you and is writable",
    { cause },
  );
}
