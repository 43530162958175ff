import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DATABASE_VERSION } from "../../lib/store/schema.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { assertRefusal, createDatabase, modeOf, runSql, withFolder } from "./folder.ts";
import { ACCOUNT } from "../support/readings.ts";
import { unprivilegedTest } from "../support/unprivileged.ts";
import { commitAll, minutes } from "./polls.ts";

const windows = Deno.build.os === "windows";
const CHILD = fileURLToPath(new URL("scoped_child.ts", import.meta.url));

Deno.test("openSqliteStore() refuses a file that is no database and leaves it unchanged", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    Deno.writeTextFileSync(path, "collected_at,requests_used\n".repeat(300));
    assertStringIncludes(await assertRefusal(folder, path, "corrupt"), "not a SQLite database");
    Deno.writeTextFileSync(path, "x");
    await assertRefusal(folder, path, "corrupt");
    Deno.writeTextFileSync(path, "SQLite format 3\0and then nothing of the kind");
    await assertRefusal(folder, path, "corrupt");
  }));

Deno.test("openSqliteStore() refuses a truncated database and leaves it unchanged", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    const { size } = Deno.statSync(path);
    Deno.truncateSync(path, size - 4096);
    await assertRefusal(folder, path, "corrupt");
  }));

Deno.test("openSqliteStore() refuses a database with damaged pages and leaves it unchanged", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    const whole = Deno.readFileSync(path);
    for (let page = 2; page < whole.length / 4096; page += 5) {
      const damaged = whole.slice();
      damaged.fill(0x5a, page * 4096, page * 4096 + 512);
      Deno.writeFileSync(path, damaged);
      await assertRefusal(folder, path, "corrupt");
    }
    Deno.writeFileSync(path, whole);
    await (await openSqliteStore(path))[Symbol.asyncDispose]();
  }));

Deno.test("openSqliteStore() refuses a database of a newer version and leaves it unchanged", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    runSql(path, `PRAGMA user_version = ${DATABASE_VERSION + 1}`);
    assertStringIncludes(await assertRefusal(folder, path, "newer"), `version ${DATABASE_VERSION + 1}`);
  }));

Deno.test("openSqliteStore() detects a newer version that is only in the log", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    const before = Deno.readFileSync(path);
    using other = new DatabaseSync(path);
    other.exec(`PRAGMA user_version = ${DATABASE_VERSION + 7}`);
    assertEquals(Deno.readFileSync(path), before, "The file itself does not show it yet");
    const error = await assertRejects(() => openSqliteStore(path)) as { kind?: string };
    assertEquals(error.kind, "newer");
    assertEquals(Deno.readFileSync(path), before);
  }));

Deno.test("a read-only store refuses what only the log says is of a newer version or of another program", () =>
  withFolder(async (folder) => {
    const marks = { newer: `user_version = ${DATABASE_VERSION + 1}`, foreign: "application_id = 7" };
    for (const [kind, mark] of Object.entries(marks)) {
      const path = await createDatabase(folder);
      using other = new DatabaseSync(path);
      other.exec(`PRAGMA wal_autocheckpoint = 0; PRAGMA ${mark}`);
      const opening = () => openSqliteStore(path, { readOnly: true });
      assertEquals((await assertRejects(opening) as { kind?: string }).kind, kind);
      other.close();
      Deno.removeSync(path);
    }
  }));

Deno.test("openSqliteStore() refuses databases of other programs and leaves them unchanged", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    const table = "CREATE TABLE usage_snapshots (id INTEGER PRIMARY KEY, requests_used INTEGER);";
    for (const sql of [table, `PRAGMA application_id = 252006674; ${table}`, "PRAGMA user_version = 4"]) {
      for (const journal of ["DELETE", "WAL"]) {
        runSql(path, `PRAGMA journal_mode = ${journal}; ${sql}`);
        assertMatch(await assertRefusal(folder, path, "foreign"), /another program/);
        Deno.removeSync(path);
      }
    }
  }));

Deno.test("openSqliteStore() refuses a folder with an explanation", () =>
  withFolder(async (folder) => {
    const path = join(folder, "data");
    Deno.mkdirSync(path);
    assertStringIncludes(await assertRefusal(folder, path, "unwritable"), "is a folder");
  }));

Deno.test("openSqliteStore() refuses a path below a file", () =>
  withFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    await assertRefusal(folder, join(folder, "file", "syntrack.db"), "unwritable");
  }));

Deno.test({
  name: "openSqliteStore() refuses a symbolic link and names its target",
  ignore: windows,
  fn: () =>
    withFolder(async (folder) => {
      const path = await createDatabase(folder);
      const link = join(folder, "link.db");
      Deno.symlinkSync(path, link);
      const error = await assertRejects(() => openSqliteStore(link)) as { kind?: string; hint?: string };
      assertEquals(error.kind, "unwritable");
      assertStringIncludes(error.hint ?? "", Deno.realPathSync(path));
      Deno.removeSync(path);
      await assertRefusal(folder, link, "unwritable");
    }),
});

unprivilegedTest(
  "openSqliteStore() refuses a file it may not write",
  import.meta.url,
  () =>
    withFolder(async (folder) => {
      const path = await createDatabase(folder);
      Deno.chmodSync(folder, 0o500);
      try {
        await assertRefusal(folder, join(folder, "other.db"), "unwritable");
        await assertRefusal(folder, path, "unwritable");
        await using store = await openSqliteStore(path, { readOnly: true });
        assertEquals((await store.latest()).length, 1, "It can still be looked at");
      } finally {
        Deno.chmodSync(folder, 0o700);
      }
      Deno.chmodSync(path, 0o400);
      await assertRefusal(folder, path, "unwritable");
      Deno.chmodSync(path, 0o000);
      const error = await assertRejects(() => openSqliteStore(path)) as { kind?: string };
      assertEquals([error.kind, modeOf(path)], ["unwritable", 0]);
    }),
);

