/** Defines an option and how its value is chosen. Pure, and quick to load: imports only types. */
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";

/** The parsed value of a text, or the problem with it; `shown` is the text without its secret. */
export type Parsed<T> =
  | { readonly value: T }
  | { readonly problem: string; readonly wanted: string; readonly shown?: string };

/** What parsers and defaults may use. */
export interface OptionContext {
  readonly home: string | null;
  readonly cwd: string;
  readonly systemTimezone: string;
  /** The zone in effect; the system's until it is known. */
  readonly timezone: string;
  resolve(path: string): string;
}

/**
 * When a change takes effect in a running server: the next time the setting is read, or at the next start.
 */
export type Effect = "live" | "restart";

export interface Option<T> {
  /** In kebab-case; the flag's name for options with one. */
  readonly key: string;
  /** Position of its value in `Config`: `port`, or `listen.hosts`. */
  readonly field: string;
  /** Environment names; the first one set wins. */
  readonly names: readonly string[];
  /** The flag as typed, if there is one. */
  readonly flag?: string;
  /** Names that belong to other programs: an unusable value is not an error. */
  readonly foreign?: readonly string[];
  readonly doc: string;
  readonly effect: Effect;
  /** Reports whether a value is ignored in `./.env`, whose folder may have been made by another user. */
  isPrivileged?(value: T): boolean;
  /** True when it accepts several values: lines or words of its text, and a list in the config file. */
  readonly list?: boolean;
  /** The default, in words. */
  readonly defaultText: string;
  fallback(context: OptionContext): T;
  /** @param name the environment name, or null for the flag */
  parse(text: string, name: string | null, context: OptionContext): Parsed<T>;
  show(value: T): string;
}

/** The possible sources of values. */
export interface Sources {
  readonly environment: Environment;
  /** By option key, `port` for `--port`; undefined when absent. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
}

export interface ChosenOption<T> {
  readonly value: T;
  readonly source: string;
  readonly problems: readonly Problem[];
}

/** Returns the flag, or else the first environment name with a usable value, or else the default. */
export function choose<T>(
  option: Option<T>,
  { flags, environment }: Sources,
  context: OptionContext,
): ChosenOption<T> {
  const problems: Problem[] = [];
  const candidates: { name: string | null; source: string; text: string; isOfFolder?: boolean }[] = [];
  const given = flags?.[option.key];
  if (given !== undefined) candidates.push({ name: null, source: `--${option.key}`, text: given.trim() });
  for (const name of option.names) {
    const found = environment.find(name);
    if (!found) continue;
    const isOfFolder = found.layer === "working-directory";
    candidates.push({ name, source: found.source, text: found.value, isOfFolder });
    const behind = option.isPrivileged && isOfFolder
      ? environment.find(name, "working-directory")
      : undefined;
    if (behind) candidates.push({ name, source: behind.source, text: behind.value });
  }
  for (const { name, source, text, isOfFolder = false } of candidates) {
    const parsed = option.parse(text, name, context);
    if ("value" in parsed) {
      if (!isOfFolder || !option.isPrivileged?.(parsed.value)) {
        return { value: parsed.value, source, problems };
      }
      problems.push({
        level: "warning",
        field: source,
        problem: "is not read from the working directory",
        got: text,
        wanted: "it in the environment, in ~/.syntrack/.env or in the config file",
      });
      continue;
    }
    const foreign = name !== null && (option.foreign ?? []).includes(name);
    problems.push({
      level: foreign ? "warning" : "error",
      field: source,
      problem: parsed.problem,
      got: parsed.shown ?? text,
      wanted: parsed.wanted,
    });
    if (!foreign) break;
  }
  return { value: option.fallback(context), source: "default", problems };
}
