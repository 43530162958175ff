/** The rows of the commands about accounts in the table of commands. */

export const ACCOUNT_ACTIONS = [
  "add",
  "list",
  "rename",
  "enable",
  "disable",
  "hide",
  "show",
  "refresh",
  "remove",
] as const;
export type AccountAction = typeof ACCOUNT_ACTIONS[number];

export const ACCOUNT = {
  name: "account",
  summary: "manage accounts: add, list, rename, turn on or off, hide, remove",
  operands: [
    { name: "action", help: "what to do", choices: ACCOUNT_ACTIONS },
    { name: "what", help: "a provider to add, or an account", optional: true },
    { name: "to", help: "the new name; for refresh: off, expired, limited or default", optional: true },
  ],
  options: [
    { name: "name", value: "NAME", help: "name of the added account" },
    {
      name: "set",
      value: "NAME=VALUE",
      help: "a setting of the provider that is not secret, such as a region; may be repeated",
      repeated: true,
    },
    {
      name: "file",
      value: "FILE",
      help: "the declaration of a custom source: account add custom --file FILE",
    },
    { name: "stdin", help: "read the key from standard input" },
    { name: "check", help: "poll the provider once to see whether it works" },
    { name: "purge", help: "remove the history as well" },
    { name: "yes", help: "do not ask before removing history" },
  ],
  examples: [
    ["syntrack account add zai --name work", "asks for the key"],
    ["pass show zai | syntrack account add zai --stdin", "for a script"],
    ["syntrack account list", "where each comes from and its state"],
    ["syntrack account disable zai/work", "stops polling it; its history stays"],
    ["syntrack account hide zai/old", "hides an account that is no longer configured"],
  ],
} as const;
