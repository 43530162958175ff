/**
 * The newest log lines, kept in memory for authorized readers.
 * Text meant only for a terminal is never logged.
 */
import type { LogEntry } from "./log.ts";

const MAX_ENTRIES = 500;

export interface RecentLog {
  keep(entry: LogEntry): void;
  /** Returns the newest entries, oldest first. */
  last(max: number): readonly LogEntry[];
}

export function createRecentLog(): RecentLog {
  const entries: LogEntry[] = [];
  return {
    keep(entry) {
      entries.push(entry);
      if (entries.length > MAX_ENTRIES) entries.shift();
    },
    last: (max) => entries.slice(-max),
  };
}
