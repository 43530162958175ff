/**
 * Everything this program may touch outside itself, worked out from what providers declare and what is
 * set: the one list from which come `syntrack doctor`, the permissions it is started with, and the docs.
 *
 * It reads settings and decides; it opens nothing.
 */
import { baseUrlOf } from "../config/base_url.ts";
import type { Os } from "../provider/context.ts";
import { isEnabled } from "../config/logins.ts";
import type { Environment } from "../config/environment.ts";
import type { Provider } from "../provider/contract.ts";
import { isHere, pathOf, settingOf } from "./places.ts";

/** A file of somebody's that is looked at. */
export interface AccessedFile {
  /** Absolute. */
  readonly path: string;
  readonly what: string;
}

/** What one provider may touch. */
export interface ProviderReach {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Whether there is an account to ask for; true as well where nobody looked. */
  readonly found: boolean;
  /** Each as `host` or `host:port`. */
  readonly hosts: readonly string[];
  readonly files: readonly AccessedFile[];
  readonly commands: readonly string[];
}

export interface AccessListParts {
  readonly providers: readonly Provider[];
  readonly environment: Environment;
  readonly os: Os;
  /** Whether commands may be run at all; they may unless given. */
  readonly runCommands?: boolean;
  /** The accounts that were found, for the hosts and files only they have; nobody looked unless given. */
  readonly accounts?: readonly {
    readonly provider: string;
    readonly hosts: readonly string[];
    readonly files?: readonly AccessedFile[];
    /** Whether somebody added it, which asks for its provider. */
    readonly isStored?: boolean;
  }[];
  /** By provider id: of the files and commands that were looked for, those that were there. All of them unless given. */
  readonly there?: ReadonlyMap<string, There>;
}

/** What was there when accounts were looked for. */
export interface There {
  readonly files: ReadonlySet<string>;
  readonly commands: ReadonlySet<string>;
}

const NOTHING: There = { files: new Set(), commands: new Set() };

export function listAccess(
  { providers, environment, os, runCommands = true, accounts, there }: AccessListParts,
): readonly ProviderReach[] {
  return providers.map((provider) => {
    const own = (accounts ?? []).filter((one) => one.provider === provider.id);
    const { files, commands } = there?.get(provider.id) ?? NOTHING;
    const { baseUrl } = baseUrlOf(provider, environment);
    return {
      id: provider.id,
      name: provider.name,
      enabled: isEnabled(provider, environment) || own.some(({ isStored }) => isStored),
      found: accounts === undefined || own.length > 0,
      hosts: baseUrl
        ? [hostOf(baseUrl.origin)]
        : [...new Set([...provider.hosts, ...own.flatMap(({ hosts }) => hosts)])],
      files: unique([
        ...placesOf(provider, environment, os).filter(({ path }) => there === undefined || files.has(path)),
        ...secretFilesOf(provider, environment),
        ...own.flatMap(({ files = [] }) => files),
      ]),
      commands: runCommands
        ? (provider.commands ?? []).filter((command) => isHere(command, os)).map(({ name }) => name)
          .filter((name) => there === undefined || commands.has(name))
        : [],
    };
  });
}

function hostOf(origin: string): string {
  const url = new URL(origin);
  return url.port === "" ? `${url.hostname}:${url.protocol === "http:" ? 80 : 443}` : url.host;
}

/** Files at the places of a provider, for the first login and for every numbered one. */
function placesOf(provider: Provider, environment: Environment, os: Os): readonly AccessedFile[] {
  return (provider.places ?? []).filter((place) => isHere(place, os)).flatMap(({ path, what }) => {
    const setting = settingOf(path);
    const logins = setting === undefined ? [] : numbered(setting, environment);
    const find = (name: string) => environment.find(name);
    const first = pathOf(path, { environment, find });
    const more = logins.map((variable) =>
      pathOf(path, { environment, find: (name) => find(name === setting ? variable : name) })
    );
    return [first, ...more].flatMap((found) => found === null ? [] : [{ path: found, what }]);
  });
}

/** Files that `<NAME>_FILE` points at. */
function secretFilesOf({ settings }: Provider, environment: Environment): readonly AccessedFile[] {
  return settings.filter(({ secret }) => secret).flatMap(({ name }) =>
    [name, ...numbered(name, environment)].flatMap((variable) => {
      const found = environment.find(`${variable}_FILE`);
      // One of `./.env` that leads out of its folder is never opened.
      const isBarred = found?.layer === "working-directory" && !environment.findSecret(variable).found;
      return found && !isBarred
        ? [{ path: environment.resolve(found.value), what: `the secret of ${variable}` }]
        : [];
    })
  );
}

/** `ACME_HOME_2`, `ACME_HOME_3`, as far as they are set. */
function numbered(setting: string, environment: Environment): readonly string[] {
  const variables = environment.names().map(({ name }) => name.replace(/_FILE$/, ""))
    .filter((name) => name.startsWith(`${setting}_`) && /^\d{1,4}$/.test(name.slice(setting.length + 1)));
  return [...new Set(variables)];
}

function unique(files: readonly AccessedFile[]): readonly AccessedFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
