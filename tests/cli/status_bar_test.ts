/** One line for status bars: what each bar reads, and that names cannot inject anything. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { STATUS_FORMATS } from "../../lib/cli/table_status.ts";
import { manyAccounts, percentOf } from "./many_accounts.ts";
import { type CliHome, withCliHome } from "./support.ts";

/** Everything that some program would take for markup or a command, in the name of the only quota. */
const HOSTILE = '<b>x<i>&#[fg=red]#(touch x)%{F#f00}$(id)`id`\\n| color=red\n--sub "q"';

async function hostile(place: CliHome): Promise<void> {
  await place.fill(
    [["2026-11-21 12:50", 20], ["2026-11-21 12:59", 21]],
    percentOf("main", HOSTILE),
    `acme/${HOSTILE}`,
  );
}

const line = async (place: CliHome, args: string) => {
  const { code, stdout, stderr } = await place.run(args);
  assertEquals([code, stderr], [0, ""], args);
  return stdout;
};

Deno.test("each format is what its program reads, with names as plain text", () =>
  withCliHome(async (place) => {
    await hostile(place);
    const waybar = JSON.parse(await line(place, "status --format waybar"));
    // For the module `custom` with return-type json: text, alt, tooltip, class, percentage.
    assertEquals(Object.keys(waybar).toSorted(), ["alt", "class", "percentage", "text", "tooltip"]);
    assertEquals([waybar.alt, waybar.class, waybar.percentage], ["ready", ["syntrack", "ready"], 21]);
    for (const text of [waybar.text, waybar.tooltip]) {
      assert(!/[<>]|&(?!amp;|lt;|gt;)/.test(text), text);
      assertStringIncludes(text, "&lt;b&gt;");
    }
    const tmux = await line(place, "status --format tmux");
    assertMatch(tmux, /^#\[fg=green\].*#\[default\]\n$/);
    // Except in our two styles, every `#` is doubled.
    assert(!/#/.test(tmux.slice("#[fg=green]".length, -"#[default]\n".length).replaceAll("##", "")), tmux);
    const polybar = await line(place, "status --format polybar");
    assert(!polybar.includes("%{"), polybar);
    for (const format of ["starship", "sketchybar"]) {
      const text = await line(place, `status --format ${format}`);
      assert(!/[$`\\]/.test(text), text);
      assertEquals(text.trimEnd().split("\n").length, 1);
    }
    const xbar = (await line(place, "status --format xbar")).trimEnd().split("\n");
    assertEquals(xbar[1], "---");
    for (const row of xbar.filter((_, at) => at !== 1)) {
      assert(!row.includes("|") && !row.startsWith("-"), row);
    }
    const i3blocks = (await line(place, "status --format i3blocks")).trimEnd().split("\n");
    assertEquals(i3blocks.length, 2);
    for (const format of STATUS_FORMATS) {
      if (format === "template") continue;
      // deno-lint-ignore no-control-regex
      assert(!/[\x00-\x09\x0b-\x1f\x7f]/.test(await line(place, `status --format ${format}`)), format);
    }
  }));

Deno.test("the bar warns in the colour of its program, and says when everything is available again", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:50", 90], ["2026-11-21 12:59", 100]], percentOf("main", "Main"));
    assertEquals(await line(place, "status --brief"), "\u2715 acme (work) out, back in 3h\n");
    assertMatch(await line(place, "status --format polybar"), /^%\{F#e01b24\}.*%\{F-\}\n$/);
    assertMatch(await line(place, "status --format i3blocks"), /^.*\n.*\n#e01b24\n$/);
    assertMatch(await line(place, "status --format xbar"), /^.* \| color=#e01b24\n---\n/);
    assertEquals(JSON.parse(await line(place, "status --format waybar")).class, ["syntrack", "out"]);
    const json = JSON.parse(await line(place, "status --format json"));
    assertEquals([json.schemaVersion, json.state, json.account, json.quota], [
      1,
      "out",
      "acme/work",
      "acme/work/main",
    ]);
    assertEquals(json.accounts, { ready: 0, atRisk: 0, out: 1, unknown: 0 });
  }));

Deno.test("a template names the values to show, and an unknown name lists the known ones", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    const run = async (template: string) => {
      const io = place.io();
      const { main } = await import("../../lib/cli/main.ts");
      const code = await main(["status", "--provider", "claude", "--template", template], io);
      return { code, ...io.ran() };
    };
    assertEquals(
      (await run("{account}: {left}, {used} used, {{ok}} {ready}/{accounts}")).stdout,
      "Claude: 37%, 63% used, {ok} 1/2\n",
    );
    const wrong = await run("{acount}");
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertMatch(wrong.stderr, /has no \{acount\}.*\n.*\{account\}/);
    assertMatch((await place.run("status --format template")).stderr, /needs --template/);
    assertMatch((await place.run("status --format waybr")).stderr, /did you mean waybar/);
  }));

Deno.test("--check ends with 0 while work is possible, 1 when all is out, 69 when it is unknown", () =>
  withCliHome(async (place) => {
    assertEquals((await place.run("status --check")).code, 69);
    await place.fill([["2026-11-21 12:50", 99], ["2026-11-21 12:59", 100]], percentOf("main", "Main"));
    assertEquals((await place.run("status --check")).code, 1);
    assertEquals((await place.run("status --check --brief")).code, 1);
    await place.fill([["2026-11-21 12:59", 10]], percentOf("main", "Main"), "acme/home");
    assertEquals((await place.run("status --check --json")).code, 0);
    assertEquals((await place.run("status --check --account work")).code, 1);
    // Without it, no state is a failure.
    assertEquals((await place.run("status --account work")).code, 0);
    assertEquals((await place.run("status --check --db missing.db")).code, 69);
    assertEquals((await place.run("status --check --quota none")).code, 2);
  }));

Deno.test("a window for one model and a separate pool block nothing else, the weekly one blocks all", () =>
  withCliHome(async (place) => {
    const fill = (quota: string, used: number, account: string) =>
      place.fill([["2026-11-21 12:59", used]], percentOf(quota, quota), account as "acme/work");
    await fill("five-hour", 10, "anthropic/a");
    const state = async () => JSON.parse(await line(place, "status --format json")).state;
    assertEquals(await state(), "ready");
    const { openSqliteStore } = await import("../../lib/store/sqlite.ts");
    const { commitAll, pollsOf } = await import("../store/polls.ts");
    const { reading, utc } = await import("../support/readings.ts");
    const poll = async (at: string, quotas: Readonly<Record<string, number>>) => {
      await using store = await openSqliteStore(place.dbPath);
      const readings = Object.entries(quotas).map(([quota, used]) =>
        reading({ ...percentOf(quota, quota), used })
      );
      await commitAll(
        store,
        pollsOf([{ at: utc(at), readings }], "anthropic/a", await store.recall("anthropic/a")),
      );
    };
    await poll("2026-11-21 12:59:20", {
      "five-hour": 10,
      "seven-day": 11,
      "seven-day-opus": 100,
      "extra-usage": 100,
    });
    assertEquals(await state(), "ready");
    await poll("2026-11-21 12:59:40", {
      "five-hour": 10,
      "seven-day": 100,
      "seven-day-opus": 100,
      "extra-usage": 100,
    });
    assertEquals(await state(), "out");
  }));

async function hasTmux(): Promise<boolean> {
  try {
    return (await new Deno.Command("tmux", { args: ["-V"] }).output()).success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "tmux shows the line in its status bar unchanged, and executes nothing in a name",
  // Needs tmux.
  ignore: !await hasTmux(),
  fn: () =>
    withCliHome(async (place) => {
      await hostile(place);
      const text = await line(place, "status --format tmux");
      const file = `${place.folder}/line`;
      await Deno.writeTextFile(file, text);
      const env = { HOME: place.folder, TERM: "xterm-256color", LC_ALL: "C.UTF-8" };
      const server = (name: string) => async (...args: string[]) => {
        const socket = `${place.folder}/${name}.sock`;
        const command = new Deno.Command("tmux", { args: ["-S", socket, "-f", "/dev/null", ...args], env });
        return new TextDecoder().decode((await command.output()).stdout);
      };
      // One tmux with the bar, and another around it that sees its screen.
      const [inner, outer] = [server("inner"), server("outer")];
      await inner("new-session", "-d", "-x", "200", "-y", "5", "-c", place.folder, "cat");
      try {
        for (const [name = "", value = ""] of [["status-right-length", "180"], ["status-interval", "1"]]) {
          await inner("set", "-g", name, value);
        }
        await inner("set", "-g", "status-right", `#(cat ${file})`);
        const attach = `env -u TMUX tmux -S ${place.folder}/inner.sock attach`;
        await outer("new-session", "-d", "-x", "200", "-y", "7", attach);
        let shown = "";
        // Its job runs once a second; tmux itself waits between checks.
        for (let looks = 0; looks < 60 && !shown.includes("left"); looks++) {
          await outer("run-shell", "sleep 0.1");
          shown = await outer("capture-pane", "-p");
        }
        const wanted = text.trimEnd().replace("#[fg=green]", "").replace("#[default]", "").replaceAll(
          "##",
          "#",
        );
        assertStringIncludes(shown, wanted);
        assertEquals([...Deno.readDirSync(place.folder)].some(({ name }) => name.startsWith("x")), false);
      } finally {
        await outer("kill-server");
        await inner("kill-server");
      }
    }),
});

Deno.test("a last remainder is neither nothing left nor all used, on any line", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:50", 99.96], ["2026-11-21 12:59", 99.96]], percentOf("main", "Main"));
    const waybar = JSON.parse(await line(place, "status --format waybar"));
    assertEquals(waybar.percentage, 99);
    assertStringIncludes(waybar.text, "0.1% left");
    assertStringIncludes(await line(place, "status --template {used}/{left}"), "99.9%/0.1%");
    const guard = await place.run("guard");
    assertStringIncludes(guard.stdout, "Too little: 0.1% left");
  }));
