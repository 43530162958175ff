/**
 * The store on SQLite, through `node:sqlite`. May import the model and its own room, and must never compute:
 * it stores and returns what it receives.
 *
 * SQLite answers synchronously, so each call is complete when its promise exists, calls never interleave, and
 * no call may take long; only `prune` works in steps.
 */
import { type AccountState, emptyState } from "../model/engine/advance.ts";
import type { Bucket } from "../model/engine/bucket.ts";
import type { HistoryPoint } from "../model/forecast/closed_cycle.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey, QuotaKey, Reading } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";
import type { Terms } from "../model/engine/terms.ts";
import { splitQuotaKey } from "../model/quota.ts";
import { adopt } from "./adopt_accounts.ts";
import { checkAlone } from "./check_poll.ts";
import { commitPolls, noteOutcome } from "./commit.ts";
import type { Connection } from "./connection.ts";
import { openConnection, type OpenOptions } from "./open.ts";
import { prune } from "./prune.ts";
import {
  cycleFrom,
  decode,
  decodeBucket,
  decodeLevel,
  decodeOutcome,
  decodePoint,
  decodeSession,
  decodeShortReading,
} from "./rows.ts";
import { forget, move } from "./move.ts";
import { SqliteAudit } from "./sqlite_audit.ts";
import { SqliteDocs } from "./sqlite_docs.ts";
import { ADOPT_SQL, BUCKET_SQL, SQL } from "./statements.ts";
import type {
  AccountRecord,
  AdoptedAccount,
  AuditStore,
  BackupOptions,
  CyclesQuery,
  DatabaseFile,
  DocStore,
  GuardedDocs,
  Move,
  OutcomesQuery,
  PastMarkQuery,
  PastRow,
  Poll,
  QuotaDescription,
  ReadingsQuery,
  Retention,
  Rewind,
  SeriesQuery,
  SessionsQuery,
  Size,
  Store,
  StoredLevel,
  StoredReading,
} from "./store.ts";
import { rewind } from "./rewind.ts";
import { checkSource } from "./history_of.ts";
import { copyHistory } from "./copy_history.ts";
import { supplement, supplementAll } from "./supplement_past.ts";
import { backUp, check, readSize, vacuum } from "./sqlite_maintenance.ts";

export type { OpenOptions } from "./open.ts";
export type { Size } from "./store.ts";

