/**
 * Generates the key that signs releases, and makes the program and both installers trust it. docs/release.md
 * says what to do with the key.
 *
 *     deno task release-key --output FILE [--url https://github.com/OWNER/NAME/releases]
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isAllowedUrl } from "../lib/update/release_server.ts";
import { makeKey } from "./release/signing_key.ts";
import { TRUST_FILES, trustIn, withTrust } from "./release/trust.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

if (import.meta.main) {
  const { values } = parseArgs({ options: { output: { type: "string" }, url: { type: "string" } } });
  const problem = findProblem(values);
  if (problem !== null) {
    console.error(problem);
    Deno.exit(2);
  }
  const file = resolve(values.output ?? "");
  const { pem, publicKey } = await makeKey();
  try {
    await Deno.writeTextFile(file, pem, { createNew: true, mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Deno.errors.AlreadyExists ? "there is a file already" : String(error);
    console.error(`Cannot write ${file}: ${reason}. Nothing was changed`);
    Deno.exit(1);
  }
  for (const path of TRUST_FILES) {
    const text = await Deno.readTextFile(ROOT + path);
    const { url, keys } = trustIn(path, text);
    // The previous key stays until everyone has a program that knows the new one.
    await Deno.writeTextFile(
      ROOT + path,
      withTrust(path, text, { url: values.url ?? url, keys: [...keys, publicKey] }),
    );
  }
  console.log(`Private key: ${file} (0600). Keep it offline, and a copy of it elsewhere`);
  console.log(`Public key:  ${publicKey}, added to ${TRUST_FILES.join(", ")}`);
}

function findProblem({ output, url }: { readonly output?: string; readonly url?: string }): string | null {
  if (output === undefined) {
    return "Say where the private key goes: --output FILE, outside of this repository";
  }
  if (resolve(output).startsWith(ROOT)) {
    return "A private key has no place in the repository: name a file elsewhere";
  }
  const parsed = url === undefined ? undefined : URL.parse(url);
  if (parsed === null || parsed && !isAllowedUrl(parsed)) return `${url} is no https address`;
  return null;
}
