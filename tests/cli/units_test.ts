/** Consumption is listed in the unit it was counted in, whatever the unit of the quota is today. */
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import type { Unit } from "../../lib/model/quota.ts";
import { type CliHome, withCliHome } from "./support.ts";

interface Listed {
  readonly cycles?: readonly { readonly consumed: number; readonly unit?: string }[];
  readonly sessions?: readonly {
    readonly quotas: readonly { readonly consumed: number; readonly unit?: string }[];
  }[];
}

Deno.test("cycles and sessions from before a change of unit are listed in the unit of their own time", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-20 10:00", 10], ["2026-11-20 10:05", 52]], { unit: "requests", limit: null });
    await place.fill([["2026-11-21 10:00", 0.5], ["2026-11-21 10:05", 2]], { unit: "usd", limit: null });
    const { cycles = [] } = await place.json("cycles --json") as Listed;
    assertEquals(cycles.map(({ consumed, unit }) => [consumed, unit]), [[1.5, "usd"], [42, "requests"]]);
    const { sessions = [] } = await place.json("sessions --json") as Listed;
    assertEquals(
      sessions.map(({ quotas }) => quotas.map(({ consumed, unit }) => [consumed, unit])),
      [[[1.5, "usd"]], [[42, "requests"]]],
    );
    const text = (await place.run("sessions")).stdout;
    assertStringIncludes(text, "five-hour $1.50");
    assertStringIncludes(text, "five-hour 42 requests");
    const table = (await place.run("cycles")).stdout;
    assertStringIncludes(table, "$1.50");
    assertEquals(table.includes("$42"), false);
    const rows = (await place.run("export --what cycles")).stdout.trim().split("\n").slice(1);
    assertEquals(rows.map((row) => row.split(",")[3]), ["usd", "requests"]);
    const sums = (await place.run("export --what buckets --step 1d")).stdout.trim().split("\n").slice(1);
    assertEquals(sums.map((row) => row.split(",")[3]), ["requests", "usd"]);
  }));

Deno.test("a quota that never had another unit states none in JSON", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 10:00", 10], ["2026-11-21 10:05", 52]]);
    const { cycles = [] } = await place.json("cycles --json") as Listed;
    assertEquals(cycles.map((cycle) => "unit" in cycle), [false]);
  }));

/** Seven thousand of 28,000 credits are used, then the same quota is stated in percent. */
async function fillCreditsThenPercent(place: CliHome): Promise<void> {
  const of = (unit: Unit, limit: number) => ({ unit, limit, remaining: null });
  await place.fill([["2026-11-21 10:00", 2000], ["2026-11-21 10:30", 9000]], of("credits", 28_000));
  await place.fill([["2026-11-21 11:00", 40], ["2026-11-21 11:30", 50]], of("percent", 100));
}

Deno.test("a rate adds up use from before a change of unit only in the current unit", () =>
  withCliHome(async (place) => {
    await fillCreditsThenPercent(place);
    // 25% in the first half hour, nothing at the change, 10% in the last half hour.
    const rate = 35 / 1.5;
    const query = await place.json("query burn-rate") as { rate_per_hour: number };
    assertEquals(query.rate_per_hour.toFixed(6), rate.toFixed(6));
    assertStringIncludes((await place.run("stats")).stdout, "23.3%/h");
  }));

Deno.test("each reading in a history is stated in the unit of its own time", () =>
  withCliHome(async (place) => {
    await fillCreditsThenPercent(place);
    const rows = (await place.run("history")).stdout.split("\n").filter((row) => row.startsWith("2026"));
    assertEquals(rows.map((row) => row.split(/ {2,}/)[2]), ["50%", "40%", "9,000 credits", "2,000 credits"]);
    const { quotas } = await place.json("history --json") as {
      quotas: readonly { unit: string; readings: readonly { unit?: string; used: number }[] }[];
    };
    assertEquals(quotas[0]?.readings.map(({ unit, used }) => [used, unit]), [
      [50, "percent"],
      [40, "percent"],
      [9000, "credits"],
      [2000, "credits"],
    ]);
  }));

Deno.test("a chart has one unit, whatever the quota was stated in before", () =>
  withCliHome(async (place) => {
    await fillCreditsThenPercent(place);
    for (const command of ["chart", "chart -d 7", "history -c", "stats -c"]) {
      const { stdout } = await place.run(command);
      assertEquals(/28,000|14,000/.test(stdout), false, `${command}: ${stdout}`);
    }
    assertStringIncludes((await place.run("chart -d 1")).stdout, "100% ┤");
  }));

Deno.test("commands name the currency of money in credits, as text and as JSON", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 12.5], ["2026-11-21 12:30", 14]], {
      unit: "credits",
      currency: "EUR",
      limit: 50,
      remaining: null,
      window: { kind: "calendar", seconds: null },
    });
    const shows: readonly (readonly [args: string, words: RegExp])[] = [
      ["status --long", /Limit +50\.00 EUR\n +Used +14\.00 EUR\n/],
      ["stats", /Used +14\.00 EUR of 50\.00 EUR/],
      ["cycles", /14\.00/],
      ["sessions", /five-hour 1\.50 EUR/],
      ["history", / 14\.00 /],
    ];
    for (const [args, words] of shows) assertMatch((await place.run(args)).stdout, words, args);
    for (const args of ["stats", "history", "forecast"]) {
      const { quotas } = await place.json(`${args} --json`) as { quotas: readonly Record<string, unknown>[] };
      assertEquals(quotas.map(({ unit, currency }) => [unit, currency]), [["credits", "EUR"]], args);
    }
  }));
