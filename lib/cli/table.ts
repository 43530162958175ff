/**
 * Every command and flag, once. Help, the parser, completions and man pages are made from this table, so they cannot
 * drift apart.
 */

import { CHART, DAYS, limitOption, LISTENING, RANGE, readWeeks } from "./options.ts";
import type { Paint } from "./paint.ts";
import { HEALTH } from "./table_health.ts";
import { AUDIT, KEY, TOKEN, USER } from "./table_access.ts";
import { ACCOUNT } from "./table_accounts.ts";
import { LOGS, RESTART, SERVE, SERVICE, START, STOP } from "./table_daemon.ts";
import { ALERTS, CHANNELS, FEEDS } from "./table_alerts.ts";
import { NOTES } from "./table_notes.ts";
import { DEMO } from "./table_demo.ts";
import type { CommandRow } from "./table_rows.ts";
import { HORIZON } from "./table_horizon.ts";
import { SERVER } from "./remote/table_remote.ts";
import { COMPLETION, OPEN } from "./table_shell.ts";
import { STATUS } from "./table_status.ts";
import { STATUSLINE } from "./table_statusline.ts";
import { EXPORT, IMPORT } from "./table_transfer.ts";
import { UPDATE } from "./table_update.ts";
import { WATCH } from "./table_watch.ts";

export type { ArgumentRow, CommandRow, ErrorCodes } from "./table_rows.ts";
export { PEERS } from "./table_transfer.ts";
export type { AccountAction } from "./table_accounts.ts";
export { GLOBAL_OPTIONS, globalOptions, type OptionRow, takesGlobal } from "./options.ts";

export const QUERY_TYPES = [
  "current",
  "today",
  "yesterday",
  "week",
  "burn-rate",
  "history",
  "daily",
  "weekly",
  "summary",
] as const;
export type QueryType = typeof QUERY_TYPES[number];

export const CHART_TYPES = ["usage", "daily", "weekly"] as const;
export type ChartType = typeof CHART_TYPES[number];

export const DB_ACTIONS = ["check", "backup", "restore", "prune", "vacuum", "size"] as const;
export type DbAction = typeof DB_ACTIONS[number];

export const PROVIDER_ACTIONS = ["detect"] as const;

export const CONFIG_ACTIONS = ["check", "init", "path"] as const;
export type ConfigAction = typeof CONFIG_ACTIONS[number];

