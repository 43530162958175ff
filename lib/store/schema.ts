/**
 * The schema of the SQLite database: its application id, numbered migrations and table names. May import the
 * types of the contract and the code of migrations. Never edit a released migration: existing databases have
 * already run it.
 */
import { AUDIT_INDEXES, AUDIT_TABLES } from "./sqlite_audit.ts";
import type { Connection } from "./connection.ts";
import { relearnIntervals } from "./relearn.ts";

/** "SYNT" in `PRAGMA application_id`, which distinguishes the file from other programs' databases. */
export const APPLICATION_ID = 0x53594e54;

export function bucketTable(name: string): string {
  return `
CREATE TABLE ${name} (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  first REAL,
  last REAL,
  low REAL,
  high REAL,
  left_low REAL,
  left_high REAL,
  left_sum REAL NOT NULL,
  left_count INTEGER NOT NULL,
  share_last REAL,
  share_low REAL,
  share_high REAL,
  quota_limit REAL,
  consumed REAL NOT NULL,
  resets INTEGER NOT NULL,
  PRIMARY KEY (quota_id, start)
) STRICT, WITHOUT ROWID;
`;
}

export function docTable(name: string): string {
  return `
CREATE TABLE ${name} (
  id TEXT NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL,
  expires_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ${name}_expires_at ON ${name}(expires_at) WHERE expires_at IS NOT NULL;
`;
}

/** Columns hold floats, because vendors state fractions; people at a prompt want 135, not 135.0. */
function formatPlain(value: string): string {
  return `iif(${value} = CAST(${value} AS INTEGER), CAST(${value} AS INTEGER), ${value})`;
}

function formatUtc(instant: string): string {
  return `strftime('%Y-%m-%d %H:%M:%S', ${instant} / 1000, 'unixepoch')`;
}

/**
 * All times are epoch milliseconds, UTC. Tables that grow with
 * time are clustered by their key, in read order.
 */
export const TABLES = `
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  provider TEXT NOT NULL,
  name TEXT NOT NULL,
  ok_at INTEGER,
  state_at INTEGER,
  state TEXT
) STRICT;

CREATE TABLE quotas (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  label TEXT NOT NULL,
  unit TEXT NOT NULL,
  window_kind TEXT NOT NULL,
  window_seconds REAL,
  UNIQUE (account_id, name)
) STRICT;

CREATE TABLE readings (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  used REAL,
  quota_limit REAL,
  remaining REAL,
  resets_at INTEGER,
  consumed REAL NOT NULL,
  is_reset INTEGER NOT NULL,
  PRIMARY KEY (quota_id, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE cycles (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  resets_at INTEGER,
  peak REAL,
  consumed REAL NOT NULL,
  quota_limit REAL,
  readings INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  is_whole INTEGER NOT NULL,
  ended_by TEXT NOT NULL,
  PRIMARY KEY (quota_id, started_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  duration_ms REAL NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  hint TEXT,
  retry_at INTEGER,
  failures INTEGER NOT NULL,
  next_at INTEGER,
  next_reason TEXT NOT NULL,
  credential TEXT,
  answer TEXT,
  PRIMARY KEY (account_id, at)
) STRICT, WITHOUT ROWID;
`;

/**
 * For people using `sqlite3`. The first columns match the first reference system's; those that identify quotas
 * follow.
 *
 * `usage_snapshots.id` increases with time and is stable, although no such column is stored.
 */
export const VIEWS = `
CREATE VIEW usage_snapshots AS
SELECT
  r.at * 1000 + r.quota_id AS id,
  ${formatUtc("r.at")} AS collected_at,
  ${formatPlain("r.quota_limit")} AS subscription_limit,
  ${formatPlain("r.used")} AS requests_used,
  ${formatPlain("r.remaining")} AS leftover,
  ${formatUtc("r.resets_at")} AS renews_at,
  a.provider AS provider,
  a.name AS account,
  q.name AS quota,
  q.unit AS unit
FROM readings r
JOIN quotas q ON q.id = r.quota_id
JOIN accounts a ON a.id = q.account_id;

CREATE VIEW daily_usage AS
SELECT
  strftime('%Y-%m-%d', d.start / 1000, 'unixepoch') AS day,
  ${formatPlain("round(d.consumed, 6)")} AS requests_consumed,
  ${formatPlain("d.left_low")} AS min_leftover,
  ${formatPlain("d.left_high")} AS max_leftover,
  round(d.left_sum / nullif(d.left_count, 0), 6) AS avg_leftover,
  d.readings AS snapshots,
  ${formatPlain("round(d.high - d.low, 6)")} AS naive_max_minus_min,
  a.provider AS provider,
  a.name AS account,
  q.name AS quota,
  q.unit AS unit
FROM days d
JOIN quotas q ON q.id = d.quota_id
JOIN accounts a ON a.id = q.account_id
ORDER BY d.start DESC, a.key, q.id;

CREATE VIEW weekly_usage AS
SELECT
  strftime('%Y-W%W', d.start / 1000, 'unixepoch') AS week,
  ${formatPlain("round(sum(d.consumed), 6)")} AS requests_consumed,
  ${formatPlain("min(d.left_low)")} AS min_leftover,
  ${formatPlain("max(d.left_high)")} AS max_leftover,
  round(sum(d.left_sum) / nullif(sum(d.left_count), 0), 6) AS avg_leftover,
  sum(d.readings) AS snapshots,
  ${formatPlain("round(max(d.high) - min(d.low), 6)")} AS naive_max_minus_min,
  a.provider AS provider,
  a.name AS account,
  q.name AS quota,
  q.unit AS unit
FROM days d
JOIN quotas q ON q.id = d.quota_id
JOIN accounts a ON a.id = q.account_id
GROUP BY week, q.id
ORDER BY week DESC, a.key, q.id;
`;

