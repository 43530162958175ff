/** The row of `demo` in the table of commands. */
import { PORT } from "./options.ts";
import type { CommandRow } from "./table_rows.ts";

export const DEMO = {
  name: "demo",
  summary: "show the dashboard with made-up accounts; needs no key, stores nothing",
  options: [
    { ...PORT, byDefault: "9212, or any free one" },
    { name: "seed", value: "N", help: "a different random story", byDefault: "1" },
    {
      name: "keep",
      value: "FILE",
      help: "write the month to its own database and exit, for use with the command line",
    },
    { name: "no-live", help: "show the past only, without new figures" },
    { name: "providers", value: "LIST", help: "all, or ids separated by commas: zai,codex" },
    {
      name: "scenario",
      value: "NAME",
      help: "a simulated problem: expired-login, outage, ...; list prints all",
    },
  ],
  examples: [
    ["syntrack demo", "a month of working days"],
    ["syntrack demo --providers all", "all providers"],
    ["syntrack demo --keep demo.db && syntrack status --db demo.db", "the command line on made-up data"],
    ["syntrack demo --scenario rate-limit-storm", "simulate a problem"],
  ],
} as const satisfies CommandRow;