export const COMMANDS = [
  {
    name: "collect",
    summary: "poll every configured account once and store the readings",
    options: [{
      name: "force",
      help: "poll no matter how recent the last poll was, unless the vendor asked to wait",
    }, {
      name: "notify",
      help: "send the alerts that follow from it, for machines without a running server",
    }],
    examples: [
      ["syntrack collect", "all accounts"],
      ["syntrack collect --json", "for a program"],
    ],
  },
  STATUS,
  WATCH,
  HORIZON,
  {
    name: "history",
    summary: "list readings, newest first",
    options: [DAYS, CHART, limitOption("20 of a quota on a terminal, else all")],
    examples: [["syntrack history -d 1", "the last 24 hours"], ["syntrack history -c", "as a line"]],
  },
  {
    name: "stats",
    summary: "summarize: rate, days, weeks, all time",
    options: [CHART, limitOption("3 quotas on a terminal, else all")],
    examples: [["syntrack stats", "as tables"], ["syntrack stats -c", "with bars and sparklines"]],
  },
  {
    name: "spend",
    summary: "summarize money by account and month, today's allowance, and what plans were worth",
    options: [],
    examples: [["syntrack spend", "this month and those before"], ["syntrack spend --json", "for a program"]],
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
      readWeeks("8"),
      limitOption("2 quotas on a terminal, else all"),
    ],
    examples: [
      ["syntrack chart -d 1", "the last 24 hours as a line"],
      ["syntrack chart -t weekly", "a bar for each week"],
    ],
  },
  {
    name: "query",
    summary: "print one answer as JSON",
    operands: [{ name: "type", help: "what to answer", choices: QUERY_TYPES }],
    options: [DAYS, readWeeks("4"), ...SERVER],
    examples: [
      ["syntrack query current", "used, limit and what is left"],
      ["syntrack query burn-rate --quota five-hour", "of one quota"],
      ["syntrack query daily -d 30 | jq '.[0].requests_consumed'", "consumption of today"],
    ],
  },
  {
    name: "forecast",
    summary: "forecast where each quota will be at its reset, and whether it runs out before",
    options: [limitOption("all"), ...SERVER],
    examples: [
      ["syntrack forecast", "every quota"],
      ["syntrack forecast --quota five-hour --json", "one, for a program"],
    ],
  },
  {
    name: "insights",
    summary: "show what is worth knowing about your use of quotas",
    options: [
      {
        name: "range",
        value: "RANGE",
        help: "the days to look at",
        choices: ["1d", "7d", "30d"],
        byDefault: "7d",
      },
      limitOption("50"),
      ...SERVER,
    ],
    examples: [["syntrack insights", "most serious first"], ["syntrack insights --range 30d", "of a month"]],
  },
  {
    name: "cycles",
    summary: "list the cycles of each quota between its resets, newest first",
    options: [...RANGE, limitOption("20")],
    examples: [
      ["syntrack cycles --quota five-hour", "the last twenty"],
      ["syntrack cycles -d 30 --limit 1000 --json", "all that began in a month"],
    ],
  },
  {
    name: "sessions",
    summary: "list periods of use of each account, newest first",
    options: [...RANGE, limitOption("20")],
    examples: [
      ["syntrack sessions -d 7", "those that began in the last week"],
      ["syntrack sessions --from 2026-11-01 --to 2026-11-15", "whole days"],
    ],
  },
  {
    name: "guard",
    summary: "check by exit code whether enough quota is left to start something",
    options: [
      {
        name: "min-remaining",
        value: "PERCENT",
        help: "how much of the limit has to be left, 20% or 20",
        byDefault: "10%",
      },
      {
        name: "window",
        value: "LENGTH",
        help: "only windows of this length: hours, day, week, month, or a length such as 5h or 7d",
      },
      {
        name: "max-age",
        value: "TIME",
        help: "ignore readings older than this: 90s, 30m, 2h",
        byDefault: "30m, longer where readings are rarer",
      },
      { name: "fail-open", help: "exit with 0 instead of 69 when it cannot tell" },
      { name: "wait", help: "wait until enough is left, but no longer than until the next reset" },
      ...SERVER,
    ],
    examples: [
      ["syntrack guard --min-remaining 20% && make review", "start only when a fifth of everything is left"],
      ["syntrack guard --quota five-hour --wait", "wait for the reset"],
    ],
    errorCodes: { failed: 69, usage: 64 },
    exitCodes: "0 enough is left, 1 too little, 64 wrong usage, 69 cannot tell, 130 interrupted",
  },
  {
    name: "backtest",
    summary: "replay stored readings and show how wrong the forecast was, compared with naive rules",
    options: [...RANGE],
    examples: [["syntrack backtest", "of everything stored"], [
      "syntrack backtest -d 30 --json",
      "of a month",
    ]],
  },
  EXPORT,
  IMPORT,
  {
    name: "db",
    summary: "maintain the database: check, back up, restore, prune, compact",
    operands: [
      { name: "action", help: "what to do", choices: DB_ACTIONS },
      { name: "file", help: "the backup to write or to restore", optional: true },
    ],
    options: [{
      name: "keep",
      value: "N",
      help: "backup without FILE: how many dated copies to keep",
      byDefault: "7",
    }, {
      name: "with-access",
      help: "backup: include users, sign-ins, API keys and passkeys, which are left out otherwise",
    }],
    examples: [["syntrack db check", "fails when something is wrong"], [
      "syntrack db backup copy.db",
      "a copy of readings and settings",
    ]],
  },
  {
    name: "providers",
    summary: "show what is configured and where it was found; detect: look for logins of vendors' tools",
    operands: [{ name: "action", help: "what to do", choices: PROVIDER_ACTIONS, optional: true }],
    options: [],
    examples: [["syntrack providers", "never shows a key"], [
      "syntrack providers detect",
      "what is on this machine",
    ]],
  },
  {
    name: "setup",
    summary: "ask which providers you have and write the config file",
    options: [],
    examples: [["syntrack setup", "at a terminal"]],
  },
  {
    name: "doctor",
    summary: "check everything that polling and the dashboard depend on, and list what the program touches",
    options: [
      { name: "online", help: "poll every account once" },
      { name: "permissions", help: "only print the permissions the runtime has to grant" },
      ...LISTENING,
    ],
    examples: [
      ["syntrack doctor", "what is fine and what is not"],
      ["deno run $(syntrack doctor --permissions) cli.ts serve", "nothing else is allowed"],
    ],
  },
  ACCOUNT,
  USER,
  TOKEN,
  AUDIT,
  ALERTS,
  CHANNELS,
  FEEDS,
  NOTES,
  KEY,
  {
    name: "config",
    summary: "show the current settings and where each comes from; check or create the config file",
    operands: [{ name: "action", help: "what to do", choices: CONFIG_ACTIONS, optional: true }],
    options: [],
    examples: [["syntrack config", "secrets are hidden"], [
      "syntrack config init",
      "~/.syntrack/config.toml",
    ]],
  },
  STATUSLINE,
  START,
  STOP,
  HEALTH,
  RESTART,
  LOGS,
  SERVE,
  SERVICE,
  UPDATE,
  DEMO,
  OPEN,
  COMPLETION,
] as const satisfies readonly CommandRow[];

export type CommandName = typeof COMMANDS[number]["name"];

export function commandRow(name: string): (CommandRow & { readonly name: CommandName }) | undefined {
  return COMMANDS.find((command) => command.name === name);
}

/** Finds the command among arguments, wherever it is. */
export function findCommand(args: readonly string[]): CommandRow | undefined {
  return commandRow(args.find((arg) => commandRow(arg) !== undefined) ?? "");
}

/** The typed arguments, by the names of the table and not yet validated. */
export interface Typed {
  readonly command: CommandName;
  /** Operands after the command. */
  readonly operands: readonly string[];
  /** Values by option name; `true` for options without a value. */
  readonly options: Readonly<Record<string, string | true>>;
}

export interface ProgramOptions {
  readonly version: string;
  readonly columns: number;
  readonly paint: Paint;
}

/** What the arguments request: a command, or a text to print before exiting. */
export type Parsed = { readonly typed: Typed } | { readonly text: string };

export const EXIT_CODES = "0 success, 1 failure, 2 wrong usage, 130 interrupted";
