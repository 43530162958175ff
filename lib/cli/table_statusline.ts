/** The row of `statusline` in the table of commands. Printing the line itself does not need the table. */
import type { CommandRow } from "./table_rows.ts";

export const STATUSLINE_ACTIONS = ["install", "uninstall"] as const;
export type StatuslineAction = typeof STATUSLINE_ACTIONS[number];

export const STATUSLINE = {
  name: "statusline",
  summary: "print the limits Claude Code passes to its status line, and store them; install: set it up there",
  details:
    "Without install or uninstall it reads the tool's JSON on stdin, prints one line, contacts no vendor, and exits " +
    "with 0 whatever happens. install writes the command into the tool's settings.json, after asking and with a " +
    "copy of the file beside it; an existing status line is still printed. uninstall restores it.",
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
      help: "shares of what is used, or of what is left",
      choices: ["used", "left"],
    },
    { name: "warning", value: "PERCENT", help: "marked from here on", byDefault: "80" },
    { name: "critical", value: "PERCENT", help: "marked twice from here on", byDefault: "95" },
    { name: "ascii", help: "plain characters only" },
    {
      name: "chain",
      value: "COMMAND",
      help: "a status line of your own, run with the same input and printed first",
    },
    { name: "yes", help: "install or uninstall without asking" },
  ],
  examples: [
    ["syntrack statusline install", "from then on in the bar of Claude Code"],
    ["syntrack statusline --parts five-hour,folder --display left", "another line"],
  ],
} as const satisfies CommandRow;
