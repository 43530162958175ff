/** The row of `horizon` in the table of commands. */
import { HORIZON_SPANS } from "../model/horizon/horizon.ts";
import { limitOption } from "./options.ts";
import type { CommandRow } from "./table_rows.ts";

export const HORIZON = {
  name: "horizon",
  summary: "draw how much of each quota will be left, when it runs out and when it resets",
  options: [
    {
      name: "range",
      value: "RANGE",
      help: "how far to look ahead",
      choices: HORIZON_SPANS,
      byDefault: "24h",
    },
    limitOption("12 quotas, the most urgent first"),
  ],
  examples: [
    ["syntrack horizon", "the next 24 hours"],
    ["syntrack horizon --range 7d --json", "a week, for a program"],
  ],
} as const satisfies CommandRow;
