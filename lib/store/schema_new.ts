/**
 * The schema of a new database in one step. Taking it through every migration would take four times as long, because
 * SQLite checks the whole schema for every column that is added.
 */
import { bucketTable, docTable, READINGS_TERMS, SESSIONS, SET_ASIDE, TABLES, VIEWS } from "./schema.ts";
import { AUDIT_INDEXES, AUDIT_TABLES } from "./sqlite_audit.ts";

export interface NewSchema {
  /** The migrations it takes the place of; later ones follow. */
  readonly version: number;
  readonly sql: string;
}

const IN_READINGS = [
  "source TEXT",
  "baseline TEXT",
  "unit_before TEXT",
  "plan_before TEXT",
  "allowed INTEGER",
  "started_at INTEGER",
  "refill_per_hour REAL",
  "currency TEXT",
];
const IN_SET_ASIDE = ["started_at INTEGER", "refill_per_hour REAL", "currency TEXT", "allowed INTEGER"];

const DOCS = [
  "settings",
  "account_settings",
  "users",
  "logins",
  "keys",
  "alerts",
  "identities",
  "renewals",
  "alert_memory",
  "channels",
  "outbox",
  "passkeys",
  "feeds",
  "shared",
  "notes",
];

/** Returns the statements with more columns after the named one, where a migration adds them. */
function withColumns(statements: string, last: string, columns: readonly string[]): string {
  return statements.replace(`  ${last},\n`, `  ${[last, ...columns].join(",\n  ")},\n`);
}

/** Need not change with a new migration. A test compares it with the migrations. */
export const NEW_SCHEMA: NewSchema = {
  version: 17,
  sql: [
    withColumns(
      withColumns(TABLES, "is_reset INTEGER NOT NULL", IN_READINGS),
      "answer TEXT",
      ["settings TEXT"],
    ),
    ...["five_minutes", "hours", "days"].map(bucketTable),
    SESSIONS,
    withColumns(SET_ASIDE, "set_aside_at INTEGER NOT NULL", IN_SET_ASIDE),
    READINGS_TERMS,
    ...DOCS.map(docTable),
    VIEWS,
    AUDIT_TABLES,
    AUDIT_INDEXES,
  ].join("\n"),
};
