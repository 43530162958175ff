/** The row of `horizon` in the table of commands. */
import { HORIZON_SPANS } from "../model/horizon/horizon.ts";
import { limit } from "./options.ts";
import type { CommandRow } from "./table_rows.ts";

export const HORIZON = {
  name: "horizon",
  summary: "draw what is left of each quota from now on, where it runs out and where it resets",
  details: "What is left is the forecast; resets are what vendors state. After a reset nothing is forecast.",
  options: [
    { name: "range", value: "RANGE", help: "how far it reaches", choices: HORIZON_SPANS, byDefault: "24h" },
    limit("12 quotas, the most urgent first"),
  ],
  examples: [
    ["syntrack horizon", "the next 24 hours"],
    ["syntrack horizon --range 7d --json", "a week, for a program"],
  ],
} as const satisfies CommandRow;
