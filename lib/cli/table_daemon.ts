/** The commands of a server in the background. */
import { COMING_IN, LISTENING, type OptionRow, PORT } from "./options.ts";
import type { CommandRow } from "./table_rows.ts";

export const TEST: OptionRow = {
  name: "test",
  help: "a server for experiments: port 9212, with its own database, log and run file",
};
const INTERVAL: OptionRow = {
  name: "interval",
  value: "TIME",
  help: "seconds between polls, 10 to 3600, or a cron expression",
  byDefault: "60",
};
const LOG_FORMAT: OptionRow = {
  name: "log-format",
  value: "FORMAT",
  help: "lines of the log",
  choices: ["text", "json"],
  byDefault: "text",
};
const REPLACE: OptionRow = {
  name: "replace",
  help: "stop your server that has the port, and start a new one",
};

/** Options of a server, however it is started. */
export const SERVER_OPTIONS: readonly OptionRow[] = [...LISTENING, ...COMING_IN, INTERVAL, LOG_FORMAT, TEST];

export const START = {
  name: "start",
  summary: "poll and show the dashboard in the background; `syntrack` alone does the same",
  details:
    "Waits until the server answers, prints what it watches, and exits. In a container, and with --debug, it " +
    "stays in the foreground.",
  options: [
    ...SERVER_OPTIONS,
    { name: "debug", help: "stay in the foreground, with the log on stdout and all that is logged" },
    REPLACE,
  ],
  examples: [
    ["syntrack", "start in the background"],
    ["syntrack --interval 120 --port 3000", "with settings of its own"],
    ["syntrack --debug", "in the foreground"],
  ],
} as const satisfies CommandRow;

export const STOP = {
  name: "stop",
  summary: "stop the server in the background",
  details:
    "Asks it to stop and waits: requests and polls in progress get a few seconds. Only servers of this " +
    "user are stopped, and never by their name.",
  options: [PORT, TEST],
  examples: [["syntrack stop", "the one that runs"], ["syntrack stop -p 3000", "one of several"]],
} as const satisfies CommandRow;

export const RESTART = {
  name: "restart",
  summary: "stop the server in the background and start it again as it was",
  details: "Keeps the options it was started with, unless you give others. Starts it if it is not running.",
  options: [...SERVER_OPTIONS],
  examples: [["syntrack restart", "after a change of settings that need it"]],
} as const satisfies CommandRow;

export const LOGS = {
  name: "logs",
  summary: "show the log of the server in the background",
  options: [
    { name: "follow", short: "f", help: "and new lines, until Ctrl-C" },
    {
      name: "lines",
      short: "n",
      value: "N",
      help: "how many of the last lines, 0 to 100000",
      byDefault: "200",
    },
    TEST,
  ],
  examples: [["syntrack logs -n 20", "the last twenty lines"], ["syntrack logs -f", "as they come"]],
} as const satisfies CommandRow;

export const SERVICE_ACTIONS = ["install", "uninstall", "status"] as const;
export type ServiceAction = typeof SERVICE_ACTIONS[number];

export const SERVICE = {
  name: "service",
  summary:
    "start the server with the machine, and keep it running: systemd, launchd, Task Scheduler, OpenRC, cron",
  details: "Either all of it is done, or nothing is changed. Files that are not ours are never touched.",
  operands: [{ name: "action", help: "what to do", choices: SERVICE_ACTIONS }],
  options: [
    { name: "user", help: "for you, with your logins; the default" },
    { name: "system", help: "for the machine, as a user of its own; needs root" },
    { name: "collect-timer", help: "only poll every half hour, without a server" },
    { name: "tailscale", help: "the server listens in your tailnet" },
    { name: "cron", help: "only poll every half hour, from your crontab" },
    { name: "print", help: "print what would be written, and change nothing" },
  ],
  examples: [
    ["syntrack service install", "starts with your session"],
    ["sudo syntrack service install --system", "starts with the machine"],
    ["syntrack service install --system --print", "only look at the unit"],
  ],
} as const satisfies CommandRow;

export const SERVE = {
  name: "serve",
  summary: "poll, and show the dashboard, in the foreground",
  options: [
    ...SERVER_OPTIONS,
    { name: "silent", help: "run in the background, and print the address and the process" },
    { name: "sandbox", help: "restart with permissions for what was found and nothing else" },
  ],
  examples: [
    ["syntrack serve", "http://127.0.0.1:9211"],
    ["syntrack serve -p 3000", "on another port"],
    ["syntrack serve --silent -p 3000", "in the background; kill with the process it prints"],
  ],
} as const satisfies CommandRow;

export const STATUS_OPTIONS: readonly OptionRow[] = [
  { name: "daemon", help: "only whether the server in the background runs" },
  TEST,
];
