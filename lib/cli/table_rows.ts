/** The parts of the table of commands. */
import type { OptionRow } from "./options.ts";

export interface ArgumentRow {
  readonly name: string;
  readonly help: string;
  /** The allowed values; any value by default. */
  readonly choices?: readonly string[];
  readonly optional?: boolean;
}

/** Non-zero exit codes; 1 and 2 unless a command needs others. */
export interface ErrorCodes {
  readonly failed: number;
  readonly usage: number;
}

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** In order; optional ones come last. */
  readonly operands?: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly errorCodes?: ErrorCodes;
  /** The codes in words, if they differ from those of every command. */
  readonly exitCodes?: string;
}
