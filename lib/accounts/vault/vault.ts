/**
 * Secrets at rest: AES-GCM under the key file, with a nonce for each value. Each seal includes the value's
 * owner, so that no value can replace another.
 *
 * May import its own room. It stores nothing itself: the caller stores the sealed value.
 */
import {
  createKey,
  dropNextKey,
  type Key,
  keyFromText,
  type KeyRing,
  nextPath,
  promoteNextKey,
  readKeys,
} from "./key_file.ts";
import { VaultError } from "./vault_error.ts";

/** A sealed value, as stored: JSON. */
export interface Sealed {
  /** Version of the format. */
  readonly v: 1;
  /** Id of the key. */
  readonly key: string;
  readonly nonce: string;
  readonly text: string;
}

/** The owner of a value: an account and one of its settings. */
export interface SecretOwner {
  readonly account: string;
  readonly setting: string;
}

export interface Vault {
  /** @throws {VaultError} `rotating`, `unreadable` */
  seal(belongs: SecretOwner, value: string): Promise<Sealed>;
  /** @throws {VaultError} all kinds except `rotating` */
  open(belongs: SecretOwner, sealed: Sealed): Promise<string>;
  /**
   * Reports whether values sealed under the key with this id can
   * still be opened. @throws {VaultError} `unreadable`
   */
  holds(keyId: string): Promise<boolean>;
  /** Reports whether there is any key. @throws {VaultError} `unreadable` */
  hasKey(): Promise<boolean>;
  /**
   * Changes the key: passes `store` a function that seals under the new one, and removes the old key once it
   * has stored all values in one transaction. The next call completes an interrupted change.
   * @throws {VaultError}
   */
  rotate(store: (sealNew: Vault["seal"]) => Promise<void>): Promise<void>;
}

const NONCE_BYTES = 12;

/**
 * @param file null when nothing outlives the process: such a vault seals nothing
 * @param text the key itself, in base64, used instead of a file
 */
export function createVault(file: string | null, text?: string): Vault {
  const path = text === undefined ? file ?? "" : "SYNTRACK_VAULT_KEY";
  let ring: KeyRing | undefined;

  async function load(): Promise<KeyRing> {
    if (text !== undefined) return ring ??= { current: await keyFromText(text), next: null };
    if (file === null) {
      throw new VaultError(
        "no-key",
        "A database without a file on this machine cannot store secrets",
        "Set the key in a variable instead, or name a file with --db",
      );
    }
    return ring = await readKeys(path);
  }

  /** Opening several values at once reads the files only once. */
  let loading: Promise<KeyRing> | undefined;

  function loadOnce(): Promise<KeyRing> {
    return loading ??= load().finally(() => loading = undefined);
  }

  /**
   * Returns the key with that id; reads the files again when it is
   * unknown, because another process may have changed it.
   */
  async function findKey(id: string): Promise<Key> {
    const known = keyIn(ring, id) ?? keyIn(await loadOnce(), id);
    if (known) return known;
    const hint = "Restore the key file from where you keep it, or remove the account and add it again";
    if (!ring?.current && !ring?.next) {
      throw new VaultError(
        "no-key",
        `The key file "${path}" is missing, so stored secrets cannot be read`,
        hint,
      );
    }
    throw new VaultError(
      "other-key",
      `The secret was encrypted with a different key than the one in "${path}"`,
      hint,
    );
  }

  async function sealUnder({ id, crypto: key }: Key, belongs: SecretOwner, value: string): Promise<Sealed> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const parameters = { name: "AES-GCM", iv: nonce, additionalData: label(belongs) };
    const text = await crypto.subtle.encrypt(parameters, key, new TextEncoder().encode(value));
    return { v: 1, key: id, nonce: nonce.toBase64(), text: new Uint8Array(text).toBase64() };
  }

  return {
    async seal(belongs, value) {
      const { current, next } = await load();
      if (next) {
        throw new VaultError(
          "rotating",
          "The key of stored secrets is being changed",
          "Try again in a moment; if no change is running, `syntrack key rotate` finishes it",
        );
      }
      return await sealUnder(current ?? await createKey(path), belongs, value);
    },
    async open(belongs, sealed) {
      const key = await findKey(sealed.key);
      try {
        const iv = Uint8Array.fromBase64(sealed.nonce);
        const parameters = { name: "AES-GCM", iv, additionalData: label(belongs) };
        const text = Uint8Array.fromBase64(sealed.text);
        return new TextDecoder().decode(await crypto.subtle.decrypt(parameters, key.crypto, text));
      } catch (error) {
        throw new VaultError(
          "damaged",
          `The stored ${belongs.setting} of "${belongs.account}" was changed or damaged`,
          "Remove the account and add it again",
          error,
        );
      }
    },
    async holds(keyId) {
      const { current, next } = await load();
      return current?.id === keyId || next?.id === keyId;
    },
    async hasKey() {
      const { current, next } = await load();
      return current !== null || next !== null;
    },
    async rotate(store) {
      const { next } = await load();
      if (text !== undefined) {
        throw new VaultError(
          "unreadable",
          "The key of stored secrets comes from a variable, which this program cannot change",
          "Remove the accounts, set SYNTRACK_VAULT_KEY to another key, and add them again",
        );
      }
      const to = next ?? await createKey(nextPath(path));
      await load();
      try {
        await store((belongs, value) => sealUnder(to, belongs, value));
      } catch (error) {
        // A value that cannot be opened cannot be sealed again, so
        // the change would never complete: undo its start.
        if (!next && error instanceof Error && error.name === "VaultError") dropNextKey(path);
        throw error;
      }
      promoteNextKey(path);
      await load();
    },
  };
}

function keyIn(ring: KeyRing | undefined, id: string): Key | undefined {
  return [ring?.current, ring?.next].find((key) => key?.id === id) ?? undefined;
}

/**
 * Returns the authenticated data of a value. Neither part can
 * contain the separator, so all pairs are distinct.
 */
function label({ account, setting }: SecretOwner): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`syntrack 1\0${account}\0${setting}`);
}

/** Returns the stored value if it is sealed. */
export function parseSealed(value: unknown): Sealed | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, key, nonce, text } = value as Partial<Record<keyof Sealed, unknown>>;
  if (v !== 1 || typeof key !== "string" || typeof nonce !== "string" || typeof text !== "string") {
    return null;
  }
  return { v, key, nonce, text };
}
