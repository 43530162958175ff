import { DatabaseSync } from "node:sqlite";
import { Connection } from "../../lib/store/connection.ts";
import { openSqliteStore, storeOn } from "../../lib/store/sqlite.ts";
import { toStoreError } from "../../lib/store/sqlite_errors.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "../support/assert.ts";
import { ACCOUNT, DAY_MS, MINUTE_MS, reading } from "../support/readings.ts";
import { createDatabase, withFolder } from "./folder.ts";
import { commitAll, createFailure, minutes, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

type Refusal = Error & { readonly kind?: string; readonly hint?: string };
const FOUR = minutes([1, 2, 3, 4]);

Deno.test("a second connection reads committed data while the first one writes", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    await using writer = await openSqliteStore(path);
    await using reader = await openSqliteStore(path, { readOnly: true });
    using person = new DatabaseSync(path, { readOnly: true });
    const count = person.prepare("SELECT count(*) AS n FROM usage_snapshots");
    assertEquals(count.get()?.n, 3);
    // A user's open transaction sees the past, and blocks no one.
    person.exec("BEGIN");
    assertEquals(count.get()?.n, 3);
    assertEquals(await writer.commit(FOUR[3]!), true);
    assertEquals(count.get()?.n, 3);
    person.exec("COMMIT");
    assertEquals(count.get()?.n, 4);
    assertEquals(await reader.recall(ACCOUNT), FOUR[3]!.state);
  }));

Deno.test("two writers of one database see each other's accounts and quotas", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    await using one = await openSqliteStore(path);
    await using two = await openSqliteStore(path);
    await commitAll(one, minutes([1, 2], "acme/new"));
    await commitAll(two, minutes([1, 2, 3], "acme/new"));
    await one.note(createFailure(START + DAY_MS, { account: "acme/new" }));
    assertEquals(await one.latest(), await two.latest());
    assertEquals((await one.readings({ quota: "acme/new/five-hour" })).length, 3);
  }));

Deno.test("a database that another process holds is locked, and free again afterwards", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    await using store = await openSqliteStore(path, { busyMs: 5 });
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    for (
      const attempt of [
        () => store.commit(FOUR[3]!),
        () => store.docs.put("settings", "a", 1, START),
        () => openSqliteStore(path, { busyMs: 5 }),
      ]
    ) {
      const error = await assertRejects(attempt) as Refusal;
      assertEquals([error.name, error.kind], ["StoreError", "locked"]);
      assertStringIncludes(error.hint ?? "", "other process");
    }
    assertEquals((await store.latest()).length, 1, "Reading goes on");
    other.exec("ROLLBACK");
    assertEquals(await store.commit(FOUR[3]!), true);
  }));

Deno.test("a poll that does not fit on the disk leaves nothing, and fits once there is space", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    using db = new DatabaseSync(path);
    const connection = new Connection(db, path);
    const store = storeOn(connection);
    const polls = minutes(Array.from({ length: 2000 }, (_, i) => i + 1));
    db.exec(`PRAGMA max_page_count = ${connection.pragma("page_count") + 4}`);
    let stored = 3;
    let refusal: Refusal | null = null;
    while (!refusal) {
      try {
        assertEquals(await store.commit(polls[stored]!), true);
        stored++;
      } catch (error) {
        refusal = error as Refusal;
      }
    }
    assertEquals([refusal.name, refusal.kind], ["StoreError", "full"]);
    await using same = await openSqliteStore(":memory:");
    await commitAll(same, polls.slice(0, stored));
    assertEquals(await readEverything(store, [QUOTA]), await readEverything(same, [QUOTA]));
    db.exec("PRAGMA max_page_count = 1000000");
    assertEquals(await store.commit(polls[stored]!), true);
    assertEquals(db.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
  }));

Deno.test("toStoreError() knows SQLite's failures by code and, without one, by message", () => {
  using db = new DatabaseSync(":memory:");
  db.exec("PRAGMA max_page_count = 1");
  const grow = "CREATE TABLE a (x)";
  const byMessage = toStoreError(assertThrows(() => db.exec(grow + "; " + grow.replace("a", "b"))), "x.db");
  assertEquals((byMessage as Refusal).kind, "full");
  const byCode = toStoreError(assertThrows(() => db.prepare("CREATE TABLE c (x)").run()), "x.db");
  assertEquals((byCode as Refusal).kind, "full");
  const mistake = assertThrows(() => db.exec("SELECT nothing"));
  assertEquals(toStoreError(mistake, "x.db"), mistake, "A mistake in the program is not the user's to mend");
  const own = new TypeError("database is locked");
  assertEquals(toStoreError(own, "x.db"), own);
});

