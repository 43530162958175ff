import fc from "fast-check";
import type { Point } from "../../lib/model/history/history.ts";
import { buildSpark, SLOT_MS, SPARK_SLOTS, sparkPath, withReading } from "../../lib/ui/spark.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";

const NOW = Date.parse("2026-11-19T13:10:00Z");
const at = (slotsAgo: number) => NOW - slotsAgo * SLOT_MS;

Deno.test("a sparkline has the highest share of each half hour, and keeps it until the next reading", () => {
  const { levels } = buildSpark({
    points: [[at(47), 0], [at(10), 0.5], [at(10) + 1000, 1], [at(10) + 2000, 0], [at(2), 0]],
  }, NOW);
  assertEquals(levels, "A".repeat(37) + "/".repeat(8) + "AAA");
});

Deno.test("a gap breaks the line, and the time before the first reading is empty", () => {
  const { levels } = buildSpark({ points: [[at(20), 0], [at(18), 0], [at(18), null], [at(5), 0]] }, NOW);
  assertEquals(levels, "-".repeat(27) + "AAA" + "-".repeat(12) + "A".repeat(6));
  assertEquals(sparkPath(levels), "M27 20H29M42 20H47");
});

Deno.test("a reading continues the end of the sparkline, and unread time in between stays unchanged", () => {
  const spark = buildSpark({ points: [[at(47), 0]] }, NOW);
  assertEquals(withReading(spark, NOW, 0), spark);
  assert(withReading(spark, NOW, 0) === spark, "Nothing new is the same object");
  const later = withReading(spark, NOW + 3 * SLOT_MS, 1);
  assertEquals(later.levels, "A".repeat(47) + "/");
  assertEquals(later.slot, spark.slot + 3);
  assert(withReading(later, NOW, 0.5) === later, "An older reading changes nothing");
  assert(withReading(later, NOW + 4 * SLOT_MS, null) === later, "What is not known changes nothing");
});

Deno.test("any sparkline has 48 levels and stays inside its box", () => {
  const point = fc.tuple(
    fc.integer({ min: NOW - 80 * SLOT_MS, max: NOW + SLOT_MS }),
    fc.option(fc.double({ min: -0.5, max: 3, noNaN: true }), { nil: null }),
  );
  fc.assert(fc.property(fc.array(point, { maxLength: 80 }), (points) => {
    const sorted = points.toSorted(([a], [b]) => a - b) as readonly Point[];
    const { levels } = buildSpark({ points: sorted }, NOW);
    assertEquals(levels.length, SPARK_SLOTS);
    const path = sparkPath(levels);
    assertMatch(path, /^([MLHh][\d. ]+)*$/);
    for (const [, x, y] of path.matchAll(/[ML](\d+) ([\d.]+)/g)) {
      assert(Number(x) < SPARK_SLOTS && Number(y) >= 0 && Number(y) <= 20, path);
    }
  }));
});
