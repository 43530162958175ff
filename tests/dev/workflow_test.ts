/** What the one workflow may do, and what it must. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const text = await Deno.readTextFile(new URL("ci.yml", FOLDER));

Deno.test("there is one workflow, and it can only read", () => {
  assertEquals([...Deno.readDirSync(FOLDER)].map(({ name }) => name), ["ci.yml"]);
  assertMatch(text, /^permissions:\n {2}contents: read\n/m);
  assert(!/:\s*write\b|secrets\./.test(text));
});

Deno.test("actions are named by hash, with their version beside it", () => {
  const uses = [...text.matchAll(/uses: (\S+)/g)].map(([, action = ""]) => action);
  assert(uses.length > 0);
  for (const action of uses) assertMatch(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  assertEquals(text.match(/# v\d+\.\d+\.\d+\n +- uses:/g)?.length, uses.length);
});

Deno.test("it runs on three systems, with the runtime of the README, and asks for known faults of packages", async () => {
  for (const system of ["ubuntu-", "macos-", "windows-"]) assertStringIncludes(text, system);
  assertStringIncludes(text, "bash .ci/run");
  assertMatch(text, /deno@\S+ ci\n/);
  assertMatch(text, /deno@\S+ audit\n/);
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [, version = ""] = /deno@(\S+) task demo/.exec(readme) ?? [];
  for (const [, named] of text.matchAll(/deno@(\S+)/g)) assertEquals(named, version);
});
