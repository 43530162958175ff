/** Ed25519 signatures of release sums, by WebCrypto. */
import { publicKeyBytes } from "./release_server.ts";

/** Length of a signature in bytes; its file contains nothing else. */
export const SIGNATURE_BYTES = 64;

/** Reports whether one of the keys signed exactly these bytes. Keys are 32 bytes as base64. */
export async function isSignedBy(
  keys: readonly string[],
  bytes: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false;
  for (const key of keys) {
    const raw = publicKeyBytes(key);
    if (raw === null) continue;
    const imported = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    if (await crypto.subtle.verify("Ed25519", imported, signature, bytes)) return true;
  }
  return false;
}
