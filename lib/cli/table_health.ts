/** The command for the health checks of containers and supervisors. */
import { PORT } from "./options.ts";
import { TEST } from "./table_daemon.ts";
import type { CommandRow } from "./table_rows.ts";

export const HEALTH = {
  name: "health",
  summary: "check whether your server is healthy; exit code 0 only if it is",
  options: [PORT, TEST],
  examples: [["syntrack health", "the one that runs"], [
    "syntrack health || syntrack restart",
    "in a script",
  ]],
} as const satisfies CommandRow;
