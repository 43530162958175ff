/**
 * Replacing a file that somebody else may own or have linked elsewhere: in one step, so that nobody reads half of
 * it, through links, and with the mode and the owner it had.
 */

/** @param at where a file of ours stands that takes the place of `before` @throws where it cannot be like it */
export function makeLike(at: string, before: Deno.FileInfo): void {
  if (Deno.build.os === "windows") return;
  const { uid, gid } = Deno.statSync(at);
  // Written by an administrator it would be theirs, and its owner could not read it any more.
  if (before.uid !== null && before.gid !== null && (before.uid !== uid || before.gid !== gid)) {
    Deno.chownSync(at, before.uid, before.gid);
  }
  // With the bits beside those of reading and writing: a file may be of a group on purpose.
  if (before.mode !== null) Deno.chmodSync(at, before.mode & 0o7777);
}

/**
 * Replaces the file that `name` is or leads to, or begins it: then for its owner alone.
 *
 * @throws where it cannot be written, and then it is as it was
 */
export function replaceFile(name: string, text: string): void {
  const { path, before } = fileAt(name);
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    {
      using file = Deno.openSync(part, { write: true, createNew: true, mode: 0o600 });
      writeAll(file, new TextEncoder().encode(text));
      file.syncSync();
    }
    if (before) makeLike(part, before);
    Deno.renameSync(part, path);
  } catch (error) {
    removeQuietly(part);
    throw error;
  }
}

export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
}

/** Bytes no file system stores in less room than they take. */
export function randomBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  // So many are given at a time.
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

/** A link that leads nowhere: what it is to lead to is not ours to guess. */
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
    // It was not even made, has been put in its place, or Windows still has it open.
  }
}
