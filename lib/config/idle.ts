/**
 * When a session ends. In its own file because commands that only
 * evaluate stored data need no other option, and load nothing else.
 */
import type { Option, Parsed } from "./option.ts";

const MAX_IDLE_SECONDS = 86_400;
const TEN_MINUTES_MS = 10 * 60_000;

export const SESSION_IDLE: Option<number> = {
  key: "session-idle",
  field: "sessionIdleMs",
  names: ["SYNTRACK_SESSION_IDLE"],
  doc: "Seconds without use after which a session is over",
  effect: "live",
  defaultText: secondsText(TEN_MINUTES_MS),
  fallback: () => TEN_MINUTES_MS,
  parse: parseIdle,
  show: secondsText,
};

/** Parses seconds without use into milliseconds. */
export function parseIdle(text: string): Parsed<number> {
  const wanted = "60 to 86400 seconds";
  const seconds = wholeNumber(text.replace(/\s*s$/, ""));
  if (seconds === null) return { problem: "not a number of seconds", wanted };
  if (seconds < 60 || seconds > MAX_IDLE_SECONDS) return { problem: "out of range", wanted };
  return { value: seconds * 1000 };
}

export function secondsText(ms: number): string {
  return String(ms / 1000);
}

export function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
