/**
 * Repeats the tests of requests and of the read side, which use SQLite, on a key-value database. This file is alone in its
 * folder, and so in its process: while it registers these tests, any other test would be taken for one of them.
 */
import { assertEquals } from "../support/assert.ts";
import { registerTestsOn } from "../support/test_store.ts";

const FOLDERS = ["access", "read", "routes", "web"];
/** How a test opens a store; files without it need no engine. */
const OPENS_STORE = /\/support\/(fake_services|used_services|passkeys|test_store)\.ts"/;
const OPENS_SQLITE = /\/store\/sqlite\.ts"/;

const OWN_DATABASE =
  "it is about a program with a database of its own, of which tests/cli/kv_test.ts has the counterpart";
const EVERY_ROUTE =
  "it goes through every route, once for each kind of visitor, and what they may see is decided above the store";

/**
 * Tests that are not repeated, with the reason. None is omitted because the engine could not do it: what only a SQLite
 * file can do is refused in a sentence, which tests/routes/kv_settings_test.ts and tests/cli/kv_test.ts check.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "`audit --verify` reports a complete record, and which row was changed, removed or cut off": OWN_DATABASE,
  "the demo's /metrics pass promtool, and count polls and consumption": OWN_DATABASE,
  "every route and method admits exactly whom the list admits": EVERY_ROUTE,
  "a viewer of one account finds no other in any page, route, table, metric, chart or export": EVERY_ROUTE,
  "rate, forecast, pace and status as of a past time equal those of that time, for all kinds of windows":
    "its arithmetic takes longer than all others together, and tests/read/analysis_test.ts reads the same rows",
};

/** Files that are not repeated, with the reason. */
const FILES_LEFT_OUT: Readonly<Record<string, string>> = {
  "read/lessons_test.ts":
    "lessons are kept under a mark of the past that only SQLite computes; on the other engine all is read",
};

interface Module {
  readonly name: string;
  readonly url: URL;
  readonly text: string;
}

const modules = FOLDERS.flatMap((folder) => {
  const at = new URL(`../${folder}/`, import.meta.url);
  const names = [...Deno.readDirSync(at)].map(({ name }) => name).filter((name) => name.endsWith("_test.ts"));
  return names.sort().map((name): Module => {
    const url = new URL(name, at);
    return { name: `${folder}/${name}`, url, text: Deno.readTextFileSync(url) };
  }).filter(({ name, text }) => OPENS_STORE.test(text) && !(name in FILES_LEFT_OUT));
});

const left = await registerTestsOn("kv", modules.map(({ url }) => url), new Set(Object.keys(LEFT_OUT)));

Deno.test("every request test runs on a key-value database, except those with a reason", () => {
  const names = modules.map(({ name }) => name);
  for (const name of ["routes/spend_test.ts", "access/limited_test.ts", "web/live_test.ts"]) {
    assertEquals(names.includes(name), true, name);
  }
  assertEquals(left.toSorted(), Object.keys(LEFT_OUT).toSorted(), "A name was changed");
  // One would run on SQLite under the name of the other engine; the first is about its own file.
  const opening = modules.filter(({ text }) => OPENS_SQLITE.test(text)).map(({ name }) => name);
  assertEquals(opening, ["access/audit_test.ts"], "Open the store by tests/support/test_store.ts");
});

Deno.test("nothing else is in the folder of these tests", () => {
  assertEquals([...Deno.readDirSync(new URL(".", import.meta.url))].length, 1);
});
