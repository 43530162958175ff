/** `syntrack token generate`: prints a new token, and appends it to the file of tokens on request. */
import { join } from "../../base/path.ts";
import { newToken } from "../../access/secrets.ts";
import { EXIT_OK, failure } from "../io.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";

export async function token(tools: Tools): Promise<number> {
  const secret = newToken();
  const saved = hasFlag(tools.typed, "save") ? await save(tools, secret) : null;
  // A token that was only printed grants no access yet.
  tools.recordAction(saved === null ? null : { detail: { saved: true } });
  if (tools.json) tools.printJson({ token: secret, saved });
  else tools.print(secret);
  if (saved !== null) tools.report(`Saved to ${saved}; a running server reads it within a second`);
  else tools.report("Pass it to a server with SYNTRACK_AUTH_TOKENS, or create one with --save");
  return EXIT_OK;
}

/** Appends a line to the file, which only its owner can read. @returns its path. @throws {CliError} */
async function save({ io: { home } }: Tools, made: string): Promise<string> {
  if (home === null) throw failure("Cannot save the token: there is no home directory");
  const folder = join(home, ".syntrack");
  const path = join(folder, "tokens");
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    // An editor may have left the last line without a line break.
    const before = await Deno.readTextFile(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    });
    const line = before === "" || before.endsWith("\n") ? `${made}\n` : `\n${made}\n`;
    await Deno.writeTextFile(path, line, { append: true, mode: 0o600 });
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown reason";
    throw failure(`Cannot save the token to ${path}: ${reason}`);
  }
  return path;
}
