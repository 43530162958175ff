/**
 * The sources of settings: the process environment, then `.env` in the working directory, then
 * `~/.syntrack/.env`, then the config file; the first that sets a name wins. A secret may also be in a
 * separate file that `<NAME>_FILE` points at.
 *
 * Everything it reads is injected. It reads files on demand and again after `reload`, so that the
 * next poll sees a changed credential. When the config file becomes invalid, the last valid state stays in effect.
 * Never throws.
 */
import { isAbsolute, join, relative } from "../base/path.ts";
import { parseEnvText } from "./env_text.ts";
import type { ConfigFile, ConfigFileResult } from "./file.ts";
import type { FoundSetting } from "../provider/context.ts";
import type { Problem } from "./problem.ts";
import { readSecretText, secretOfFile, type SecretText } from "./secret_text.ts";

export type Layer = "process" | "working-directory" | "home" | "config-file";

/** A value and its origin, in words and as a layer. */
export interface EnvFound extends FoundSetting {
  /** The variable, possibly its `_FILE` twin. */
  readonly name: string;
  readonly layer: Layer;
}

/** At most one of the two: the value found, or the problem with it. Neither when nothing is set. */
export interface Lookup {
  readonly found?: EnvFound;
  readonly problem?: Problem;
}

export interface FileText {
  readonly text: string;
  /** Permission bits; null on systems without them. */
  readonly mode: number | null;
}

/** A `.env` file that was read. */
export interface EnvFile {
  readonly path: string;
  /** The short form for people: `./.env`. */
  readonly label: string;
  readonly mode: number | null;
  /** Names set in it. */
  readonly names: readonly string[];
}

/** Parses the text of a config file; the label names it in messages. */
export type ReadConfigFile = (text: string, label: string) => ConfigFileResult;

/** The current state of the config file. */
export interface ConfigFileState {
  readonly path: string;
  readonly label: string;
  /** Its current text; null when it is missing or unreadable. */
  readonly text: string | null;
  /** The last valid state. */
  readonly file: ConfigFile | null;
  /** Why the current text is not in effect. */
  readonly problem: Problem | null;
}

export interface Environment {
  /** Finds a setting that is not secret. Empty counts as unset. Skips the layer `passedOver`, if given. */
  find(name: string, passedOver?: Layer): EnvFound | undefined;
  /** Finds a secret: the variable or, in the same layer after it, its `_FILE` twin. */
  findSecret(name: string): Lookup;
  /** Returns every set name with its layer's label, in layer order. */
  names(): readonly { readonly name: string; readonly source: string }[];
  files(): readonly EnvFile[];
  /** Returns the `.env` files that exist but cannot be used. */
  problems(): readonly Problem[];
  /**
   * Returns a path in absolute form: `~` is the home folder, a relative path starts at the working directory.
   */
  resolve(path: string): string;
  /** Returns the config file's state, if this environment can read one. */
  configFile(): ConfigFileState | null;
  /** Clears what was read from files. */
  reload(): void;
}

export interface EnvironmentOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string | null;
  /** Returns the text of a file, or null when it does not exist. Throws when it is unreadable. */
  readonly readFile: (path: string) => FileText | null;
  /** Resolves links in a path, or null when nothing is there. Without it there are no links. */
  readonly realPath?: (path: string) => string | null;
  /** Called with every secret found, for the redactor. */
  readonly onSecret?: (value: string) => void;
  /** The parser, passed in by a caller that has loaded it; without it there is no config file. */
  readonly readConfigFile?: ReadConfigFile;
  /** Path of the config file, instead of `SYNTRACK_CONFIG` and `~/.syntrack/config.toml`. */
  readonly configPath?: string | undefined;
}

interface LayerValues {
  readonly layer: Layer;
  readonly label: string;
  readonly values: Readonly<Record<string, string | undefined>>;
  /** The source of a value, where the label alone does not tell. */
  readonly sources?: ReadonlyMap<string, string>;
}

interface LoadedFile {
  readonly layers: readonly LayerValues[];
  readonly files: readonly EnvFile[];
  readonly problems: readonly Problem[];
  readonly configFile: ConfigFileState | null;
  readonly secrets: Map<string, Lookup>;
}

