/** A quota that is only known to be used up, in everything that shows the past. */
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { type CliHome, withCliHome } from "./support.ts";

async function usedUp(place: CliHome): Promise<void> {
  const resetsAt = utc("2026-11-22 00:00");
  const unknown = { unit: "percent", used: null, limit: null, resetsAt } as const;
  await place.fill([["2026-11-21 11:00", null], ["2026-11-21 11:30", null]], { ...unknown, remaining: null });
  await place.fill([["2026-11-21 12:00", null], ["2026-11-21 12:30", null]], { ...unknown, remaining: 0 });
}

Deno.test("history and chart show a quota with nothing left at 100 %, whatever its limit", () =>
  withCliHome(async (place) => {
    await usedUp(place);
    const { stdout } = await place.run("history");
    assertEquals(stdout.match(/100\.0%/g)?.length, 2, stdout);
    assertStringIncludes((await place.run("chart")).stdout, "(100%)");
  }));

Deno.test("its cycle peaked at 100 %, and unknown consumption is not shown as 0", () =>
  withCliHome(async (place) => {
    await usedUp(place);
    const { cycles } = await place.json("cycles --json") as {
      cycles: readonly { peak: number | null; peakShare: number | null; consumed: number | null }[];
    };
    assertEquals(cycles.map(({ peak, peakShare, consumed }) => [peak, peakShare, consumed]), [[
      null,
      1,
      null,
    ]]);
    const { stdout } = await place.run("cycles");
    assertStringIncludes(stdout, "100.0%");
    assert(!/\s0%/.test(stdout), stdout);
    const csv = await place.run("export -f csv --what cycles");
    await Deno.writeTextFile(`${place.folder}/cycles.csv`, csv.stdout);
    assertEquals((await place.run("import cycles.csv")).code, 0);
  }));
