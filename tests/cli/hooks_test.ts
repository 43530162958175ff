/** Commands run by alerts: only the config file can define them. */
import { join } from "node:path";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";
import { writeScript } from "../support/script.ts";

async function writeConfig(place: CliHome, text: string): Promise<void> {
  await Deno.mkdir(join(place.folder, ".syntrack"), { recursive: true });
  await Deno.writeTextFile(join(place.folder, ".syntrack", "config.toml"), text, { mode: 0o600 });
}

/** A program that records its arguments and input. */
async function writeProgram(place: CliHome, name = "opener"): Promise<{ path: string; out: string }> {
  const path = join(place.folder, name);
  const out = join(place.folder, `${name}.out`);
  await writeScript(path, `#!/bin/sh\necho "$*" > '${out}'\ncat >> '${out}'\n`);
  return { path, out };
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test({
  name: "a command in the config file is a channel: it is listed, tested, changed, and removed there",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async (place) => {
      const { path, out } = await writeProgram(place);
      await writeConfig(place, `[hooks.opener]\ncommand = "${path}"\nargs = ["--window", "a b; $(id)"]\n`);
      assertEquals((await place.run("config check")).code, 0);
      assertMatch((await place.run("channels")).stdout, /^opener +hook/m);

      const tried = await place.run("channels test opener");
      assertEquals([tried.code, tried.stderr], [0, ""]);
      const [args = "", json = ""] = (await Deno.readTextFile(out)).split("\n");
      assertEquals(args, "--window a b; $(id)");
      assertEquals(JSON.parse(json).event, "test");

      assertEquals((await place.run("channels change opener --kinds back")).code, 0);
      assertMatch((await place.run("channels")).stdout, /^opener +hook +.*back/m);
      const removed = await place.run("channels remove opener");
      assertEquals(removed.code, 2);
      assertStringIncludes(removed.stderr, "remove [hooks.opener] from it");
      const same = await place.run("channels add opener ntfy --stdin", { stdin: "topic=x\n" });
      assertEquals(same.code, 2);
      assertStringIncludes(same.stderr, "The config file already has a command named opener");

      await writeConfig(place, "");
      const gone = await place.run("channels");
      assertStringIncludes(gone.stderr, "opener runs nothing: commands are read only from the config file");
      assertEquals((await place.run("channels remove opener")).code, 0);
    }),
});

Deno.test("a command cannot be added on the command line, which says what to write instead", () =>
  withCliHome(async (place) => {
    const { code, stderr } = await place.run("channels add opener hook --set command=/bin/true");
    assertEquals(code, 2);
    assertStringIncludes(stderr, '[hooks.opener], and on the next line command = "/absolute/path"');
    assertStringIncludes((await place.run("channels types")).stdout, "stated in the config file only");
  }));

Deno.test({
  name: "a command in a database is never run, whoever put it there",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async (place) => {
      const { path, out } = await writeProgram(place);
      assertEquals((await place.run("channels")).code, 0);
      {
        await using store = await openSqliteStore(place.dbPath);
        const settings = { command: path, args: "[]" };
        await store.docs.put("channels", "planted", { type: "hook", rule: {}, settings, values: {} }, NOW);
      }
      const tried = await place.run("channels test planted");
      assertEquals(tried.code, 1);
      assertStringIncludes(tried.stderr, "The config file has no command of this name under [hooks]");
      assertEquals(await isThere(out), false);
      const listed = await place.run("channels --json");
      assert(!listed.stdout.includes(path), listed.stdout);
    }),
});

Deno.test("errors of commands are reported by line, all at once, and nothing starts with them", () =>
  withCliHome(async (place) => {
    const long = Array.from({ length: 33 }, () => '"a"').join(", ");
    await writeConfig(
      place,
      [
        `[hooks.near]\ncommand = "opener"`,
        `[hooks.Loud]\ncommand = "/bin/true"`,
        `[hooks.slow]\ncommand = "/bin/true"\ntimeout = 301`,
        `[hooks.many]\ncommand = "/bin/true"\nargs = [${long}]`,
        `[hooks.odd]\ncommand = "/bin/true"\nshell = true`,
        `[hooks.none]\ntimeout = 3`,
      ].join("\n"),
    );
    const { code, stdout } = await place.run("config check");
    assertEquals(code, 2);
    assertMatch(stdout, /hooks\.near in .*line 1: command is not an absolute path/);
    assertMatch(stdout, /hooks\.Loud in .*line 3: not a valid channel name, expected at most 32/);
    assertMatch(stdout, /hooks\.slow in .*line 5: timeout is not between 0\.1 and 300 seconds/);
    assertMatch(stdout, /hooks\.many in .*line 8: args is not a list of at most 32 texts/);
    assertMatch(
      stdout,
      /hooks\.odd\.shell in .*line 13: no such entry, expected one of command, args, timeout/,
    );
    assertMatch(stdout, /hooks\.none in .*line 14: command is not an absolute path/);
    assertEquals((await place.run("alerts")).code, 2);
  }));
