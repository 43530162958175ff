/** What the table of commands is made of. */
import type { OptionRow } from "./options.ts";

export interface ArgumentRow {
  readonly name: string;
  readonly help: string;
  /** What it may be; anything when not given. */
  readonly choices?: readonly string[];
  readonly optional?: boolean;
}

/** What the program ends with where it is not 0; 1 and 2 unless a command has a reason. */
export interface ErrorCodes {
  readonly failed: number;
  readonly usage: number;
}

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  /** In their order; those that are optional come last. */
  readonly operands?: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly errorCodes?: ErrorCodes;
  /** The codes in words, where they are not those of every command. */
  readonly exitCodes?: string;
}
