/**
 * The audit log in SQLite. Each row contains a hash of itself and of the previous hash, so that no row in the
 * middle can be changed or removed unnoticed; the end is recorded too, so that neither can the last rows. Anyone who
 * can
 * write the file can rewrite all of it: only the hash of the last row, stored elsewhere, reveals that.
 */
import type {
  AuditEnd,
  AuditEntry,
  AuditQuery,
  AuditRow,
  AuditStore,
  AuditVerdict,
  AuditWords,
  StoredAuditRow,
} from "./audit_contract.ts";
import { NO_HASH } from "./audit_contract.ts";
import { auditHash, checkChain, checkPlace, decodeAuditRow } from "./audit_rows.ts";
import { type Connection, yieldToOthers } from "./connection.ts";

export const AUDIT_TABLES = `
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  entry TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit(at);
CREATE TABLE audit_ends (
  name TEXT PRIMARY KEY,
  id INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** For the values that rows are filtered by. */
export const AUDIT_INDEXES = `
CREATE INDEX audit_name ON audit(entry ->> '$.name');
CREATE INDEX audit_action ON audit(entry ->> '$.action');
`;

/** Rows read or removed before other calls are served. */
const STEP = 500;
/** Rows searched before other calls are served. */
const SEARCH_STEP = 2000;

/** Rows of earlier versions state it in the action only. */
const outcomeOf = `coalesce(entry ->> '$.outcome',
  CASE WHEN entry ->> '$.action' LIKE '% refused' THEN 'refused' ELSE 'done' END)`;

/** Jumps from word to word in the index, however many rows have each. */
function selectWords(path: string): string {
  const value = `entry ->> '${path}'`;
  return `WITH RECURSIVE words(word) AS (
    SELECT min(${value}) FROM audit
    UNION ALL SELECT (SELECT min(${value}) FROM audit WHERE ${value} > word) FROM words WHERE word IS NOT NULL
  ) SELECT word FROM words WHERE word IS NOT NULL LIMIT 200`;
}

const AUDIT_SQL = {
  end: "SELECT id, hash FROM audit_ends WHERE name = :name",
  setEnd: `INSERT INTO audit_ends (name, id, hash) VALUES (:name, :id, :hash)
    ON CONFLICT (name) DO UPDATE SET id = excluded.id, hash = excluded.hash`,
  add: "INSERT INTO audit (id, at, entry, hash) VALUES (:id, :at, :entry, :hash)",
  list: `SELECT id, at, entry, hash FROM audit
    WHERE id < :before AND id >= :least AND at >= :from AND at < :to
      AND (:name IS NULL OR entry ->> '$.name' = :name)
      AND (:action IS NULL OR entry ->> '$.action' = :action)
      AND (:credential IS NULL OR entry ->> '$.credential' = :credential
        OR substr(entry ->> '$.credential', 1, length(:credential) + 1) = :credential || ' ')
      AND (:outcome IS NULL OR ${outcomeOf} = :outcome)
      AND (:target IS NULL OR instr(lower(entry ->> '$.target'), lower(:target)) > 0)
    ORDER BY id DESC LIMIT :limit`,
  names: selectWords("$.name"),
  actions: selectWords("$.action"),
  after: "SELECT id, at, entry, hash FROM audit WHERE id > :id ORDER BY id LIMIT :limit",
  remove: "DELETE FROM audit WHERE id <= :id",
} as const;

export class SqliteAudit implements AuditStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  append(entry: AuditEntry): Promise<AuditRow> {
    return this.#connection.run(() =>
      this.#connection.write(() => {
        const last = this.#end("last");
        const id = last.id + 1;
        const { at, ...rest } = entry;
        const text = JSON.stringify(rest);
        const hash = auditHash({ id, at, entry: text }, last.hash);
        this.#connection.statement(AUDIT_SQL.add).run({ id, at, entry: text, hash });
        this.#connection.statement(AUDIT_SQL.setEnd).run({ name: "last", id, hash });
        return { ...entry, id, hash };
      })
    );
  }

  async list(query: AuditQuery): Promise<readonly AuditRow[]> {
    const { from, to, name = null, action = null, credential = null, outcome = null, target = null } = query;
    const asked = {
      from: from ?? Number.MIN_SAFE_INTEGER,
      to: to ?? Number.MAX_SAFE_INTEGER,
      name,
      action,
      credential,
      outcome,
      target,
    };
    const { first, last } = await this.#connection.run(() => ({
      first: this.#end("first").id,
      last: this.#end("last").id,
    }));
    const found: AuditRow[] = [];
    let before = Math.min(query.before ?? Number.MAX_SAFE_INTEGER, last + 1);
    while (found.length < query.limit && before > first + 1) {
      const least = before - SEARCH_STEP;
      const limit = Math.min(query.limit - found.length, SEARCH_STEP);
      const rows = await this.#connection.run(() =>
        this.#connection.statement(AUDIT_SQL.list).all({ ...asked, before, least, limit })
      );
      for (const row of rows) found.push(decodeAuditRow(row as unknown as StoredAuditRow));
      before = least;
      await yieldToOthers();
    }
    return found;
  }

  words(): Promise<AuditWords> {
    return this.#connection.run(() => ({
      names: this.#words(AUDIT_SQL.names),
      actions: this.#words(AUDIT_SQL.actions),
    }));
  }

  #words(sql: string): readonly string[] {
    return this.#connection.statement(sql).all().map(({ word }) => word as string);
  }

  async verify(): Promise<AuditVerdict> {
    let { id, hash } = await this.#connection.run(() => this.#end("first"));
    let rows = 0;
    while (true) {
      const step = await this.#after(id);
      for (const row of step) {
        if (row.id !== id + 1) return { state: "broken", at: id, reason: `row ${id + 1} is missing` };
        if (auditHash(row, hash) !== row.hash) {
          return { state: "broken", at: row.id, reason: `row ${row.id} was changed` };
        }
        ({ id, hash } = row);
        rows++;
      }
      if (step.length < STEP) break;
      await yieldToOthers();
    }
    const last = await this.#connection.run(() => this.#end("last"));
    // Rows may have been added in the meantime.
    if (last.id < id || last.id === id && last.hash !== hash) {
      return { state: "broken", at: id, reason: `the end was changed` };
    }
    if (last.id > id && (await this.#after(id)).length === 0) {
      return { state: "broken", at: id, reason: `rows after ${id} are missing` };
    }
    return { state: "whole", rows, last: hash };
  }

  ends(): Promise<{ readonly first: AuditEnd; readonly last: AuditEnd }> {
    return this.#connection.run(() => ({ first: this.#end("first"), last: this.#end("last") }));
  }

  written(after: number, limit: number): Promise<readonly StoredAuditRow[]> {
    return this.#connection.run(() => this.#read(after, limit));
  }

  restore(before: AuditEnd, rows: readonly StoredAuditRow[]): Promise<void> {
    return this.#connection.run(() =>
      this.#connection.write(() => {
        const known = this.#end("last");
        checkPlace(before, known);
        const last = checkChain(before, rows);
        for (const { id, at, entry, hash } of rows) {
          this.#connection.statement(AUDIT_SQL.add).run({ id, at, entry, hash });
        }
        if (known.id === 0) this.#connection.statement(AUDIT_SQL.setEnd).run({ name: "first", ...before });
        this.#connection.statement(AUDIT_SQL.setEnd).run({ name: "last", ...last });
      })
    );
  }

  async prune(before: number): Promise<number> {
    let removed = 0;
    while (true) {
      const step = await this.#connection.run(() =>
        this.#connection.write(() => {
          const first = this.#end("first");
          const rows = this.#read(first.id);
          // Only from the beginning: after a clock was set back, a later row may precede an older one.
          const stays = rows.findIndex(({ at }) => at >= before);
          const gone = stays < 0 ? rows : rows.slice(0, stays);
          const end = gone.at(-1);
          if (!end) return 0;
          this.#connection.statement(AUDIT_SQL.remove).run({ id: end.id });
          this.#connection.statement(AUDIT_SQL.setEnd).run({ name: "first", id: end.id, hash: end.hash });
          return gone.length;
        })
      );
      removed += step;
      if (step < STEP) return removed;
      await yieldToOthers();
    }
  }

  #after(id: number): Promise<readonly StoredAuditRow[]> {
    return this.#connection.run(() => this.#read(id));
  }

  #read(id: number, limit = STEP): readonly StoredAuditRow[] {
    return this.#connection.statement(AUDIT_SQL.after).all({ id, limit })
      .map(({ id, at, entry, hash }) => ({ id, at, entry, hash }) as StoredAuditRow);
  }

  /** `first`: the row before the first one; `last`: the last one. */
  #end(name: "first" | "last"): { readonly id: number; readonly hash: string } {
    const row = this.#connection.statement(AUDIT_SQL.end).get({ name });
    return row ? { id: row.id as number, hash: row.hash as string } : { id: 0, hash: NO_HASH };
  }
}
