/** The tests of requests and of what pages are worked out from, which run on SQLite, once more on a key-value database. */
import { basename } from "node:path";
import { assertEquals } from "../support/assert.ts";
import { registerTestsOn } from "../support/test_store.ts";

const FOLDERS = ["access", "read", "routes", "web"];
/** How a test comes by a store; other files ask nothing of an engine. */
const OPENS_STORE = /\/support\/(fake_services|used_services|passkeys|test_store)\.ts"/;

const NO_STORE = "it asks nothing of a store";
const OWN_DATABASE =
  "it is about a program with a database of its own, of which tests/cli/kv_test.ts has the counterpart";

/**
 * What is not run again, with the reason. Nothing is left out because the engine could not do it: what only a file of
 * SQLite can do is refused in a sentence, which tests/routes/kv_settings_test.ts and tests/cli/kv_test.ts hold it to.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "shell in hooks: what a vendor calls itself is an argument or input of a program, and never run": NO_STORE,
  "shell in hooks: tmux shows a command in a name, and does not run it": NO_STORE,
  "shell in hooks: no source that runs programs for vendors or people names a shell": NO_STORE,
  "the record has words for whatever a route changes, and none of them is its address": NO_STORE,
  "`audit --verify` says that the record is whole, and which row was changed, taken out or cut off":
    OWN_DATABASE,
  "a file of tokens is read again when somebody has edited it": NO_STORE,
  "every route file stands in the list of access, and nothing else does": NO_STORE,
  "a sign-in returns to every page of one address, except those for who is not signed in": NO_STORE,
  "every operation of the OpenAPI document asks for something in the list": NO_STORE,
  "the table in docs/access.md is the one that holds": NO_STORE,
  "the public list is as short as it was agreed to be": NO_STORE,
  "a route that stands in no list is closed to everybody": NO_STORE,
  "rate, forecast, pace and status as of an instant are what they were then, over a history of every kind of window":
    "its arithmetic takes longer than all others together, and tests/read/analysis_test.ts reads the same rows",
  "a read that failed is not kept": NO_STORE,
  "every setting of every vendor has words, none of them a variable": NO_STORE,
  "the demo's /metrics pass promtool, and count what is polled and consumed": OWN_DATABASE,
  "the licences named are those of every package the server and its pages import": NO_STORE,
  "policyFor() allows this server only, and inline scripts by nonce only": NO_STORE,
  "an answer that nothing changed leaves the rule for caches as it was": NO_STORE,
  "parseHost() gives name and port of a Host header in one form": NO_STORE,
  "parseHost() refuses what is not exactly one host": NO_STORE,
  "parseHost() never gives more than a name and a port": NO_STORE,
  "hostsOf() lists the names of a server with its port": NO_STORE,
  "only an origin the server was started for is its own": NO_STORE,
};

const modules = FOLDERS.flatMap((folder) => {
  const at = new URL(`../${folder}/`, import.meta.url);
  return [...Deno.readDirSync(at)].map(({ name }) => new URL(name, at))
    .filter((file) => file.pathname.endsWith("_test.ts") && OPENS_STORE.test(Deno.readTextFileSync(file)))
    .sort((a, b) => a.href < b.href ? -1 : 1);
});

const { left } = await registerTestsOn("kv", modules, new Set(Object.keys(LEFT_OUT)));

Deno.test("every test of requests runs on a key-value database but those that say why not", () => {
  const names = modules.map(({ pathname }) => basename(pathname));
  for (const name of ["spend_test.ts", "limited_test.ts", "live_test.ts", "present_test.ts"]) {
    assertEquals(names.includes(name), true, name);
  }
  assertEquals(left.toSorted(), Object.keys(LEFT_OUT).toSorted(), "A name was changed");
});
