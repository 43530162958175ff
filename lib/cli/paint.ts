/** Colour on a terminal, never the only sign of anything. */
import type { StatusWord } from "../model/view/status.ts";
import type { Io, Sink } from "./io.ts";

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

const keepText = (text: string) => text;
const plainPaint: Paint = {
  bold: keepText,
  dim: keepText,
  red: keepText,
  yellow: keepText,
  green: keepText,
  cyan: keepText,
};

const createStyle = (open: number, close: number) => (text: string) =>
  text === "" ? "" : `\x1b[${open}m${text}\x1b[${close}m`;

/** Only the eight basic colours: the terminal's theme knows which shade is readable on its background. */
const colourPaint: Paint = {
  bold: createStyle(1, 22),
  dim: createStyle(2, 22),
  red: createStyle(31, 39),
  yellow: createStyle(33, 39),
  green: createStyle(32, 39),
  cyan: createStyle(36, 39),
};

/** Returns the paint of one stream. `choice` is `--color` (true), `--no-color` (false) or neither. */
export function paintFor(io: Io, sink: Sink, choice: boolean | undefined): Paint {
  return wantsColour(io.env, sink.isTty, choice) ? colourPaint : plainPaint;
}

/**
 * The flag takes precedence, then `NO_COLOR`, then variables that force
 * colour, then whether the stream is a terminal with colour.
 */
export function wantsColour(
  env: Io["env"],
  isTty: boolean,
  choice: boolean | undefined,
): boolean {
  if (choice !== undefined) return choice;
  if (env.NO_COLOR) return false;
  if (forcesColour(env.FORCE_COLOR) || forcesColour(env.CLICOLOR_FORCE)) return true;
  return isTty && env.TERM !== "dumb";
}

function forcesColour(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** Colours a text by a status word. */
export function inStatus(paint: Paint, status: StatusWord, text: string): string {
  switch (status) {
    case "blocked":
    case "critical":
      return paint.bold(paint.red(text));
    case "danger":
      return paint.red(text);
    case "warning":
      return paint.yellow(text);
    case "healthy":
      return paint.green(text);
    case "unknown":
      return paint.dim(text);
  }
}
