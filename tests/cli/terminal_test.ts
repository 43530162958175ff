/** What users see at five widths, and on limited terminals. */
import { COMMANDS as COMMAND_TABLE } from "../../lib/cli/table.ts";
import { measureWidth } from "../../lib/cli/width.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { fortyQuotas, manyAccounts } from "./many_accounts.ts";
import { type CliHome, type Terminal, withCliHome } from "./support.ts";

const WIDTHS = [40, 60, 80, 120, 200] as const;
const FOLDER = new URL("../fixtures/terminal/", import.meta.url);

/** Compares texts at five widths with `tests/fixtures/terminal/<name>.txt`. */
async function assertScreens(name: string, screen: (columns: number) => Promise<string>): Promise<void> {
  const screens: string[] = [];
  for (const columns of WIDTHS) screens.push(`== ${columns} columns\n${await screen(columns)}`);
  const text = screens.join("\n");
  const file = new URL(`${name}.txt`, FOLDER);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

/** A line of a quota begins with its sign. */
const isRow = (line: string) => /^[\u25cf\u25b2\u2715\u25cb] /.test(line);

const PLAIN = { NO_COLOR: "1" };

async function shown(place: CliHome, args: string, terminal: Terminal): Promise<string> {
  const { code, stdout, stderr } = await place.run(args, { isTty: true, rows: 40, env: PLAIN, ...terminal });
  assertEquals([code, stderr], [0, ""], args);
  return stdout;
}

const COMMANDS = [
  "status",
  // As of a past time, it contains nothing of this machine.
  "status --long --now 2026-11-21T13:00:00Z",
  "status --brief",
  "horizon",
  "horizon --range 7d",
  "forecast",
  "cycles",
  "sessions",
  "insights",
  "history",
  "stats",
  "spend --now 2026-11-21T13:00:00Z",
  "chart",
  "account list",
  "providers",
  "config",
] as const;

for (const command of COMMANDS) {
  Deno.test(`\`${command}\` is readable at 40 to 200 columns`, () =>
    withCliHome(async (place) => {
      await manyAccounts(place);
      const steady = (text: string) => text.replaceAll(place.folder, "/home/ann");
      // Test folders have names of any length, so lines that contain one are only checked for width.
      const isSteady = !["config", "providers", "account list"].includes(command);
      const screen = async (columns: number) => {
        const text = await shown(place, command, { columns });
        for (const line of text.split("\n")) {
          assert(
            measureWidth(line) <= columns,
            `${command} at ${columns} is ${measureWidth(line)} wide: ${line}`,
          );
        }
        return steady(text);
      };
      if (isSteady) await assertScreens(command.replace(/ --now .*/, "").replaceAll(/\W+/g, "_"), screen);
      else for (const columns of WIDTHS) await screen(columns);
    }));
}

Deno.test("no table breaks a word, and every word of a wide one is shown or dropped with its column", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    for (const command of ["forecast", "cycles", "insights"]) {
      const words = new Set((await shown(place, command, { columns: 400 })).split(/[\s\u2500]+/));
      // The short form omits the default account, and a reset is shown as remaining time.
      const keys = [...words].map((word) => word.replace("/default", ""));
      for (const columns of WIDTHS) {
        for (const word of (await shown(place, command, { columns })).split(/[\s\u2500]+/)) {
          const isCut = word.endsWith("\u2026");
          const isKnown = words.has(word) || keys.includes(word) ||
            /^(in|passed|\d+[dhms]|<?\d\d-\d\d)$/.test(word);
          assert(isCut || isKnown, `${command} at ${columns} shows "${word}"`);
        }
      }
    }
  }));

Deno.test("forty quotas of fourteen accounts do not scroll off a terminal of 24 rows, and the tightest are shown", () =>
  withCliHome(async (place) => {
    await fortyQuotas(place);
    for (const columns of WIDTHS) {
      const text = await shown(place, "status", { columns, rows: 24 });
      assert(text.trimEnd().split("\n").length <= 23, `${text.split("\n").length} lines at ${columns}`);
      assert(text.includes("93%"), text);
      assert(
        /\d+ more: syntrack status --limit 100/.test(text.replaceAll("\n", " ")),
        text,
      );
    }
    const all = await shown(place, "status --limit 100", { columns: 80, rows: 24 });
    assertEquals(all.split("\n").filter(isRow).length, 42);
    // Piped output is complete.
    const piped = (await place.run("status")).stdout;
    assertEquals(piped.split("\n").filter(isRow).length, 42);
    assert(!piped.includes("more:"));
  }));

Deno.test("terminals without UTF-8 or colour show the same in plain characters", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    for (const command of COMMANDS) {
      for (const env of [{ LC_ALL: "C" }, { TERM: "dumb" }, { NO_COLOR: "1" }]) {
        const text = (await place.run(command, { isTty: true, columns: 80, rows: 40, env })).stdout;
        if (!("LC_ALL" in env)) assert(!text.includes("\x1b"), `${command} ${JSON.stringify(env)}`);
        else {
          // Letters of names stay; everything drawn is ASCII.
          const drawn = text.replace(/[\u4e00-\u9fff]|\u{1f680}/gu, "");
          // deno-lint-ignore no-control-regex
          assertEquals(/[^\x00-\x7e]/.exec(drawn), null, command);
        }
        for (const line of text.split("\n")) assert(measureWidth(line) <= 80, `${command}: ${line}`);
      }
    }
  }));

Deno.test("--plain prints rows with tabs and all their fields, --quiet no headings, at any width", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    for (const command of ["status", "forecast", "cycles", "sessions", "history"]) {
      const rows = (await place.run(`${command} --plain`)).stdout.replace(/\n$/, "").split("\n");
      const fields = new Set(rows.map((row) => row.split("\t").length));
      assertEquals(fields.size, 1, `${command}: ${rows[0]}`);
      assert([...fields][0]! > 4, command);
      assert(!rows.some((row) => row.includes("\x1b") || row.includes("\u2500")), command);
      const narrow = await place.run(`${command} --plain`, {
        isTty: true,
        columns: 40,
        rows: 400,
        env: PLAIN,
      });
      if (command !== "history") assertEquals(narrow.stdout.replace(/\n$/, "").split("\n"), rows, command);
      const quiet = (await place.run(`${command} --quiet`)).stdout;
      assert(!/^(State|Quota|Account|Time) |newest first|\(as of|\(last/m.test(quiet), quiet);
    }
    const [first = ""] = (await place.run("status --plain")).stdout.split("\n");
    assertEquals(first.split("\t").slice(0, 2), ["out", "anthropic/work/five-hour"]);
  }));

Deno.test("plain rows of status have no noise of binary fractions", () =>
  withCliHome(async (place) => {
    // 42.2 of 100 as a share is 0.42200000000000004 to a computer.
    await place.fill([["2026-11-21 12:30", 41.9], ["2026-11-21 12:59", 42.2]], {
      limit: 100,
      remaining: null,
    });
    const [, , , share] = (await place.run("status --plain")).stdout.split("\t");
    assertEquals(share, "0.422");
  }));

Deno.test("the help of every command fits 40 columns and more", () =>
  withCliHome(async (place) => {
    for (const args of ["--help", ...COMMAND_TABLE.map(({ name }) => `${name} --help`)]) {
      for (const columns of WIDTHS) {
        const text = await shown(place, args, { columns, rows: 1000 });
        assertStringIncludes(text, "Exit codes:");
        for (const shownLine of text.split("\n")) {
          assert(measureWidth(shownLine) <= columns, `${args} at ${columns}: ${shownLine}`);
        }
      }
    }
  }));
