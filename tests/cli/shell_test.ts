/** Completions, the man page, the pager, opening the dashboard, and the JSON contract. */
import { manPage } from "../../dev/man.ts";
import { showInPager } from "../../lib/cli/pager.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "../../lib/cli/table.ts";
import { SHELLS } from "../../lib/cli/table_shell.ts";
import { claimRun } from "../../lib/daemon/run_file.ts";
import { daemonPaths } from "../../lib/daemon/paths.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { manyAccounts, percentOf } from "./many_accounts.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

async function there(command: string, args: readonly string[] = ["--version"]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: [...args] }).output()).success;
  } catch {
    return false;
  }
}

const bash = await there("bash");
const zsh = await there("zsh");
const fish = await there("fish");
const man = await there("man");

async function outputOf(command: string, args: readonly string[], stdin = ""): Promise<string> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { stdout, stderr, success } = await child.output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const script = async (place: CliHome, shell: string) => (await place.run(`completion ${shell}`)).stdout;

Deno.test("each shell knows every command, option and choice", () =>
  withCliHome(async (place) => {
    for (const shell of SHELLS) {
      const text = await script(place, shell);
      for (const { name, options } of COMMANDS) {
        assert(text.includes(name), `${shell}: ${name}`);
        for (const option of options) assert(text.includes(option.name), `${shell} ${name}: ${option.name}`);
      }
      for (const { name } of GLOBAL_OPTIONS) assert(text.includes(name), `${shell}: ${name}`);
      assertStringIncludes(text, "waybar");
    }
    assertMatch(
      (await place.run("completion csh")).stderr,
      /allowed choices are bash, zsh, fish, powershell/i,
    );
    assertMatch((await place.run("completion")).stderr, /needs the name of a shell: bash/);
  }));

Deno.test("completed names are stored ones, and none that a shell would take for more than a word", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    await place.fill([["2026-11-21 12:59", 1]], percentOf("q", "Q"), "acme/$(touch x)" as "acme/x");
    const accounts = (await place.run("completion --names accounts")).stdout.trim().split("\n");
    assertEquals(accounts, ["a-very-long-name-of-an-account-at-some-company", "default", "work"]);
    assertStringIncludes((await place.run("completion --names quotas")).stdout, "five-hour\n");
    assertStringIncludes((await place.run("completion --names providers")).stdout, "chatgpt\n");
  }));

