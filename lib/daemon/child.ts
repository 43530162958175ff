/** What a server in the background is told by whoever started it, in one variable that holds nothing secret. */
import type { LogFormat } from "../base/log.ts";

export const CHILD_VARIABLE = "_SYNTRACK_DAEMON";

export interface Child {
  /** By which its parent knows it again. */
  readonly instance: string;
  readonly log: string;
  readonly format: LogFormat;
  readonly test: boolean;
}

export function childOf(env: Readonly<Record<string, string | undefined>>): Child | null {
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
 * A line for the log of what was said for people: lines of the log itself pass as they are.
 *
 * @param at epoch milliseconds
 */
export function logLineOf(text: string, at: number, format: LogFormat): string {
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
