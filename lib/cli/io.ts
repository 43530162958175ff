/**
 * The command line: arguments in, one command, text and an exit code out.
 *
 * `lib/cli` may import the model, the formats, the configuration and the composition root. It never reads the
 * environment, the clock or a stream by itself: everything outside is passed in as an `Io`, so that a test can
 * run any command in process.
 */
import type { Clock } from "../base/clock.ts";
import type { Child } from "../daemon/child.ts";

/** One of the two output streams. */
export interface Sink {
  /** Writes all of `text` before it returns. @throws {ClosedPipe} when the reader is gone */
  write(text: string): void;
  readonly isTty: boolean;
  /** Columns of the terminal, or null without one. */
  readonly columns: number | null;
  /** Rows of the terminal, or null without one. */
  readonly rows: number | null;
}

export interface Io {
  /** The arguments as they were typed; absent where no process was started with them. */
  readonly args?: readonly string[];
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Standard input, read once. */
  readonly stdin: () => ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The environment of the process, unchanged. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The home directory, or null when unknown. */
  readonly home: string | null;
  readonly clock: Clock;
  /** In a server that another process started in the background: what that process passed to it. */
  readonly child?: Child;
  /** The real path of this single executable; absent when running from a clone. */
  readonly executable?: string;
  /**
   * Asks at the terminal, on stderr; hidden input is not echoed. Null without a terminal.
   * @throws {CliError} when the user ends it instead of answering
   */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string | null>;
  /**
   * Shows a text that is longer than the terminal through a pager; returns false when there is none, and the
   * text is still unwritten.
   */
  page(text: string): Promise<boolean>;
  /** Opens an address in the browser of this desktop; returns false when that failed. */
  openUrl(url: string): Promise<boolean>;
  /** The whole terminal with its keys, or null without one or when it lacks the features. */
  screen(): Promise<Screen | null>;
  /**
   * Calls `stop` once when the user or the system asks the program to end; returns a function that stops
   * listening.
   */
  onStop(stop: () => void): () => void;
}

/** A terminal that is drawn on as a whole and read key by key. Closing it restores its previous state. */
export interface Screen {
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  /**
   * Returns the next key, such as `q`, `up`, `pagedown` or `ctrl-c`; `resize` when the size changed. Null
   * once `signal` is aborted.
   */
  key(signal: AbortSignal): Promise<string | null>;
  close(): void;
}

/** The reader of our output is gone (`| head`): the command ends silently. */
export class ClosedPipe extends Error {
  override readonly name = "ClosedPipe";
}

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
/** `EX_UNAVAILABLE` of sysexits.h: the figures that would answer are not known. */
export const EXIT_UNKNOWN = 69;
export const EXIT_INTERRUPTED = 130;

/** A command that cannot continue. `main` prints the message and the next step, and exits with the code. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: number;
  /** What the user can do, in one line. */
  readonly hint: string | undefined;

  constructor(code: number, message: string, hint?: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** Reports arguments that this program does not understand. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(EXIT_USAGE, message, hint);
}

/** Reports a request that could not be carried out. */
export function failure(message: string, hint?: string): CliError {
  return new CliError(EXIT_FAILED, message, hint);
}

/** Returns the columns to lay text out in: `$COLUMNS`, else the terminal's, else 80. */
export function measureColumns(io: Io): number {
  return saidColumns(io) ?? io.stdout.columns ?? 80;
}

/** Returns the columns that tables have to fit: Infinity in a pipe, whose output is complete. */
export function measureWidth(io: Io): number {
  return saidColumns(io) ?? (io.stdout.isTty ? io.stdout.columns ?? 80 : Infinity);
}

function saidColumns({ env }: Io): number | null {
  const said = Number(env.COLUMNS);
  return Number.isInteger(said) && said > 0 ? said : null;
}