/** The store, with its file. */
export interface SqliteStore extends Store, DatabaseFile {
  readonly file: DatabaseFile;
  /**
   * Stores everything `work` commits, or nothing when it rejects. Other writing processes wait until it ends,
   * and nothing else may use the store meanwhile.
   */
  together<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Opens the database at `path`, or creates one. Rejects a database that is foreign, damaged or of a newer
 * version with a `StoreError` and leaves it unchanged. `:memory:` is a database that ends with the store.
 */
export function openSqliteStore(path: string, options: OpenOptions = {}): Promise<SqliteStore> {
  try {
    const { connection, warnings } = openConnection(path, options);
    return Promise.resolve(new OpenStore(connection, warnings));
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Creates the store on an open connection. */
export function storeOn(connection: Connection): SqliteStore {
  return new OpenStore(connection, []);
}

class OpenStore implements SqliteStore {
  readonly docs: DocStore;
  readonly audit: AuditStore;
  readonly path: string;
  readonly file: DatabaseFile = this;
  readonly warnings: readonly string[];
  readonly #connection: Connection;

  constructor(connection: Connection, warnings: readonly string[]) {
    this.#connection = connection;
    this.path = connection.path;
    this.warnings = warnings;
    this.docs = new SqliteDocs(connection);
    this.audit = new SqliteAudit(connection);
  }

  recall(account: AccountKey): Promise<AccountState> {
    return this.#run((db) => decodeState(db.statement(SQL.state).get({ account })?.state, account));
  }

  commit(poll: Poll): Promise<boolean> {
    return this.#run((db) => commitPolls(db, [poll]) === 1);
  }

  commitAll(polls: readonly Poll[]): Promise<number> {
    return this.#run((db) => (checkAlone(polls), commitPolls(db, polls)));
  }

  supplement(
    rows: readonly PastRow[] | AsyncIterable<readonly PastRow[]>,
    exactly?: number,
  ): Promise<number> {
    if (Array.isArray(rows) && exactly === undefined) return this.#run((db) => supplement(db, rows));
    const batches = Array.isArray(rows) ? [rows] : rows as AsyncIterable<readonly PastRow[]>;
    return supplementAll(this.#connection, batches, exactly);
  }

  rewind(request: Rewind): Promise<number | null> {
    return this.#run((db) => rewind(db, request));
  }

  note(outcome: Outcome, docs?: GuardedDocs): Promise<boolean> {
    return this.#run((db) => noteOutcome(db, outcome, docs));
  }

  latest(account?: AccountKey): Promise<readonly AccountRecord[]> {
    return this.#run((db) => {
      const rows = account === undefined
        ? db.statement(SQL.latest).all()
        : db.statement(SQL.latestOf).all({ account });
      return rows.map((row) => {
        const account = row.key as AccountKey;
        const outcome = db.statement(SQL.lastOutcome).get({ id: row.id as number });
        return {
          account,
          state: decodeState(row.state, account),
          outcome: outcome ? decodeOutcome(outcome, account) : null,
          okAt: row.okAt as number | null,
        };
      });
    });
  }

  describe(quota: QuotaKey): Promise<Pick<Reading, "label" | "unit" | "window"> | null> {
    return this.#run((db) => {
      const row = db.statement(SQL.quota).get(splitQuotaKey(quota));
      if (!row) return null;
      const { label, unit, kind, seconds } = row as unknown as
        & Pick<Reading, "label" | "unit">
        & Reading["window"];
      return { label, unit, window: { kind, seconds } };
    });
  }

