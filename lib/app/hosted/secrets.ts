/** The secrets that a hosted program needs before it answers any request, because its address is public. */
import { parseKey } from "../../accounts/vault/key_file.ts";
import { readAccessSecrets } from "../../config/access_options.ts";
import type { Environment } from "../../config/environment.ts";

/** Returns a sentence on the missing secret, or null. */
export function missingSecret(environment: Pick<Environment, "find" | "findSecret">): string | null {
  const { admin, vaultKey } = readAccessSecrets(environment);
  if (admin === null) {
    return "Add SYNTRACK_ADMIN_PASS to the secrets of the host, the password of the first admin: without it no one can sign in";
  }
  if (vaultKey === null) {
    return "Add SYNTRACK_VAULT_KEY to the secrets of the host, with the output of `openssl rand -base64 32`: stored keys are encrypted with it";
  }
  if (parseKey(vaultKey) === null) {
    return "SYNTRACK_VAULT_KEY is not a key of 32 bytes in base64: set it to the output of `openssl rand -base64 32`";
  }
  return null;
}

/** Derives the key with which instances sign for each other. */
export async function deriveKey(vaultKey: string): Promise<Uint8Array<ArrayBuffer>> {
  const base = await crypto.subtle.importKey("raw", parseKey(vaultKey)!, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode("syntrack instances");
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, base, 256));
}
