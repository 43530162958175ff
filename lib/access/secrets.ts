/** Secrets that this program makes itself. They are long and random, so a plain digest of them tells nobody anything. */
import { createHash, createHmac } from "node:crypto";

export const TOKEN_PREFIX = "syntrack_token_";
export const KEY_PREFIX = "syntrack_key_";
/** Characters of a key by which its owner knows it. */
const SHOWN = KEY_PREFIX.length + 6;
/** No secret of ours is longer; who sends more is not worth a digest. */
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

/** What is kept of a secret: its SHA-256, in hexadecimal digits. Looking it up tells nothing by the time it takes. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** The digest of a sign-in. Where a secret is set it is part of it, so that changing that ends all of them. */
export function signInDigest(secret: string, key: string | null): string {
  return key === null ? digestOf(secret) : createHmac("sha256", key).update(secret).digest("hex");
}
