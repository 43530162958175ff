import fc from "fast-check";
import { shareTicks, topOf } from "../../lib/ui/chart/axes.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("the marks of the axis of shares are round figures up to its top", () => {
  const texts = (top: number) => shareTicks(top).map(({ text }) => text);
  assertEquals(texts(0.25), ["25%", "20%", "15%", "10%", "5%", "0%"]);
  assertEquals(texts(1), ["100%", "75%", "50%", "25%", "0%"]);
  assertEquals(texts(1.5), ["150%", "100%", "50%", "0%"]);
  assertEquals(texts(topOf(23.4)), ["2,500%", "2,000%", "1,500%", "1,000%", "500%", "0%"]);
  fc.assert(fc.property(fc.double({ min: 0, max: 200, noNaN: true }), (highest) => {
    const top = topOf(highest);
    assert(top >= highest);
    const ticks = shareTicks(top);
    assert(ticks.length >= 3 && ticks.length <= 7);
    assertEquals([ticks[0]!.place, ticks.at(-1)!.place], [0, 1]);
    for (const { text } of ticks) assert(!text.includes("."), text);
  }));
});
