/**
 * Resolves a declared place of a vendor's own tool to a path on this machine.
 *
 * Only places that a provider declares can be read this way, and a login with its own settings sees a file
 * only where one of those settings points.
 */
import type { FoundSetting, Os } from "../provider/context.ts";
import type { Environment } from "../config/environment.ts";
import type { Login, LoginPlace } from "../provider/contract.ts";

/** Variables of the system's storage folders; they belong to no login's settings. */
export const SYSTEM_FOLDERS: ReadonlySet<string> = new Set([
  "APPDATA",
  "LOCALAPPDATA",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "XDG_STATE_HOME",
]);

/** Matches a leading `${NAME:-otherwise}`, and the rest. */
const TEMPLATE = /^\$\{([A-Z][A-Z0-9_]*):-([^}]*)\}(.*)$/;

export interface PlaceParts {
  readonly environment: Pick<Environment, "find" | "resolve">;
  /** Finds a declared setting, as the provider itself would see it. */
  readonly find: (setting: string) => FoundSetting | undefined;
  readonly login?: Pick<Login, "name"> | undefined;
}

/** Returns the absolute path of a place, or null when the login has no such file. */
export function resolvePlace(place: string, { environment, find, login }: PlaceParts): string | null {
  const match = TEMPLATE.exec(place);
  if (!match) return login ? null : environment.resolve(place);
  const [, name = "", otherwise = "", rest = ""] = match;
  const isSystem = SYSTEM_FOLDERS.has(name);
  const value = isSystem ? environment.find(name)?.value : find(name)?.value;
  if (login && (isSystem || value === undefined)) return null;
  return environment.resolve(`${(value ?? otherwise).replace(/[/\\]+$/, "")}${rest}`);
}

/** Reports whether a place or command applies to this system. */
export function appliesTo({ os: on }: { readonly os?: readonly Os[] }, os: Os): boolean {
  return on === undefined || on.includes(os);
}

/** Returns the place with that path, if the provider declares it. */
export function findDeclaredPlace(places: readonly LoginPlace[], path: string): LoginPlace | undefined {
  return places.find((place) => place.path === path);
}

/** Returns the setting a place starts with, if any. */
export function parseSetting(place: string): string | undefined {
  const name = TEMPLATE.exec(place)?.[1];
  return name === undefined || SYSTEM_FOLDERS.has(name) ? undefined : name;
}
