/**
 * The table of options: the single source of their values, the
 * text of `syntrack config`, and the list in docs/configuration.md. Pure.
 */
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../base/log.ts";
import { DEFAULT_SCHEDULE, type Schedule } from "../poll/schedule.ts";
import {
  backupEveryText,
  daysText,
  parseBackupEvery,
  parseBackupKeep,
  parseDays,
  parsePort,
  parseRefreshInterval,
  parseSchedule,
  parseSwitch,
  parseWord,
  scheduleText,
  switchText,
} from "./parse.ts";
import type { Option } from "./option.ts";
import { SESSION_IDLE } from "./idle.ts";
import { TRUST_LOCAL } from "./access_options.ts";
import { LISTEN_OPTIONS } from "./listen_options.ts";
import { DB, TIMEZONE } from "./data_options.ts";

export type { Option, OptionContext } from "./option.ts";
export { SESSION_IDLE } from "./idle.ts";
export { DB, TIMEZONE } from "./data_options.ts";

const NINETY_DAYS_MS = 90 * 86_400_000;
/** Another tracker's name for it, in minutes. */
const REFRESH_INTERVAL = "REFRESH_INTERVAL";

export const INTERVAL: Option<Schedule> = {
  key: "interval",
  field: "schedule",
  names: ["SYNTRACK_POLL_INTERVAL", REFRESH_INTERVAL],
  flag: "--interval",
  doc:
    "How often to poll: seconds, 10 to 3600, or a cron expression of five fields; REFRESH_INTERVAL is in minutes",
  effect: "live",
  defaultText: scheduleText(DEFAULT_SCHEDULE),
  fallback: () => DEFAULT_SCHEDULE,
  parse: (text, name, { timezone }) =>
    name === REFRESH_INTERVAL ? parseRefreshInterval(text, timezone) : parseSchedule(text, timezone),
  show: scheduleText,
};

export const PORT: Option<number> = {
  key: "port",
  field: "port",
  names: ["SYNTRACK_PORT", "PORT"],
  flag: "--port",
  doc: "Port of the dashboard",
  effect: "restart",
  defaultText: "9211",
  fallback: () => 9211,
  parse: parsePort,
  show: String,
};

export const LOG_LEVEL: Option<LogLevel> = {
  key: "log-level",
  field: "logLevel",
  names: ["SYNTRACK_LOG_LEVEL"],
  doc: "Lowest level that is logged: debug, info, warn or error",
  effect: "restart",
  defaultText: "info",
  fallback: () => "info",
  parse: parseWord(LOG_LEVELS),
  show: (level) => level,
};

export const LOG_FORMAT: Option<LogFormat> = {
  key: "log-format",
  field: "logFormat",
  names: ["SYNTRACK_LOG_FORMAT"],
  flag: "--log-format",
  doc: "Lines of the log: text, or json",
  effect: "restart",
  defaultText: "text",
  fallback: () => "text",
  parse: parseWord(LOG_FORMATS),
  show: (format) => format,
};

export const KEEP_READINGS: Option<number> = {
  key: "keep-readings",
  field: "keepReadingsMs",
  names: ["SYNTRACK_KEEP_READINGS_DAYS"],
  doc: "Days to keep raw readings; hours and days are kept forever; 0 keeps all",
  effect: "live",
  defaultText: "90",
  fallback: () => NINETY_DAYS_MS,
  parse: parseDays,
  show: daysText,
};

export const KEEP_OUTCOMES: Option<number> = {
  key: "keep-outcomes",
  field: "keepOutcomesMs",
  names: ["SYNTRACK_KEEP_OUTCOMES_DAYS"],
  doc: "Days to keep how polls ended; 0 keeps all",
  effect: "live",
  defaultText: "90",
  fallback: () => NINETY_DAYS_MS,
  parse: parseDays,
  show: daysText,
};

export const BACKUP_EVERY: Option<number> = {
  key: "backup-every",
  field: "backupEveryMs",
  names: ["SYNTRACK_BACKUP_EVERY"],
  doc: "How often a server writes a dated backup beside the database: 6h, 1d, 7d, or off",
  effect: "live",
  defaultText: "off",
  fallback: () => 0,
  parse: parseBackupEvery,
  show: backupEveryText,
};

export const BACKUP_KEEP: Option<number> = {
  key: "backup-keep",
  field: "backupKeep",
  names: ["SYNTRACK_BACKUP_KEEP"],
  doc: "How many dated backups are kept, 1 to 1000",
  effect: "live",
  defaultText: "7",
  fallback: () => 7,
  parse: parseBackupKeep,
  show: String,
};

export const KEEP_AUDIT: Option<number> = {
  key: "keep-audit",
  field: "keepAuditMs",
  names: ["SYNTRACK_KEEP_AUDIT_DAYS"],
  doc: "Days to keep the record of who did what; 0 keeps all",
  effect: "live",
  defaultText: "400",
  fallback: () => 400 * 86_400_000,
  parse: parseDays,
  show: daysText,
};

export const RUN_COMMANDS: Option<boolean> = {
  key: "run-commands",
  field: "runCommands",
  names: ["SYNTRACK_RUN_COMMANDS"],
  doc: "Whether to look for logins in keychains and vendors' tools by running their commands: on or off",
  effect: "live",
  defaultText: "on",
  fallback: () => true,
  parse: parseSwitch,
  show: switchText,
  isPrivileged: (on) => on,
};

export const UPDATE_CHECK: Option<boolean> = {
  key: "update-check",
  field: "updateCheck",
  names: ["SYNTRACK_UPDATE_CHECK"],
  doc:
    "Whether to check the release server once a day for a newer version and raise an alert for it: on or off",
  effect: "live",
  defaultText: "off",
  fallback: () => false,
  parse: parseSwitch,
  show: switchText,
};

/** What all options have in common regardless of their value types, for tables and help. */
export type OptionFacts = Pick<
  Option<never>,
  "key" | "field" | "names" | "flag" | "doc" | "effect" | "list" | "defaultText"
>;

export const OPTIONS: readonly OptionFacts[] = [
  DB,
  INTERVAL,
  PORT,
  ...LISTEN_OPTIONS,
  TRUST_LOCAL,
  TIMEZONE,
  LOG_LEVEL,
  LOG_FORMAT,
  SESSION_IDLE,
  KEEP_READINGS,
  KEEP_OUTCOMES,
  BACKUP_EVERY,
  BACKUP_KEEP,
  KEEP_AUDIT,
  RUN_COMMANDS,
  UPDATE_CHECK,
];

/** Returns the interval option of one provider: the general option under the provider's name. */
export function createIntervalOption(variable: string, provider: string): Option<Schedule> {
  return {
    ...INTERVAL,
    key: `interval of ${provider}`,
    field: `schedules.${provider}`,
    names: [variable],
  };
}