  quotas(account: AccountKey): Promise<readonly QuotaDescription[]> {
    return this.#run((db) => {
      const found = db.statement(ADOPT_SQL.account).get({ account });
      if (!found) return [];
      return db.statement(ADOPT_SQL.quotas).all({ id: found.id as number }).map((row) => {
        const { quota, label, unit, kind, seconds } = row as unknown as QuotaDescription & Reading["window"];
        return { quota, label, unit, window: { kind, seconds } };
      });
    });
  }

  terms(quota: QuotaKey): Promise<readonly Terms[]> {
    return this.#run((db) =>
      db.statement(SQL.terms).all(splitQuotaKey(quota))
        .map(({ until, unit, plan }) => ({ until, unit, plan }) as Terms)
    );
  }

  readings(query: ReadingsQuery): Promise<readonly StoredReading[]> {
    return this.#run((db) =>
      db.tuples(query.newestFirst ? SQL.readingsNewestFirst : SQL.readings, {
        ...splitQuotaKey(query.quota),
        ...createRange(query),
        limit: query.limit === undefined ? -1 : bound(query.limit),
      }).map(decodeShortReading)
    );
  }

  levels(query: ReadingsQuery): Promise<readonly StoredLevel[]> {
    return this.#run((db) =>
      db.tuples(SQL.levels, { ...splitQuotaKey(query.quota), ...createRange(query) }).map(decodeLevel)
    );
  }

  series(query: SeriesQuery): Promise<readonly Bucket[]> {
    return this.#run((db) =>
      db.tuples(BUCKET_SQL[query.step].series, { ...splitQuotaKey(query.quota), ...createRange(query) })
        .map((tuple) => decodeBucket(tuple, query.step))
    );
  }

  points(query: SeriesQuery): Promise<readonly HistoryPoint[]> {
    return this.#run((db) =>
      db.tuples(BUCKET_SQL[query.step].points, { ...splitQuotaKey(query.quota), ...createRange(query) })
        .map(decodePoint)
    );
  }

  cycles(query: CyclesQuery): Promise<readonly Cycle[]> {
    return this.#run((db) =>
      db.tuples(SQL.cycles, {
        ...splitQuotaKey(query.quota),
        ...createRange(query),
        limit: bound(query.limit),
      }).map((tuple) => cycleFrom(tuple, query.quota))
    );
  }

  pastMarks(queries: readonly PastMarkQuery[]): Promise<readonly string[]> {
    const wanted = queries.map(({ quota, from, to }) => {
      const { account, quota: name } = splitQuotaKey(quota);
      return [account, name, from, to];
    });
    return this.#run((db) => {
      const marks = new Array<string>(queries.length).fill("");
      for (const [at, mark] of db.tuples(SQL.pastMarks, { wanted: JSON.stringify(wanted) })) {
        marks[Number(at)] = String(mark);
      }
      return marks;
    });
  }

  sessions(query: SessionsQuery): Promise<readonly Session[]> {
    return this.#run((db) =>
      db.statement(SQL.sessions).all({
        account: query.account,
        ...createRange(query),
        limit: bound(query.limit),
      }).map((row) => decodeSession(row, query.account))
    );
  }

  outcomes(query: OutcomesQuery): Promise<readonly Outcome[]> {
    return this.#run((db) =>
      db.statement(SQL.outcomes).all({
        account: query.account,
        from: query.from ?? Number.MIN_SAFE_INTEGER,
        to: query.to ?? Number.MAX_SAFE_INTEGER,
        kind: query.kind ?? null,
        limit: bound(query.limit),
      }).map((row) => decodeOutcome(row, query.account))
    );
  }

  async prune(keep: Retention, now: number): Promise<number> {
    const rows = await prune(this.#connection, keep, now);
    const { auditMs = 0 } = keep;
    return auditMs > 0 ? rows + await this.audit.prune(now - auditMs) : rows;
  }

  move(request: Move): Promise<boolean | "outdated"> {
    return this.#run((db) => move(db, request));
  }

  forget(account: AccountKey): Promise<boolean> {
    return forget(this.#connection, account);
  }

  together<T>(work: () => Promise<T>): Promise<T> {
    return this.#connection.together(work);
  }

  async adopt(other: Store, accounts: readonly AdoptedAccount[]): Promise<readonly AccountKey[]> {
    if (other instanceof OpenStore) return await this.#run((db) => adopt(db, other.#connection, accounts));
    checkSource(other);
    // Copy the rows first, so that others wait only for the adoption.
    const { connection } = openConnection(":memory:", { temporary: true });
    try {
      for (const { account } of accounts) await copyHistory(other, account, connection);
      return await this.#run((db) => adopt(db, connection, accounts));
    } finally {
      connection.close();
    }
  }

  size(): Promise<Size> {
    return readSize(this.#connection);
  }

  check(): Promise<readonly string[]> {
    return check(this.#connection);
  }

  backup(path: string, options?: BackupOptions): Promise<void> {
    return backUp(this.#connection, path, options);
  }

  vacuum(): Promise<void> {
    return vacuum(this.#connection);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  #run<T>(work: (connection: Connection) => T): Promise<T> {
    return this.#connection.run(() => work(this.#connection));
  }
}

function decodeState(state: unknown, account: AccountKey): AccountState {
  return typeof state === "string" ? decode<AccountState>(state, "state") : emptyState(account);
}

function createRange(query: { readonly from?: number; readonly to?: number; readonly before?: number }) {
  const last = Number.MAX_SAFE_INTEGER;
  return {
    from: query.from ?? Number.MIN_SAFE_INTEGER,
    to: Math.min(query.to ?? last, query.before ?? last),
  };
}

/** SQLite would read a negative limit as no limit. */
function bound(limit: number): number {
  return limit >= 1 ? Math.min(Math.trunc(limit), Number.MAX_SAFE_INTEGER) : 0;
}
