/**
 * Stores events in their own database beside ours. The read position of each file and its new rows are
 * written in one transaction, so that neither ever exists without the other.
 *
 * An event is identified by its content and by its ordinal among equal lines of its file: reading a file
 * again, under another name or from its start, adds nothing, and two calls that look the same stay two.
 */
import type { DatabaseSync } from "node:sqlite";
import { rollBack } from "../base/sqlite_runtime.ts";
import type { CallEvent } from "./event.ts";

/** The known state of a file. */
export interface FileState {
  /** Changes when another file replaces it or it starts over. */
  readonly generation: number;
  /** Distinguishes files with the same name: device and inode number, where the system has them. */
  readonly identity: string;
  /** Its head: the number of processed bytes it covers, and their hash. */
  readonly head: string;
  /** Number of processed bytes. */
  readonly offset: number;
  /** True while inside a line that is too long. */
  readonly skipping: boolean;
}

export interface NewLine {
  /** Hash of the line's content. */
  readonly hash: string;
  /** Null for a line that is not an event. */
  readonly event: CallEvent | null;
}

/** Selects events by equality of fields. */
export interface EventMatch {
  readonly integration?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly account?: string | undefined;
}

export interface Sums {
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** Sum over the events that state it. */
  readonly cost_usd: number;
}

export interface EventStore {
  stateOf(file: string): FileState | null;
  /**
   * Stores lines together with the file's read position, both or neither; returns null when another process
   * has read on from `before`. Otherwise returns the number of new events.
   */
  append(file: string, before: FileState | null, after: FileState, lines: readonly NewLine[]): number | null;
  /** Sums events in `[from, to)`. */
  sums(match: EventMatch, from: number, to: number): Sums;
  /** Deletes events before `at`, and the state of files that are gone. */
  prune(at: number, files: readonly string[]): void;
  close(): void;
}

const TABLES = `
CREATE TABLE IF NOT EXISTS files (
  name TEXT PRIMARY KEY, generation INTEGER NOT NULL, identity TEXT NOT NULL, head TEXT NOT NULL,
  offset INTEGER NOT NULL, skipping INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS lines (
  name TEXT NOT NULL, generation INTEGER NOT NULL, hash TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (name, generation, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
  hash TEXT NOT NULL, ordinal INTEGER NOT NULL, at INTEGER NOT NULL,
  integration TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, account TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, total_tokens INTEGER NOT NULL, cost_usd REAL,
  PRIMARY KEY (hash, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS events_at ON events(at);
`;

/** @param path absolute, or `:memory:` */
export async function openEventStore(path: string): Promise<EventStore> {
  // Loaded only when there are event files: most users have none.
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA synchronous = NORMAL;");
  database.exec(TABLES);
  if (path !== ":memory:" && Deno.build.os !== "windows") Deno.chmodSync(path, 0o600);
  return storeOn(database);
}

function storeOn(database: DatabaseSync): EventStore {
  const find = database.prepare(
    "SELECT generation, identity, head, offset, skipping FROM files WHERE name = ?",
  );
  const put = database.prepare("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)");
  const forgetLines = database.prepare("DELETE FROM lines WHERE name = ? AND generation <> ?");
  const count = database.prepare(
    "INSERT INTO lines VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
  );
  const add = database.prepare(
    "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );

  function readState(file: string): FileState | null {
    const row = find.get(file);
    return row
      ? {
        generation: Number(row.generation),
        identity: String(row.identity),
        head: String(row.head),
        offset: Number(row.offset),
        skipping: row.skipping === 1,
      }
      : null;
  }

  function keep(file: string, generation: number, { hash, event }: NewLine): number {
    const ordinal = Number(count.get(file, generation, hash)?.count);
    if (!event) return 0;
    const {
      at,
      integration,
      provider,
      model,
      account,
      promptTokens,
      completionTokens,
      totalTokens,
      costUsd,
    } = event;
    return Number(
      add.run(
        hash,
        ordinal,
        at,
        integration,
        provider,
        model,
        account,
        promptTokens,
        completionTokens,
        totalTokens,
        costUsd,
      )
        .changes,
    );
  }

  return {
    stateOf: readState,
    append(file, before, after, lines) {
      database.exec("BEGIN IMMEDIATE");
      try {
        if (!isSame(readState(file), before)) {
          database.exec("ROLLBACK");
          return null;
        }
        if (before?.generation !== after.generation) forgetLines.run(file, after.generation);
        let added = 0;
        for (const line of lines) added += keep(file, after.generation, line);
        const { generation, identity, head, offset, skipping } = after;
        put.run(file, generation, identity, head, offset, skipping ? 1 : 0);
        database.exec("COMMIT");
        return added;
      } catch (error) {
        rollBack(database);
        throw error;
      }
    },
    sums(match, from, to) {
      const { where, values } = buildCondition(match);
      const row = database.prepare(
        `SELECT count(*) AS requests, coalesce(sum(prompt_tokens), 0) AS prompt,
          coalesce(sum(completion_tokens), 0) AS completion, coalesce(sum(total_tokens), 0) AS total,
          coalesce(sum(cost_usd), 0) AS cost FROM events WHERE at >= ? AND at < ?${where}`,
      ).get(from, to, ...values);
      return {
        requests: Number(row?.requests ?? 0),
        prompt_tokens: Number(row?.prompt ?? 0),
        completion_tokens: Number(row?.completion ?? 0),
        total_tokens: Number(row?.total ?? 0),
        cost_usd: Number(row?.cost ?? 0),
      };
    },
    prune(at, files) {
      const { changes } = database.prepare("DELETE FROM events WHERE at < ?").run(at);
      // A line's count matters only while the line can appear again and be accepted.
      if (Number(changes) > 0) database.exec("DELETE FROM lines WHERE hash NOT IN (SELECT hash FROM events)");
      const known = new Set(files);
      for (const { name } of database.prepare("SELECT name FROM files").all()) {
        if (known.has(String(name))) continue;
        database.prepare("DELETE FROM files WHERE name = ?").run(String(name));
        database.prepare("DELETE FROM lines WHERE name = ?").run(String(name));
      }
    },
    close: () => database.close(),
  };
}

function isSame(a: FileState | null, b: FileState | null): boolean {
  return a === null || b === null
    ? a === b
    : a.generation === b.generation && a.offset === b.offset && a.skipping === b.skipping;
}

function buildCondition(match: EventMatch) {
  const parts = (["integration", "provider", "model", "account"] as const).flatMap((name) => {
    const value = match[name];
    return value === undefined ? [] : [{ name, value }];
  });
  return {
    where: parts.map(({ name }) => ` AND ${name} = ?`).join(""),
    values: parts.map(({ value }) => value),
  };
}