/** `quotas` is JSON: the contribution of each quota that rose, in the order of first rise. */
export const SESSIONS = `
CREATE TABLE sessions (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  last_rise_at INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  quotas TEXT NOT NULL,
  PRIMARY KEY (account_id, started_at)
) STRICT, WITHOUT ROWID;
`;

export const SET_ASIDE = `
CREATE TABLE set_aside (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  used REAL,
  quota_limit REAL,
  remaining REAL,
  resets_at INTEGER,
  source TEXT,
  set_aside_at INTEGER NOT NULL,
  PRIMARY KEY (quota_id, at)
) STRICT, WITHOUT ROWID;
`;

export const READINGS_TERMS =
  "CREATE INDEX readings_terms ON readings(quota_id, at) WHERE unit_before IS NOT NULL OR plan_before IS NOT NULL;";

/** Statements, or work that statements cannot express. */
export type Migration = string | ((db: Connection) => void);

/**
 * Each migration takes the database from the version equal to its index to the next one, in one transaction
 * with the new number. Only append to this list; it spells out table names, so that a later change of the
 * lists above affects no old migration.
 */
export const MIGRATIONS: readonly Migration[] = [
  [
    TABLES,
    ...["five_minutes", "hours", "days"].map(bucketTable),
    ...["settings", "account_settings", "users", "logins", "keys", "alerts"].map(docTable),
    VIEWS,
  ].join("\n"),
  SESSIONS,
  ["identities", "renewals"].map(docTable).join("\n"),
  // The source of a reading other than the vendor's endpoint.
  "ALTER TABLE readings ADD COLUMN source TEXT;",
  // Why consumption could not be counted from the previous readings, and the terms those were stated in.
  `
ALTER TABLE readings ADD COLUMN baseline TEXT;
ALTER TABLE readings ADD COLUMN unit_before TEXT;
ALTER TABLE readings ADD COLUMN plan_before TEXT;
${READINGS_TERMS}
`,
  // Readings dated by a clock that was ahead, as they were read.
  SET_ASIDE,
  // Polling intervals, which the settings stated before.
  relearnIntervals,
  // Fingerprint of the settings used in a poll, besides its credential.
  "ALTER TABLE outcomes ADD COLUMN settings TEXT;",
  // The vendor's own verdict: 0 while it refused work, 1 while it permitted it.
  "ALTER TABLE readings ADD COLUMN allowed INTEGER;",
  // Other fields of a reading that affect how its time is interpreted.
  ["readings", "set_aside"].flatMap((table) => [
    `ALTER TABLE ${table} ADD COLUMN started_at INTEGER;`,
    `ALTER TABLE ${table} ADD COLUMN refill_per_hour REAL;`,
    `ALTER TABLE ${table} ADD COLUMN currency TEXT;`,
  ]).concat("ALTER TABLE set_aside ADD COLUMN allowed INTEGER;").join("\n"),
  // What was announced, the channels, and messages still to be sent.
  ["alert_memory", "channels", "outbox"].map(docTable).join("\n"),
  // The audit log, with its hash chain.
  AUDIT_TABLES,
  AUDIT_INDEXES,
  // The public keys of people's passkeys.
  docTable("passkeys"),
  // Addresses of feeds for programs that cannot send a key.
  docTable("feeds"),
  // Data shared by instances of one program.
  docTable("shared"),
  // Users' notes about an instant.
  docTable("notes"),
];

/** The version this program reads and writes. */
export const DATABASE_VERSION = MIGRATIONS.length;