Deno.test("openSqliteStore() creates a new database in an empty file, and after an interrupted start", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    const starts = [
      () => Deno.writeTextFileSync(path, ""),
      () => runSql(path, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL"),
    ];
    for (const start of starts) {
      start();
      await using store = await openSqliteStore(path);
      await commitAll(store, minutes([1]));
      assertEquals((await store.latest()).length, 1);
      await store[Symbol.asyncDispose]();
      Deno.removeSync(path);
    }
  }));

Deno.test("openSqliteStore() creates nothing if told not to", () =>
  withFolder(async (folder) => {
    const path = join(folder, "deep", "syntrack.db");
    for (const options of [{ create: false }, { readOnly: true }]) {
      const error = await assertRejects(() => openSqliteStore(path, options)) as { kind?: string };
      assertEquals(error.kind, "absent");
    }
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("a read-only store reads, and refuses to write", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    await using store = await openSqliteStore(path, { readOnly: true });
    assertEquals(await store.recall(ACCOUNT), minutes([1, 2, 3])[2]!.state);
    const error = await assertRejects(() => store.commit(minutes([1, 2, 3, 4])[3]!)) as { kind?: string };
    assertEquals(error.kind, "unwritable");
  }));

Deno.test("a read-only store changes no version", () =>
  withFolder(async (folder) => {
    const path = await createDatabase(folder);
    runSql(path, "PRAGMA user_version = 0");
    const error = await assertRejects(() => openSqliteStore(path, { readOnly: true })) as { kind?: string };
    assertEquals(error.kind, "older");
  }));

Deno.test({
  name: "openSqliteStore() makes folder and files private, including those of the log",
  ignore: windows,
  fn: () =>
    withFolder(async (folder) => {
      const path = join(folder, "a", "b", "syntrack.db");
      // In a process of its own: tests that run at the same time share their mask.
      const { stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", 'umask 0; exec "$@"', "sh", Deno.execPath(), "run", "--no-lock", "-A", CHILD, path],
      }).output();
      const text = new TextDecoder();
      assertEquals(text.decode(stdout), "true 0 600 600 600\n".repeat(2), text.decode(stderr));
      assertEquals(modeOf(join(folder, "a")), 0o700);
      assertEquals(modeOf(join(folder, "a", "b")), 0o700);
    }),
});

Deno.test({
  name: "openSqliteStore() restricts modes again at each start",
  ignore: windows,
  fn: () =>
    withFolder(async (folder) => {
      const path = await createDatabase(folder);
      // A dead writer leaves its log behind.
      const log = await openSqliteStore(path);
      await commitAll(log, minutes([1, 2, 3, 4]));
      for (const end of ["", "-wal", "-shm"]) Deno.copyFileSync(path + end, `${path}.copy${end}`);
      await log[Symbol.asyncDispose]();
      for (const end of ["", "-wal", "-shm"]) {
        Deno.renameSync(`${path}.copy${end}`, path + end);
        Deno.chmodSync(path + end, 0o666);
      }
      Deno.chmodSync(folder, 0o755);
      await using store = await openSqliteStore(path);
      assertEquals(modeOf(folder), 0o700);
      for (const end of ["", "-wal", "-shm"]) assertEquals(modeOf(path + end), 0o600, end);
      assertEquals((await store.latest())[0]?.state.at, minutes([1, 2, 3, 4])[3]!.snapshot.at);
    }),
});

Deno.test({
  name: "openSqliteStore() leaves the mode of a shared folder alone, unless told that it is its own",
  ignore: windows,
  fn: () =>
    withFolder(async (folder) => {
      const path = join(folder, "syntrack.db");
      Deno.writeTextFileSync(join(folder, "homework.txt"), "");
      Deno.chmodSync(folder, 0o755);
      await (await openSqliteStore(path))[Symbol.asyncDispose]();
      assertEquals([modeOf(folder), modeOf(path)], [0o755, 0o600]);
      await (await openSqliteStore(path, { ownFolder: true }))[Symbol.asyncDispose]();
      assertEquals(modeOf(folder), 0o700);
    }),
});

Deno.test("openSqliteStore() accepts any file name, even one that looks like a URI", () =>
  withFolder(async (folder) => {
    for (const name of ["file:x?mode=memory.db", "per%20cent #1.db", "quote'd.db", "ünï.db"]) {
      if (windows && /[:?"]/.test(name)) continue;
      const path = join(folder, name);
      for (let round = 0; round < 2; round++) {
        await using store = await openSqliteStore(path);
        assertEquals(store.path, path);
        await commitAll(store, minutes([1]));
      }
      assert(Deno.statSync(path).isFile);
    }
  }));

Deno.test("a store needs only permission to read and write in its folder", () =>
  withFolder(async (folder) => {
    const data = join(folder, "data");
    const rights = ["--no-prompt", `--allow-read=${data}`, `--allow-write=${data}`];
    // An older runtime would rewrite the lock for itself.
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-lock", ...rights, CHILD, join(data, "syntrack.db")],
    }).output();
    const text = new TextDecoder();
    const modes = windows ? "0 0 0" : "600 600 600";
    assertEquals(text.decode(stdout), `true 0 ${modes}\n`.repeat(2), text.decode(stderr));
    if (!windows) assertEquals(modeOf(data), 0o700);
  }));
