/**
 * Where settings come from: the process environment, then `.env` in the working directory,
 * then `~/.syntrack/.env`; the first that holds a name wins. A secret may also stand in a
 * file of its own that `<NAME>_FILE` points at.
 *
 * Everything it reads is injected. Files are read when first needed and again after
 * `reload`, so that a changed credential is seen by the next poll. Never throws.
 */
import { isAbsolute, join } from "node:path";
import { parseEnvText } from "./env_text.ts";
import type { Found } from "../asking.ts";
import type { Problem } from "./problem.ts";
import { secretOf, secretOfFile, type SecretText } from "./secret_text.ts";

export type Layer = "process" | "working-directory" | "home";

/** A value, where it stood, in words and for decisions. */
export interface EnvFound extends Found {
  /** The variable, possibly the `_FILE` twin. */
  readonly name: string;
  readonly layer: Layer;
}

/** One of the two: what was found, or what is wrong with it. Neither: nothing is set. */
export interface LookUp {
  readonly found?: EnvFound;
  readonly problem?: Problem;
}

export interface FileText {
  readonly text: string;
  /** Permission bits, or null where the system has none. */
  readonly mode: number | null;
}

/** A `.env` file that was read. */
export interface EnvFile {
  readonly path: string;
  /** As people know it: `./.env`. */
  readonly label: string;
  readonly mode: number | null;
  /** The names that are set in it. */
  readonly names: readonly string[];
}

export interface Environment {
  /** A setting that is not secret. Empty is unset. */
  find(name: string): EnvFound | undefined;
  /** A secret: the variable or, in the same layer after it, its `_FILE` twin. */
  findSecret(name: string): LookUp;
  /** Every name that is set, with the layer's label, in the order of the layers. */
  names(): readonly { readonly name: string; readonly source: string }[];
  files(): readonly EnvFile[];
  /** `.env` files that exist and cannot be used. */
  problems(): readonly Problem[];
  /** Absolute form of a path as people write it: `~` is home, relative is from the working directory. */
  resolve(path: string): string;
  /** Forgets what was read from files. */
  reload(): void;
}

export interface EnvironmentOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string | null;
  /** The text of a file, or null when there is none. Throws when it cannot be read. */
  readonly readFile: (path: string) => FileText | null;
  /** Called with every secret that is found, for the redactor. */
  readonly onSecret?: (value: string) => void;
}

interface LayerValues {
  readonly layer: Layer;
  readonly label: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}

interface Loaded {
  readonly layers: readonly LayerValues[];
  readonly files: readonly EnvFile[];
  readonly problems: readonly Problem[];
  readonly secrets: Map<string, LookUp>;
}

export function createEnvironment(options: EnvironmentOptions): Environment {
  const { env, cwd, home, readFile, onSecret } = options;
  let loaded: Loaded | undefined;

  const resolve = (path: string) => resolvePath(path, cwd, home);
  const load = () => loaded ??= loadLayers(env, cwd, home, readFile);

  function secret(name: string): LookUp {
    for (const layer of load().layers) {
      const text = valueOf(layer, name);
      if (text !== undefined) return asLookUp(secretOf(text), name, layer);
      const path = valueOf(layer, `${name}_FILE`);
      if (path !== undefined) return asLookUp(readSecret(path, name), `${name}_FILE`, layer);
    }
    return {};
  }

  function readSecret(path: string, name: string): SecretText {
    const wanted = "a readable file";
    try {
      const file = readFile(resolve(path.trim()));
      return file ? secretOfFile(file.text, name) : { problem: "there is no such file", wanted };
    } catch (error) {
      return { problem: `the file cannot be read (${reasonOf(error)})`, wanted };
    }
  }

  return {
    find(name) {
      for (const layer of load().layers) {
        const value = valueOf(layer, name)?.trim();
        if (value) return foundIn(layer, name, value);
      }
      return undefined;
    },
    findSecret(name) {
      const { secrets } = load();
      const known = secrets.get(name);
      if (known) return known;
      const result = secret(name);
      if (result.found) onSecret?.(result.found.value);
      secrets.set(name, result);
      return result;
    },
    names: () =>
      load().layers.flatMap((layer) =>
        Object.keys(layer.values).filter((name) => valueOf(layer, name) !== undefined)
          .map((name) => ({ name, source: layer.label }))
      ),
    files: () => load().files,
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
): Loaded {
  const layers: LayerValues[] = [{ layer: "process", label: "the environment", values: env }];
  const files: EnvFile[] = [];
  const problems: Problem[] = [];
  const places: [Layer, string, string][] = [["working-directory", join(cwd, ".env"), "./.env"]];
  const own = home === null ? null : join(home, ".syntrack", ".env");
  // Standing in ~/.syntrack, both are one file.
  if (own !== null && own !== places[0]?.[1]) places.push(["home", own, "~/.syntrack/.env"]);

  for (const [layer, path, label] of places) {
    try {
      const file = readFile(path);
      if (!file) continue;
      const values = parseEnvText(file.text.replace(/^\ufeff/, ""));
      layers.push({ layer, label, values });
      files.push({ path, label, mode: file.mode, names: Object.keys(values).filter((name) => values[name]) });
    } catch (error) {
      problems.push({ level: "warning", field: label, problem: `cannot be read (${reasonOf(error)})` });
    }
  }
  return { layers, files, problems, secrets: new Map() };
}

/** A value that is set and not empty. */
function valueOf(layer: LayerValues, name: string): string | undefined {
  const value = Object.hasOwn(layer.values, name) ? layer.values[name] : undefined;
  return value !== undefined && value.trim() !== "" ? value : undefined;
}

function asLookUp(text: SecretText, name: string, layer: LayerValues): LookUp {
  if ("value" in text) return { found: foundIn(layer, name, text.value) };
  const field = `${name} in ${layer.label}`;
  return { problem: { level: "error", field, problem: text.problem, wanted: text.wanted } };
}

function foundIn(layer: LayerValues, name: string, value: string): EnvFound {
  return { value, name, layer: layer.layer, source: `${name} in ${layer.label}` };
}

function resolvePath(path: string, cwd: string, home: string | null): string {
  if (home !== null && /^~(?=$|[/\\])/.test(path)) return join(home, path.slice(1));
  return isAbsolute(path) ? path : join(cwd, path);
}

/** The kind of a failure, such as `PermissionDenied`: its message may hold more than people should read. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown reason";
}
