import { join } from "node:path";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { DATABASE_VERSION } from "../../lib/store/schema.ts";
import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { ACCOUNT, DAY_MS, MINUTE_MS, reading } from "../support/readings.ts";
import { createDatabase, everyFile, modeOf, runSql, withFolder } from "./folder.ts";
import { commitAll, minutes, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

type Refusal = Error & { readonly kind?: string; readonly hint?: string };

Deno.test("size() of an empty database is zero", async () => {
  await using store = await openSqliteStore(":memory:");
  const { bytes, freeBytes, logBytes, ...counts } = await store.size();
  assert(bytes > 0 && freeBytes === 0 && logBytes === 0);
  assertEquals(counts, {
    accounts: 0,
    quotas: 0,
    readings: 0,
    buckets: 0,
    cycles: 0,
    sessions: 0,
    outcomes: 0,
    firstAt: null,
    lastAt: null,
  });
});

Deno.test("size() counts the contents of a database and measures the file and its log", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    await using store = await openSqliteStore(path);
    await commitAll(store, minutes([1, 2, 3, 4, 5, 6, 7]));
    await commitAll(store, minutes([1, 1], "acme/other"));
    const { logBytes, ...size } = await store.size();
    assertEquals(logBytes, Deno.statSync(`${path}-wal`).size);
    assert(logBytes > 0);
    assertEquals(size, {
      bytes: size.bytes,
      freeBytes: 0,
      accounts: 2,
      quotas: 2,
      readings: 9,
      buckets: 4 + 3,
      cycles: 2,
      sessions: 1,
      outcomes: 9,
      firstAt: START,
      lastAt: START + 6 * MINUTE_MS,
    });
    await store[Symbol.asyncDispose]();
    assertEquals(Deno.statSync(path).size, size.bytes);
  }));

Deno.test("check() finds no fault in a database after false resets, pruning and vacuum", () =>
  withFolder(async (folder) => {
    await using store = await openSqliteStore(join(folder, "syntrack.db"));
    const week = (minute: number, used: number, reset: number) => ({
      at: START + minute * MINUTE_MS,
      readings: [
        reading({ used, resetsAt: START + reset * DAY_MS, window: { kind: "fixed", seconds: 604_800 } }),
      ],
    });
    await commitAll(store, [
      ...pollsOf([week(0, 60, 5), week(5, 2, 7), week(10, 3.3, 7), week(70, 61.7, 5), week(75, 63, 5)]),
    ]);
    assertEquals(await store.check(), []);
    await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, START + DAY_MS);
    await store.vacuum();
    assertEquals(await store.check(), []);
  }));

Deno.test("check() reports damaged pages, stray rows, unreadable states and differing sums", () =>
  withFolder(async (folder) => {
    const problems = async (sql: string): Promise<string> => {
      const path = await createDatabase(folder);
      runSql(path, `PRAGMA foreign_keys = OFF; ${sql}`);
      await using store = await openSqliteStore(path, { readOnly: true });
      const found = await store.check();
      Deno.removeSync(path);
      return found.join("; ");
    };
    assertEquals(await problems("SELECT 1"), "");
    assertStringIncludes(await problems("UPDATE days SET consumed = 99"), "consumed 2, its days 99");
    assertStringIncludes(
      await problems("UPDATE cycles SET consumed = 99"),
      'The cycles of "acme/work/five-hour"',
    );
    assertStringIncludes(await problems("DELETE FROM hours"), "hold 0 readings, its days 3");
    assertStringIncludes(await problems("UPDATE accounts SET state = '{'"), 'The state of "acme/work"');
    assertStringIncludes(await problems("DELETE FROM quotas"), 'belongs to no row of "quotas"');
  }));

Deno.test("check() reports damaged pages", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    using db = new DatabaseSync(path, { readOnly: true });
    const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'readings'").get()?.rootpage;
    db.close();
    const bytes = Deno.readFileSync(path);
    bytes.fill(0x5a, (Number(root) - 1) * 4096, Number(root) * 4096);
    Deno.writeFileSync(path, bytes);
    await using store = await openSqliteStore(path, { readOnly: true });
    const found = await store.check();
    assert(found.length > 0 && found.length <= 20);
    assertStringIncludes(found.join("; "), "malformed");
  }));

