/**
 * Lists everything outside the program that it may touch, computed from the providers' declarations and
 * the settings: the one source for `syntrack doctor`, the permissions at start, and the docs.
 *
 * Reads settings and decides; opens nothing.
 */
import { findBaseUrl } from "../config/base_url.ts";
import type { Os } from "../provider/context.ts";
import { isEnabled } from "../config/logins.ts";
import type { Environment } from "../config/environment.ts";
import type { Provider } from "../provider/contract.ts";
import { appliesTo, parseSetting, resolvePlace } from "./places.ts";

/** A file the program reads. */
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
  /** True when it has an account, or when discovery did not run. */
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
  /**
   * Whether any commands may run.
   * @default {true}
   */
  readonly runCommands?: boolean;
  /** The discovered accounts, for the hosts and files only they use; absent when discovery did not run. */
  readonly accounts?: readonly {
    readonly provider: string;
    readonly hosts: readonly string[];
    readonly files?: readonly AccessedFile[];
    /** True when a user added it, which enables its provider. */
    readonly isStored?: boolean;
  }[];
  /** By provider id: the files and commands that discovery found; all of them by default. */
  readonly there?: ReadonlyMap<string, DiscoveredAccess>;
}

/** What discovery found. */
export interface DiscoveredAccess {
  readonly files: ReadonlySet<string>;
  readonly commands: ReadonlySet<string>;
}

const NOTHING: DiscoveredAccess = { files: new Set(), commands: new Set() };

export function listAccess(
  { providers, environment, os, runCommands = true, accounts, there }: AccessListParts,
): readonly ProviderReach[] {
  return providers.map((provider) => {
    const own = (accounts ?? []).filter((one) => one.provider === provider.id);
    const { files, commands } = there?.get(provider.id) ?? NOTHING;
    const { baseUrl } = findBaseUrl(provider, environment);
    return {
      id: provider.id,
      name: provider.name,
      enabled: isEnabled(provider, environment) || own.some(({ isStored }) => isStored),
      found: accounts === undefined || own.length > 0,
      hosts: baseUrl
        ? [parseHost(baseUrl.origin)]
        : [...new Set([...provider.hosts, ...own.flatMap(({ hosts }) => hosts)])],
      files: removeDuplicates([
        ...listPlaces(provider, environment, os).filter(({ path }) => there === undefined || files.has(path)),
        ...listSecretFiles(provider, environment),
        ...own.flatMap(({ files = [] }) => files),
      ]),
      commands: runCommands
        ? (provider.commands ?? []).filter((command) => appliesTo(command, os)).map(({ name }) => name)
          .filter((name) => there === undefined || commands.has(name))
        : [],
    };
  });
}

function parseHost(origin: string): string {
  const url = new URL(origin);
  return url.port === "" ? `${url.hostname}:${url.protocol === "http:" ? 80 : 443}` : url.host;
}

/** Returns the files at a provider's places, for the first login and for every numbered one. */
function listPlaces(provider: Provider, environment: Environment, os: Os): readonly AccessedFile[] {
  return (provider.places ?? []).filter((place) => appliesTo(place, os)).flatMap(({ path, what }) => {
    const setting = parseSetting(path);
    const logins = setting === undefined ? [] : listNumbered(setting, environment);
    const find = (name: string) => environment.find(name);
    const first = resolvePlace(path, { environment, find });
    const more = logins.map((variable) =>
      resolvePlace(path, { environment, find: (name) => find(name === setting ? variable : name) })
    );
    return [first, ...more].flatMap((found) => found === null ? [] : [{ path: found, what }]);
  });
}

/** Returns the files that `<NAME>_FILE` points at. */
function listSecretFiles({ settings }: Provider, environment: Environment): readonly AccessedFile[] {
  return settings.filter(({ secret }) => secret).flatMap(({ name }) =>
    [name, ...listNumbered(name, environment)].flatMap((variable) => {
      const found = environment.find(`${variable}_FILE`);
      // A path in `./.env` that leads out of its folder is never opened.
      const isBarred = found?.layer === "working-directory" && !environment.findSecret(variable).found;
      return found && !isBarred
        ? [{ path: environment.resolve(found.value), what: `the secret of ${variable}` }]
        : [];
    })
  );
}

/** Returns the set variables among `ACME_HOME_2`, `ACME_HOME_3` and so on. */
function listNumbered(setting: string, environment: Environment): readonly string[] {
  const variables = environment.names().map(({ name }) => name.replace(/_FILE$/, ""))
    .filter((name) => name.startsWith(`${setting}_`) && /^\d{1,4}$/.test(name.slice(setting.length + 1)));
  return [...new Set(variables)];
}

function removeDuplicates(files: readonly AccessedFile[]): readonly AccessedFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
