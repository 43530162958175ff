/** The row of `statusline` in the table of commands. Printing the line itself does not need the table. */
import type { CommandRow } from "./table_rows.ts";

export const STATUSLINE_ACTIONS = ["install", "uninstall"] as const;
export type StatuslineAction = typeof STATUSLINE_ACTIONS[number];

export const STATUSLINE = {
  name: "statusline",
  summary: "print the limits Claude Code passes to its status line, and store them; install: set it up there",
  operands: [{ name: "action", help: "what to do", choices: STATUSLINE_ACTIONS, optional: true }],
  options: [
    {
      name: "parts",
      value: "LIST",
      help: "what to show, in this order",
      byDefault: "model,five-hour,seven-day",
    },
    {
      name: "display",
      value: "WHICH",
      help: "show the used share, or the share left",
      choices: ["used", "left"],
    },
    { name: "warning", value: "PERCENT", help: "mark from this value on", byDefault: "80" },
    { name: "critical", value: "PERCENT", help: "mark twice from this value on", byDefault: "95" },
    { name: "ascii", help: "plain characters only" },
    {
      name: "chain",
      value: "COMMAND",
      help: "a status line of your own, run with the same input and printed first",
    },
    { name: "yes", help: "install or uninstall without asking" },
  ],
  examples: [
    ["syntrack statusline install", "show limits in the bar of Claude Code"],
    ["syntrack statusline --parts five-hour,folder --display left", "another line"],
  ],
} as const satisfies CommandRow;
