/** The commands that move data: `export` and `import`. */
import { RANGE } from "./options.ts";
import { EXPORT_FORMATS, EXPORT_KINDS } from "./table_export.ts";

/** Trackers whose databases can be imported; docs/moving-in.md says which projects they are. */
export const PEERS = ["synthetic-tracker", "syntrack", "onwatch", "ai-usage-monitor"] as const;

export const EXPORT = {
  name: "export",
  summary: "export stored data as CSV, JSON or JSON lines",
  options: [
    {
      name: "format",
      short: "f",
      value: "FORMAT",
      help: "format of the export",
      choices: EXPORT_FORMATS,
      byDefault: "csv",
    },
    { name: "what", value: "WHAT", help: "data to export", choices: EXPORT_KINDS, byDefault: "readings" },
    {
      name: "step",
      value: "STEP",
      help: "length of buckets",
      choices: ["5m", "1h", "1d"],
      byDefault: "1h",
    },
    ...RANGE,
    {
      name: "output",
      short: "o",
      value: "FILE",
      help: "write to this file, which must not exist yet",
      byDefault: "stdout",
    },
  ],
  examples: [
    ["syntrack export > readings.csv", "every reading"],
    ["syntrack export -f ndjson --what cycles -d 30", "one JSON line per cycle"],
    ["syntrack export --what everything -o all.ndjson", "a whole database, to import elsewhere"],
  ],
} as const;

export const IMPORT = {
  name: "import",
  summary: "import an export, completely or not at all",
  operands: [{ name: "file", help: "an export in any format, - for stdin" }],
  options: [
    { name: "dry-run", help: "check everything and show what would be done" },
    { name: "from", value: "TRACKER", help: "the database of another tracker", choices: PEERS },
    { name: "with-config", value: "FILE", help: "with --from: its .env or YAML file as well" },
  ],
  examples: [
    ["syntrack import --from onwatch ~/.onwatch/data/onwatch.db --dry-run", "what would be imported"],
    ["syntrack import readings.csv", "into the current database"],
    ["syntrack export -f ndjson | syntrack import - --db other.db", "into another database"],
    ["syntrack import laptop-cycles.csv --dry-run", "only show what would be done"],
  ],
} as const;
