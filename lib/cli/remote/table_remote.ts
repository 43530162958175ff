/** The commands that query a server, and the options they take for that. */
import type { OptionRow } from "../options.ts";

/** Those a server runs for clients. */
export const REMOTE_COMMANDS = ["status", "query", "forecast", "guard", "insights"] as const;

/**
 * With one of these, the server runs `status`; without, it gets a request that other trackers answer too.
 */
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

/** The typed options that are passed on. */
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
    help: "query a server instead of the local database: http://host:9211, or that with /api/status/cached",
  },
  {
    name: "token-file",
    value: "FILE",
    help:
      "file with a token or key for it that only you can read; also SYNTRACK_TOKEN_FILE, or the token itself in SYNTRACK_TOKEN",
  },
  { name: "token", value: "TOKEN", help: "the same as an argument, which others on this machine can see" },
  { name: "auth", value: "NAME:PASSWORD", help: "sign in with name and password; others can see it as well" },
  { name: "username", value: "NAME", help: "the same, with the password from --password-stdin" },
  { name: "password-stdin", help: "read the password from standard input" },
  { name: "password", value: "PASSWORD", help: "the password as an argument, which others can see" },
];
