/** The row of `notes` in the table of commands. */
import { limitOption, RANGE } from "./options.ts";

export const NOTE_ACTIONS = ["list", "add", "change", "remove"] as const;
export type NoteAction = typeof NOTE_ACTIONS[number];

export const NOTES = {
  name: "notes",
  summary: 'manage notes about points in time, such as "changed plan": list, add, change, remove',
  operands: [
    { name: "action", help: "what to do; list by default", choices: NOTE_ACTIONS, optional: true },
    { name: "text", help: "for add: the note, one line; for change and remove: its id", optional: true },
  ],
  options: [
    { name: "at", value: "WHEN", help: "for add and change: the time it is about; now by default" },
    { name: "about", value: "ACCOUNT", help: "for add and change: the account, as provider/name, or all" },
    { name: "text", value: "TEXT", help: "for change: the new text" },
    ...RANGE,
    limitOption("50"),
  ],
  examples: [
    ['syntrack notes add "changed plan to Max" --about anthropic/default', "now"],
    ['syntrack notes add "holidays begin" --at 2026-12-24', "on the charts of all accounts"],
    ["syntrack notes remove 3f2c", "by the first letters of its id"],
  ],
} as const;
