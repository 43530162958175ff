/** Checksums of all files of a release, and their signature. */
import { join } from "node:path";
import { RELEASE_KEYS } from "../../lib/update/release_server.ts";
import { isSignedBy } from "../../lib/update/signature.ts";
import { parseSums, SIGNATURE_FILE, SUMS_FILE, sumsText } from "../../lib/update/sums.ts";
import type { SigningKey } from "./signing_key.ts";

/** Writes SHA256SUMS over all files of a folder. */
export async function writeSums(folder: string): Promise<void> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name !== SUMS_FILE && name !== SIGNATURE_FILE);
  const files = await Promise.all(names.map(async (name) => {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(join(folder, name)));
    return { name, sha256: new Uint8Array(digest).toHex() };
  }));
  await Deno.writeTextFile(join(folder, SUMS_FILE), sumsText(files));
}

/**
 * Signs the checksums of a folder after comparing them with its files.
 *
 * @param trusted keys accepted in addition to those in the program
 * @throws {Error} when a file does not match its checksum, or no program would accept the signature
 */
export async function signSums(
  folder: string,
  key: SigningKey,
  trusted: readonly string[] = [],
): Promise<void> {
  const keys = [...RELEASE_KEYS, ...trusted];
  if (!keys.includes(key.publicKey)) {
    throw new Error(
      `The program does not trust the key ${key.publicKey}, so nobody could install what it signs. ` +
        "Make the key with deno task release-key, or name it in SYNTRACK_UPDATE_KEY for releases of your own",
    );
  }
  const bytes = await Deno.readFile(join(folder, SUMS_FILE));
  const text = new TextDecoder().decode(bytes);
  await writeSums(folder);
  if (await Deno.readTextFile(join(folder, SUMS_FILE)) !== text) {
    await Deno.writeFile(join(folder, SUMS_FILE), bytes);
    throw new Error(`The files in ${folder} are not those of its ${SUMS_FILE}; nothing was signed`);
  }
  if (parseSums(text) === null) throw new Error(`${SUMS_FILE} describes no release; nothing was signed`);
  const signature = await key.sign(bytes);
  if (!await isSignedBy(keys, bytes, signature)) throw new Error("The signature does not verify");
  await Deno.writeFile(join(folder, SIGNATURE_FILE), signature);
}
