/**
 * The file with the vault's key: 32 random bytes, readable by its owner only. It is beside the database, but
 * in no backup and no export.
 *
 * While the key changes, a second file `<path>.new` exists beside it until every value is encrypted again;
 * both are read, so that every value can be opened at all times.
 */
import { VaultError } from "./vault_error.ts";

export const KEY_BYTES = 32;
/** All permissions of group and others. */
const OTHERS = 0o077;

/** A key with the id that values sealed under it carry. */
export interface Key {
  /** The first part of its SHA-256: identifies keys without revealing anything. */
  readonly id: string;
  readonly crypto: CryptoKey;
}

/** The existing keys; a next one means that a key change is in progress. */
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
 * Creates a key file unless one exists by now, and returns the key in it.
 * @throws {VaultError} `unreadable` when it can be neither created nor read
 */
export async function createKey(path: string): Promise<Key> {
  try {
    writeNew(path, crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      throw createUnusableError(path, "cannot be written", error);
    }
  }
  const key = await readKey(path);
  if (!key) throw createUnusableError(path, "went away", undefined);
  return key;
}

/** Replaces the current key by the next one; the current one is gone from then on. */
export function promoteNextKey(path: string): void {
  Deno.renameSync(nextPath(path), path);
}

/** Cancels a key change under which nothing was stored. */
export function dropNextKey(path: string): void {
  Deno.removeSync(nextPath(path));
}

/**
 * Writes a file atomically: under another name first, then linked to its own, which fails if one exists. So
 * no one reads half a key, and of several writers at once, one wins.
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
      // It was never created.
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
    throw createUnusableError(path, "cannot be read", error);
  }
  if (bytes.length !== KEY_BYTES) {
    throw createUnusableError(path, `does not contain a key of ${KEY_BYTES} bytes`, undefined);
  }
  return await importKey(bytes);
}

/** Returns the key given in a variable, for hosts that store secrets but no files. @throws {VaultError} `unreadable` */
export async function keyFromText(text: string): Promise<Key> {
  const bytes = parseKey(text);
  if (bytes) return await importKey(bytes);
  throw new VaultError(
    "unreadable",
    `SYNTRACK_VAULT_KEY contains no key of ${KEY_BYTES} bytes in base64`,
    "Set it to the output of `openssl rand -base64 32`",
  );
}

/** Returns null when the text is not a key. */
export function parseKey(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = Uint8Array.fromBase64(text.trim());
    return bytes.length === KEY_BYTES ? bytes : null;
  } catch {
    return null;
  }
}

async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<Key> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id: digest.toHex().slice(0, 16), crypto: key };
}

/** Makes a key that others can read private again; if that fails, the key is used anyway. */
function narrow(path: string): void {
  if (Deno.build.os === "windows") return;
  try {
    const { mode } = Deno.statSync(path);
    if (mode !== null && (mode & OTHERS) !== 0) Deno.chmodSync(path, mode & 0o700);
  } catch {
    // Another user's file, for example mounted into a container.
  }
}

function createUnusableError(path: string, how: string, cause: unknown): VaultError {
  return new VaultError(
    "unreadable",
    `The key file "${path}" ${how}`,
    "Restore it from where you keep it, or remove the stored accounts and add them again",
    cause,
  );
}
