/** A database in the location of earlier versions is moved completely at the first run. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { moveFormerDatabase } from "../../lib/app/move_database.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { commitAll, pollsOf } from "../store/polls.ts";
import { reading, utc } from "../support/readings.ts";

async function inHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "syntrack-former-" }));
  try {
    await Deno.mkdir(join(home, ".syntrack"));
    await work(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** A database left by a killed process: the last commit is only in its log. */
async function abandoned(path: string): Promise<void> {
  await using store = await openSqliteStore(`${path}.made`);
  await commitAll(
    store,
    pollsOf([{ at: utc("2026-11-21 12:00"), readings: [reading({ used: 7 })] }], "acme/work"),
  );
  for (const suffix of ["", "-wal", "-shm"]) await Deno.copyFile(`${path}.made${suffix}`, path + suffix);
}

const places = (home: string, cwd = home) => ({
  dbPath: join(home, ".syntrack", "data", "syntrack.db"),
  home,
  cwd,
});

Deno.test("a former database is moved with its log, and nothing in it is lost", () =>
  inHome(async (home) => {
    for (const from of [join(home, ".syntrack", "syntrack.db"), join(home, "syntrack.db")]) {
      await abandoned(from);
      const [line] = moveFormerDatabase(places(home));
      assertStringIncludes(line ?? "", `Moved the database from ${from}`);
      const { dbPath } = places(home);
      {
        await using store = await openSqliteStore(dbPath);
        assertEquals((await store.recall("acme/work")).at, utc("2026-11-21 12:00"));
      }
      assertEquals(moveFormerDatabase(places(home)), []);
      for (const suffix of ["", "-wal", "-shm"]) {
        await Deno.remove(dbPath + suffix).catch(() => {});
        await Deno.remove(`${from}.made${suffix}`).catch(() => {});
      }
    }
  }));

Deno.test("an interrupted move is completed by the next start", () =>
  inHome(async (home) => {
    const from = join(home, "syntrack.db");
    await abandoned(from);
    const { dbPath } = places(home);
    await Deno.mkdir(join(home, ".syntrack", "data"));
    await Deno.rename(`${from}-shm`, `${dbPath}-shm`);
    moveFormerDatabase(places(home));
    await using store = await openSqliteStore(dbPath);
    assertEquals((await store.recall("acme/work")).at, utc("2026-11-21 12:00"));
  }));

Deno.test("nothing is moved over a database, away from the default path, or from another tracker", () =>
  inHome(async (home) => {
    const from = join(home, "syntrack.db");
    using db = new DatabaseSync(from);
    db.exec("CREATE TABLE quota_snapshots (id INTEGER)");
    assertStringIncludes(
      moveFormerDatabase(places(home))[0] ?? "",
      `syntrack import --from syntrack ${from}`,
    );
    assertEquals((await Deno.stat(from)).isFile, true);
    assertEquals(moveFormerDatabase({ ...places(home), dbPath: join(home, "named.db") }), []);
    await Deno.mkdir(join(home, ".syntrack", "data"));
    await Deno.writeTextFile(places(home).dbPath, "");
    assertEquals(moveFormerDatabase(places(home)), []);
  }));
