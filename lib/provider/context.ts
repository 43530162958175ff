/**
 * The world a provider or notifier is handed: everything it may use to reach
 * outside. It imports nothing, so that a plugin can be tested with a plain object.
 */

/**
 * `fetch` as a plugin gets it: only to its own hosts, with a deadline and a body cap. No redirect is followed:
 * it fails as `unavailable`, or with `redirect: "manual"` is given as it is, without its body.
 */
export type Fetch = (input: string | URL, init?: AskInit) => Promise<Response>;

export interface AskInit extends RequestInit {
  /** The longest body to accept, in bytes; longer ones fail. */
  readonly capBytes?: number;
}

/** One thing a person can set for a plugin. Every secret also has a `<NAME>_FILE` twin. */
export interface Setting {
  /** Environment name, for example `SYNTHETIC_API_KEY`. */
  readonly name: string;
  readonly secret: boolean;
  readonly help: string;
  /** It moves where a vendor's own tool keeps its login, so a file found there is a login of its own. */
  readonly home?: boolean;
  /** Stands for another setting under a name people may have set already: nobody is asked for it. */
  readonly alias?: true;
}

/** Operating systems as the runtime names them. */
export type Os = "linux" | "darwin" | "windows";

/** How a command ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
}

export interface RunOptions {
  /** In milliseconds; 10 s unless given. */
  readonly timeoutMs?: number;
  /** The longest output to accept, in bytes; 1 MiB unless given. */
  readonly capBytes?: number;
  /** Variables it gets besides those of this program. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * What a plugin remembers of an account between polls, such as a token that lives for an hour or a figure that
 * costs money to ask for: in memory, forgotten when the credential changes and when the program ends.
 */
export interface Memory {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
}

/** One row of a table: numbers, text, and `null`; everything else is left out. */
export type Row = Readonly<Record<string, string | number | null>>;

/** A setting's value and where it came from, in words for people. */
export interface Found {
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
  /** The value of a setting from the environment, its `_FILE` twin or a `.env` file; undefined when unset or empty. */
  env(name: string): string | undefined;
  /** The same, with where it was found. */
  find(name: string): Found | undefined;
  /**
   * The text of a file, or null when there is none. The path is that of a place the provider
   * declares, to the letter: `${NAME:-~/.tool}/login.json` begins with the value of a setting,
   * or with what follows `:-` where it is unset; `~` is the home folder.
   *
   * Throws when the file exists and cannot be read, or is larger than 1 MiB.
   */
  readText(path: string): Promise<string | null>;
  /** Rows of a SQLite file that is a declared place, read only; null when there is no such file. Throws when it cannot be read. */
  readRows(path: string, sql: string, values?: readonly (string | number)[]): Promise<readonly Row[] | null>;
  /**
   * Runs a command the provider declares, without a shell and without input, so that it can ask nobody
   * anything; null when there is none of that name. Throws when it takes too long or says too much.
   */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<Ran | null>;
  readonly memory: Memory;
  readonly os: Os;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * A secret that does not print itself: not in a log, not in JSON, not in an
 * error. Whoever sends it to its owner calls `reveal()`.
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
