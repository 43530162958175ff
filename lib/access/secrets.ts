/** Secrets that this program generates. They are long and random, so a plain digest reveals nothing. */
import { createHash, createHmac } from "node:crypto";

export const TOKEN_PREFIX = "syntrack_token_";
export const KEY_PREFIX = "syntrack_key_";
/** Characters of a key by which its owner recognises it. */
const SHOWN = KEY_PREFIX.length + 6;
/** Our secrets are never longer; anything longer is not worth a digest. */
export const MAX_SECRET_CHARACTERS = 256;

/** 256 bits in 64 hexadecimal digits. */
export function randomSecret(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}

export function newToken(): string {
  return TOKEN_PREFIX + randomSecret();
}

export function newKey(): string {
  return KEY_PREFIX + randomSecret();
}

export function shownPrefix(key: string): string {
  return key.slice(0, SHOWN);
}

/** The stored digest of a secret: its SHA-256 in hexadecimal. Looking it up leaks nothing through timing. */
export function computeDigest(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** The digest of a sign-in. It includes the configured secret, so that changing that ends all sign-ins. */
export function signInDigest(secret: string, key: string | null): string {
  return key === null ? computeDigest(secret) : createHmac("sha256", key).update(secret).digest("hex");
}
