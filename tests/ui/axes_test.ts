import fc from "fast-check";
import { chooseTop, shareTicks } from "../../lib/ui/chart/axes.ts";
import { listLevels, roundTop } from "../../lib/ui/chart/BarPlot.tsx";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("the marks on the axis of shares are round figures up to its top", () => {
  const texts = (top: number) => shareTicks(top).map(({ text }) => text);
  assertEquals(texts(0.25), ["25%", "20%", "15%", "10%", "5%", "0%"]);
  assertEquals(texts(1), ["100%", "75%", "50%", "25%", "0%"]);
  assertEquals(texts(1.5), ["150%", "100%", "50%", "0%"]);
  assertEquals(texts(chooseTop(23.4)), ["2,500%", "2,000%", "1,500%", "1,000%", "500%", "0%"]);
  fc.assert(fc.property(fc.double({ min: 0, max: 200, noNaN: true }), (highest) => {
    const top = chooseTop(highest);
    assert(top >= highest);
    const ticks = shareTicks(top);
    assert(ticks.length >= 3 && ticks.length <= 7);
    assertEquals([ticks[0]!.place, ticks.at(-1)!.place], [0, 1]);
    for (const { text } of ticks) assert(!text.includes("."), text);
  }));
});

Deno.test("the marks on the axis of amounts have at most two significant digits, up to a top that includes all values", () => {
  assertEquals(listLevels(roundTop(1.3)), [1.5, 1, 0.5, 0]);
  assertEquals(listLevels(roundTop(0.9)).map((level) => Math.round(level * 10) / 10), [
    1,
    0.8,
    0.6,
    0.4,
    0.2,
    0,
  ]);
  fc.assert(fc.property(fc.double({ min: 0.001, max: 1e9, noNaN: true }), (highest) => {
    const top = roundTop(highest);
    assert(top >= highest * (1 - 1e-9) && top <= highest * 2);
    const marks = listLevels(top);
    assertEquals([marks[0], marks.at(-1)], [top, 0]);
    assert(marks.length >= 4 && marks.length <= 6);
    for (const mark of marks) assert(Number(mark.toPrecision(2)) - mark < top * 1e-9, `${mark} of ${top}`);
  }));
});
