/** The command that containers and supervisors ask with. */
import { PORT } from "./options.ts";
import { TEST } from "./table_daemon.ts";
import type { CommandRow } from "./table_rows.ts";

export const HEALTH = {
  name: "health",
  summary: "ask the server of this user whether it is well; exit code 0 only then",
  details: "For the health check of a container, or a supervisor. It prints one line and stores nothing.",
  options: [PORT, TEST],
  examples: [["syntrack health", "the one that runs"], [
    "syntrack health || syntrack restart",
    "in a script",
  ]],
} as const satisfies CommandRow;
