/** One open SQLite database: cached prepared statements, transactions, and named failures. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Tuple, Value } from "./rows.ts";
import { allArrays, eachArray, prepare, rollBack } from "../base/sqlite_runtime.ts";
import { SQL } from "./statements.ts";
import { toStoreError } from "./sqlite_errors.ts";

/** Yields between steps of long work, so that other calls are served. */
export function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Delay before retrying a database that another process holds; other calls are served meanwhile. */
const TRY_AGAIN_MS = 50;

export class Connection {
  readonly path: string;
  readonly #patienceMs: number;
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  #open = true;
  #together = false;

  /** @param patienceMs how long calls wait for a lock of another process, without blocking others */
  constructor(db: DatabaseSync, path: string, patienceMs = 0) {
    this.#db = db;
    this.path = path;
    this.#patienceMs = patienceMs;
  }

  get open(): boolean {
    return this.#open;
  }

  /**
   * Returns the statement of `sql`, prepared at its first use, so that a command pays only for what it runs.
   */
  statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = prepare(this.#db, sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  /**
   * Returns rows as arrays in column order. It takes half the time of rows as objects, whose missing
   * prototype also makes copying expensive, so long results are read this way.
   */
  tuples(sql: string, values: Readonly<Record<string, Value>>): readonly Tuple[] {
    return allArrays(this.statement(sql), values) as readonly Tuple[];
  }

  /** Like `tuples`, one row at a time, for more rows than should be in memory at once. */
  eachTuple(sql: string, values: Readonly<Record<string, Value>>): Iterable<Tuple> {
    return eachArray(this.statement(sql), values) as Iterable<Tuple>;
  }

  /** Runs several statements, or a pragma, without parameters. */
  exec(sql: string): void {
    this.#db.exec(sql);
  }

  pragma(name: string): number {
    return Number(Object.values(prepare(this.#db, `PRAGMA ${name}`).get() ?? {})[0]);
  }

  /**
   * Runs `work` and returns a promise that rejects with a named failure. SQLite answers synchronously; the
   * contract does not. Retries while another process holds the database, because then nothing was done.
   */
  run<T>(work: () => T, path = this.path): Promise<T> {
    try {
      return Promise.resolve(this.#once(work));
    } catch (error) {
      const failure = toStoreError(error, path);
      return isLocked(failure) && this.#patienceMs > 0
        ? this.#again(work, path, performance.now() + this.#patienceMs)
        : Promise.reject(failure);
    }
  }

  #once<T>(work: () => T): T {
    if (!this.#open) throw new Error(`Database "${this.path}" is closed`);
    return work();
  }

  async #again<T>(work: () => T, path: string, until: number): Promise<T> {
    while (true) {
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
      try {
        return this.#once(work);
      } catch (error) {
        const failure = toStoreError(error, path);
        if (!isLocked(failure) || performance.now() >= until) throw failure;
      }
    }
  }

  /** Runs `work` in one transaction; within `together`, as part of that one. */
  write<T>(work: () => T): T {
    if (this.#together) return work();
    this.statement(SQL.begin).run();
    try {
      const result = work();
      this.statement(SQL.commit).run();
      return result;
    } catch (error) {
      rollBack(this.#db);
      throw error;
    }
  }

  /** Runs `work` in one transaction, all of it or nothing. Other writers wait meanwhile. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    if (this.#together) throw new Error("Cannot begin a transaction within another");
    await this.run(() => this.statement(SQL.begin).run());
    this.#together = true;
    try {
      const result = await work();
      await this.run(() => this.statement(SQL.commit).run());
      return result;
    } finally {
      this.#together = false;
      if (this.#open) rollBack(this.#db);
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#prepared.clear();
    this.#db.close();
  }
}

function isLocked(failure: unknown): boolean {
  return failure instanceof Error && "kind" in failure && failure.kind === "locked";
}
