/** What users see: tables, charts, colours, and external names. */
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { type CliHome, ORACLE_DAY, withCliHome } from "./support.ts";

const FOLDER = new URL("../fixtures/dialects/", import.meta.url);

/** Compares text with `tests/fixtures/dialects/<name>.txt`. */
async function assertText(name: string, text: string): Promise<void> {
  const file = new URL(`${name}.txt`, FOLDER);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

async function someDay(place: CliHome): Promise<void> {
  await place.fill(ORACLE_DAY);
}

Deno.test("the tables and charts look as before", () =>
  withCliHome(async (place) => {
    await someDay(place);
    await assertText("cli_status", (await place.run("status --long --now 2026-11-21T13:02:00Z")).stdout);
    await assertText("cli_history", (await place.run("history")).stdout);
    await assertText("cli_stats", (await place.run("stats")).stdout);
    await assertText("cli_stats_chart", (await place.run("stats -c")).stdout);
    await assertText("cli_chart_usage", (await place.run("chart -d 1")).stdout);
    await assertText("cli_chart_daily", (await place.run("chart -t daily")).stdout);
    await assertText("cli_chart_weekly", (await place.run("chart -t weekly")).stdout);
    assertEquals((await place.run("history -c")).stdout, (await place.run("chart")).stdout);
  }));

Deno.test("the JSON of history, stats and chart names its quotas and contains no NaN", () =>
  withCliHome(async (place) => {
    await someDay(place);
    for (const command of ["history", "stats", "chart", "chart -t daily"]) {
      const json = await place.json(`${command} --json`) as {
        schemaVersion: number;
        quotas: { provider: string; account: string; key: string }[];
      };
      const [quota] = json.quotas;
      assertEquals([json.schemaVersion, quota?.provider, quota?.account, quota?.key], [
        1,
        "acme",
        "work",
        "five-hour",
      ]);
    }
    const stats = await place.json("stats --json") as {
      quotas: { burnRate: { perHour: number }; daily: { consumed: number | null }[] }[];
    };
    assertEquals(Math.round((stats.quotas[0]?.burnRate.perHour ?? 0) * 1e4), 241667);
    assertEquals(stats.quotas[0]?.daily.map(({ consumed }) => consumed), [
      290,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  }));

Deno.test("commands in an empty place say what to do first and succeed", () =>
  withCliHome(async (place) => {
    for (const command of ["status", "history", "stats", "chart", "chart -t daily"]) {
      const { code, stdout } = await place.run(command);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "`syntrack collect` reads them");
    }
  }));

Deno.test("fewer than two readings are no chart", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 2]]);
    assertStringIncludes((await place.run("chart")).stdout, "Fewer than two readings");
  }));

Deno.test("external names cannot control a terminal", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 2], ["2026-11-21 12:30", 3]], {
      label: "Evil\x1b[2J\x1b]0;title\x07\u202ename\nnew line",
    });
    for (const command of ["status", "history", "stats", "chart", "chart -t daily"]) {
      const { stdout } = await place.run(command);
      // deno-lint-ignore no-control-regex
      assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(stdout), false, command);
      assertStringIncludes(stdout, "Evil");
    }
    const unknown = await place.run("status --provider \x1b[31mred");
    assertEquals(unknown.stderr.includes("\x1b"), false);
  }));

Deno.test("colour is used only on a terminal, unless requested", () =>
  withCliHome(async (place) => {
    await someDay(place);
    const coloured = async (args: string, env: Record<string, string>, isTty: boolean) =>
      (await place.run(`status ${args}`, { env, isTty })).stdout.includes("\x1b[");
    assertEquals(await coloured("", {}, false), false);
    assertEquals(await coloured("", {}, true), true);
    assertEquals(await coloured("", { TERM: "dumb" }, true), false);
    assertEquals(await coloured("", { NO_COLOR: "1" }, true), false);
    assertEquals(await coloured("", { NO_COLOR: "" }, true), true);
    assertEquals(await coloured("", { NO_COLOR: "1", FORCE_COLOR: "1" }, true), false);
    assertEquals(await coloured("", { FORCE_COLOR: "1" }, false), true);
    assertEquals(await coloured("", { CLICOLOR_FORCE: "1" }, false), true);
    assertEquals(await coloured("", { FORCE_COLOR: "0" }, false), false);
    assertEquals(await coloured("--color", { NO_COLOR: "1" }, false), true);
    assertEquals(await coloured("--no-color", { FORCE_COLOR: "1" }, true), false);
  }));

Deno.test("charts are as wide as $COLUMNS, or the terminal, or 80", () =>
  withCliHome(async (place) => {
    await someDay(place);
    const widest = async (terminal: { env?: Record<string, string>; isTty?: boolean; columns?: number }) =>
      Math.max(
        ...(await place.run("chart -d 1 --no-color", terminal)).stdout.split("\n")
          .filter((line) => /^\s*└/.test(line)).map((line) => line.length),
      );
    assertEquals(await widest({}), 80);
    assertEquals(await widest({ isTty: true, columns: 100 }), 100);
    assertEquals(await widest({ isTty: true, columns: 100, env: { COLUMNS: "60" } }), 60);
    assertEquals(await widest({ env: { COLUMNS: "nonsense" } }), 80);
  }));

Deno.test("status shows that the reset of a quota has passed", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 2]], { resetsAt: utc("2026-11-21 12:30") });
    const { stdout } = await place.run("status --long");
    assertMatch(stdout, /Renews +2026-11-21 12:30 \(passed, not read since\)/);
  }));

Deno.test("status --now shows the health of that time", () =>
  withCliHome(async (place) => {
    await someDay(place);
    assertMatch(
      (await place.run("status --long --now 2026-11-21T13:00:30Z")).stdout,
      /● fresh, read 30s ago/,
    );
    assertMatch((await place.run("status --long --now 2026-11-21T20:00:00Z")).stdout, /▲ stale, read 7h ago/);
    assertMatch((await place.run("status --long --now 2026-11-21T02:00:00Z")).stdout, /Used +60$/m);
  }));
