/**
 * Finds credentials for providers: the first of several settings that is set, and the JSON files in which
 * people's other tools store theirs.
 *
 * May import the contracts of context and provider. Reads, never writes, and puts no file content into a
 * message.
 */
import type { FoundSetting, ProviderContext } from "../provider/context.ts";
import { isRecord, jsonOrNothing, member } from "./decode.ts";
import { type LoginPlace, ProviderError } from "../provider/contract.ts";

export interface Named extends FoundSetting {
  /** The setting that was set. */
  readonly name: string;
}

/** Returns the first of these settings that is set. */
export function firstSetting(
  ctx: Pick<ProviderContext, "find">,
  names: readonly string[],
): Named | undefined {
  for (const name of names) {
    const found = ctx.find(name);
    if (found) return { ...found, name };
  }
  return undefined;
}

/**
 * Reads the object in a JSON file that is a declared place; undefined when the file is missing or empty.
 *
 * @throws {ProviderError} `missing` when the file exists but cannot be used
 */
export async function jsonFile(
  ctx: Pick<ProviderContext, "readText">,
  place: LoginPlace,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await ctx.readText(place.path);
  if (text === null || text.trim() === "") return undefined;
  const value = jsonOrNothing(text);
  if (isRecord(value)) return value;
  throw new ProviderError("missing", `The file with ${place.what} contains no JSON object`, {
    hint: `Look at ${plainPath(place.path)}: it should hold ${place.what}`,
  });
}

/** Formats the path of a place for people: `~/.tool/login.json`. */
export function plainPath(path: string): string {
  return path.replace(/^\$\{[A-Z][A-Z0-9_]*:-([^}]*)\}/, "$1");
}

/** Returns the trimmed text at a path of fields; undefined when there is none. */
export function textAt(value: unknown, ...names: readonly string[]): string | undefined {
  const at = names.reduce<unknown>(member, value);
  return typeof at === "string" && at.trim() !== "" ? at.trim() : undefined;
}

/** OpenCode stores many vendors' keys in one file, under its own names for them. */
export const OPENCODE_LOGINS: LoginPlace = {
  path: "${XDG_DATA_HOME:-~/.local/share}/opencode/auth.json",
  what: "keys stored in OpenCode",
};

/**
 * Returns the key OpenCode stores under the first of these names it has.
 *
 * @throws {ProviderError} `missing` when its file cannot be used
 */
export async function openCodeKey(
  ctx: Pick<ProviderContext, "readText">,
  names: readonly string[],
): Promise<Named | undefined> {
  const logins = await jsonFile(ctx, OPENCODE_LOGINS);
  for (const name of names) {
    const value = textAt(logins, name, "key");
    if (value !== undefined) return { value, name, source: `the login "${name}" of OpenCode` };
  }
  return undefined;
}
