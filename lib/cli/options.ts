/** Options shared by several commands, and those that all commands take. */

export interface OptionRow {
  /** Without the dashes: `days`. */
  readonly name: string;
  readonly short?: string;
  /** The placeholder of its value in help; a flag without one takes no value. */
  readonly value?: string;
  readonly help: string;
  /** The default, as help shows it. */
  readonly byDefault?: string;
  readonly choices?: readonly string[];
  /** May be repeated: the values are joined as lines of one text. */
  readonly repeated?: boolean;
}

export const DAYS: OptionRow = {
  name: "days",
  short: "d",
  value: "N",
  help: "how many days to look back, 1 to 366",
  byDefault: "7",
};
export const readWeeks = (byDefault: string): OptionRow => ({
  name: "weeks",
  short: "w",
  value: "N",
  help: "how many weeks, 1 to 53",
  byDefault,
});
/** The time range of a list. */
export const RANGE: readonly OptionRow[] = [
  { name: "days", short: "d", value: "N", help: "only the last N days, 1 to 366" },
  { name: "from", value: "TIME", help: "only from this instant or date on" },
  { name: "to", value: "TIME", help: "only before this instant, or up to the end of this date" },
];
export const limitOption = (byDefault: string): OptionRow => ({
  name: "limit",
  value: "N",
  help: "at most this many, 0 to 100000",
  byDefault,
});
export const CHART: OptionRow = { name: "chart", short: "c", help: "draw it instead of listing it" };
export const PORT: OptionRow = {
  name: "port",
  short: "p",
  value: "PORT",
  help: "port to listen on",
  byDefault: "9211",
};
export const HOST: OptionRow = {
  name: "host",
  value: "ADDRESS",
  help: "address to listen on; can be repeated",
  byDefault: "127.0.0.1",
  repeated: true,
};
/** Where the dashboard listens, and by which names it may be opened. */
export const LISTENING: readonly OptionRow[] = [
  PORT,
  HOST,
  { name: "bind-all", help: "listen on all addresses of this machine" },
  { name: "tailscale", help: "listen on this machine and on its address in the tailnet" },
  { name: "tailscale-ip", value: "ADDRESS", help: "the same, with the given address" },
  {
    name: "tailscale-wait",
    value: "TIME",
    help: "how long to wait for the tailnet at the start, such as 60s",
    byDefault: "0s",
  },
  { name: "unix", value: "PATH", help: "listen on a Unix socket that only you can open" },
  {
    name: "allow-host",
    value: "NAME",
    help: "another name the dashboard can be opened by; can be repeated",
    repeated: true,
  },
  {
    name: "tls-cert",
    value: "FILE",
    help: "serve https with this certificate chain, reloaded when it changes",
  },
  { name: "tls-key", value: "FILE", help: "the private key of the certificate" },
  {
    name: "trusted-proxy",
    value: "CIDR",
    help: "address or subnet of a proxy whose X-Forwarded headers count; can be repeated",
    repeated: true,
  },
  {
    name: "base-path",
    value: "PATH",
    help: "path under which a proxy serves the dashboard, such as /ai-usage",
  },
  {
    name: "auth-header",
    value: "NAME",
    help: "header in which a trusted proxy names the signed-in user, such as Remote-User",
  },
  { name: "auth-groups-header", value: "NAME", help: "header in which it lists the user's groups" },
  {
    name: "auth-role",
    value: "GROUP=ROLE",
    help: "role of a group or user of the proxy, * for everyone else; can be repeated",
    repeated: true,
  },
  {
    name: "trust-tailscale-identity",
    help: "trust the user that `tailscale serve` names, from a trusted proxy",
  },
];

/** Who may sign in besides the people and keys of the database. */
export const SIGN_IN_OPTIONS: readonly OptionRow[] = [
  {
    name: "auth-token",
    value: "TOKEN",
    help:
      "a token that opens the dashboard; others on this machine see arguments, so prefer SYNTRACK_AUTH_TOKENS",
    repeated: true,
  },
  { name: "trust-local", help: "no sign-in is needed on this machine, even if others have one" },
];

/** Accepted before and after the command. */
export const GLOBAL_OPTIONS: readonly OptionRow[] = [
  { name: "provider", value: "ID", help: "only this provider, as `syntrack providers` names it" },
  { name: "account", value: "NAME", help: "only this account" },
  { name: "quota", value: "ID", help: "only this quota, by its id (five-hour) or full key" },
  { name: "json", help: "print JSON" },
  { name: "plain", help: "tab-separated rows, not truncated" },
  { name: "quiet", help: "no headings and no notes" },
  { name: "now", value: "INSTANT", help: "answer as of this instant (ISO 8601 with zone, or epoch ms)" },
  { name: "timezone", value: "ZONE", help: "zone of days and clock times (Europe/Berlin, UTC)" },
  { name: "db", value: "FILE", help: "the database file" },
  { name: "config", value: "FILE", help: "the config file instead of ~/.syntrack/config.toml" },
  { name: "color", help: "always use colour" },
  { name: "no-color", help: "no colour" },
];

/** Options that choose accounts and quotas. */
export const SELECTION = ["provider", "account", "quota"] as const;

/** Commands about no account in particular: an option that chooses some would be ignored. */
const WHOLE: ReadonlySet<string> = new Set(
  ("audit channels completion config db demo feeds health import key logs notes open restart serve service setup " +
    "start statusline stop token update user").split(" "),
);

/** Commands about what is found, which may be no account yet: they choose by provider only. */
const BY_PROVIDER: ReadonlySet<string> = new Set(["doctor", "providers"]);

/** Reports whether a command takes one of the options of all commands. */
export function takesGlobal(command: string, option: string): boolean {
  if (!SELECTION.some((name) => name === option)) return true;
  return BY_PROVIDER.has(command) ? option === "provider" : !WHOLE.has(command);
}

/** Returns the options of all commands that a command takes. */
export function globalOptions(command: string): readonly OptionRow[] {
  return GLOBAL_OPTIONS.filter(({ name }) => takesGlobal(command, name));
}
