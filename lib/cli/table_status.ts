/** The row of `status` in the table of commands. */
import { limitOption } from "./options.ts";
import { SERVER } from "./remote/table_remote.ts";
import { STATUS_OPTIONS } from "./table_daemon.ts";
import type { CommandRow } from "./table_rows.ts";

export const STATUS_FORMATS = [
  "waybar",
  "tmux",
  "polybar",
  "i3blocks",
  "starship",
  "xbar",
  "sketchybar",
  "json",
  "template",
] as const;
export type StatusFormat = typeof STATUS_FORMATS[number];

export const STATUS = {
  name: "status",
  summary: "can I work now, with what, until when? Then each quota, tightest first",
  options: [
    { name: "long", help: "everything known about each quota" },
    { name: "brief", help: "one line" },
    { name: "format", value: "FORMAT", help: "one line for a status bar", choices: STATUS_FORMATS },
    { name: "template", value: "TEXT", help: "one line of your own, such as '{account} {left} {until}'" },
    {
      name: "check",
      help: "exit with 0 if you can work, 1 if nothing is left, 69 if unknown",
    },
    limitOption("all that fit"),
    ...STATUS_OPTIONS,
    ...SERVER,
  ],
  examples: [
    ["syntrack status", "what matters now"],
    ["syntrack status --long", "everything that was collected"],
    ["syntrack status --format waybar", "for a bar; docs/status-bars.md has recipes"],
    ["syntrack status --url https://home.example/ai-usage", "of a server, with the token in SYNTRACK_TOKEN"],
    ["syntrack status --now 2026-11-21T12:00:00Z", "as it was then"],
  ],
  exitCodes:
    "0 success, 1 failure, 2 wrong usage, 130 interrupted; with --check: 0 ready, 1 nothing left, 69 unknown",
} as const satisfies CommandRow;
