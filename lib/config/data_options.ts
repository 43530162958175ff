/**
 * The options for the location of data and the time zone. In their own file, because a command that only reads
 * needs no others and loads nothing else.
 */
import { join } from "../base/path.ts";
import { IN_MEMORY, isAddress, isKvName, parseKvPlace } from "../base/database_name.ts";
import type { Option, Parsed } from "./option.ts";
import { parseTimezone } from "./zone.ts";

export const DB: Option<string> = {
  key: "db",
  field: "dbPath",
  names: ["SYNTRACK_DB", "SYNTRACK_DB_PATH", "DATABASE_PATH", "DATA_DIR"],
  flag: "--db",
  doc: "The database: a file, or `kv:` for a key-value one; DATA_DIR stands for its file syntrack.db",
  effect: "restart",
  defaultText: "~/.syntrack/data/syntrack.db",
  fallback: ({ home, cwd }) => join(home ?? cwd, ".syntrack", "data", "syntrack.db"),
  parse(text, name, { resolve }) {
    if (text.includes("\0")) return { problem: "not a path", wanted: "the path of a file" };
    if (name === "DATA_DIR") return { value: join(resolve(text), "syntrack.db") };
    if (isKvName(text)) return parseKv(text, resolve);
    if (isAddress(text)) return { problem: "not the address of a key-value database", wanted: `kv:${text}` };
    return { value: text === IN_MEMORY ? text : resolve(text) };
  },
  show: (path) => path,
};

const KV_FORMS = "kv: of the platform, kv:PATH, or kv:https://HOST/PATH";

/** Rejects a secret in an address, because it would be shown wherever the database is named. */
function parseKv(text: string, resolve: (path: string) => string): Parsed<string> {
  const place = parseKvPlace(text);
  if (place === "" || place === IN_MEMORY) return { value: text };
  if (!isAddress(place)) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place)) return { problem: "of an unknown kind", wanted: KV_FORMS };
    return { value: `kv:${resolve(place)}` };
  }
  if (!URL.canParse(place)) return { problem: "not an address", wanted: KV_FORMS };
  const url = new URL(place);
  if (url.username !== "" || url.password !== "" || url.search !== "") {
    return {
      problem: "an address with a secret in it",
      wanted: "the address alone, and the token in DENO_KV_ACCESS_TOKEN",
      shown: `kv:${url.protocol}//${url.host}/...`,
    };
  }
  const isLocal = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !isLocal) {
    return { problem: "without encryption, and would send the token in the clear", wanted: "kv:https://..." };
  }
  return { value: `kv:${place}` };
}

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
