/**
 * Public names stay the same, whatever the code calls things. New ones may be added;
 * `UPDATE_GOLDEN=1 deno test -A tests/names_test.ts` writes the current ones into `tests/fixtures/names.json`.
 */
import { assert, assertEquals } from "./support/assert.ts";
import { readProjectFile } from "./support/sources.ts";
import { fieldsOf } from "./support/command_fields.ts";
import { collectPublicNames, type PublicNames } from "./support/public_names.ts";

const FILE = new URL("fixtures/names.json", import.meta.url);
const HINT = "Users and scripts hold on to these names: keep them, whatever the code calls things";

/** Promised names that are missing, each with its kind. */
function lost(promised: PublicNames, present: PublicNames): readonly string[] {
  return Object.entries(promised).flatMap(([kind, names]) => {
    const there = new Set(present[kind] ?? []);
    return names.filter((name) => !there.has(name)).map((name) => `${kind}: ${name}`);
  });
}

Deno.test("no public name is lost or changed", async () => {
  const present = await collectPublicNames();
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    await Deno.writeTextFile(FILE, `${JSON.stringify(present, null, 2)}\n`);
  }
  const promised: PublicNames = JSON.parse(await Deno.readTextFile(FILE));
  assertEquals(lost(promised, present), [], HINT);
  // A kind with few names would promise little.
  for (const [kind, names] of Object.entries(promised)) {
    assert(names.length >= 20, `${kind}: ${names.length}`);
  }
});

/** Present only after an update was installed, which `tests/release/update_test.ts` does. */
const OF_AN_UPDATE = ["installed", "previous", "restarted", "backups"].map((field) => `update: ${field}`);

Deno.test("every documented field of a command is held", async () => {
  const held: PublicNames = JSON.parse(await Deno.readTextFile(FILE));
  const fields = new Set(held["JSON of the command line"]);
  const [, table = ""] = (await readProjectFile("docs/json.md")).split(/^## Documents$/m);
  const rows = [...table.split(/^###/m)[0]!.matchAll(/^\| (`[^|]+?) +\| ([^|]+?) +\|$/gm)];
  assert(rows.length > 30, String(rows.length));
  const wordsIn = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
  const named = rows.flatMap(([, commands, described]) =>
    wordsIn(commands).flatMap((command) => wordsIn(described).map((field) => `${command}: ${field}`))
  );
  assertEquals(named.filter((name) => !fields.has(name)), OF_AN_UPDATE);
});

Deno.test("a renamed or removed name is reported, and a new one is not", () => {
  const promised = { metrics: ["a (gauge)", "a{quota}"], routes: ["/"] };
  assertEquals(
    lost(promised, { metrics: ["a (gauge)", "a{quota}", "b (gauge)"], routes: ["/", "/new"] }),
    [],
  );
  assertEquals(lost(promised, { metrics: ["a (counter)", "a{quota}"], routes: ["/"] }), [
    "metrics: a (gauge)",
  ]);
  assertEquals(lost(promised, { metrics: promised.metrics }), ["routes: /"]);
  assertEquals(fieldsOf({ a: [{ b: 1 }, { c: null }], "x/y": { d: 2 } }), [
    "a",
    "a[].b",
    "a[].c",
    "*",
    "*.d",
  ]);
});