export function createEnvironment(options: EnvironmentOptions): Environment {
  const { env, cwd, home, readFile, onSecret } = options;
  let loaded: LoadedFile | undefined;
  /** The last parsed config file, so that the same text is not parsed twice. */
  let before: LoadedConfig | null = null;

  const resolve = (path: string) => resolvePath(path, cwd, home);

  function load(): LoadedFile {
    if (loaded) return loaded;
    const own = loadLayers(env, cwd, home, readFile);
    before = loadConfigFile(options, before);
    return loaded = before ? withConfigFile(own, before) : { ...own, configFile: null };
  }

  function findSecretValue(name: string): Lookup {
    for (const layer of load().layers) {
      const text = findValue(layer, name);
      if (text !== undefined) return asLookUp(readSecretText(text), name, layer);
      const path = findValue(layer, `${name}_FILE`);
      if (path !== undefined) {
        const text = layer.layer === "working-directory" && !isInFolder(path)
          ? OUTSIDE
          : readSecret(path, name);
        return asLookUp(text, `${name}_FILE`, layer);
      }
    }
    return {};
  }

  /**
   * Another user may have made the folder of `./.env`: with a path
   * outside it, the file could send any one-line file to a vendor.
   */
  function isInFolder(path: string): boolean {
    const { realPath = (one: string) => one } = options;
    const at = resolve(path.trim());
    // If the folder itself is unreadable, no link in it can be followed either.
    const folder = realPath(cwd);
    const within = folder === null ? relative(cwd, at) : relative(folder, realPath(at) ?? at);
    return within !== "" && !isAbsolute(within) && !/^\.\.(?:[/\\]|$)/.test(within);
  }

  function readSecret(path: string, name: string): SecretText {
    const wanted = "a readable file";
    try {
      const file = readFile(resolve(path.trim()));
      return file ? secretOfFile(file.text, name) : { problem: "there is no such file", wanted };
    } catch (error) {
      return { problem: `the file cannot be read (${describeError(error)})`, wanted };
    }
  }

  return {
    find(name, passedOver) {
      for (const layer of load().layers) {
        if (layer.layer === passedOver) continue;
        const value = findValue(layer, name)?.trim();
        if (value) return describeFound(layer, name, value);
      }
      return undefined;
    },
    findSecret(name) {
      const { secrets } = load();
      const known = secrets.get(name);
      if (known) return known;
      const result = findSecretValue(name);
      if (result.found) onSecret?.(result.found.value);
      secrets.set(name, result);
      return result;
    },
    names: () =>
      load().layers.flatMap((layer) =>
        Object.keys(layer.values).filter((name) => findValue(layer, name) !== undefined)
          .map((name) => ({ name, source: layer.label }))
      ),
    files: () => load().files,
    configFile: () => load().configFile,
    problems: () => load().problems,
    resolve,
    reload() {
      loaded = undefined;
    },
  };
}

function loadLayers(
  env: EnvironmentOptions["env"],
  cwd: string,
  home: string | null,
  readFile: EnvironmentOptions["readFile"],
): Omit<LoadedFile, "configFile"> {
  const layers: LayerValues[] = [{ layer: "process", label: "the environment", values: env }];
  const files: EnvFile[] = [];
  const problems: Problem[] = [];
  const { here, own } = envPaths(cwd, home);
  // With ~/.syntrack as the working directory, both are one file: our own.
  const isOurs = own === here;
  const places: [Layer, string, string][] = [[isOurs ? "home" : "working-directory", here, "./.env"]];
  if (own !== null && !isOurs) places.push(["home", own, "~/.syntrack/.env"]);

  for (const [layer, path, label] of places) {
    try {
      const file = readFile(path);
      if (!file) continue;
      const values = parseEnvText(file.text.replace(/^\ufeff/, ""));
      layers.push({ layer, label, values });
      files.push({ path, label, mode: file.mode, names: Object.keys(values).filter((name) => values[name]) });
    } catch (error) {
      problems.push({ level: "warning", field: label, problem: `cannot be read (${describeError(error)})` });
    }
  }
  return { layers, files, problems, secrets: new Map() };
}

export const CONFIG_LABEL = "~/.syntrack/config.toml";

export interface ConfigPlace {
  readonly path: string;
  /** The short form for people. */
  readonly label: string;
  /** How the path was set, if it was: `--config`, `SYNTRACK_CONFIG in the environment`. */
  readonly setBy: string | null;
}

/** Returns the paths of both `.env` files, whether they exist or not. */
export function envPaths(
  cwd: string,
  home: string | null,
): { readonly here: string; readonly own: string | null } {
  return { here: join(cwd, ".env"), own: home === null ? null : join(home, ".syntrack", ".env") };
}

