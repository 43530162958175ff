/**
 * The command line: arguments in, one command, text and an exit code out.
 *
 * `lib/cli` may import the model, the dialects, the configuration and the composition
 * root. It never reads the environment, the clock or a stream by itself: everything
 * outside comes in as an `Io`, so that a test can run any command in process.
 */
import type { Clock } from "../base/clock.ts";
import type { Child } from "../daemon/child.ts";

/** One of the two output streams. */
export interface Sink {
  /** Writes all of `text` before it returns. @throws {ClosedPipe} when nobody reads any more */
  write(text: string): void;
  readonly isTty: boolean;
  /** Columns of the terminal, or null where there is none. */
  readonly columns: number | null;
  /** Rows of the terminal, or null where there is none. */
  readonly rows: number | null;
}

export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Standard input, read once. */
  readonly stdin: () => ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The environment of the process as it is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The home directory, or null where none is known. */
  readonly home: string | null;
  readonly clock: Clock;
  /** Where this is the server that another one started in the background: what it was told. */
  readonly child?: Child;
  /** The real path of the single executable this is; absent where it runs from a clone. */
  readonly executable?: string;
  /**
   * Asks somebody at the terminal, on stderr; what is hidden is not echoed. Null where nobody can be asked.
   * @throws {CliError} when they end it instead of answering
   */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string | null>;
  /** Shows a text that is longer than the terminal through a pager; false where there is none, and it is still to be written. */
  page(text: string): Promise<boolean>;
  /** Opens an address in the browser of this desktop; false where nothing took it. */
  openUrl(url: string): Promise<boolean>;
  /** The whole terminal with its keys, or null where nobody sits at one or it can do nothing. */
  screen(): Promise<Screen | null>;
  /** Calls `stop` once when the user or the system asks the program to end; returns how to stop listening. */
  onStop(stop: () => void): () => void;
}

/** A terminal that is drawn on as a whole and read key by key. Closing it gives it back as it was. */
export interface Screen {
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  /** The next key, such as `q`, `up`, `pagedown` or `ctrl-c`; `resize` when the size changed. Null once `signal` is aborted. */
  key(signal: AbortSignal): Promise<string | null>;
  close(): void;
}

/** The reader of our output has gone away (`| head`): the command ends without a word. */
export class ClosedPipe extends Error {
  override readonly name = "ClosedPipe";
}

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_INTERRUPTED = 130;

/** A command that cannot go on. `main` prints the message and the next step, and exits with the code. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: number;
  /** What the user can do, one line. */
  readonly hint: string | undefined;

  constructor(code: number, message: string, hint?: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** What was typed is not something this program understands. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(EXIT_USAGE, message, hint);
}

/** What was asked for could not be done. */
export function failure(message: string, hint?: string): CliError {
  return new CliError(EXIT_FAILED, message, hint);
}

/** Columns to lay text out in: `$COLUMNS`, else the terminal's, else 80. */
export function columnsOf(io: Io): number {
  return saidColumns(io) ?? io.stdout.columns ?? 80;
}

/** Columns that tables have to fit: what is piped is for whoever wants all of it, so there it is without end. */
export function widthOf(io: Io): number {
  return saidColumns(io) ?? (io.stdout.isTty ? io.stdout.columns ?? 80 : Infinity);
}

function saidColumns({ env }: Io): number | null {
  const said = Number(env.COLUMNS);
  return Number.isInteger(said) && said > 0 ? said : null;
}
