/** The commands that ask a server, and what they take for that. */
import type { OptionRow } from "../options.ts";

/** Those a server runs for others. */
export const REMOTE_COMMANDS = ["status", "query", "forecast", "guard", "insights"] as const;

/** With one of these `status` is run by the server; without, it asks for what others of this kind answer as well. */
export const STATUS_VIEWS = [
  "brief",
  "format",
  "template",
  "check",
  "limit",
  "now",
  "provider",
  "account",
  "quota",
] as const;

/** What is passed on of what was typed. */
export const REMOTE_OPTIONS: ReadonlySet<string> = new Set([
  "provider",
  "account",
  "quota",
  "json",
  "now",
  "timezone",
  "color",
  "no-color",
  "days",
  "weeks",
  "limit",
  "range",
  "min-remaining",
  "window",
  "max-age",
  "fail-open",
  "brief",
  "format",
  "template",
  "check",
]);

export const SERVER: readonly OptionRow[] = [
  {
    name: "url",
    value: "URL",
    help: "ask a server instead of the database here: http://host:9211, or that with /api/status/cached",
  },
  {
    name: "token-file",
    value: "FILE",
    help:
      "file with a token or key for it that only you can read; SYNTRACK_TOKEN_FILE, or SYNTRACK_TOKEN holds it itself",
  },
  { name: "token", value: "TOKEN", help: "the same as an argument, which others on this machine can see" },
  { name: "auth", value: "NAME:PASSWORD", help: "sign in by name and password; others can see it as well" },
  { name: "username", value: "NAME", help: "the same, with the password from --password-stdin" },
  { name: "password-stdin", help: "read the password from standard input" },
  { name: "password", value: "PASSWORD", help: "the password as an argument, which others can see" },
];
