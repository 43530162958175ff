/** What a database wrote itself, read back into it. */
import { assertEquals, assertMatch } from "../support/assert.ts";
import { readContents, withCliHome } from "./support.ts";

/** Rises by tenths, whose sums have the noise of binary fractions: 0.1 + 0.2 is not 0.3. */
const TENTHS = Array.from({ length: 40 }, (_, i): readonly [string, number] => {
  const hour = String(Math.floor(i / 4)).padStart(2, "0");
  return [`2026-11-21 ${hour}:${String(i % 4 * 15).padStart(2, "0")}`, (i % 20) * 0.1];
});

Deno.test("whatever a database exported is already stored there, whatever fractions its sums have", () =>
  withCliHome(async (place) => {
    await place.fill(TENTHS);
    const before = await readContents(place.dbPath);
    for (
      const what of ["readings", "buckets --step 5m", "buckets", "buckets --step 1d", "cycles", "sessions"]
    ) {
      for (const format of ["csv", "ndjson", "json"]) {
        const file = `${what.replaceAll(" ", "")}.${format}`;
        assertEquals((await place.run(`export -f ${format} --what ${what} -o ${file}`)).code, 0);
        const { code, stdout, stderr } = await place.run(`import ${file}`);
        assertEquals([code, stderr], [0, ""]);
        assertMatch(
          stdout,
          /^Imported 0 [^\n]*\n[1-9]\d* \w+ already stored, skipped\n$/,
          `${what} as ${format}`,
        );
      }
    }
    assertEquals(await readContents(place.dbPath), before);
  }));
