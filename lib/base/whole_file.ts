/**
 * Replaces a file that someone else may own or that may be a link: atomically, so that no one reads half of
 * it, following links, and keeping mode and owner.
 */
import { nodeFs } from "./node_builtins.ts";

/** @param at our file that will replace `before` @throws when it cannot get the same attributes */
export function makeLike(at: string, before: Deno.FileInfo): void {
  withOwn(at, (fd) => {
    giveTo(fd, before);
    // Includes the special mode bits: a file may belong to a group on purpose.
    if (before.mode !== null) nodeFs().fchmodSync(fd, before.mode & 0o7777);
  });
}

/**
 * Gives a file or folder to the owner of another one: what an administrator writes would belong to them, and
 * its owner could not read it.
 *
 * @throws when that is not allowed, and for a link
 */
export function keepOwner(at: string, before: Deno.FileInfo): void {
  withOwn(at, (fd) => giveTo(fd, before));
}

/**
 * Opens a file or folder with this name unless it is a link. Root may be working in another user's folder, who could
 * put a link in its place that leads to a system file.
 */
function withOwn(at: string, work: (fd: number) => void): void {
  if (Deno.build.os === "windows") return;
  const { constants, openSync, closeSync } = nodeFs();
  const fd = openSync(at, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    work(fd);
  } finally {
    closeSync(fd);
  }
}

function giveTo(fd: number, { uid, gid }: Deno.FileInfo): void {
  if (uid === null || gid === null) return;
  const { fstatSync, fchownSync } = nodeFs();
  const now = fstatSync(fd);
  if (now.uid !== uid || now.gid !== gid) fchownSync(fd, uid, gid);
}

/**
 * Replaces the file that `name` is or links to, or creates it, readable by its owner only.
 *
 * @throws when it cannot be written; then it is unchanged
 */
export function replaceFile(name: string, text: string): void {
  const { path, before } = fileAt(name);
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  const bytes = new TextEncoder().encode(text);
  try {
    {
      using file = Deno.openSync(part, { write: true, createNew: true, mode: 0o600 });
      writeAll(file, bytes);
      file.syncSync();
    }
    if (before) makeLike(part, before);
    moveOver(part, path, bytes);
  } catch (error) {
    removeQuietly(part);
    throw error;
  }
}

/**
 * Moves a complete file over another one. A file that is mounted by itself, as containers do, cannot be replaced: then
 * its content is overwritten, which a reader may see happen.
 *
 * @param bytes the content of `part`
 */
export function moveOver(part: string, path: string, bytes: Uint8Array): void {
  try {
    Deno.renameSync(part, path);
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, "code") !== "EBUSY") throw error;
    using file = Deno.openSync(path, { write: true });
    writeAll(file, bytes);
    file.truncateSync(bytes.length);
    file.syncSync();
    removeQuietly(part);
  }
}

export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
}

/** Returns bytes that no file system can compress. */
export function randomBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  // The maximum per call.
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

function fileAt(name: string): { readonly path: string; readonly before?: Deno.FileInfo } {
  try {
    const path = Deno.realPathSync(name);
    return { path, before: Deno.statSync(path) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || isLink(name)) throw error;
    return { path: name };
  }
}

/** Reports whether the name is a link, even a dangling one: we cannot know where it should lead. */
function isLink(name: string): boolean {
  try {
    return Deno.lstatSync(name).isSymlink;
  } catch {
    return false;
  }
}

export function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was never created, is already in place, or Windows still has it open.
  }
}

/** Reports whether anything is at a path, even a dangling link. Where a folder cannot be read, nothing is. */
export function pathExists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
