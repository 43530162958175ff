/** Errors of commands, as text and as JSON, and output in limited locales. */
import fc from "fast-check";
import { inAscii, wantsAscii } from "../../lib/cli/ascii.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { ORACLE_DAY, withCliHome } from "./support.ts";

Deno.test("a named database that does not exist is an error with its name", () =>
  withCliHome(async (place) => {
    for (
      const command of [
        "status",
        "stats",
        "spend",
        "query current",
        "forecast",
        "insights",
        "cycles",
        "history",
        "export",
      ]
    ) {
      const { code, stdout, stderr } = await place.run(`${command} --db missing.db`);
      assertEquals([command, code, stdout], [command, 1, ""]);
      assertMatch(stderr, /^syntrack: Cannot read the database ".*missing\.db": there is no such file\n/);
    }
    assertEquals((await place.run("guard --db missing.db")).code, 69);
    // Without it nothing was read yet, which is no error.
    assertEquals((await place.run("status")).code, 0);
  }));

Deno.test("with --json errors are JSON, with the exit code", () =>
  withCliHome(async (place) => {
    const { code, stdout, stderr } = await place.run("status --json --db missing.db");
    assertEquals([code, stdout], [1, ""]);
    const { error } = JSON.parse(stderr);
    assertMatch(error.message, /missing\.db/);
    assertEquals([error.exitCode, typeof error.hint], [1, "string"]);
    const unsure = await place.run("guard --json --db missing.db");
    assertEquals([unsure.code, JSON.parse(unsure.stderr).error.exitCode], [69, 69]);
    const wrong = await place.run("guard --json --min-remaining few");
    assertEquals([wrong.code, JSON.parse(wrong.stderr).error.exitCode], [64, 64]);
  }));

Deno.test("insights of a quota cover that quota alone", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    await place.fill(ORACLE_DAY, { quota: "other" }, "acme/home");
    const stats = async (args: string) =>
      (await place.json(`insights --json ${args}`) as { stats: unknown }).stats;
    assertEquals(await stats("--quota acme/home/other"), await stats("--account home"));
    assert(JSON.stringify(await stats("--quota acme/home/other")) !== JSON.stringify(await stats("")));
  }));

Deno.test("a locale without UTF-8 gets plain characters", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    for (const args of ["status", "stats --chart", "chart", "forecast", "insights", "history"]) {
      const { stdout } = await place.run(args, { env: { LC_ALL: "C" } });
      // deno-lint-ignore no-control-regex -- that is what is looked for
      assertEquals([args, /[^\x00-\x7f]/.exec(stdout)?.[0]], [args, undefined]);
    }
    assert((await place.run("status", { env: { LC_ALL: "C.UTF-8" } })).stdout.includes("█"));
    assert((await place.run("status")).stdout.includes("█"));
  }));

Deno.test("the first locale that is set decides, and letters of names stay", () => {
  assertEquals(wantsAscii({ LC_ALL: "", LANG: "POSIX" }), true);
  assertEquals(wantsAscii({ LC_ALL: "de_DE.UTF-8", LANG: "C" }), false);
  assertEquals(wantsAscii({ LANG: "de_DE.ISO-8859-1" }), true);
  assertEquals(wantsAscii({ LANG: "de_DE" }), false);
  assertEquals(inAscii("Größe ● ⠁⣀⡇⠀"), "Größe * '.: ");
  fc.assert(fc.property(fc.stringMatching(/^[\x20-\x7e]*$/), (text) => assertEquals(inAscii(text), text)));
});
