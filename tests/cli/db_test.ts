/** `syntrack db`: maintaining the database file. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { ORACLE_DAY, withCliHome } from "./support.ts";

Deno.test("db shows the size of the database, checks it, and shrinks it", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const size = await place.json("db size --json") as Record<string, unknown>;
    assertEquals([size.readings, size.accounts, size.firstAt], [7, 1, "2026-11-21T01:00:00.000Z"]);
    assertStringIncludes((await place.run("db size")).stdout, "Readings       7");
    assertMatch((await place.run("db check")).stdout, /^The database is sound/);
    assertEquals((await place.json("db check --json") as Record<string, unknown>).problems, []);
    assertMatch((await place.run("db vacuum")).stdout, /^Freed \d+/);
    assertEquals((await place.run("db prune")).stdout, "Removed 0 rows past their retention\n");
    // A year later readings are pruned, and sums stay.
    const pruned = await place.json("db prune --json --now 2027-11-21T00:00:00Z") as { removedRows: number };
    assert(pruned.removedRows >= 6);
    const today = await place.json("query today --now 2026-11-21T23:00:00Z");
    assertEquals((today as { consumed_today: number }).consumed_today, 290);
  }));

Deno.test("db backup writes a complete copy and never overwrites a file", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    assertEquals((await place.run("db backup copy.db")).code, 0);
    const copy = join(place.folder, "copy.db");
    assertEquals(await place.json(`query today --db ${copy}`), await place.json("query today"));
    const again = await place.run("db backup copy.db");
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "exists already");
  }));

Deno.test("db reports damage and fails", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const bytes = await Deno.readFile(place.dbPath);
    bytes.fill(0xff, 8192, 12_288);
    await Deno.writeFile(place.dbPath, bytes);
    assertEquals((await place.run("db check")).code, 1);
  }));

Deno.test("db needs a database, a known action, and a file only for a backup", () =>
  withCliHome(async (place) => {
    for (const action of ["check", "backup", "prune", "vacuum", "size"]) {
      const { code, stderr } = await place.run(`db ${action}`);
      assertEquals([action, code], [action, 1]);
      assertStringIncludes(stderr, "no database");
    }
    assertEquals([...Deno.readDirSync(place.folder)], []);
    for (const args of ["db", "db clean", "db restore", "db size extra"]) {
      assertEquals([args, (await place.run(args)).code], [args, 2]);
    }
  }));

Deno.test("read-only commands create no database with the given name, and say that there is none", () =>
  withCliHome(async (place) => {
    for (
      const command of [
        "alerts",
        "alerts explain",
        "alerts replay",
        "channels",
        "user list",
        "key list",
        "account list",
        "audit",
      ]
    ) {
      const { code, stderr } = await place.run(`${command} --db nope.db`);
      assertEquals(code, 1, command);
      assert(stderr.includes("there is no such file"), `${command}: ${stderr}`);
    }
    const names = Array.from(Deno.readDirSync(place.folder), ({ name }) => name);
    assert(!names.includes("nope.db"), names.join(" "));
  }));
