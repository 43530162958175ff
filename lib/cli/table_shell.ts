/** The rows of the shell helpers: completions, and opening the dashboard. */
import type { CommandRow } from "./table_rows.ts";

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = typeof SHELLS[number];

/** Names completed from the store. */
export const NAME_KINDS = ["accounts", "quotas", "providers"] as const;
export type NameKind = typeof NAME_KINDS[number];

export const COMPLETION = {
  name: "completion",
  summary: "print the completions for a shell",
  operands: [{ name: "shell", help: "which shell", choices: SHELLS, optional: true }],
  options: [{
    name: "names",
    value: "KIND",
    help: "print stored names, one per line",
    choices: NAME_KINDS,
  }],
  examples: [
    ["source <(syntrack completion bash)", "in ~/.bashrc"],
    ["syntrack completion fish > ~/.config/fish/completions/syntrack.fish", "once"],
  ],
} as const satisfies CommandRow;

export const OPEN = {
  name: "open",
  summary: "open the dashboard of the running server in your browser",
  options: [{ name: "print", help: "print its address instead" }],
  examples: [["syntrack open", "in the browser of this desktop"], [
    "syntrack open --print",
    "only the address",
  ]],
} as const satisfies CommandRow;
