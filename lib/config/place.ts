/**
 * The options for the data's location and the time zone. In their own file because a command that only reads
 * needs no others, and loads nothing else.
 */
import { join } from "node:path";
import type { Option } from "./option.ts";
import { parseTimezone } from "./zone.ts";

export const DB: Option<string> = {
  key: "db",
  field: "dbPath",
  names: ["SYNTRACK_DB_PATH", "DATABASE_PATH", "DATA_DIR"],
  flag: "--db",
  doc: "The database; of DATA_DIR, the file syntrack.db in it",
  effect: "restart",
  defaultText: "~/.syntrack/data/syntrack.db",
  fallback: ({ home, cwd }) => join(home ?? cwd, ".syntrack", "data", "syntrack.db"),
  parse(text, name, { resolve }) {
    if (text.includes("\0")) return { problem: "not a path", wanted: "the path of a file" };
    if (name === "DATA_DIR") return { value: join(resolve(text), "syntrack.db") };
    return { value: text === ":memory:" ? text : resolve(text) };
  },
  show: (path) => path,
};

export const TIMEZONE: Option<string> = {
  key: "timezone",
  field: "timezone",
  names: ["SYNTRACK_TIMEZONE", "TZ"],
  foreign: ["TZ"],
  flag: "--timezone",
  doc: "IANA zone of days and weeks",
  effect: "live",
  defaultText: "the system's",
  fallback: ({ systemTimezone }) => systemTimezone,
  // The C library allows a leading colon.
  parse: (text, name) => parseTimezone(name === "TZ" ? text.replace(/^:/, "") : text),
  show: (zone) => zone,
};