/** Returns the config file's path and label; null without a home folder. */
export function configPlace(
  { env, cwd, home, configPath }: Pick<EnvironmentOptions, "env" | "cwd" | "home" | "configPath">,
): ConfigPlace | null {
  const named = configPath ?? env.SYNTRACK_CONFIG?.trim();
  // An empty name is that of a variable that was not set, not a wish for the default.
  if (named || configPath !== undefined) {
    const setBy = configPath === undefined ? "SYNTRACK_CONFIG in the environment" : "--config";
    return { path: resolvePath(named ?? "", cwd, home), label: named || "--config", setBy };
  }
  if (home === null) return null;
  return { path: join(home, ".syntrack", "config.toml"), label: CONFIG_LABEL, setBy: null };
}

/**
 * Reports a missing config file, if its path was set explicitly,
 * most likely with a typo. The default one may be missing.
 */
export function missingConfig({ setBy, label }: ConfigPlace): Problem | null {
  if (setBy === null) return null;
  return {
    level: "error",
    field: setBy,
    problem: "there is no such file",
    got: label,
    wanted: "the path of a config file, as `syntrack config init --config FILE` writes one",
  };
}

interface LoadedConfig extends ConfigFileState {
  readonly mode: number | null;
}

function loadConfigFile(options: EnvironmentOptions, before: LoadedConfig | null): LoadedConfig | null {
  const { readFile, readConfigFile } = options;
  const place = configPlace(options);
  if (!readConfigFile || !place) return null;
  const lastGood = before?.file ?? null;
  const { path, label } = place;
  const none = { path, label, text: null, mode: null, file: null, problem: null };
  try {
    const found = readFile(path);
    if (!found) {
      const problem = missingConfig(place);
      return problem === null ? none : { ...none, file: lastGood, problem };
    }
    const text = found.text.replace(/^\ufeff/, "");
    const { mode } = found;
    if (before !== null && before.text === text) return { ...before, mode };
    const result = readConfigFile(text, label);
    if ("file" in result) return { path, label, text, mode, file: result.file, problem: null };
    return { path, label, text, mode, file: lastGood, problem: result.problem };
  } catch (error) {
    const problem: Problem = {
      level: "error",
      field: label,
      problem: `cannot be read (${describeError(error)})`,
      wanted: "a text file that you can read",
    };
    return { ...none, file: lastGood, problem };
  }
}

function withConfigFile(own: Omit<LoadedFile, "configFile">, state: LoadedConfig): LoadedFile {
  const { path, label, mode, file, problem } = state;
  const problems = problem === null ? own.problems : [...own.problems, problem];
  if (file === null) return { ...own, problems, configFile: state };
  const { entries } = file;
  const layer: LayerValues = {
    layer: "config-file",
    label,
    values: Object.fromEntries(entries.map(({ variable, value }) => [variable, value])),
    sources: new Map(entries.map(({ variable, source }) => [variable, source])),
  };
  const names = entries.map(({ variable }) => variable);
  return {
    ...own,
    problems,
    layers: [...own.layers, layer],
    files: [...own.files, { path, label, mode, names }],
    configFile: state,
  };
}

/** Returns a value that is set and not empty. */
function findValue(layer: LayerValues, name: string): string | undefined {
  const value = Object.hasOwn(layer.values, name) ? layer.values[name] : undefined;
  return value !== undefined && value.trim() !== "" ? value : undefined;
}

function asLookUp(text: SecretText, name: string, layer: LayerValues): Lookup {
  if ("value" in text) return { found: describeFound(layer, name, text.value) };
  const field = layer.sources?.get(name) ?? `${name} in ${layer.label}`;
  return { problem: { level: "error", field, problem: text.problem, wanted: text.wanted } };
}

function describeFound(layer: LayerValues, name: string, value: string): EnvFound {
  return { value, name, layer: layer.layer, source: layer.sources?.get(name) ?? `${name} in ${layer.label}` };
}

function resolvePath(path: string, cwd: string, home: string | null): string {
  if (home !== null && /^~(?=$|[/\\])/.test(path)) return join(home, path.slice(1));
  return isAbsolute(path) ? path : join(cwd, path);
}

const OUTSIDE: SecretText = {
  problem: "a file in the working directory may not name a file outside it",
  wanted: "the same setting in the environment or in ~/.syntrack/.env, or a file in this folder",
};

/** Returns the kind of a failure, such as `PermissionDenied`: its message may contain private details. */
function describeError(error: unknown): string {
  return error instanceof Error ? error.name : "unknown reason";
}
