/** Reads the settings of a new account: `--set` for public values, a prompt or stdin for secrets. */
import type { Setting } from "../provider/context.ts";
import { parseEnvText } from "../config/env_text.ts";
import { readSecretText, secretOfFile } from "../config/secret_text.ts";
import { nearest } from "../base/nearest.ts";
import type { Provider } from "../provider/contract.ts";
import { createRedactor } from "../base/redact.ts";
import { plain } from "../base/text.ts";
import { type Io, usageError } from "./io.ts";
import type { Tools } from "./tools.ts";
import { hasFlag, parseTypedText } from "./values.ts";

const WHY = "an argument ends up in the history of the shell and in the list of processes";

/** Returns settings by name, including secrets. @throws {CliError} */
export async function readSettings(
  tools: Tools,
  provider: Provider,
): Promise<Readonly<Record<string, string>>> {
  const open = openSettings(parseTypedText(tools.typed, "set"), provider);
  const secrets = provider.settings.filter(({ secret }) => secret);
  if (hasFlag(tools.typed, "stdin")) {
    return { ...open, ...fromText(await textOn(tools.io), secrets, provider) };
  }
  // The folder of a login makes an account without a key.
  const hasHome = provider.settings.some(({ name, home }) => home && Object.hasOwn(open, name));
  if (hasHome || secrets.length === 0) return open;
  return { ...open, ...await promptForSecrets(tools.io, secrets.filter(({ alias }) => !alias)) };
}

/** Parses `--set`, each entry as `NAME=value`. */
function openSettings(
  text: string | undefined,
  { settings, name }: Provider,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const line of text === undefined ? [] : text.split("\n")) {
    const [setting = "", ...rest] = line.split("=");
    const value = rest.join("=");
    const known = settings.find((one) => one.name === setting);
    if (rest.length === 0) {
      throw usageError("--set takes NAME=value", `Such as --set ${settings[0]?.name ?? "NAME"}=...`);
    }
    if (!known) {
      const open = settings.filter((one) => !one.secret).map((one) => one.name);
      const suggestion = nearest(setting, open);
      const hint = suggestion
        ? `Did you mean ${suggestion}?`
        : open.length > 0
        ? `It has ${open.join(", ")}`
        : "It has none";
      throw usageError(`${name} has no setting "${plain(setting, 60)}" that --set could take`, hint);
    }
    if (known.secret) {
      throw usageError(
        `${setting} is secret and cannot be given with --set: ${WHY}`,
        "Type it when prompted, or use --stdin",
      );
    }
    if (looksSecret(value)) {
      throw usageError(
        `The value of ${setting} looks like a secret: ${WHY}`,
        "Type secrets when prompted, or pass them with --stdin",
      );
    }
    values[setting] = value;
  }
  return values;
}

/** Reports whether a word looks like a key typed where everyone can read it. */
export function looksSecret(word: string): boolean {
  return !/^[~./\\]|^[a-z]+:\/\//i.test(word) && createRedactor().redact(word) !== word;
}

/** @throws {CliError} for an unexpected word, which is most likely a key */
export function refuseSecret(word: string | undefined, what: string): void {
  if (word === undefined) return;
  throw looksSecret(word) || word.length >= 20
    ? usageError(
      `A key is not taken as an argument: ${WHY}. Change it if it was a real one`,
      "Type it when prompted, or pass it with --stdin",
    )
    : usageError(what);
}

function fromText(
  text: string,
  secrets: readonly Setting[],
  { name }: Provider,
): Readonly<Record<string, string>> {
  const entries = parseEnvText(text.replace(/^\ufeff/, ""));
  const named = secrets.filter((setting) => Object.hasOwn(entries, setting.name));
  const wanted = named.length > 0 ? named : secrets.slice(0, 1);
  if (wanted.length === 0) throw usageError(`${name} has no secret to read from standard input`);
  return Object.fromEntries(
    wanted.map((setting) => [setting.name, readValue(secretOfFile(text, setting.name), "standard input")]),
  );
}

async function promptForSecrets(
  io: Io,
  secrets: readonly Setting[],
): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {};
  for (const [index, { name, help }] of secrets.entries()) {
    const more = index === 0 ? "" : ", or Enter for none";
    const answer = await io.ask(`${name} (${help}${more}): `, { hidden: true });
    if (answer === null) {
      throw usageError(
        "There is no terminal to ask for the key",
        "Pass it with --stdin, such as: pass show key | syntrack account add ... --stdin",
      );
    }
    if (index > 0 && answer.trim() === "") continue;
    values[name] = readValue(readSecretText(answer), name);
  }
  return values;
}

function readValue(read: ReturnType<typeof readSecretText>, where: string): string {
  if ("value" in read) return read.value;
  throw usageError(`Cannot use the input from ${where}: ${read.problem}`, `Expected ${read.wanted}`);
}

async function textOn(io: Io): Promise<string> {
  return await new Response(io.stdin()).text();
}
