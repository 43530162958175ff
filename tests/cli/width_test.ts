/** Widths computed without a segmenter equal those computed with one. */
import { cutToWidth, measureWidth } from "../../lib/cli/width.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("plain and block characters take one column each and never combine with their neighbours", () => {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (let code = 0x20; code <= 0x25ff; code++) {
    const sign = String.fromCodePoint(code);
    const text = `a${sign}─`;
    const isOne = [...segmenter.segment(text)].length === 3 &&
      !/[\p{Mark}\p{Default_Ignorable_Code_Point}\p{Control}\p{Emoji_Presentation}]/u.test(sign);
    // Hangul jamo and angle brackets in the ranges below are two columns wide.
    if (!isOne || (code >= 0x1100 && code <= 0x115f) || code === 0x2329 || code === 0x232a) continue;
    assertEquals([code, measureWidth(text)], [code, 3]);
    assertEquals(cutToWidth(text, 2), "a…");
  }
  assertEquals(measureWidth("a\u0301\u00ad"), 1, "marks and what is not shown take none");
  assertEquals(measureWidth("↔\ufe0f"), 2, "an arrow shown as a picture is wide");
  assertEquals(measureWidth("●━█"), 3);
});
