import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { Connection } from "../../lib/store/connection.ts";
import { migrate } from "../../lib/store/open.ts";
import { APPLICATION_ID, DATABASE_VERSION, MIGRATIONS } from "../../lib/store/schema.ts";
import { DOC_TABLES } from "../../lib/store/tables.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { BUCKET_SQL, DOC_SQL, SQL } from "../../lib/store/statements.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { ACCOUNT } from "../support/readings.ts";
import { createDatabase, withFolder } from "./folder.ts";
import { createFailure, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

/** A database as left by version 1 of the schema. Never regenerated: such databases are in use. */
const VERSION_1 = new URL("version_1.sql", import.meta.url);

function schemaOf(path: string): readonly unknown[] {
  using db = new DatabaseSync(path, { readOnly: true });
  return db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all()
    // An added column is on the line of the one before.
    .map((row) => ({ ...row, sql: row.sql === null ? null : String(row.sql).replaceAll(/\s+/g, " ") }));
}

Deno.test("a database of version 1 opens with all its data", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    {
      using db = new DatabaseSync(path);
      db.exec(Deno.readTextFileSync(VERSION_1));
    }
    await using store = await openSqliteStore(path);
    const state = await store.recall(ACCOUNT);
    assertEquals([state.at, Object.keys(state.quotas)], [START + 3 * 60_000, ["five-hour"]]);
    const { reading, cycle, open } = state.quotas["five-hour"]!;
    assertEquals([reading.used, cycle.consumed, open.map(({ count }) => count)], [60, 20.5, [4, 4, 4]]);
    assertEquals((await store.latest())[0]?.outcome, createFailure(START + 600_000));
    assertEquals((await store.readings({ quota: QUOTA })).map(({ used }) => used), [5, 25.5, null, 60]);
    assertEquals((await store.cycles({ quota: QUOTA, limit: 9 })).length, 1);
    assertEquals(await store.docs.get("settings", "theme", START), { dark: true });
    assertEquals(await store.sessions({ account: ACCOUNT, limit: 9 }), []);
    const [next] = pollsOf(
      [{ at: START + 3_600_000, readings: [{ ...reading, used: 64 }] }],
      ACCOUNT,
      state,
    );
    assertEquals(await store.commit(next!), true);
    assertEquals((await store.cycles({ quota: QUOTA, limit: 9 }))[0]?.consumed, 24.5);
    assertEquals((await store.sessions({ account: ACCOUNT, limit: 9 }))[0]?.quotas[0]?.consumed, 4);
  }));

Deno.test("a migrated database has the schema of a new one", () =>
  withFolder(async (folder) => {
    const old = join(folder, "syntrack-old.db");
    {
      using db = new DatabaseSync(old);
      db.exec(Deno.readTextFileSync(VERSION_1));
    }
    await (await openSqliteStore(old))[Symbol.asyncDispose]();
    const fresh = await createDatabase(folder);
    assertEquals(schemaOf(old), schemaOf(fresh));
  }));

Deno.test("migrate() runs only the missing migrations, each with its number", () => {
  using db = new DatabaseSync(":memory:");
  const connection = new Connection(db, ":memory:");
  migrate(connection, ["CREATE TABLE one (x) "]);
  assertEquals([connection.pragma("user_version"), connection.pragma("application_id")], [1, APPLICATION_ID]);
  migrate(connection, ["CREATE TABLE one (x)", "CREATE TABLE two (x)", "INSERT INTO two VALUES (2)"]);
  assertEquals(connection.pragma("user_version"), 3);
  assertEquals(db.prepare("SELECT x FROM two").get()?.x, 2);
});

Deno.test("migrate() leaves a database at the last version that worked", () => {
  using db = new DatabaseSync(":memory:");
  const connection = new Connection(db, ":memory:");
  const broken = ["CREATE TABLE one (x)", "CREATE TABLE two (x); INSERT INTO nowhere VALUES (1)"];
  assertThrows(() => migrate(connection, broken), /nowhere/);
  assertEquals(connection.pragma("user_version"), 1);
  assertEquals(db.prepare("SELECT name FROM sqlite_schema").all().map(({ name }) => name), ["one"]);
  migrate(connection, [broken[0]!, "CREATE TABLE two (x)"]);
  assertEquals(connection.pragma("user_version"), 2);
});

Deno.test("an open database has a log, strict tables, foreign keys and can shrink", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    using db = new DatabaseSync(path, { readOnly: true });
    const connection = new Connection(db, path);
    assertEquals(db.prepare("PRAGMA journal_mode").get()?.journal_mode, "wal");
    assertEquals(connection.pragma("auto_vacuum"), 2);
    assertEquals(connection.pragma("application_id"), APPLICATION_ID);
    assertEquals(connection.pragma("user_version"), DATABASE_VERSION);
    assertEquals(DATABASE_VERSION, MIGRATIONS.length);
    assertEquals(db.prepare("PRAGMA foreign_key_check").all(), []);
    const tables = db.prepare("PRAGMA table_list").all()
      .filter(({ type, name }) => type === "table" && !String(name).startsWith("sqlite_"));
    assert(tables.length >= 8 + Object.keys(DOC_TABLES).length);
    for (const table of tables) assertEquals(table.strict, 1, `${table.name} is not strict`);
    for (const name of Object.values(DOC_TABLES)) assert(tables.some((table) => table.name === name), name);
  }));

/** Steps of a plan that scan a whole table, or sort what an index could have returned in order. */
function costly(db: DatabaseSync, sql: string): readonly string[] {
  return db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => String(detail))
    // A virtual table is a list that the statement was given.
    .filter((detail) => /^SCAN (?!CONSTANT ROW|\w+ VIRTUAL TABLE)|TEMP B-TREE/.test(detail));
}

Deno.test("no statement scans a table or sorts", () =>
  withFolder(async (folder) => {
    using db = new DatabaseSync(await createDatabase(folder));
    const all = [SQL, ...Object.values(BUCKET_SQL), ...Object.values(DOC_SQL)].flatMap((each) =>
      Object.entries(each)
    );
    assert(all.length > 50);
    for (const [name, sql] of all) assertEquals(costly(db, sql), [], `${name}: ${sql}`);
    assertEquals(
      costly(db, "SELECT at FROM readings WHERE used > 3 ORDER BY used").length,
      2,
      "It would tell",
    );
  }));

Deno.test("a store returns the same after the file was closed and opened again", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    const first = await openSqliteStore(path);
    const before = await readEverything(first, [QUOTA]);
    await first[Symbol.asyncDispose]();
    await using second = await openSqliteStore(path);
    assertEquals(await readEverything(second, [QUOTA]), before);
  }));