Deno.test("backup() writes a complete separate copy, while others write", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    await using store = await openSqliteStore(path);
    await commitAll(store, minutes([1, 2, 3]));
    const before = await readEverything(store, [QUOTA]);
    const copy = join(folder, "deep", "er", "copy 'ü'.db");
    {
      await using reader = await openSqliteStore(path, { readOnly: true });
      await reader.backup(copy);
    }
    await commitAll(store, minutes([1, 2, 3, 4]));
    assertEquals([...Deno.readDirSync(join(folder, "deep", "er"))].map(({ name }) => name), ["copy 'ü'.db"]);
    if (Deno.build.os !== "windows") assertEquals(modeOf(copy), 0o600);
    using raw = new DatabaseSync(copy, { readOnly: true });
    assertEquals(raw.prepare("PRAGMA user_version").get()?.user_version, DATABASE_VERSION);
    raw.close();
    await using opened = await openSqliteStore(copy);
    assertEquals(await readEverything(opened, [QUOTA]), before);
    assertEquals(await opened.check(), []);
    assertEquals(await opened.commit(minutes([1, 2, 3, 4])[3]!), true, "And one can go on with it");
  }));

Deno.test("backup() overwrites nothing and leaves nothing half written", () =>
  withFolder(async (folder) => {
    await using store = await openSqliteStore(await createDatabase(folder));
    const there = join(folder, "letter.txt");
    Deno.writeTextFileSync(there, "dear");
    Deno.mkdirSync(join(folder, "folder"));
    const before = everyFile(folder).map((file) => (file as { name: string }).name);
    for (const file of [there, join(folder, "folder"), store.path, join(there, "below.db")]) {
      const error = await assertRejects(() => store.backup(file)) as Refusal;
      assertEquals([error.name, error.kind], ["StoreError", "unwritable"], `${file}: ${error.message}`);
    }
    assertEquals(Deno.readTextFileSync(there), "dear");
    assertEquals(everyFile(folder).map((file) => (file as { name: string }).name), before);
    assertEquals((await store.recall(ACCOUNT)).at, START + 2 * MINUTE_MS);
  }));

Deno.test("vacuum() returns space and changes no stored data", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    await using store = await openSqliteStore(path);
    await store.commitAll(minutes(Array.from({ length: 1500 }, (_, i) => i)));
    await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, START + 9 * DAY_MS);
    const before = await readEverything(store, [QUOTA]);
    const { bytes } = await store.size();
    await store.vacuum();
    const after = await store.size();
    assert(after.bytes <= bytes && after.freeBytes === 0 && after.logBytes === 0);
    assertEquals(Deno.statSync(path).size, after.bytes);
    assertEquals(await readEverything(store, [QUOTA]), before);
    await using reader = await openSqliteStore(path, { readOnly: true });
    assertEquals((await assertRejects(() => reader.vacuum()) as Refusal).kind, "unwritable");
  }));

Deno.test("a closed store has no size, no copy and no vacuum", async () => {
  const store = await openSqliteStore(":memory:");
  await store[Symbol.asyncDispose]();
  for (const call of [() => store.size(), () => store.check(), () => store.vacuum()]) {
    assertStringIncludes(String(await assertRejects(call)), "is closed");
  }
});

Deno.test("check() counts the entries of each day again and names the day with another sum", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    await using store = await openSqliteStore(path);
    await commitAll(store, minutes([1, 5, 9, 20]));
    assertEquals(await store.check(), []);
    // As two processes that overwrite each other leave it.
    runSql(
      path,
      `UPDATE hours SET consumed = 12; UPDATE days SET consumed = 12; UPDATE cycles SET consumed = 12`,
    );
    const problems = await store.check();
    assertEquals(problems.length, 1);
    assertStringIncludes(problems[0] ?? "", 'The day 2026-03-10 of "acme/work/five-hour"');
    assertStringIncludes(problems[0] ?? "", "consumed 12");
    assertStringIncludes(problems[0] ?? "", "consumed 19");
    // Pruned data is not counted again.
    runSql(
      path,
      `UPDATE hours SET consumed = 19; UPDATE days SET consumed = 19; UPDATE cycles SET consumed = 19;
      DELETE FROM readings WHERE at < ${START + 2 * MINUTE_MS}`,
    );
    assertEquals(await store.check(), []);
  }));
