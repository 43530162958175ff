/**
 * The world a provider or notifier is handed: everything it may use to reach
 * outside. It imports nothing, so that a plugin can be tested with a plain object.
 */

/** `fetch` as a plugin gets it: only to its own hosts, with a deadline, a body cap and no redirects. */
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
}

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

export interface Asking {
  readonly fetch: Fetch;
  /** Epoch milliseconds. */
  now(): number;
  /** The value of a setting from the environment, its `_FILE` twin or a `.env` file; undefined when unset or empty. */
  env(name: string): string | undefined;
  /** The same, with where it was found. */
  find(name: string): Found | undefined;
  /** The text of a file, or null when there is none. Throws when it exists and cannot be read. */
  readText(path: string): Promise<string | null>;
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
