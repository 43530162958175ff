/** Plots, bars, columns of text. */
import fc from "fast-check";
import { drawBar, drawSparkline } from "../../lib/cli/bars.ts";
import { drawBraille, drawMarks, type PlotPoint } from "../../lib/cli/plot.ts";
import { cutToWidth, measureWidth, pad } from "../../lib/cli/width.ts";
import { assert, assertEquals } from "../support/assert.ts";

const AREA = { width: 10, height: 4, from: 0, to: 1000, top: 100 };
const BLANK = " ".repeat(AREA.width);

Deno.test("braille() draws on a real time axis and with the full height of dots", () => {
  // Sixteen rows of dots: 0 is the lowest, the limit the highest.
  assertEquals(drawBraille([[0, 100]], AREA), ["⠁         ", BLANK, BLANK, BLANK]);
  assertEquals(drawBraille([[0, 0]], AREA), [BLANK, BLANK, BLANK, "⡀         "]);
  assertEquals(drawBraille([[1000, 0]], AREA)[3], "         ⢀");
  // Half the time away is half the width away, however many points there are.
  assertEquals(drawBraille([[0, 0], [500, 0]], AREA)[3], "⣀⣀⣀⣀⣀⡀    ");
});

Deno.test("braille() leaves a gap empty and shows a reset as a drop", () => {
  const gap = drawBraille([[0, 0], [200, 0], [200, null], [700, 0], [999, 0]], AREA)[3];
  assertEquals(gap, "⣀⣀⡀    ⣀⣀⣀");
  const drop = drawBraille([[500, 100], [501, 0]], AREA);
  assert(drop.every((row) => row[5] !== " "), "The drop is a line from top to bottom");
});

Deno.test("braille() keeps every peak when thousands of readings share a dot", () => {
  const points: PlotPoint[] = Array.from({ length: 5000 }, (_, i) => [i / 5, i === 2503 ? 100 : 0]);
  assertEquals(drawBraille(points, AREA)[0]?.trim().length, 1);
});

Deno.test("plots of any values and any times stay inside their area", () => {
  const point = fc.tuple(fc.integer({ min: -500, max: 1500 }), fc.option(fc.double({ noNaN: true })));
  fc.assert(fc.property(fc.array(point), fc.constantFrom(0, 1, 100), (points, top) => {
    const sorted = [...points].sort(([a], [b]) => a - b);
    for (const rows of [drawBraille(sorted, { ...AREA, top }), drawMarks(sorted, { ...AREA, top }, "·")]) {
      assertEquals(rows.map((row) => row.length), [10, 10, 10, 10]);
    }
  }));
});

Deno.test("a bar is full only when nothing is left", () => {
  assertEquals([drawBar(0.999, 4), drawBar(1, 4), drawBar(0.97, 1)], ["███░", "████", "█"]);
});

Deno.test("bar() and sparkline() accept overuse, zero and unknown values", () => {
  assertEquals([drawBar(0.5, 4), drawBar(1.7, 4), drawBar(-1, 4), drawBar(null, 4), drawBar(NaN, 4)], [
    "██░░",
    "████",
    "░░░░",
    "░░░░",
    "░░░░",
  ]);
  assertEquals(drawSparkline([0, null, 0.01, 50, 100, 180], 100), "  ▁▄██");
  assertEquals(drawSparkline([1, 2], 0), "  ");
});

Deno.test("measureWidth() counts columns, not characters", () => {
  const widths: readonly (readonly [string, number])[] = [
    ["abc", 3],
    ["日本", 4],
    ["한글", 4],
    ["é", 1],
    ["e\u0301", 1],
    ["👩‍👩‍👧", 2],
    ["🇩🇪", 2],
    ["▲", 1],
    ["\x1b[31mred\x1b[39m", 3],
    ["", 0],
  ];
  for (const [text, width] of widths) assertEquals([text, measureWidth(text)], [text, width]);
  assertEquals(pad("日本", 6) + "|", "日本  |");
  assertEquals(pad("1", 3, "right"), "  1");
  assertEquals([cutToWidth("日本語", 5), cutToWidth("abc", 3), cutToWidth("abcd", 3)], [
    "日本…",
    "abc",
    "ab…",
  ]);
});
