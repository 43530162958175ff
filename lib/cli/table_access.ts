/** The rows of the access commands in the table of commands. */

export const USER_ACTIONS = ["list", "add", "remove", "role", "reset"] as const;
export const TOKEN_ACTIONS = ["generate"] as const;
export const KEY_ACTIONS = ["create", "list", "revoke", "rotate"] as const;

const STDIN = { name: "stdin", help: "read the password from standard input" } as const;
export const ONLY = {
  name: "only",
  value: "ACCOUNT",
  help: "limits the user to this account, as provider/name; can be repeated",
  repeated: true,
} as const;

export const USER = {
  name: "user",
  summary: "manage users who can sign in: list, add, remove, change a role, reset a password",
  operands: [
    { name: "action", help: "what to do", choices: USER_ACTIONS },
    { name: "name", help: "name of the user", optional: true },
    { name: "role", help: "for role: viewer, operator or admin", optional: true },
  ],
  options: [
    { name: "role", value: "ROLE", help: "for add: viewer, operator or admin", byDefault: "viewer" },
    ONLY,
    STDIN,
  ],
  examples: [
    ["syntrack user add ada --role admin", "asks for the password"],
    ["syntrack user add guest --only zai/work", "sees this account and no other"],
    ["syntrack user reset ada", "on the server's machine, for someone who is locked out"],
  ],
} as const;

export const TOKEN = {
  name: "token",
  summary: "create a token that gives access to the dashboard from other machines",
  operands: [{ name: "action", help: "what to do", choices: TOKEN_ACTIONS }],
  options: [{ name: "save", short: "s", help: "append it to ~/.syntrack/tokens" }],
  examples: [["syntrack token generate --save", "prints it, and where it was saved"]],
} as const;

export const KEY = {
  name: "key",
  summary: "API keys: create, list, revoke; rotate changes the key that stored accounts are encrypted with",
  operands: [
    { name: "action", help: "what to do", choices: KEY_ACTIONS },
    { name: "name", help: "name of the key to create or revoke", optional: true },
  ],
  options: [
    {
      name: "scope",
      value: "SCOPE",
      help: "what it can do; can be repeated",
      byDefault: "read",
      repeated: true,
    },
    { name: "expires", value: "DAYS", help: "days until it expires, 1 to 3650; never by default" },
    ONLY,
  ],
  examples: [
    ["syntrack key create grafana --scope metrics", "for Prometheus"],
    ["syntrack key revoke grafana", "at once, for a running server as well"],
    ["syntrack key rotate", "re-encrypts stored accounts with a new key, in one step"],
  ],
} as const;

export const AUDIT = {
  name: "audit",
  summary: "show who did what: sign-ins, keys, users, accounts, settings, exports, backups",
  options: [
    { name: "limit", value: "N", help: "at most this many, 0 to 100000", byDefault: "50" },
    { name: "verify", help: "prove that nothing was changed" },
  ],
  examples: [
    ["syntrack audit", "the newest first"],
    ["syntrack audit --verify", "prints the hash of the last row, to store elsewhere"],
  ],
} as const;
