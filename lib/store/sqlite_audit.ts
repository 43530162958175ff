/**
 * The record of who did what in SQLite. Each row holds a hash of itself and of the hash before it, so that nothing in the
 * middle can be changed or taken out unseen; the end is written down as well, so that the last rows cannot either. Whoever
 * may write the file can write all of it anew: the hash of the last row, kept elsewhere, tells that.
 */
import { createHash } from "node:crypto";
import type { AuditEntry, AuditQuery, AuditRow, AuditStore, AuditVerdict } from "./audit_contract.ts";
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

/** Of nothing, before the first row. */
const NO_HASH = "0".repeat(64);
/** Rows that are read or removed without serving anybody else. */
const STEP = 500;

const AUDIT_SQL = {
  end: "SELECT id, hash FROM audit_ends WHERE name = :name",
  setEnd: `INSERT INTO audit_ends (name, id, hash) VALUES (:name, :id, :hash)
    ON CONFLICT (name) DO UPDATE SET id = excluded.id, hash = excluded.hash`,
  add: "INSERT INTO audit (id, at, entry, hash) VALUES (:id, :at, :entry, :hash)",
  list: `SELECT id, at, entry, hash FROM audit WHERE id < :before AND at >= :from AND at < :to
    ORDER BY id DESC LIMIT :limit`,
  after: "SELECT id, at, entry, hash FROM audit WHERE id > :id ORDER BY id LIMIT :limit",
  remove: "DELETE FROM audit WHERE id <= :id",
} as const;

interface StoredRow {
  readonly id: number;
  readonly at: number;
  readonly entry: string;
  readonly hash: string;
}

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
        const hash = hashOf({ id, at, entry: text }, last.hash);
        this.#connection.statement(AUDIT_SQL.add).run({ id, at, entry: text, hash });
        this.#connection.statement(AUDIT_SQL.setEnd).run({ name: "last", id, hash });
        return { ...entry, id, hash };
      })
    );
  }

  list({ before, from, to, limit }: AuditQuery): Promise<readonly AuditRow[]> {
    if (!(limit >= 1)) return Promise.resolve([]);
    return this.#connection.run(() =>
      this.#connection.statement(AUDIT_SQL.list).all({
        before: before ?? Number.MAX_SAFE_INTEGER,
        from: from ?? Number.MIN_SAFE_INTEGER,
        to: to ?? Number.MAX_SAFE_INTEGER,
        limit,
      }).map((row) => rowOf(row as unknown as StoredRow))
    );
  }

  async verify(): Promise<AuditVerdict> {
    let { id, hash } = await this.#connection.run(() => this.#end("first"));
    let rows = 0;
    while (true) {
      const step = await this.#after(id);
      for (const row of step) {
        if (row.id !== id + 1) return { state: "broken", at: id, reason: `row ${id + 1} is missing` };
        if (hashOf(row, hash) !== row.hash) {
          return { state: "broken", at: row.id, reason: `row ${row.id} is not as it was written` };
        }
        ({ id, hash } = row);
        rows++;
      }
      if (step.length < STEP) break;
      await yieldToOthers();
    }
    const last = await this.#connection.run(() => this.#end("last"));
    // Rows may have been added since.
    if (last.id < id || last.id === id && last.hash !== hash) {
      return { state: "broken", at: id, reason: `the end is not as it was written` };
    }
    if (last.id > id && (await this.#after(id)).length === 0) {
      return { state: "broken", at: id, reason: `rows after ${id} are missing` };
    }
    return { state: "whole", rows, last: hash };
  }

  async prune(before: number): Promise<number> {
    let removed = 0;
    while (true) {
      const step = await this.#connection.run(() =>
        this.#connection.write(() => {
          const first = this.#end("first");
          const rows = this.#read(first.id);
          // Only from the beginning: a clock that was set back leaves a later row before an older one.
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

  #after(id: number): Promise<readonly StoredRow[]> {
    return this.#connection.run(() => this.#read(id));
  }

  #read(id: number): readonly StoredRow[] {
    return this.#connection.statement(AUDIT_SQL.after).all({ id, limit: STEP }) as unknown as StoredRow[];
  }

  /** `first`: the row before the first one; `last`: the last one. */
  #end(name: "first" | "last"): { readonly id: number; readonly hash: string } {
    const row = this.#connection.statement(AUDIT_SQL.end).get({ name });
    return row ? { id: row.id as number, hash: row.hash as string } : { id: 0, hash: NO_HASH };
  }
}

function hashOf({ id, at, entry }: Omit<StoredRow, "hash">, before: string): string {
  return createHash("sha256").update(`${before}\n${id}\n${at}\n${entry}`).digest("hex");
}

function rowOf({ id, at, entry, hash }: StoredRow): AuditRow {
  return { ...JSON.parse(entry), at, id, hash };
}
