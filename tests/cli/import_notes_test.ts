/** Exported notes are imported again, in every format, without duplicates. */
import { join } from "node:path";
import fc from "fast-check";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { MAX_NOTES, type Note } from "../../lib/model/notes.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const HEAD = "id,at,text,account,writtenAt\n";
const ROW = "0b1c2d3e-4f5a,2026-11-20T09:00:00.000Z,renewed,acme/work,2026-11-20T09:05:00.000Z\n";

async function store(place: CliHome, notes: readonly Note[], dbPath = place.dbPath): Promise<void> {
  await using store = await openSqliteStore(dbPath);
  await store.docs.change(notes.map(({ id, ...doc }) => ({ kind: "notes", id, doc })), NOW);
}

async function stored(dbPath: string): Promise<readonly unknown[]> {
  await using store = await openSqliteStore(dbPath, { readOnly: true });
  return await store.docs.list("notes", NOW);
}

function note(id: string, fields: Partial<Note> = {}): Note {
  const at = utc("2026-11-20 09:00");
  return { id, at, text: "renewed", account: null, writtenAt: at, ...fields };
}

for (const format of ["csv", "json", "ndjson"]) {
  Deno.test(`notes exported as ${format} are the same in another database; the same file twice changes nothing`, () =>
    withCliHome(async (place) => {
      const letters = fc.string({
        unit: fc.constantFrom("=", "-", "'", '"', ",", "a", "1", "é", "😀", " "),
        minLength: 1,
        maxLength: 12,
      });
      const texts = fc.sample(fc.oneof(letters, fc.constantFrom("true", "42", "null", "-1")), {
        numRuns: 60,
        seed: 13,
      }).map((text) => text.trim()).filter((text) => text !== "");
      await place.fill([["2026-11-21 12:00", 1]]);
      await store(
        place,
        texts.map((text, i) =>
          note(`note-${i}`, {
            text,
            at: NOW - i * 60_001,
            account: i % 3 === 0 ? "acme/work" : i % 3 === 1 ? "acme/removed" : null,
          })
        ),
      );
      assertEquals((await place.run(`export --what notes -f ${format} -o notes.txt`)).code, 0);
      const copy = join(place.folder, "copy.db");
      const told = await place.run(`import notes.txt --db ${copy} --dry-run`);
      assertEquals([told.code, told.stdout], [0, `Would import ${texts.length} notes\n`]);
      assertEquals([...Deno.readDirSync(place.folder)].some(({ name }) => name === "copy.db"), false);

      const first = await place.run(`import notes.txt --db ${copy}`);
      assertEquals([first.code, first.stdout, first.stderr], [0, `Imported ${texts.length} notes\n`, ""]);
      assertEquals(await stored(copy), await stored(place.dbPath));
      const second = await place.run(`import notes.txt --db ${copy}`);
      assertEquals(second.stdout, `Imported 0 notes\n${texts.length} notes already stored, skipped\n`);
      assertEquals(await stored(copy), await stored(place.dbPath));
      const again = await place.run(
        `export --what notes -f ${format} --db ${copy} --now 2026-11-21T13:00:00Z`,
      );
      const before = await place.run(`export --what notes -f ${format} --now 2026-11-21T13:00:00Z`);
      assertEquals(again.stdout, before.stdout);
    }));
}

Deno.test("a note changed since its export stays unchanged, and is counted", () =>
  withCliHome(async (place) => {
    await store(place, [note("aaaa"), note("bbbb")]);
    await place.run("export --what notes -o notes.csv");
    await place.run("notes change aaaa --text moved");
    const answer = await place.json("import notes.csv --json") as Record<string, unknown>;
    assertEquals(
      [answer.what, answer.imported, answer.alreadyStored, answer.storedOtherwise],
      ["notes", 0, 1, 1],
    );
    assertStringIncludes((await place.run("notes")).stdout, "moved");
    await place.run("notes remove bbbb");
    const { stdout } = await place.run("import notes.csv");
    assertEquals(stdout, "Imported 1 note\n1 note changed since the export, stored version kept\n");
    assertStringIncludes((await place.run("audit --json")).stdout, "notes.csv");
  }));

