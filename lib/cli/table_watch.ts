/** The row of `watch` in the table of commands. */
import type { CommandRow } from "./table_rows.ts";

export const WATCH = {
  name: "watch",
  summary: "show the present on the whole terminal, drawn again as it changes",
  details:
    "Reads what is stored on this machine and asks nobody. Keys: q, j and k, arrows, PgUp and PgDn, g and G, r, ?. " +
    "Without a terminal, and with --once, it prints one picture and ends.",
  options: [
    { name: "refresh", value: "TIME", help: "how often the store is read, 2s to 24h", byDefault: "30s" },
    { name: "once", help: "print one picture and end" },
  ],
  examples: [["syntrack watch", "until q"], [
    "syntrack watch --once --account work",
    "one picture of one account",
  ]],
} as const satisfies CommandRow;
