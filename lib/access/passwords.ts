/**
 * Password hashes: PBKDF2 with SHA-256, computed off the main thread, so that no request waits for another's
 * sign-in. The hash includes its parameters: `pbkdf2-sha256$600000$salt$hash`, both in base64.
 */
import { AccessError } from "./access.ts";

export const MIN_PASSWORD_CHARACTERS = 8;
export const MAX_PASSWORD_CHARACTERS = 128;
export const ROUNDS = 600_000;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A hash with more rounds is not ours. */
const MAX_ROUNDS = 10_000_000;
const FORM = /^pbkdf2-sha256\$(\d{1,8})\$([A-Za-z0-9+/=]{1,100})\$([A-Za-z0-9+/=]{1,100})$/;

/** @throws {AccessError} invalid */
export function checkPassword(password: string): void {
  const { length } = [...password];
  if (length < MIN_PASSWORD_CHARACTERS) {
    throw new AccessError(
      "invalid",
      `The password is too short: use at least ${MIN_PASSWORD_CHARACTERS} characters`,
    );
  }
  if (length > MAX_PASSWORD_CHARACTERS) {
    throw new AccessError(
      "invalid",
      `The password is too long: use at most ${MAX_PASSWORD_CHARACTERS} characters`,
    );
  }
}

/** The expensive step: derives a key from a password, a salt and a number of rounds. */
export type Derive = (
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  rounds: number,
) => Promise<Uint8Array>;

export interface Passwords {
  /** With a fresh salt. */
  hash(password: string): Promise<string>;
  /** `outdated` when its parameters differ from those of new hashes; false for one that cannot be parsed. */
  verify(
    password: string,
    stored: string,
  ): Promise<{ readonly right: boolean; readonly outdated: boolean }>;
}

/** @param rounds of new hashes; fewer only in tests */
export function createPasswords(rounds: number = ROUNDS, derive: Derive = derivePbkdf2): Passwords {
  return {
    async hash(password) {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
      const hash = await derive(password, salt, rounds);
      return `pbkdf2-sha256$${rounds}$${salt.toBase64()}$${hash.toBase64()}`;
    },
    async verify(password, stored) {
      const match = FORM.exec(stored);
      const own = Number(match?.[1]);
      if (!match || !(own > 0) || own > MAX_ROUNDS) return { right: false, outdated: false };
      const expected = Uint8Array.fromBase64(match[3]!);
      const hash = await derive(password, Uint8Array.fromBase64(match[2]!), own);
      return { right: isEqual(hash, expected), outdated: own !== rounds };
    },
  };
}

export async function derivePbkdf2(password: string, salt: Uint8Array<ArrayBuffer>, iterations: number) {
  // Another keyboard may compose the same characters differently.
  const bytes = new TextEncoder().encode(password.normalize("NFKC"));
  const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    key,
    HASH_BYTES * 8,
  );
  return new Uint8Array(bits);
}

/** Compares in constant time. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let differences = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) differences |= a[at]! ^ (b[at] ?? 0);
  return differences === 0;
}
