/**
 * What an option is, and how its value is chosen. Pure, and light to load: it imports
 * types only.
 */
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";

/** What a text means, or what is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string; readonly wanted: string };

/** What parsing and defaults may look at. */
export interface OptionContext {
  readonly home: string | null;
  readonly cwd: string;
  readonly systemTimezone: string;
  /** The zone in force; the system's until it is known. */
  readonly timezone: string;
  resolve(path: string): string;
}

/** When a change takes effect while a server runs: at the next look, or not before the next start. */
export type Effect = "live" | "restart";

export interface Option<T> {
  /** In kebab-case; for options with a flag, the flag's name. */
  readonly key: string;
  /** Environment names, the first one set wins. */
  readonly names: readonly string[];
  /** As typed, where the command line has one. */
  readonly flag?: string;
  /** Names that belong to others: what they hold may be unusable for us, which is no error. */
  readonly foreign?: readonly string[];
  readonly doc: string;
  readonly effect: Effect;
  /** May have several values: lines or words of its text, and a list in the config file. */
  readonly list?: boolean;
  /** The default, in words. */
  readonly defaultText: string;
  fallback(context: OptionContext): T;
  /** @param name the environment name, or null for the flag */
  parse(text: string, name: string | null, context: OptionContext): Parsed<T>;
  show(value: T): string;
}

/** Where values may come from. */
export interface Sources {
  readonly environment: Environment;
  /** By the key of the option, `port` for `--port`; undefined where not given. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
}

export interface Taken<T> {
  readonly value: T;
  readonly source: string;
  readonly problems: readonly Problem[];
}

/** The flag, else the first environment name that is set and usable, else the default. */
export function choose<T>(
  option: Option<T>,
  { flags, environment }: Sources,
  context: OptionContext,
): Taken<T> {
  const problems: Problem[] = [];
  const candidates: { name: string | null; source: string; text: string }[] = [];
  const given = flags?.[option.key];
  if (given !== undefined) candidates.push({ name: null, source: `--${option.key}`, text: given.trim() });
  for (const name of option.names) {
    const found = environment.find(name);
    if (found) candidates.push({ name, source: found.source, text: found.value });
  }
  for (const { name, source, text } of candidates) {
    const parsed = option.parse(text, name, context);
    if ("value" in parsed) return { value: parsed.value, source, problems };
    const foreign = name !== null && (option.foreign ?? []).includes(name);
    problems.push({
      level: foreign ? "warning" : "error",
      field: source,
      problem: parsed.problem,
      got: text,
      wanted: parsed.wanted,
    });
    if (!foreign) break;
  }
  return { value: option.fallback(context), source: "default", problems };
}
