/** The commands that move data: `export` and `import`. */
import { RANGE } from "./options.ts";
import { EXPORT_FORMATS, EXPORT_KINDS } from "./table_export.ts";

/** Trackers whose databases can be imported; docs/moving-in.md says which projects they are. */
export const PEERS = ["synthetic-tracker", "syntrack", "onwatch", "ai-usage-monitor"] as const;

export const EXPORT = {
  name: "export",
  summary: "write stored data as CSV, JSON or lines of JSON",
  details:
    "All of it can be imported again. Readings, the default, matter most: buckets, cycles and sessions follow " +
    "from them, and are worth their own export once readings have expired. Notes are what you wrote " +
    "with `syntrack notes`. `--what everything` moves a whole " +
    "database to another engine, with people, keys and sealed credentials: keep that file as private.",
  options: [
    { name: "format", short: "f", value: "FORMAT", help: "how", choices: EXPORT_FORMATS, byDefault: "csv" },
    { name: "what", value: "WHAT", help: "what", choices: EXPORT_KINDS, byDefault: "readings" },
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
      help: "to a file that does not exist yet",
      byDefault: "stdout",
    },
  ],
  examples: [
    ["syntrack export > readings.csv", "every reading"],
    ["syntrack export -f ndjson --what cycles -d 30", "a line of JSON for each cycle"],
    ["syntrack export --what everything -o all.ndjson", "a whole database, to import elsewhere"],
  ],
} as const;

export const IMPORT = {
  name: "import",
  summary: "read an export back in, all of it or nothing",
  details:
    "Readings: what follows from them (sums, cycles, sessions) is recalculated, together with those already " +
    "stored, so exports of several machines become one history; duplicates are skipped. Older readings need all " +
    "readings of their account to be still stored. Buckets, cycles and sessions: what is missing for known quotas " +
    "is added, what is stored stays as it is, and each is counted. Notes: missing ones are added. An export of " +
    "everything can only be imported into an empty database.",
  operands: [{ name: "file", help: "an export in any format, - for stdin" }],
  options: [
    { name: "dry-run", help: "check everything and show what would be done" },
    { name: "from", value: "TRACKER", help: "the database of another tracker", choices: PEERS },
    { name: "with-config", value: "FILE", help: "with --from: its .env or YAML file as well" },
  ],
  examples: [
    ["syntrack import --from onwatch ~/.onwatch/data/onwatch.db --dry-run", "what would be imported"],
    ["syntrack import readings.csv", "into the database in force"],
    ["syntrack export -f ndjson | syntrack import - --db other.db", "into another"],
    ["syntrack import laptop-cycles.csv --dry-run", "only show what would be done"],
  ],
} as const;
