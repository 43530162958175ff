/** What a background server receives from the process that starts it, in one variable without secrets. */
import type { LogFormat } from "../base/log.ts";

export const CHILD_VARIABLE = "_SYNTRACK_DAEMON";

export interface Child {
  /** Identifies the server to its parent. */
  readonly instance: string;
  readonly log: string;
  readonly format: LogFormat;
  readonly test: boolean;
}

export function parseChild(env: Readonly<Record<string, string | undefined>>): Child | null {
  const text = env[CHILD_VARIABLE];
  if (!text) return null;
  try {
    const { instance, log, format, test }: Partial<Child> = JSON.parse(text);
    if (typeof instance !== "string" || typeof log !== "string") return null;
    return { instance, log, format: format === "json" ? "json" : "text", test: test === true };
  } catch {
    return null;
  }
}

/**
 * Formats output for users as a line of the log; lines of the log pass unchanged.
 *
 * @param at epoch milliseconds
 */
export function toLogLine(text: string, at: number, format: LogFormat): string {
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z (?:debug|info|warn|error) /.test(text) || text.startsWith('{"time":')) {
    return text;
  }
  const time = new Date(at).toISOString();
  const level = text.startsWith("syntrack: warning")
    ? "warn"
    : text.startsWith("syntrack: ")
    ? "error"
    : "info";
  const message = text.replace(/^syntrack: (?:warning: )?/, "").trim();
  return format === "json"
    ? JSON.stringify({ time, level, message })
    : `${time} ${level.padEnd(5)} ${message}`;
}
