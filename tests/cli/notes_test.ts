/** Notes on the command line: added, listed, changed, removed and exported. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { withCliHome } from "./support.ts";

Deno.test("a note is added at a time, listed newest first, changed and removed by the first letters of its id", () =>
  withCliHome(async (place) => {
    assertStringIncludes((await place.run("notes")).stdout, "No notes yet");
    assertMatch(
      (await place.run("notes add holidays --at 2026-11-20T09:00:00Z")).stdout,
      /^Noted at 2026-11-20 .*: holidays\n$/,
    );
    await place.run("notes add renewed --at 2026-11-21T09:00:00Z");
    const { notes } = JSON.parse((await place.run("notes --json")).stdout);
    assertEquals(notes.map(({ text }: { text: string }) => text), ["renewed", "holidays"]);
    const [, { id }] = notes;
    assertStringIncludes(
      (await place.run(`notes change ${id.slice(0, 8)} --text vacation`)).stdout,
      "vacation",
    );
    const table = (await place.run("notes")).stdout;
    assertMatch(table, /WHEN +NOTE +ABOUT +ID/);
    assertMatch(table, /2026-11-20 \S+ +vacation +all/);
    assertEquals(JSON.parse((await place.run("notes --json --from 2026-11-21")).stdout).notes.length, 1);
    assertStringIncludes((await place.run("audit --json")).stdout, "added a note");
    await place.run(`notes remove ${id}`);
    assert(!(await place.run("notes")).stdout.includes("vacation"));
    const again = await place.run(`notes remove ${id}`);
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "There is no note");
  }));

Deno.test("notes are exported in every format, and an invalid note is refused with a reason", () =>
  withCliHome(async (place) => {
    await place.run("notes add renewed --at 2026-11-21T09:00:00Z");
    const csv = (await place.run("export --what notes")).stdout.trim().split("\n");
    assertEquals(csv[0], "id,at,text,account,writtenAt");
    assertMatch(csv[1]!, /^[0-9a-f-]+,2026-11-21T09:00:00\.000Z,renewed,,/);
    assertStringIncludes((await place.run("export --what notes --format ndjson")).stdout, '"text":"renewed"');
    for (
      const [command, wrong] of [
        ["notes add", /What\? /],
        ["notes change", /Name the (feed|key|note): /],
        ["notes add x --at never", /--at takes a time such as/],
        ["notes add x --about acme/nobody", /--about takes the key of an account/],
        [`notes add ${"n".repeat(201)}`, /at most 200 characters, this one 201/],
        ["notes remove 00", /There is no note "00"/],
      ] as const
    ) {
      const { code, stderr } = await place.run(command);
      assert(code !== 0, command);
      assertMatch(stderr, wrong);
    }
  }));
