/** What the service API says of the server itself. */
import { COMMIT } from "../../base/version.ts";
import type { LogEntry } from "../../base/log.ts";
import { unixSeconds } from "./figures.ts";

export function aliveMessage(now: number) {
  return { status: "ok" as const, ts: unixSeconds(now) };
}

/** `commitSha` is `unknown` where the program was built outside of its repository. */
export function versionMessage(version: string) {
  return { version, commitSha: COMMIT };
}

/** The one instant of this API in milliseconds is that of a log entry. */
export function logsMessage(entries: readonly LogEntry[]) {
  return {
    entries: entries.map(({ at, level, message, details }) => ({
      ts: at,
      level,
      message,
      ...details !== undefined && { details },
    })),
  };
}
