/** Where a server of this user keeps what tells that it runs, and its log. */
import { join } from "node:path";

export interface DaemonPaths {
  /** One file for each server that runs, named by its port. */
  readonly runFolder: string;
  readonly logFile: string;
  /** Of `--test`: a database of its own, whatever the settings say. Null for the one of the settings. */
  readonly database: string | null;
  /** Of `--test`: a port of its own unless one was typed. */
  readonly port: string | null;
}

/** Next to that of a server in earnest, so that both can run at once. */
const TEST_PORT = "9212";

/** @param test whether it is a server to try something with, which shares nothing with the one in earnest */
export function daemonPaths(home: string, test: boolean): DaemonPaths {
  const own = join(home, ".syntrack");
  const folder = test ? join(own, "test") : own;
  return {
    runFolder: join(folder, "run"),
    logFile: join(folder, "logs", "syntrack.log"),
    database: test ? join(folder, "data", "syntrack.db") : null,
    port: test ? TEST_PORT : null,
  };
}
