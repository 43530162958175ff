/** Asks one question at a terminal. Hidden input is not echoed, so it stays in no scrollback. */
import { CliError, EXIT_INTERRUPTED } from "./io.ts";

export interface AskOptions {
  /** True to hide what is typed. */
  readonly hidden?: boolean;
}

interface Input {
  isTerminal(): boolean;
  setRaw(raw: boolean): void;
  readSync(bytes: Uint8Array): number | null;
}

const ENTER = [0x0a, 0x0d];
const CTRL_C = 0x03;
const CTRL_D = 0x04;
const ESCAPE = 0x1b;
const BACKSPACE = [0x08, 0x7f];
/** A longer answer is an accidental paste. */
const MAX_BYTES = 64 * 1024;

/**
 * Returns the answer without its end of line, or null without a terminal.
 * @throws {CliError} for Ctrl-C, and for an end of input before anything was typed
 */
export function askAt(
  input: Input,
  say: (text: string) => void,
  question: string,
  { hidden = false }: AskOptions = {},
): string | null {
  if (!input.isTerminal()) return null;
  say(question);
  if (!hidden) return readTyped(input, say, false);
  input.setRaw(true);
  try {
    return readTyped(input, say, true);
  } finally {
    input.setRaw(false);
    say("\n");
  }
}

function readTyped(input: Input, say: (text: string) => void, raw: boolean): string {
  const typed: number[] = [];
  const chunk = new Uint8Array(1024);
  for (;;) {
    const length = input.readSync(chunk);
    const bytes = [...chunk.subarray(0, length ?? 0)];
    // Cursor keys send an escape sequence, which means nothing in hidden input.
    if (raw && bytes[0] === ESCAPE) continue;
    for (const byte of bytes) {
      if (ENTER.includes(byte)) return decodeText(typed);
      if (raw && byte === CTRL_C) throw createInterruptedError();
      if (raw && byte === CTRL_D) {
        if (typed.length === 0) throw createInterruptedError();
        return decodeText(typed);
      }
      if (raw && BACKSPACE.includes(byte)) removeLast(typed);
      else if (typed.length < MAX_BYTES) typed.push(byte);
    }
    if (length === null) {
      if (typed.length === 0) {
        if (!raw) say("\n");
        throw createInterruptedError();
      }
      return decodeText(typed);
    }
  }
}

/** Removes one character, however many bytes it has. */
function removeLast(typed: number[]): void {
  for (let byte = typed.pop(); byte !== undefined && (byte & 0xc0) === 0x80;) byte = typed.pop();
}

function decodeText(bytes: readonly number[]): string {
  return new TextDecoder().decode(new Uint8Array(bytes));
}

function createInterruptedError(): CliError {
  return new CliError(EXIT_INTERRUPTED, "Nothing was changed");
}
