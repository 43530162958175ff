/**
 * The context a provider or notifier receives: everything through which it may reach the outside. Imports
 * nothing, so that tests can pass a plain object.
 */

/**
 * The `fetch` of a provider or notifier: limited to its own hosts, with a deadline and a body cap. It follows no redirect:
 * a redirect fails as `unavailable`, or, with `redirect: "manual"`, is returned as it is, without its body.
 */
export type Fetch = (input: string | URL, init?: FetchInit) => Promise<Response>;

export interface FetchInit extends RequestInit {
  /** Maximum body size in bytes; a longer body fails. */
  readonly capBytes?: number;
}

/** One setting of a provider or notifier. Every secret also has a `<NAME>_FILE` twin. */
export interface Setting {
  /** Environment name, for example `SYNTHETIC_API_KEY`. */
  readonly name: string;
  readonly secret: boolean;
  readonly help: string;
  /**
   * True when it moves the place where a vendor's own tool keeps its
   * login, so that a file found there is a separate login.
   */
  readonly home?: boolean;
  /** True for an alternative name people may already have set; hints do not mention it. */
  readonly alias?: true;
}

/** Operating systems, named as the runtime names them. */
export type Os = "linux" | "darwin" | "windows";

/** The result of a command. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
}

export interface RunOptions {
  /**
   * In milliseconds.
   * @default {10000}
   */
  readonly timeoutMs?: number;
  /**
   * Maximum output size in bytes.
   * @default {1048576}
   */
  readonly capBytes?: number;
  /** Variables it gets in addition to this program's. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * What a provider remembers of an account between polls, such as a token that lives for an hour or a figure
 * that costs money to request. Held in memory only; cleared when the credential changes and when the program
 * ends.
 */
export interface Memory {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
}

/** What a stored reading states, as far as later polls depend on it. */
export interface LastReading {
  readonly quota: string;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** ISO 4217 code of the money it counts. */
  readonly currency?: string;
}

/** One row of a table: numbers, text and `null`; other types of values are left out. */
export type Row = Readonly<Record<string, string | number | null>>;

/** A setting's value and its origin, in words for people. */
export interface FoundSetting {
  readonly value: string;
  readonly source: string;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface ProviderContext {
  readonly fetch: Fetch;
  /** Epoch milliseconds. */
  now(): number;
  /**
   * Returns the value of a setting from the environment, its `_FILE`
   * twin or a `.env` file; undefined when unset or empty.
   */
  env(name: string): string | undefined;
  /** Like `env`, with the place it was found. */
  find(name: string): FoundSetting | undefined;
  /**
   * Returns the text of a file, or null when it does not exist. The path must be exactly that of a place the
   * provider declares: `${NAME:-~/.tool}/login.json` starts with the value of a setting, or with the part
   * after `:-` when it is unset; `~` is the home folder.
   *
   * Throws when the file exists but cannot be read, or is larger than 1 MiB.
   */
  readText(path: string): Promise<string | null>;
  /**
   * Returns rows of a SQLite file among the declared places, opened read-only; null when it does not exist.
   * Throws when it cannot be read.
   */
  readRows(path: string, sql: string, values?: readonly (string | number)[]): Promise<readonly Row[] | null>;
  /**
   * Runs a command the provider declares, without a shell and without input, so that it cannot prompt anyone;
   * returns null when there is no such command. Throws when it takes too long or prints too much.
   */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<CommandResult | null>;
  readonly memory: Memory;
  /** Returns the last readings of the account's quotas that are not gone, whichever process stored them. */
  lastReadings(): Promise<readonly LastReading[]>;
  readonly os: Os;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * A secret that never prints itself: not in a log, not in JSON, not in an error. Only code that sends it to
 * its owner calls `reveal()`.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.for("Deno.customInspect")](): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
