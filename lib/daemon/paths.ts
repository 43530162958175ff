/** Where a server of this user keeps its run files and its log. */
import { join } from "../base/path.ts";

export interface DaemonPaths {
  /** Holds one file for each running server, named after its port. */
  readonly runFolder: string;
  readonly logFile: string;
  /** With `--test`, a separate database, whatever the settings say. Null for the configured one. */
  readonly database: string | null;
  /** With `--test`, a separate port, unless one was set on the command line. */
  readonly port: string | null;
}

/** Next to the regular server's port, so that both can run at once. */
const TEST_PORT = "9212";

/** @param test true for a trial server, which shares nothing with the regular one */
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
