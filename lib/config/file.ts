/**
 * The config file: TOML whose entries map to environment variables, so that readers of a setting need not
 * know about the file.
 *
 *     poll_interval = 60              # SYNTRACK_POLL_INTERVAL
 *     [providers.acme]
 *     enabled = true                  # SYNTRACK_ACME_ENABLED; interval, base_url, refresh and name likewise
 *     acme_api_key_file = "~/key"     # ACME_API_KEY_FILE, as the provider calls it
 *     [[accounts]]                    # one more login
 *     provider = "acme"
 *     name = "work"
 *     acme_api_key_file = "~/other"
 *
 * Pure. The code that reads a variable interprets its value; `file_check.ts` checks whether such an entry
 * exists.
 */
import { parse, TomlError } from "smol-toml";
import { variablePart } from "../provider/contract.ts";
import { isTable, placeText, type TomlPath } from "./file_lines.ts";
import type { Problem } from "./problem.ts";

/** One entry that maps to a variable. */
export interface FileEntry {
  readonly path: TomlPath;
  readonly variable: string;
  readonly value: string;
  /** `poll_interval in ~/.syntrack/config.toml, line 3` */
  readonly source: string;
}

export interface ConfigFile {
  readonly entries: readonly FileEntry[];
  /** The declarations of custom sources, unchecked. */
  readonly custom: readonly unknown[];
  /** The whole document, for checks. */
  readonly document: Readonly<Record<string, unknown>>;
}

export type ConfigFileResult = { readonly file: ConfigFile } | { readonly problem: Problem };

/** Entries of `[providers.<id>]` that map to one of our variables, by its ending. */
export const PROVIDER_KEYS = ["enabled", "interval", "base_url", "refresh", "name"] as const;
/** Logins of the file are numbered from here, above those of the environment. */
const FIRST_NUMBER = 1001;

/** @param label names the file in messages: `~/.syntrack/config.toml` */
export function readConfigFile(text: string, label: string): ConfigFileResult {
  let document: Readonly<Record<string, unknown>>;
  try {
    document = parse(text);
  } catch (error) {
    return { problem: syntaxProblem(error, label) };
  }
  const at = (path: TomlPath) => placeText(text, label, path);
  const entries: FileEntry[] = [];
  const add = (path: TomlPath, variable: string, given: unknown) => {
    const value = parseText(given);
    if (value !== undefined) entries.push({ path, variable, value, source: at(path) });
  };
  for (const [key, value] of Object.entries(document)) add([key], `SYNTRACK_${key.toUpperCase()}`, value);
  for (const [id, table] of tablesIn(document.providers)) {
    for (const [key, value] of Object.entries(table)) {
      add(["providers", id, key], providerVariable(id, key), value);
    }
  }
  for (const [index, table] of parseTables(document.accounts).entries()) {
    const number = FIRST_NUMBER + index;
    for (const [key, value] of Object.entries(table)) {
      if (key === "provider" || key === "name") continue;
      const variable = numberedVariable(key, number);
      add(["accounts", index, key], variable, value);
      add(["accounts", index, "name"], `${variable.replace(/_FILE$/, "")}_NAME`, table.name);
    }
  }
  return { file: { entries, custom: Array.isArray(document.custom) ? document.custom : [], document } };
}

function providerVariable(id: string, key: string): string {
  const isOurs = (PROVIDER_KEYS as readonly string[]).includes(key);
  return isOurs ? `SYNTRACK_${variablePart(id)}_${key.toUpperCase()}` : key.toUpperCase();
}

/** Returns `ACME_KEY_1001`, or `ACME_KEY_1001_FILE` for a key that names a file. */
function numberedVariable(key: string, number: number): string {
  const name = key.toUpperCase();
  return name.endsWith("_FILE") ? `${name.slice(0, -"_FILE".length)}_${number}_FILE` : `${name}_${number}`;
}

/** Returns the text a variable would have, or undefined for a value it cannot have. */
function parseText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  // Settings with several values read them from one text.
  if (Array.isArray(value)) {
    return value.length > 0 && value.every((one) => typeof one === "string") ? value.join("\n") : undefined;
  }
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint"
    ? String(value)
    : undefined;
}

export function tablesIn(value: unknown): readonly [string, Readonly<Record<string, unknown>>][] {
  if (!isTable(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, Record<string, unknown>] =>
    isTable(entry[1])
  );
}

export function parseTables(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}

function syntaxProblem(error: unknown, label: string): Problem {
  if (!(error instanceof TomlError)) {
    return { level: "error", field: label, problem: "cannot be read as TOML", wanted: "TOML 1.0" };
  }
  // The library quotes the line, which may contain a secret; show only its first sentence.
  const [first = ""] = error.message.split("\n");
  const reason = first.replace(/^Invalid TOML document:\s*/, "");
  return {
    level: "error",
    field: `${label}, line ${error.line}, column ${error.column}`,
    problem: reason || "is not TOML",
    wanted: "TOML 1.0",
  };
}
