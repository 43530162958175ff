/**
 * The file that holds the key of the vault: 32 random bytes for its owner alone. It lies beside the
 * database and goes into no backup and no export.
 *
 * While the key is changed there is a second file beside it, `<path>.new`, until everything is
 * encrypted anew; both are read, so that no instant exists at which a value cannot be opened.
 */
import { VaultError } from "./vault_error.ts";

export const KEY_BYTES = 32;
/** All rights of group and others. */
const OTHERS = 0o077;

/** A key with the name values carry that were sealed under it. */
export interface Key {
  /** The beginning of its SHA-256: tells keys apart and gives nothing away. */
  readonly id: string;
  readonly crypto: CryptoKey;
}

/** The keys there are; a change under way has begun where there is a next one. */
export interface KeyRing {
  readonly current: Key | null;
  readonly next: Key | null;
}

export function nextPath(path: string): string {
  return `${path}.new`;
}

/** @throws {VaultError} `unreadable` */
export async function readKeys(path: string): Promise<KeyRing> {
  const [current, next] = await Promise.all([readKey(path), readKey(nextPath(path))]);
  return { current, next };
}

/**
 * Makes a new key file, unless there is one by now, and gives the key that is in it.
 * @throws {VaultError} `unreadable` where it can be neither made nor read
 */
export async function createKey(path: string): Promise<Key> {
  try {
    writeNew(path, crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw unusable(path, "cannot be written", error);
  }
  const key = await readKey(path);
  if (!key) throw unusable(path, "went away", undefined);
  return key;
}

/** The next key takes the place of the current one, which is gone from then on. */
export function promoteNext(path: string): void {
  Deno.renameSync(nextPath(path), path);
}

/** Takes back the beginning of a change under which nothing was stored. */
export function dropNext(path: string): void {
  Deno.removeSync(nextPath(path));
}

/**
 * Whole or not at all: it is written under another name and gets its own by a link, which fails where there is
 * one already. So nobody reads half a key, and of several that make one at once, one does.
 */
function writeNew(path: string, bytes: Uint8Array): void {
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    {
      using file = Deno.openSync(part, { write: true, createNew: true, mode: 0o600 });
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      file.syncSync();
    }
    Deno.linkSync(part, path);
  } finally {
    try {
      Deno.removeSync(part);
    } catch {
      // It was never made.
    }
  }
}

async function readKey(path: string): Promise<Key | null> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
    narrow(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw unusable(path, "cannot be read", error);
  }
  if (bytes.length !== KEY_BYTES) {
    throw unusable(path, `does not hold a key of ${KEY_BYTES} bytes`, undefined);
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id: digest.toHex().slice(0, 16), crypto: key };
}

/** A key others can read is made private again; where that fails it is used all the same. */
function narrow(path: string): void {
  if (Deno.build.os === "windows") return;
  try {
    const { mode } = Deno.statSync(path);
    if (mode !== null && (mode & OTHERS) !== 0) Deno.chmodSync(path, mode & 0o700);
  } catch {
    // Somebody else's file, mounted into a container for example.
  }
}

function unusable(path: string, how: string, cause: unknown): VaultError {
  return new VaultError(
    "unreadable",
    `The key file "${path}" ${how}`,
    "Restore it from where you keep it, or remove the stored accounts and add them again",
    cause,
  );
}
