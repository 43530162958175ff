/** The credential sent to a server: a token or key, or a name and password; never needed in an argument. */
import { plain } from "../../base/text.ts";
import { failure, usageError } from "../io.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";

const VARIABLES = ["SYNTRACK_TOKEN", "AUM_TOKEN", "AI_USAGE_MONITOR_TOKEN"];
const MAX_CHARACTERS = 4096;
/** Other users may neither read nor write it. */
const OTHERS = 0o077;

/** Returns the value of the Authorization header, or null for none. @throws {CliError} */
export async function readCredential(tools: Tools): Promise<string | null> {
  const { typed, io } = tools;
  const [token, auth, username, password] = ["token", "auth", "username", "password"].map((name) =>
    parseTypedText(typed, name)
  );
  for (const name of ["token", "auth", "password"]) {
    if (parseTypedText(typed, name) !== undefined) {
      tools.report(
        `syntrack: warning: others on this machine can see --${name}: use SYNTRACK_TOKEN or --token-file`,
      );
    }
  }
  if (auth !== undefined) return createBasic(auth);
  if (username !== undefined) {
    const secret = password ?? (hasFlag(typed, "password-stdin") ? await readLine(tools) : undefined);
    if (secret === undefined) throw usageError("--username requires --password-stdin");
    return createBasic(`${username}:${secret}`);
  }
  if (password !== undefined || hasFlag(typed, "password-stdin")) {
    throw usageError("A password requires --username");
  }
  if (token !== undefined) return createBearer(token, "--token");
  const file = parseTypedText(typed, "token-file") ?? (io.env.SYNTRACK_TOKEN_FILE || undefined);
  if (file !== undefined) return createBearer(await readTokenFile(file), file);
  const name = VARIABLES.find((one) => (io.env[one] ?? "").trim() !== "");
  return name === undefined ? null : createBearer(io.env[name]!, name);
}

function createBearer(text: string, source: string): string {
  const token = text.trim().replace(/^bearer +/i, "");
  if (token === "" || token.length > MAX_CHARACTERS || !/^[!-~]+$/.test(token)) {
    throw usageError(
      `${plain(source, 80)} contains no token: expected one word of letters, digits and signs`,
    );
  }
  return `Bearer ${token}`;
}

function createBasic(pair: string): string {
  if (!pair.includes(":") || pair.startsWith(":")) {
    throw usageError("--auth takes a name and password, as in mara:secret");
  }
  return `Basic ${new TextEncoder().encode(pair).toBase64()}`;
}

async function readTokenFile(path: string): Promise<string> {
  try {
    const { mode, isFile } = await Deno.stat(path);
    if (!isFile) throw failure(`The token file "${plain(path, 120)}" is not a file`);
    if (Deno.build.os !== "windows" && mode !== null && (mode & OTHERS) !== 0) {
      throw failure(
        `Others can read the token file "${plain(path, 120)}"`,
        `Run chmod 600 ${plain(path, 120)}`,
      );
    }
    return (await Deno.readTextFile(path)).split("\n").map((line) => line.trim())
      .find((line) => line !== "" && !line.startsWith("#")) ?? "";
  } catch (error) {
    if (error instanceof Error && error.name === "CliError") throw error;
    throw failure(
      `The token file "${plain(path, 120)}" cannot be read`,
      "Check --token-file and its permissions",
    );
  }
}

async function readLine({ io }: Tools): Promise<string> {
  let text = "";
  for await (const chunk of io.stdin().pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n") || text.length > MAX_CHARACTERS) break;
  }
  return text.split(/\r?\n/)[0] ?? "";
}
