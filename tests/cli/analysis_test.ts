/** Analysis on the command line: forecast, insights, cycles, sessions, backtest. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertGolden } from "../support/golden.ts";
import { utc } from "../support/readings.ts";
import { type CliHome, ORACLE_DAY, withCliHome } from "./support.ts";

const FOLDER = new URL("../fixtures/dialects/", import.meta.url);

/** Compares text with `tests/fixtures/dialects/<name>.txt`. */
async function assertText(name: string, text: string): Promise<void> {
  const file = new URL(`${name}.txt`, FOLDER);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

/** Three windows of five hours; a third of each is used. */
async function someWindows(place: CliHome): Promise<void> {
  const windows = [["00:00", "05:00"], ["05:00", "10:00"], ["10:00", "15:00"]] as const;
  for (const [from, to] of windows) {
    const start = utc(`2026-11-21 ${from}`);
    const used: (readonly [string, number])[] = [];
    for (
      let at = start + 60_000;
      at < Math.min(start + 5 * 3_600_000, utc("2026-11-21 13:00"));
      at += 300_000
    ) {
      const minutes = (at - start) / 60_000;
      used.push([new Date(at).toISOString().slice(0, 19), Math.min(135, Math.round(minutes * 0.3))]);
    }
    await place.fill(used, { resetsAt: utc(`2026-11-21 ${to}`) });
  }
}

const COMMANDS = ["forecast", "insights", "cycles", "sessions", "backtest"];

Deno.test("forecast, insights, cycles, sessions and backtest keep their format and look", () =>
  withCliHome(async (place) => {
    await someWindows(place);
    for (const command of COMMANDS) {
      await assertGolden(`cli_${command}`, await place.json(`${command} --json`));
      await assertText(`cli_${command}`, (await place.run(command)).stdout);
    }
    await assertGolden("query_summary", await place.json("query summary"));
  }));

Deno.test("every command shows the same forecast of a quota", () =>
  withCliHome(async (place) => {
    await someWindows(place);
    type Quotas = { quotas: { forecast: Record<string, unknown> }[] };
    const told = (await place.json("forecast --json") as Quotas).quotas[0]?.forecast;
    const stats = await place.json("stats --json") as Quotas;
    const status = await place.json("status --json") as { accounts: Quotas[] };
    assertEquals(stats.quotas[0]?.forecast, told);
    assertEquals(status.accounts[0]?.quotas[0]?.forecast, told);
    for (const type of ["summary", "burn-rate"]) {
      const answer = await place.json(`query ${type}`) as Record<string, unknown>;
      assertEquals(
        [answer.forecast, answer.projected_usage, answer.runs_dry_at],
        [told?.state, told?.projectedUsed, told?.emptyAt],
      );
    }
    assertEquals(told?.word, "safe");
  }));

Deno.test("status says when a quota runs out before its reset", () =>
  withCliHome(async (place) => {
    await place.fill([
      ["2026-11-21 11:00", 10],
      ["2026-11-21 11:30", 40],
      ["2026-11-21 12:00", 70],
      ["2026-11-21 12:30", 100],
      ["2026-11-21 12:59", 125],
    ], { resetsAt: utc("2026-11-21 16:00") });
    const { stdout } = await place.run("status --long");
    assertMatch(stdout, /Forecast +✕ runs out at 2026-11-21 13:\d\d \(in \d+m\), 2h \d+m before the reset/);
  }));

Deno.test("cycles and sessions accept a range, a limit and a quota", () =>
  withCliHome(async (place) => {
    await someWindows(place);
    type Listed = { more: boolean; cycles: { startedAt: string }[]; sessions: { startedAt: string }[] };
    const cycles = async (args: string) => await place.json(`cycles --json ${args}`) as Listed;
    assertEquals((await cycles("")).cycles.length, 3);
    const limited = await cycles("--limit 2");
    assertEquals([limited.cycles.length, limited.more], [2, true]);
    assertEquals([(await cycles("--limit 0")).cycles, (await cycles("--limit 0")).more], [[], true]);
    const middle = await cycles("--from 2026-11-21T04:00:00Z --to 2026-11-21T10:00:00Z");
    assertEquals(middle.cycles.map(({ startedAt }) => startedAt), ["2026-11-21T05:00:00.000Z"]);
    assertEquals((await cycles("--to 2026-11-20")).cycles, []);
    assertEquals((await cycles("--from 2026-11-21 --to 2026-11-21")).cycles.length, 3);
    assertEquals((await cycles("-d 1")).cycles.length, 3);
    // As of that time, the second window was open.
    const then = await cycles("--now 2026-11-21T06:00:00Z");
    assertEquals(then.cycles.map((cycle) => (cycle as unknown as { endedAt: unknown }).endedAt), [
      null,
      "2026-11-21T05:00:00.000Z",
    ]);
    const sessions = await place.json("sessions --json --quota five-hour") as Listed;
    assert(sessions.sessions.length > 0);
  }));

Deno.test("with little or no data they answer with nulls, never NaN", () =>
  withCliHome(async (place) => {
    const all = [...COMMANDS, "query summary", "query burn-rate", "stats", "status"];
    const check = async () => {
      for (const command of all) {
        const { code, stdout } = await place.run(`${command} --json`);
        assertEquals([command, code], [command, 0]);
        JSON.parse(stdout);
        const text = await place.run(command);
        assertEquals([command, text.code, /NaN|Infinity|undefined/.test(text.stdout + stdout)], [
          command,
          0,
          false,
        ]);
      }
    };
    await check();
    await place.fill([["2026-11-21 12:00", null]], { limit: null, remaining: null });
    await check();
    await place.fill([["2026-11-21 12:10", 0], ["2026-11-21 12:20", 5]], {
      quota: "none",
      limit: 0,
      remaining: null,
    });
    await place.fill([["2026-11-21 12:30", 150], ["2026-11-21 12:40", 180]], {
      quota: "over",
      remaining: -15,
    });
    await check();
  }));

Deno.test("external names cannot control a terminal here either", () =>
  withCliHome(async (place) => {
    const evil = { label: "Evil\x1b[2J\u202ename", quota: "evil\x1b[31m" };
    await place.fill(ORACLE_DAY, { ...evil, resetsAt: utc("2026-11-21 15:00") });
    for (const command of [...COMMANDS, "guard --max-age 1d"]) {
      const { stdout, stderr } = await place.run(command);
      // deno-lint-ignore no-control-regex
      assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(stdout + stderr), false, command);
    }
  }));

Deno.test("every new command rejects unknown providers, accounts and quotas with the known ones", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    for (const command of [...COMMANDS, "export"]) {
      const provider = await place.run(`${command} --provider synthetik`);
      assertEquals([command, provider.code], [command, 2]);
      assertStringIncludes(provider.stderr, "did you mean synthetic?");
      const quota = await place.run(`${command} --quota five-hours`);
      assertEquals([quota.code, /did you mean five-hour\?/.test(quota.stderr)], [2, true]);
    }
  }));

Deno.test("insights hidden on the dashboard stay hidden on the command line", () =>
  withCliHome(async (place) => {
    await someWindows(place);
    const keys = async () =>
      (await place.json("insights --json") as { insights: { key: string }[] }).insights.map(({ key }) => key);
    const [first, ...rest] = await keys();
    assert(first !== undefined, "There is something to hide");
    {
      await using store = await openSqliteStore(place.dbPath);
      await store.docs.put("settings", "dashboard", { hiddenInsights: [first] }, utc("2026-11-21 12:30"));
    }
    const left = await keys();
    assert(!left.includes(first));
    assert(left.every((key) => rest.includes(key)));
  }));
