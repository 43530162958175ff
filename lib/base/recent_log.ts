/** The newest lines of the log, kept in memory for whoever may read them. What belongs on a terminal alone is never logged. */
import type { LogEntry } from "./log.ts";

const MAX_ENTRIES = 500;

export interface RecentLog {
  keep(entry: LogEntry): void;
  /** The newest, the oldest of them first. */
  last(most: number): readonly LogEntry[];
}

export function createRecentLog(): RecentLog {
  const entries: LogEntry[] = [];
  return {
    keep(entry) {
      entries.push(entry);
      if (entries.length > MAX_ENTRIES) entries.shift();
    },
    last: (most) => entries.slice(-most),
  };
}