Deno.test("pruning returns the space to the disk, and lets others work meanwhile", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    const polls = pollsOf(
      Array.from({ length: 9000 }, (_, i) => ({
        at: START + DAY_MS + i * MINUTE_MS,
        readings: [reading({ used: i })],
      })),
      "acme/busy",
    );
    {
      await using store = await openSqliteStore(path);
      await store.commitAll(polls);
    }
    const before = Deno.statSync(path).size;
    const newest = polls.at(-1)!.snapshot.at;
    await using store = await openSqliteStore(path);
    let pruning = true;
    const removed = store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, newest + DAY_MS)
      .finally(() => pruning = false);
    let served = 0;
    while (pruning) {
      await store.latest();
      served++;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    assert(await removed > 18_000);
    assert(served > 3, "Others were served between the steps");
    const after = Deno.statSync(path).size;
    assert(after < before / 3, `The file had ${before} bytes and has ${after}`);
    using db = new DatabaseSync(path, { readOnly: true });
    assertEquals(db.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
  }));

Deno.test("a store that is closed while it prunes stops at once", () =>
  withFolder(async (folder) => {
    const store = await openSqliteStore(await createDatabase(folder));
    await store.commitAll(minutes(Array.from({ length: 2500 }, (_, i) => i), "acme/busy"));
    const pruning = store.prune({ readingsMs: 1, fiveMinutesMs: 0, outcomesMs: 1 }, START + 9 * DAY_MS);
    await store[Symbol.asyncDispose]();
    await pruning.catch((error) => assertStringIncludes(String(error), "is closed"));
  }));

Deno.test("SQLite's text ends at a NUL, so none gets there", async () => {
  await using store = await openSqliteStore(":memory:");
  const [poll] = pollsOf([{ at: START, readings: [reading({ label: "a\0b" })] }]);
  await store.commit(poll!);
  assertEquals((await store.describe(QUOTA))?.label, "a\uFFFDb");
  assertEquals(await store.recall(ACCOUNT), poll!.state, "The state keeps even that");
  for (const key of ["acme/a\0b", "acme/a\ud800"] as const) {
    assert(
      await assertRejects(() => store.note(createFailure(START, { account: key }))) instanceof TypeError,
    );
    assert(await assertRejects(() => store.docs.put("keys", key, 1, START)) instanceof TypeError);
    assertEquals(await store.docs.get("keys", key, START), null);
  }
});

Deno.test("while another program holds the database nothing blocks, and requests are done afterwards", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    await using store = await openSqliteStore(path);
    using person = new DatabaseSync(path);
    person.exec("BEGIN IMMEDIATE");
    const before = performance.now();
    const committing = store.commit(FOUR[3]!);
    // It would wait five seconds; the machine may be busy.
    assert(performance.now() - before < 4_500, "The thread waited");
    assertEquals((await store.recall(ACCOUNT)).at, FOUR[2]!.state.at);
    person.exec("ROLLBACK");
    assertEquals(await committing, true);
    assertEquals(await store.recall(ACCOUNT), FOUR[3]!.state);
  }));

Deno.test("a lock that is not released is an error after the set time", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    await using store = await openSqliteStore(path, { busyMs: 60 });
    using person = new DatabaseSync(path);
    person.exec("BEGIN IMMEDIATE");
    assertEquals((await assertRejects(() => store.commit(FOUR[3]!)) as Refusal).kind, "locked");
  }));

Deno.test("a database with a trigger is refused, and the trigger does not run", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    using person = new DatabaseSync(path);
    person.exec("CREATE TRIGGER spy AFTER INSERT ON readings BEGIN DELETE FROM accounts; END");
    const refused = await assertRejects(() => openSqliteStore(path)) as Refusal;
    assertEquals(refused.kind, "foreign");
    assertStringIncludes(refused.message, '"spy"');
    assertStringIncludes(refused.hint ?? "", 'DROP TRIGGER "spy"');
    person.exec("DROP TRIGGER spy");
    await using store = await openSqliteStore(path);
    assertEquals(await store.commit(FOUR[3]!), true);
  }));
