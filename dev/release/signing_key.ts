/** The private key that signs releases: an Ed25519 key as PEM (PKCS #8), as openssl writes it too. */

/** The key itself, for machines that pass secrets as variables. */
const KEY_VARIABLE = "SYNTRACK_RELEASE_KEY";
/** The path of a file with it, readable by its owner only. */
const FILE_VARIABLE = "SYNTRACK_RELEASE_KEY_FILE";

export interface SigningKey {
  /** The 32 bytes as base64, as the program and installers contain it. */
  readonly publicKey: string;
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Reads a key from a variable or a file, never from an argument, which everyone on the machine can read.
 *
 * @returns null without a key. @throws {Error} when it is no valid key, or others can read it
 */
export async function readSigningKey(
  env: { get(name: string): string | undefined } = Deno.env,
): Promise<SigningKey | null> {
  const [text, path] = [env.get(KEY_VARIABLE), env.get(FILE_VARIABLE)];
  if (text && path) throw new Error(`Set ${KEY_VARIABLE} or ${FILE_VARIABLE}, not both`);
  if (text) return await parseKey(text, KEY_VARIABLE);
  if (!path) return null;
  const { mode } = await Deno.stat(path);
  if (Deno.build.os !== "windows" && mode !== null && (mode & 0o077) !== 0) {
    throw new Error(`Others can read ${path}: chmod 600 it first`);
  }
  return await parseKey(await Deno.readTextFile(path), path);
}

/** Generates a key: the text for its file, and its public half. */
export async function makeKey(): Promise<{ readonly pem: string; readonly publicKey: string }> {
  const { privateKey } = await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  const pem = `-----BEGIN PRIVATE KEY-----\n${bytes.toBase64()}\n-----END PRIVATE KEY-----\n`;
  return { pem, publicKey: await exportPublicKey(privateKey) };
}

async function parseKey(pem: string, where: string): Promise<SigningKey> {
  const [, body] = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(pem) ?? [];
  let key: CryptoKey;
  try {
    const bytes = Uint8Array.fromBase64((body ?? "").replace(/\s/g, ""));
    key = await crypto.subtle.importKey("pkcs8", bytes, "Ed25519", true, ["sign"]);
  } catch {
    // The cause could repeat parts of it.
    throw new Error(`${where} holds no Ed25519 private key in PEM (PKCS #8)`);
  }
  return {
    publicKey: await exportPublicKey(key),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes)),
  };
}

async function exportPublicKey(key: CryptoKey): Promise<string> {
  const { x = "" } = await crypto.subtle.exportKey("jwk", key);
  return Uint8Array.fromBase64(x, { alphabet: "base64url" }).toBase64();
}
