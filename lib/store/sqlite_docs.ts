/** Documents in SQLite: one table for each kind. */
import type { Doc, DocChange, DocKind, DocStore, GuardedDocs, PutOptions, StoredDoc } from "./store.ts";
import type { Connection } from "./connection.ts";
import { decode, encode, keyText } from "./rows.ts";
import { DOC_SQL, type DocSql } from "./statements.ts";

export class SqliteDocs implements DocStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get<T>(kind: DocKind, id: string, now: number): Promise<T | null> {
    return this.#connection.run(() => {
      const row = this.#connection.statement(findSql(kind).get).get({ id, now });
      return row ? decode<T>(row.doc as string, kind) : null;
    });
  }

  put<T>(kind: DocKind, id: string, doc: T, now: number, options: PutOptions = {}): Promise<boolean> {
    return this.#connection.run(() => {
      const sql = findSql(kind);
      const result = this.#connection.statement(options.ifAbsent ? sql.putIfAbsent : sql.put).run({
        id: keyText(id, "id"),
        doc: encode(doc, kind),
        expiresAt: options.expiresAt ?? null,
        now,
      });
      return result.changes > 0;
    });
  }

  delete(kind: DocKind, id: string): Promise<boolean> {
    return this.#connection.run(() =>
      this.#connection.statement(findSql(kind).delete).run({ id }).changes > 0
    );
  }

  list<T>(kind: DocKind, now: number): Promise<readonly Doc<T>[]> {
    return this.#connection.run(() =>
      this.#connection.statement(findSql(kind).list).all({ now })
        .map((row) => ({ id: row.id as string, doc: decode<T>(row.doc as string, kind) }))
    );
  }

  all(kind: DocKind): Promise<readonly StoredDoc[]> {
    return this.#connection.run(() =>
      this.#connection.statement(findSql(kind).all).all().map((row) => ({
        id: row.id as string,
        doc: decode(row.doc as string, kind),
        expiresAt: row.expiresAt as number | null,
      }))
    );
  }

  change(changes: readonly DocChange[], now: number): Promise<boolean> {
    return this.#connection.run(() =>
      this.#connection.write(() => changeDocs(this.#connection, changes, now))
    );
  }

  putGuarded(docs: GuardedDocs): Promise<boolean> {
    return this.#connection.run(() => this.#connection.write(() => putGuarded(this.#connection, docs)));
  }
}

/**
 * Runs within the caller's transaction, and changes nothing when it returns false. Documents are returned exactly as
 * stored, so that the guard can be compared as text.
 */
export function putGuarded(db: Connection, { guard, added, now }: GuardedDocs): boolean {
  const { put } = findSql(guard.kind);
  const id = keyText(guard.id, "id");
  if (!isStored(db, guard.kind, id, guard.was, now)) return false;
  db.statement(put).run({ id, doc: encode(guard.doc, guard.kind), expiresAt: null, now });
  for (const { kind, id, doc, expiresAt = null } of added) {
    const values = { id: keyText(id, "id"), doc: encode(doc, kind), expiresAt, now };
    db.statement(findSql(kind).putIfAbsent).run(values);
  }
  return true;
}

/** Runs within the caller's transaction, and changes nothing when it returns false. */
export function changeDocs(db: Connection, changes: readonly DocChange[], now: number): boolean {
  if (!areAsRead(db, changes, now)) return false;
  for (const { kind, id, doc } of changes) {
    const sql = findSql(kind);
    if (doc === null) db.statement(sql.delete).run({ id });
    else {
      db.statement(sql.put).run({ id: keyText(id, "id"), doc: encode(doc, kind), expiresAt: null, now });
    }
  }
  return true;
}

/** Reports whether the documents that changes are computed from are still the stored ones. */
export function areAsRead(db: Connection, changes: readonly DocChange[], now: number): boolean {
  return changes.every(({ kind, id, was }) => was === undefined || isStored(db, kind, id, was, now));
}

function isStored(db: Connection, kind: DocKind, id: string, was: unknown, now: number): boolean {
  const stored = db.statement(findSql(kind).get).get({ id, now })?.doc ?? null;
  return stored === (was === null ? null : encode(was, kind));
}

function findSql(kind: DocKind): DocSql {
  const sql = Object.hasOwn(DOC_SQL, kind) ? DOC_SQL[kind] : undefined;
  if (!sql) throw new TypeError(`Unknown kind of document "${kind}"`);
  return sql;
}
