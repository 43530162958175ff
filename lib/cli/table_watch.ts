/** The row of `watch` in the table of commands. */
import type { CommandRow } from "./table_rows.ts";

export const WATCH = {
  name: "watch",
  summary: "show the current state full-screen, updated as it changes",
  options: [
    { name: "refresh", value: "TIME", help: "how often the store is read, 2s to 24h", byDefault: "30s" },
    { name: "once", help: "print one frame and exit" },
  ],
  examples: [["syntrack watch", "until q"], [
    "syntrack watch --once --account work",
    "one frame of one account",
  ]],
} as const satisfies CommandRow;