Deno.test("notes about removed accounts are exported, unless a filter names others", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 1]]);
    await store(place, [note("aaaa", { account: "acme/removed" }), note("bbbb", { account: "acme/work" })]);
    const rows = async (args: string) =>
      (await place.run(`export --what notes ${args}`)).stdout.trimEnd().split("\n").slice(1)
        .map((row) => row.slice(0, 4));
    assertEquals(await rows(""), ["aaaa", "bbbb"]);
    assertEquals(await rows("--account work"), ["bbbb"]);
  }));

const JSON_ROW = JSON.stringify({
  id: "aaaa",
  at: "2026-11-20T09:00:00.000Z",
  text: "renewed",
  account: null,
  writtenAt: "2026-11-20T09:00:00.000Z",
});

/** Files, and the error for each. */
const BROKEN: readonly (readonly [file: string, says: RegExp])[] = [
  [HEAD.replace("text,", "") + ROW, /line 1 is not a header of exported notes: "text" missing/],
  [HEAD + ROW + ROW, /line 3 repeats the note "0b1c2d3e-4f5a"/],
  [
    HEAD + ROW.replace("0b1c2d3e-4f5a", "a b"),
    /line 2 has an invalid "id": expected letters, digits and hyphens/,
  ],
  [HEAD + ROW.replace("0b1c2d3e-4f5a", ""), /line 2 has an invalid "id"/],
  [HEAD + ROW.replace("renewed", ""), /line 2 has an invalid "text": A note needs a text/],
  [HEAD + ROW.replace("renewed", "n".repeat(201)), /line 2 has an invalid "text": .*at most 200 characters/],
  [HEAD + ROW.replace("renewed", '"two\nlines"'), /line 3 has an invalid "text": A note is one line/],
  [
    HEAD + ROW.replace("2026-11-20T09:00", "2026-02-30T09:00"),
    /line 2 has an invalid "at": expected an instant/,
  ],
  [HEAD + ROW.replace("2026-11-20T09:00", "2028-11-20T09:00"), /line 2 has an invalid "at": .*a year ahead/],
  [HEAD + ROW.replace("09:05:00.000Z", "soon"), /line 2 has an invalid "writtenAt"/],
  [HEAD + ROW.replace("acme/work", "acme"), /line 2 has an invalid "account": expected provider\/name/],
  [HEAD + ROW.replace("acme/work", "acme/"), /line 2 has an invalid "account"/],
  [HEAD + ROW.replace("acme/work", "acme/a/b"), /line 2 has an invalid "account"/],
  [HEAD + ROW.replace(",acme/work", ""), /line 2 has 4 cells, expected 5/],
  [`${JSON_ROW.replace("renewed", "a\\u0007b")}\n`, /line 1 has an invalid "text": A note is one line/],
  [`${JSON_ROW.replace('"renewed"', "42")}\n`, /line 1 has an invalid "text": expected text/],
  [`${JSON_ROW.replace("null", "7")}\n`, /line 1 has an invalid "account"/],
  [`${JSON_ROW}\n{}\n`, /line 2 is not an exported note: "id", "at"/],
  [`{"schemaVersion":1,"what":"notes","at":"x","rows":[\n ${JSON_ROW}\n`, /line 3 is missing: .*truncated/],
];

Deno.test("a broken file of notes is refused with its line and field, and none of it is imported", () =>
  withCliHome(async (place) => {
    for (const [file, says] of BROKEN) {
      for (const dryRun of ["", " --dry-run"]) {
        const { code, stdout, stderr } = await place.run(`import -${dryRun}`, { stdin: file });
        assertEquals([file.slice(0, 200), code, stdout], [file.slice(0, 200), 1, ""]);
        assertMatch(stderr, says);
        assertStringIncludes(stderr, "Nothing was imported");
      }
    }
    assertEquals([...Deno.readDirSync(place.folder)], []);
  }));

Deno.test("more notes than the maximum are refused with the line of the first excess one, and none is added", () =>
  withCliHome(async (place) => {
    await store(place, Array.from({ length: MAX_NOTES - 1 }, (_, i) => note(`kept-${i}`)));
    const two = HEAD + ROW + ROW.replace("0b1c", "1b1c");
    const { code, stderr } = await place.run("import -", { stdin: two });
    assertEquals(code, 1);
    assertMatch(stderr, /line 3 is one note too many: the limit is 2000, and 1999 are already stored/);
    assertEquals((await stored(place.dbPath)).length, MAX_NOTES - 1);
    assertEquals((await place.run("import -", { stdin: HEAD + ROW })).stdout, "Imported 1 note\n");
    assert((await place.run("notes add another")).code !== 0);
  }));
