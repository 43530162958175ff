/** Every command on a key-value database, selected by SYNTRACK_DB or --db. */
import { join } from "node:path";
import { openKvStore } from "../../lib/store/kv/open.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type CliHome, ORACLE_DAY, withCliHome } from "./support.ts";

/** The same history in a key-value database beside it, by an export, and again in SQLite. */
async function inKv(place: CliHome): Promise<string> {
  await place.fill(ORACLE_DAY);
  const name = `kv:${join(place.folder, "copy.kv")}`;
  assertEquals((await place.run("export -f ndjson -o all.ndjson")).code, 0);
  const { code, stderr } = await place.run("import all.ndjson", { env: { SYNTRACK_DB: name } });
  assertEquals([code, stderr], [0, ""]);
  assertEquals((await place.run(`import all.ndjson --db ${join(place.folder, "copy.db")}`)).code, 0);
  return name;
}

const OPEN = new URL("../../lib/store/kv/open.ts", import.meta.url).href;

const COMMANDS = [
  "status --json",
  "query current --account work",
  "query history --account work",
  "forecast --json",
  "cycles --json",
  "sessions --json",
  "stats --json",
  "insights --json",
  "history --json",
  "export -f csv",
  "export -f csv --what buckets",
  "export -f csv --what cycles",
];

Deno.test("read-only commands give the same answers from a key-value database as from SQLite", () =>
  withCliHome(async (place) => {
    const name = await inKv(place);
    for (const command of COMMANDS) {
      const own = await place.run(`${command} --db ${join(place.folder, "copy.db")}`);
      const other = await place.run(`${command} --db ${name}`);
      assertEquals(own.code, 0, own.stderr);
      assertEquals([other.code, other.stdout, other.stderr], [own.code, own.stdout, own.stderr], command);
    }
  }));

Deno.test("SYNTRACK_DB overrides older variables, and --db overrides it", () =>
  withCliHome(async (place) => {
    const name = await inKv(place);
    const env = { SYNTRACK_DB: name, SYNTRACK_DB_PATH: join(place.folder, "nothing.db") };
    assertMatch((await place.run("db size --json", { env })).stdout, /"path": "kv:[^"]+copy\.kv"/);
    const named = await place.run(`db size --json --db ${place.dbPath}`, { env });
    assertStringIncludes(named.stdout, `"path": "${place.dbPath}"`);
  }));

Deno.test("db counts, checks and prunes a key-value database", () =>
  withCliHome(async (place) => {
    const name = await inKv(place);
    const { stdout } = await place.run(`db size --json --db ${name}`);
    assertEquals(JSON.parse(stdout).readings, ORACLE_DAY.length);
    assertStringIncludes((await place.run(`db size --db ${name}`)).stdout, "Database");
    assertStringIncludes((await place.run(`db check --db ${name}`)).stdout, `The database is sound: ${name}`);
    const pruned = await place.run(`db prune --now 2036-01-01T00:00:00Z --json --db ${name}`);
    assertEquals(pruned.stderr, "");
    assert(JSON.parse(pruned.stdout).removedRows > 0);
    await using store = await openKvStore(name, { readOnly: true });
    assertEquals((await store.readings({ quota: "acme/work/five-hour" })).length, 1);
  }));

Deno.test("file-only actions are refused in a sentence, with the alternative", () =>
  withCliHome(async (place) => {
    const name = await inKv(place);
    for (
      const [command, reason] of [
        ["db backup", "is not a single file that can be copied"],
        ["db backup here.db", "is not a single file that can be copied"],
        ["db vacuum", "frees no space"],
        ["db restore here.db", "has no backups to restore"],
      ] as const
    ) {
      const { code, stdout, stderr } = await place.run(`${command} --db ${name}`);
      assertEquals([code, stdout], [1, ""], command);
      assertStringIncludes(stderr, `The database ${name} ${reason}`);
      assertStringIncludes(stderr, "`syntrack export` writes everything that is stored");
    }
  }));

Deno.test("an invalid database name is refused with a valid form, and shows no secret", () =>
  withCliHome(async (place) => {
    for (
      const [name, reason] of [
        ["kv:https://me:secret@kv.example/x", /a secret in it, got "kv:https:\/\/kv\.example\/\.\.\."/],
        ["kv:https://kv.example/x?token=secret", /a secret in it/],
        ["kv:http://kv.example/x", /without encryption/],
        ["kv:redis://kv.example", /of an unknown kind/],
        ["kv:https://", /not an address/],
        ["https://kv.example/x", /expected kv:https:\/\/kv\.example\/x/],
      ] as const
    ) {
      const { code, stdout, stderr } = await place.run("status", { env: { SYNTRACK_DB: name } });
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, reason);
      assert(!stderr.includes("secret@") && !stderr.includes("=secret"));
    }
  }));

Deno.test("a file of the other kind is left unchanged, in both directions", () =>
  withCliHome(async (place) => {
    const name = await inKv(place);
    const file = name.slice("kv:".length);
    const before = Deno.readFileSync(place.dbPath);
    const asKv = await place.run(`status --db kv:${place.dbPath}`);
    assertEquals(asKv.code, 1);
    assertStringIncludes(asKv.stderr, "is a SQLite database, not a key-value one");
    assertEquals(Deno.readFileSync(place.dbPath), before);
    const asSqlite = await place.run(`status --db ${file}`);
    assertEquals(asSqlite.code, 1);
    assertStringIncludes(asSqlite.stderr, "a SQLite database of another program");
    Deno.writeTextFileSync(join(place.folder, "text.kv"), "not a database at all, only some text ".repeat(9));
    const asText = await place.run(`status --db kv:${join(place.folder, "text.kv")}`);
    assertStringIncludes(asText.stderr, "is not a key-value database");
    const missing = await place.run(`status --db kv:${join(place.folder, "none.kv")}`);
    assertStringIncludes(missing.stderr, "there is no such file");
    assertEquals(
      await Array.fromAsync(Deno.readDir(place.folder), ({ name }) => name).then((names) =>
        names.includes("none.kv")
      ),
      false,
    );
  }));

Deno.test("a key-value database of a later version is left alone", () =>
  withCliHome(async (place) => {
    const name = await inKv(place);
    {
      using kv = await Deno.openKv(name.slice("kv:".length));
      await kv.set(["syntrack", "meta"], { version: 2 });
    }
    const { code, stderr } = await place.run(`status --db ${name}`);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "has layout 2, and this program knows layouts up to 1");
  }));

Deno.test("a key-value database in a runtime without support is reported with the missing flag", () =>
  withCliHome(async (place) => {
    const code = `import { openKvStore } from ${JSON.stringify(OPEN)};
      await openKvStore("kv:${join(place.folder, "some.kv")}").catch((error) => console.log(error.hint));`;
    const script = join(place.folder, "open.ts");
    Deno.writeTextFileSync(script, code);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", "--no-check", script],
      stdout: "piped",
    }).output();
    assertStringIncludes(new TextDecoder().decode(stdout), "--unstable-kv");
  }));
