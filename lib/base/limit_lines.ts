/** Keeps outsiders from flooding the log: each message is written only so many times a minute, then counted. */
import type { Log, LogFields } from "../provider/context.ts";
import type { Clock } from "./clock.ts";

const WINDOW_MS = 60_000;
const MAX_LINES = 10;

interface Window {
  startedAt: number;
  lines: number;
  left: number;
}

export function limitLines(log: Log, clock: Pick<Clock, "now">): Pick<Log, "warn" | "error"> {
  // Messages are fixed in the code, so there are few.
  const windows = new Map<string, Window>();

  function write(level: "warn" | "error", message: string, fields: LogFields): void {
    const now = clock.now();
    const before = windows.get(message);
    const isOver = before === undefined || now < before.startedAt || now - before.startedAt >= WINDOW_MS;
    const window = isOver ? { startedAt: now, lines: 0, left: 0 } : before;
    if (isOver) windows.set(message, window);
    if (window.lines++ >= MAX_LINES) {
      window.left++;
      return;
    }
    log[level](message, {
      ...fields,
      ...before && isOver && before.left > 0 ? { notWritten: before.left } : {},
    });
  }

  return {
    warn: (message, fields = {}) => write("warn", message, fields),
    error: (message, fields = {}) => write("error", message, fields),
  };
}
