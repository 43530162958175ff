/** Readings that no longer tell what is left now: every command says so, and none concludes from them. */
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { runCollects } from "./collected.ts";

const INSTANTS = ["2026-11-11 10:00", "2026-11-11 10:30", "2026-11-11 11:00", "2026-11-11 11:30"];
const SETTINGS = { KIMI_CODE_API_KEY: "one" };

function answerOf(five: number | null) {
  const window = { duration: 300, timeUnit: "TIME_UNIT_MINUTE" };
  const detail = { limit: "100", used: String(five), resetTime: "2026-11-11T14:00:00Z" };
  return {
    usage: { limit: "100", used: "22", resetTime: "2026-11-15T00:00:00Z" },
    limits: five === null ? [] : [{ window, detail }],
  };
}

Deno.test("a quota that its provider no longer reports has no forecast, and is as old as its own reading", () => {
  const used = [80, 95, null, null];
  let polls = 0;
  return runCollects("kimi", SETTINGS, INSTANTS, () => answerOf(used[polls++] ?? null), async (run) => {
    const { quotas } = JSON.parse((await run("forecast --json")).stdout) as {
      quotas: readonly { key: string; forecast: { state: string; reason: string }; pace: unknown }[];
    };
    const five = quotas.find(({ key }) => key === "five-hour");
    assertEquals([five?.forecast.state, five?.forecast.reason, five?.pace], [
      "unknown",
      "no-longer-reported",
      null,
    ]);
    const status = (await run("status")).stdout;
    assertStringIncludes(status, "no longer reported, read 1h 1m ago");
    const texts = [status, (await run("status --long")).stdout, (await run("forecast")).stdout];
    for (const text of texts) assert(!/runs out|out in|out now/.test(text), text);
    const bar = JSON.parse((await run("status --format waybar")).stdout) as { tooltip: string };
    assertStringIncludes(bar.tooltip, "95% Kimi Code 5-hour limit, read 1h 1m ago");
    const { quotas: listed } = JSON.parse((await run("status --format json")).stdout) as {
      quotas: readonly { key: string; need: string; emptyAt: string | null }[];
    };
    assertEquals(
      listed.flatMap(({ key, need, emptyAt }) => key.endsWith("five-hour") ? [[need, emptyAt]] : []),
      [["old", null]],
    );
  });
});

Deno.test("no terminal command chooses a quota that is no longer reported as the tightest, or states its last status", () => {
  const used = [80, 100, null, null];
  let polls = 0;
  return runCollects("kimi", SETTINGS, INSTANTS, () => answerOf(used[polls++] ?? null), async (run) => {
    for (const command of ["stats", "chart"]) {
      const { quotas } = JSON.parse((await run(`${command} --limit 1 --json`)).stdout) as {
        quotas: readonly { key: string }[];
      };
      assertEquals([command, ...quotas.map(({ key }) => key)], [command, "weekly"]);
    }
    for (const command of ["stats --quota five-hour", "status --long --quota five-hour"]) {
      const { stdout } = await run(command);
      assertStringIncludes(stdout, "not reported");
      assert(!stdout.includes("critical"), stdout);
    }
  });
});

Deno.test("an old reading gives no end: neither one that moves along with the clock, nor as never", () =>
  runCollects(
    "kimi",
    SETTINGS,
    INSTANTS,
    (_, at) => answerOf(40 + (at - utc(INSTANTS[0] ?? "")) / 180_000),
    async (run) => {
      const later = 10 * 3_600_000;
      const now = JSON.parse((await run("query burn-rate --quota five-hour")).stdout);
      assertEquals([now.rate_per_hour, now.forecast], [20, "runs-dry"]);
      assert(now.estimated_empty_at !== undefined);
      const then = JSON.parse((await run("query burn-rate --quota five-hour", later)).stdout);
      assertEquals([then.rate_per_hour, then.forecast_reason], [20, "stale"]);
      assertEquals([then.hours_until_empty, then.estimated_empty_at], [null, undefined]);
      const stats = (await run("stats --quota five-hour", later)).stdout;
      assertStringIncludes(stats, "Empty in  unknown");
    },
  ));
