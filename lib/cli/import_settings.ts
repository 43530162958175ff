/**
 * Imports another tracker's settings, its `.env` or YAML file, into `~/.syntrack/.env`. Never shows values.
 */
import { explainError } from "../base/text.ts";
import { join, resolve } from "../base/path.ts";
import type { SetUp } from "../app/set_up.ts";
import { replaceFile } from "../base/whole_file.ts";
import { parseEnvText } from "../config/env_text.ts";
import { OPTIONS } from "../config/options.ts";
import { failure } from "./io.ts";
import type { Tools } from "./tools.ts";

export interface TakenSettings {
  /** Names of variables. */
  readonly taken: readonly string[];
  /** Why each other variable was not imported. */
  readonly left: Readonly<Record<string, string>>;
  lines(dryRun: boolean): readonly string[];
  /** Adds them to the file, unless it is a dry run. @throws {CliError} */
  write(dryRun: boolean): void;
}

/** Where the other tracker keeps its data. */
const PLACES = /^(?:DATABASE_PATH|DATA_DIR|SYNTRACK_DB(?:_PATH)?|SYNTRACK_INSTALL_DIR)$/;
/** Other trackers' prefixes of the same variables. */
const OTHER_PREFIX = /^(?:ONWATCH|AUM)_/;

/** @throws {CliError} when the file cannot be read */
export function takeSettings(tools: Tools, { providers }: SetUp, name: string): TakenSettings {
  const { io } = tools;
  if (io.home === null) throw failure("There is no home folder for the settings", "Set HOME");
  const target = join(io.home, ".syntrack", ".env");
  const known = new Set([
    ...OPTIONS.flatMap(({ names }) => names),
    ...providers.flatMap(({ settings }) => settings.map((setting) => setting.name)),
  ]);
  const before = readExisting(target);
  const own = new Set(Object.keys(parseEnvText(before)));
  const added: Record<string, string> = {};
  const left: Record<string, string> = {};
  for (const [theirs, value] of Object.entries(readTheirs(name, resolve(io.cwd, name)))) {
    const renamed = theirs.replace(OTHER_PREFIX, "SYNTRACK_");
    const plainName = renamed.replace(/_FILE$/, "").replace(/_\d{1,4}$/, "");
    if (PLACES.test(renamed)) left[theirs] = "a path of the other tracker's data";
    else if (!known.has(renamed) && !known.has(plainName)) left[theirs] = "not a setting of Syntrack";
    else if (own.has(renamed)) left[theirs] = "already set here";
    else if (/[\r\n]/.test(value)) left[theirs] = "spans several lines";
    else if (value !== "") added[renamed] = value;
  }
  const taken = Object.keys(added);
  return {
    taken,
    left,
    lines: (dryRun) => [
      `Settings ${dryRun ? "that would be " : ""}imported into ${target}: ${taken.join(", ") || "none"}`,
      ...Object.entries(left).map(([variable, why]) => `  ${variable}: not imported, ${why}`),
    ],
    write(dryRun) {
      if (dryRun || taken.length === 0) return;
      const lines = Object.entries(added).map(([variable, value]) => `${variable}=${quoteValue(value)}`);
      const gap = before === "" || before.endsWith("\n") ? "" : "\n";
      try {
        Deno.mkdirSync(join(io.home ?? "", ".syntrack"), { recursive: true, mode: 0o700 });
        replaceFile(target, `${before}${gap}${lines.join("\n")}\n`);
      } catch (error) {
        const reason = explainError(error);
        throw failure(
          `Cannot write ${target}: ${reason}. The settings were not imported; new readings were`,
        );
      }
    },
  };
}

function readTheirs(name: string, path: string): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    const reason = explainError(error);
    throw failure(
      `Cannot read ${JSON.stringify(name)}: ${reason}. Nothing was imported`,
      "Give the path of its .env or YAML file",
    );
  }
  return /\.ya?ml$/i.test(path) ? yamlValues(text) : parseEnvText(text);
}

/** Returns the scalars of a YAML file by variable name: `api: {key: x}` in block form is `API_KEY`. */
export function yamlValues(text: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  const open: { readonly indent: number; readonly name: string }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, spaces = "", name = "", rest = ""] = /^( *)([\w-]+):(?:\s+(.*?))?\s*$/.exec(line) ?? [];
    if (name === "") continue;
    while ((open.at(-1)?.indent ?? -1) >= spaces.length) open.pop();
    const value = /^"([^"]*)"(?:\s+#.*)?$/.exec(rest)?.[1] ?? /^'([^']*)'(?:\s+#.*)?$/.exec(rest)?.[1] ??
      rest.replace(/(?:^|\s+)#.*$/, "");
    if (value === "") open.push({ indent: spaces.length, name });
    else values[[...open.map((one) => one.name), name].join("_").toUpperCase().replaceAll("-", "_")] = value;
  }
  return values;
}

function readExisting(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    const reason = explainError(error);
    throw failure(`Cannot read ${path}: ${reason}. Nothing was imported`);
  }
}

function quoteValue(value: string): string {
  return /^[\w@%+=:,./*~-]+$/.test(value) ? value : value.includes("'") ? `"${value}"` : `'${value}'`;
}