Deno.test({
  name: "bash completes commands, choices, options and names from the store",
  // Needs bash.
  ignore: !bash,
  fn: () =>
    withCliHome(async (place) => {
      const completion = await script(place, "bash");
      const complete = async (line: string) => {
        const words = line.split(" ");
        const set = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${
          words.length - 1
        }`;
        const own = 'syntrack() { [ "$3" = accounts ] && echo work; }';
        return (await outputOf(
          "bash",
          ["-s"],
          `${completion}\n${own}\n${set}\n_syntrack\nprintf '%s ' "\${COMPREPLY[@]}"\n`,
        ))
          .trim().split(" ");
      };
      assertEquals(await complete("syntrack fore"), ["forecast"]);
      assertEquals(await complete("syntrack status --format way"), ["waybar"]);
      assertEquals(await complete("syntrack query cur"), ["current"]);
      assertEquals(await complete("syntrack status --account w"), ["work"]);
      assertEquals(await complete("syntrack status --bri"), ["--brief"]);
    }),
});

Deno.test({
  name: "zsh reads its completions",
  // Needs zsh.
  ignore: !zsh,
  fn: () =>
    withCliHome(async (place) => {
      await outputOf("zsh", ["-n"], await script(place, "zsh"));
    }),
});

Deno.test({
  name: "fish reads its completions, and completes a choice",
  // Needs fish.
  ignore: !fish,
  fn: () =>
    withCliHome(async (place) => {
      const text = `${await script(place, "fish")}\ncomplete -C "syntrack status --format way"\n`;
      assertStringIncludes(await outputOf("fish", ["--no-config"], text), "waybar");
    }),
});

Deno.test("the man page names every command, option and example", () => {
  const page = manPage();
  for (const { name, options, examples } of COMMANDS) {
    assertStringIncludes(page, `.SS syntrack ${name.replaceAll("-", "\\-")}`);
    for (const option of options) assertStringIncludes(page, `\\-\\-${option.name.replaceAll("-", "\\-")}`);
    assert(examples.length > 0, name);
  }
  // A line that begins with a dot or a quote would be a request.
  for (const line of page.split("\n")) {
    assert(!/^['.]/.test(line) || /^\.(TH|SH|SS|TP|B|I)\b/.test(line), line);
  }
});

Deno.test({
  name: "man shows the page without a warning",
  // Needs man.
  ignore: !man,
  fn: async () => {
    const file = await Deno.makeTempFile({ suffix: ".1" });
    try {
      await Deno.writeTextFile(file, manPage());
      const { stdout, stderr } = await new Deno.Command("man", {
        args: ["--warnings", "-l", file],
        env: { MANWIDTH: "80" },
      })
        .output();
      assertEquals(new TextDecoder().decode(stderr), "");
      assertStringIncludes(new TextDecoder().decode(stdout), "syntrack watch");
    } finally {
      await Deno.remove(file);
    }
  },
});

Deno.test("output longer than a terminal is paged there, and nowhere else", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    const page = async (args: string, terminal: object) => {
      const paged: string[] = [];
      const { stdout } = await place.run(args, {
        isTty: true,
        columns: 80,
        rows: 10,
        env: { NO_COLOR: "1" },
        paged,
        ...terminal,
      });
      return { paged, stdout };
    };
    const { paged, stdout } = await page("stats", {});
    assertEquals(stdout, "");
    assertStringIncludes(paged[0] ?? "", "Usage Statistics");
    for (
      const [args, terminal] of [
        ["stats", { rows: 400 }],
        ["stats", { isTty: false }],
        ["stats", { env: { TERM: "dumb" } }],
        ["stats --json", {}],
        ["status", {}],
      ] as const
    ) {
      const other = await page(args, terminal);
      assertEquals([args, other.paged.length, other.stdout === ""], [args, 0, false]);
    }
    // If no pager can be run, it is written directly.
    const without = await place.run("stats", { isTty: true, columns: 80, rows: 10, env: { NO_COLOR: "1" } });
    assertStringIncludes(without.stdout, "Usage Statistics");
    assertStringIncludes((await page("--help", {})).paged[0] ?? "", "Exit codes");
  }));

Deno.test("without a pager the text is written directly", async () => {
  assertEquals(await showInPager("text", { PAGER: "" }), false);
  assertEquals(await showInPager("text", { PAGER: "cat" }), false);
  if (Deno.build.os === "windows") return;
  assertEquals(await showInPager("text", { PAGER: "no-such-program-anywhere 2>/dev/null" }), false);
  assertEquals(await showInPager("text\n".repeat(50_000), { PAGER: "head -n 1 >/dev/null" }), true);
});

Deno.test("open passes the URL of the running server to a browser, prints it, and says how to start one", () =>
  withCliHome(async (place) => {
    const none = await place.run("open");
    assertEquals(none.code, 1);
    assertMatch(none.stderr, /syntrack start/);
    const run = await claimRun(daemonPaths(place.folder, false).runFolder, {
      instance: "one",
      pid: Deno.pid,
      pidSpace: null,
      url: "http://127.0.0.1:9211",
      port: 9211,
      startedAt: NOW,
      version: "0.1.0",
      token: "t",
      database: place.dbPath,
      log: null,
      args: [],
    });
    assert(run);
    try {
      const opened: string[] = [];
      assertEquals((await place.run("open", { opened })).stdout, "Opened http://127.0.0.1:9211\n");
      assertEquals(opened, ["http://127.0.0.1:9211"]);
      assertEquals((await place.run("open --print")).stdout, "http://127.0.0.1:9211\n");
      const nothing = await place.run("open");
      assertEquals([nothing.code, nothing.stdout], [0, "http://127.0.0.1:9211\n"]);
      assertMatch(nothing.stderr, /No browser/);
    } finally {
      run.release();
    }
  }));

Deno.test("every document of --json is versioned and in the contract, and an error is one line of JSON", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    const contract = await Deno.readTextFile(new URL("../../docs/json.md", import.meta.url));
    const rows = [...contract.matchAll(/^\| (`[a-z`, -]+`) +\| (.+?) +\|$/gm)].flatMap((
      [, commands = "", fields = ""],
    ) => [...commands.matchAll(/`([a-z -]+)`/g)].map(([, command = ""]) => ({ command, fields }))).filter((
      { command },
    ) => COMMANDS.some(({ name }) => name === command.split(" ")[0]));
    assert(rows.length > 15, String(rows.length));
    for (const { command, fields } of rows) {
      // It contacts a release server, so its own tests check its document.
      if (command === "update") continue;
      const run = command === "doctor"
        ? "doctor --port 0 --json"
        : command.includes("--format")
        ? command
        : `${command} --json`;
      const { stdout } = await place.run(run);
      const document = JSON.parse(stdout) as Record<string, unknown>;
      assertEquals(document.schemaVersion, 1, command);
      // Fields after "where" in the table may be absent.
      const always = fields.split("; where")[0]!;
      for (const [, field = ""] of always.matchAll(/`(\w+)`/g)) {
        assert(field in document, `${command}: ${field}`);
      }
    }
    const { code, stdout, stderr } = await place.run("status --json --account wrok");
    assertEquals([code, stdout], [2, ""]);
    assertEquals(JSON.parse(stderr).error.exitCode, 2);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  }));

Deno.test("a kept demo is a complete database for the command line, and never overwrites an existing one", () =>
  withCliHome(async (place) => {
    const kept = await place.run("demo --keep made.db --providers deepseek");
    assertEquals(kept.code, 0, kept.stderr);
    assertMatch(kept.stdout, /Try: syntrack status --db .*made\.db/);
    assertMatch((await place.run("status --db made.db")).stdout, /DeepSeek/);
    assertEquals([...Deno.readDirSync(place.folder)].filter(({ name }) => name.includes(".part")), []);
    const again = await place.run("demo --keep made.db");
    assertEquals(again.code, 1);
    assertMatch(again.stderr, /exists already/);
  }));
