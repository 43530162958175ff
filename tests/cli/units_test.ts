/** Consumption is listed in the unit it was counted in, whatever the unit of the quota is today. */
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { inPlace } from "./support.ts";

interface Listed {
  readonly cycles?: readonly { readonly consumed: number; readonly unit?: string }[];
  readonly sessions?: readonly {
    readonly quotas: readonly { readonly consumed: number; readonly unit?: string }[];
  }[];
}

Deno.test("cycles and sessions from before a change of unit are listed in the unit of their own time", () =>
  inPlace(async (place) => {
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
  inPlace(async (place) => {
    await place.fill([["2026-11-21 10:00", 10], ["2026-11-21 10:05", 52]]);
    const { cycles = [] } = await place.json("cycles --json") as Listed;
    assertEquals(cycles.map((cycle) => "unit" in cycle), [false]);
  }));
