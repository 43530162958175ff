/** The service API's information about the server itself. */
import { COMMIT } from "../../base/version.ts";
import type { LogEntry } from "../../base/log.ts";
import { unixSeconds } from "./figures.ts";

export function aliveMessage(now: number) {
  return { status: "ok" as const, ts: unixSeconds(now) };
}

/** `commitSha` is `unknown` when the program was built outside its repository. */
export function versionMessage(version: string) {
  return { version, commitSha: COMMIT };
}

/** Log entries have the only times of this API in milliseconds. */
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
