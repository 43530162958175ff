/**
 * Every command and flag, once. Help, the parser and the README are made from this table,
 * so they cannot drift apart.
 */

import type { Paint } from "./paint.ts";

export interface OptionRow {
  /** Without the dashes: `days`. */
  readonly name: string;
  readonly short?: string;
  /** The word that stands for its value in help; a flag without one takes none. */
  readonly value?: string;
  readonly help: string;
  /** What applies when it is not given, for help. */
  readonly byDefault?: string;
  readonly choices?: readonly string[];
}

export interface ArgumentRow {
  readonly name: string;
  readonly help: string;
  readonly choices: readonly string[];
}

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  readonly argument?: ArgumentRow;
  readonly options: readonly OptionRow[];
  readonly examples: readonly (readonly [command: string, what: string])[];
}

const DAYS: OptionRow = {
  name: "days",
  short: "d",
  value: "N",
  help: "how many days to look back, 1 to 366",
  byDefault: "7",
};
const weeks = (byDefault: string): OptionRow => ({
  name: "weeks",
  short: "w",
  value: "N",
  help: "how many weeks, 1 to 53",
  byDefault,
});
const CHART: OptionRow = { name: "chart", short: "c", help: "draw it instead of listing it" };
const PORT: OptionRow = {
  name: "port",
  short: "p",
  value: "PORT",
  help: "port to listen on",
  byDefault: "9211",
};
const HOST: OptionRow = {
  name: "host",
  value: "ADDRESS",
  help: "address to listen on",
  byDefault: "127.0.0.1",
};

/** They are understood before and after the command. */
export const GLOBAL_OPTIONS: readonly OptionRow[] = [
  { name: "provider", value: "ID", help: "only this provider, as `syntrack providers` names it" },
  { name: "account", value: "NAME", help: "only this account" },
  { name: "quota", value: "ID", help: "only this quota, by its id (five-hour) or whole key" },
  { name: "json", help: "print JSON" },
  { name: "now", value: "INSTANT", help: "answer as of this instant (ISO 8601 with zone, or epoch ms)" },
  { name: "timezone", value: "ZONE", help: "zone of days and clock times (Europe/Berlin, UTC)" },
  { name: "db", value: "FILE", help: "the database file" },
  { name: "color", help: "colour whatever the output is" },
  { name: "no-color", help: "no colour" },
];

export const QUERY_TYPES = [
  "current",
  "today",
  "yesterday",
  "week",
  "burn-rate",
  "history",
  "daily",
  "weekly",
] as const;
export type QueryType = typeof QUERY_TYPES[number];

export const CHART_TYPES = ["usage", "daily", "weekly"] as const;
export type ChartType = typeof CHART_TYPES[number];

export const COMMANDS = [
  {
    name: "collect",
    summary: "ask every configured account once and store the answer",
    details: "Succeeds when at least one account answered; what failed is told on stderr.",
    options: [],
    examples: [
      ["syntrack collect", "all accounts"],
      ["syntrack collect --json", "for a program"],
    ],
  },
  {
    name: "status",
    summary: "show what is used and left of every quota",
    options: [],
    examples: [
      ["syntrack status", "everything that was collected"],
      ["syntrack status --now 2026-11-21T12:00:00Z", "as it was then"],
    ],
  },
  {
    name: "history",
    summary: "list readings, newest first",
    options: [DAYS, CHART],
    examples: [["syntrack history -d 1", "the last 24 hours"], ["syntrack history -c", "as a line"]],
  },
  {
    name: "stats",
    summary: "sum up: rate, days, weeks, all time",
    options: [CHART],
    examples: [["syntrack stats", "as tables"], ["syntrack stats -c", "with bars and sparklines"]],
  },
  {
    name: "chart",
    summary: "draw use over time",
    options: [
      {
        name: "type",
        short: "t",
        value: "TYPE",
        help: "what to draw",
        choices: CHART_TYPES,
        byDefault: "usage",
      },
      DAYS,
      weeks("8"),
    ],
    examples: [
      ["syntrack chart -d 1", "the last 24 hours as a line"],
      ["syntrack chart -t weekly", "a bar for each week"],
    ],
  },
  {
    name: "query",
    summary: "print one answer as JSON",
    details: "Answers for one quota: the first there is, unless --provider, --account or --quota say which.",
    argument: { name: "type", help: "what to answer", choices: QUERY_TYPES },
    options: [DAYS, weeks("4")],
    examples: [
      ["syntrack query current", "used, limit and what is left"],
      ["syntrack query burn-rate --quota five-hour", "of one quota"],
      ["syntrack query daily -d 30 | jq '.[0].requests_consumed'", "consumption of today"],
    ],
  },
  {
    name: "providers",
    summary: "show what is configured and where it was found",
    options: [],
    examples: [["syntrack providers", "never shows a key"]],
  },
  {
    name: "config",
    summary: "show the settings in force and where each came from",
    options: [],
    examples: [["syntrack config", "secrets are hidden"]],
  },
  {
    name: "serve",
    summary: "poll, and show the dashboard, in the foreground",
    options: [
      PORT,
      HOST,
      {
        name: "interval",
        value: "TIME",
        help: "seconds between polls, 10 to 3600, or a cron expression",
        byDefault: "60",
      },
    ],
    examples: [["syntrack serve", "http://127.0.0.1:9211"], ["syntrack serve -p 3000", "on another port"]],
  },
  {
    name: "demo",
    summary: "show the dashboard with made-up accounts; no key needed, nothing is kept",
    options: [
      { ...PORT, byDefault: "9212, or any free one" },
      { name: "seed", value: "N", help: "another story", byDefault: "1" },
      { name: "no-live", help: "the past only: figures stand still" },
    ],
    examples: [["syntrack demo", "a month of working days"]],
  },
] as const satisfies readonly CommandRow[];

export type CommandName = typeof COMMANDS[number]["name"];

export function commandRow(name: string): (CommandRow & { readonly name: CommandName }) | undefined {
  return COMMANDS.find((command) => command.name === name);
}

/** What was typed, in the words of the table and not looked at any further. */
export interface Typed {
  readonly command: CommandName;
  readonly argument: string | undefined;
  /** Values by the name of the option; `true` for those that take none. */
  readonly options: Readonly<Record<string, string | true>>;
}

export interface ProgramOptions {
  readonly version: string;
  readonly columns: number;
  readonly paint: Paint;
}

/** What the arguments ask for: a command, or a text to print and be done. */
export type Parsed = { readonly typed: Typed } | { readonly text: string };

export const EXIT_CODES = "0 fine, 1 failed, 2 wrong usage";
