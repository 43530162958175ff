/** The commands of a server in the background. */
import { LISTENING, type OptionRow, PORT, SIGN_IN_OPTIONS } from "./options.ts";
import type { CommandRow } from "./table_rows.ts";

export const TEST: OptionRow = {
  name: "test",
  help: "run a test server: port 9212, with its own database, log and run file",
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
  help: "format of log lines",
  choices: ["text", "json"],
  byDefault: "text",
};
const REPLACE: OptionRow = {
  name: "replace",
  help: "stop your server on that port, and start a new one",
};

/** Options of a server, however it is started. */
export const SERVER_OPTIONS: readonly OptionRow[] = [
  ...LISTENING,
  ...SIGN_IN_OPTIONS,
  INTERVAL,
  LOG_FORMAT,
  TEST,
];

export const START = {
  name: "start",
  summary: "poll and show the dashboard in the background; `syntrack` alone does the same",
  options: [
    ...SERVER_OPTIONS,
    { name: "debug", help: "stay in the foreground, with the full log on stdout" },
    REPLACE,
  ],
  examples: [
    ["syntrack", "start in the background"],
    ["syntrack --interval 120 --port 3000", "with other settings"],
    ["syntrack --debug", "in the foreground"],
  ],
} as const satisfies CommandRow;

export const STOP = {
  name: "stop",
  summary: "stop the background server",
  options: [PORT, TEST],
  examples: [["syntrack stop", "the one that runs"], ["syntrack stop -p 3000", "one of several"]],
} as const satisfies CommandRow;

export const RESTART = {
  name: "restart",
  summary: "restart the background server with the same options",
  options: [...SERVER_OPTIONS],
  examples: [["syntrack restart", "after changing settings that require it"]],
} as const satisfies CommandRow;

export const LOGS = {
  name: "logs",
  summary: "show the log of the background server",
  options: [
    { name: "follow", short: "f", help: "follow new lines until Ctrl-C" },
    {
      name: "lines",
      short: "n",
      value: "N",
      help: "number of last lines to show, 0 to 100000",
      byDefault: "200",
    },
    TEST,
  ],
  examples: [["syntrack logs -n 20", "the last twenty lines"], ["syntrack logs -f", "follow the log"]],
} as const satisfies CommandRow;

export const SERVICE_ACTIONS = ["install", "uninstall", "status"] as const;
export type ServiceAction = typeof SERVICE_ACTIONS[number];

export const SERVICE = {
  name: "service",
  summary:
    "start the server with the machine, and keep it running: systemd, launchd, Task Scheduler, OpenRC, cron",
  operands: [{ name: "action", help: "what to do", choices: SERVICE_ACTIONS }],
  options: [
    { name: "user", help: "for you, with your logins; the default" },
    { name: "system", help: "for the machine, as its own user; needs root" },
    { name: "collect-timer", help: "only poll every half hour, without a server" },
    { name: "tailscale", help: "make the server listen in your tailnet" },
    { name: "cron", help: "only poll every half hour, from your crontab" },
    { name: "print", help: "print what would be written, without changing anything" },
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
    { name: "silent", help: "run in the background, and print the address and the process id" },
    { name: "sandbox", help: "restart with permissions only for what was found" },
  ],
  examples: [
    ["syntrack serve", "http://127.0.0.1:9211"],
    ["syntrack serve -p 3000", "on another port"],
    ["syntrack serve --silent -p 3000", "in the background; stop it with kill and the process id it prints"],
  ],
} as const satisfies CommandRow;

export const STATUS_OPTIONS: readonly OptionRow[] = [
  { name: "daemon", help: "only show whether the background server runs" },
  TEST,
];
