/**
 * The log: lines for people or JSON for machines, to one sink.
 * Redacts and sanitizes every line before writing it.
 *
 * May import the contracts of context and clock, the redactor and `plain`. It must never throw: a failing log
 * must not take the program with it.
 */
import type { Log, LogFields } from "../provider/context.ts";
import type { Clock } from "./clock.ts";
import type { Redactor } from "./redact.ts";
import { HIDDEN } from "./redact.ts";
import { plain } from "./text.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFormat = "text" | "json";

export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
export const LOG_FORMATS: readonly LogFormat[] = ["text", "json"];

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly clock: Clock;
  readonly redactor: Pick<Redactor, "redact">;
  /** Receives one line without its end. Default: standard error. */
  readonly sink?: (line: string) => void;
  /** Receives the same as data, whatever the format. */
  readonly keep?: (entry: LogEntry) => void;
}

/** The content of a line: redacted, and harmless on a terminal. */
export interface LogEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  /** Its fields, as in a line of text. */
  readonly details?: string;
}

/** Values of fields with these names are never shown. */
const SECRET_FIELD = /token|secret|password|cookie|authorization|api[-_]?key/i;
/** Longer messages and values are truncated. */
const MAX_CHARACTERS = 2000;

export function createLog(options: LogOptions): Log {
  const sink = options.sink ?? writeToStderr;
  const least = LOG_LEVELS.indexOf(options.level);
  const line = options.format === "json" ? jsonLine : textLine;

  function write(level: LogLevel, message: string, fields: LogFields = {}) {
    if (LOG_LEVELS.indexOf(level) < least) return;
    const clean = (text: string) => plain(options.redactor.redact(text), MAX_CHARACTERS);
    const shown: [string, string | number | boolean | null][] = [];
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      const hidden = typeof value === "string" && SECRET_FIELD.test(name);
      shown.push([clean(name), hidden ? HIDDEN : typeof value === "string" ? clean(value) : value]);
    }
    const at = options.clock.now();
    const text = clean(message);
    const details = fieldsText(shown).trimStart();
    options.keep?.({ at, level, message: text, ...details !== "" && { details } });
    try {
      sink(line(at, level, text, shown));
    } catch {
      // A closed terminal or a full disk: there is nowhere left to report it.
    }
  }

  return {
    debug: (message, fields) => write("debug", message, fields),
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
  };
}

type Shown = readonly (readonly [name: string, value: string | number | boolean | null])[];

function textLine(at: number, level: LogLevel, message: string, fields: Shown): string {
  return `${new Date(at).toISOString()} ${level.padEnd(5)} ${message}${fieldsText(fields)}`;
}

function fieldsText(fields: Shown): string {
  return fields.map(([name, value]) => ` ${name}=${textValue(value)}`).join("");
}

function textValue(value: string | number | boolean | null): string {
  if (typeof value !== "string") return String(value);
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function jsonLine(at: number, level: LogLevel, message: string, fields: Shown): string {
  // The three fields of every line are set again last, so that no other field can replace them.
  const head = { time: new Date(at).toISOString(), level, message };
  return JSON.stringify({ ...head, ...Object.fromEntries(fields), ...head });
}

const encoder = new TextEncoder();

function writeToStderr(line: string) {
  Deno.stderr.writeSync(encoder.encode(`${line}\n`));
}
