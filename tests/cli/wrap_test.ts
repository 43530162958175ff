/** Text and tables in too little room: properties over any words, colours and widths. */
import * as fc from "fast-check";
import { fitColumns } from "../../lib/cli/fit_columns.ts";
import { formatGrid } from "../../lib/cli/grid.ts";
import { paintFor } from "../../lib/cli/paint.ts";
import { measureWidth } from "../../lib/cli/width.ts";
import { cutStyled, wrapMessage, wrapWhole, wrapWords } from "../../lib/cli/wrap.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { CliHome } from "./support.ts";

const word = fc.stringMatching(/^[a-z\u4e00-\u4eff]{1,14}$/);
const styled = fc.tuple(word, fc.constantFrom(null, 1, 2, 31, 33)).map(([text, style]) =>
  style === null ? text : `\x1b[${style}m${text}\x1b[${style < 3 ? 22 : 39}m`
);
// deno-lint-ignore no-control-regex
const bare = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, "");

Deno.test("no line is wider than its room, and no word is broken, lost or moved", () => {
  fc.assert(
    fc.property(
      fc.array(styled, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 60 }),
      (words, width) => {
        const lines = wrapWords(words.join(" "), width);
        // A wide character does not fit one column.
        for (const line of lines) {
          assert(
            measureWidth(line) <= Math.max(2, width),
            JSON.stringify([line, width]),
          );
        }
        const given = words.map(bare);
        if (given.every((one) => measureWidth(one) <= width)) {
          assertEquals(lines.flatMap((line) => bare(line).split(" ")), given);
        }
      },
    ),
  );
});

Deno.test("cut text fits, and every style that begins in a line ends in it", () => {
  fc.assert(
    fc.property(
      fc.array(styled, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 1, max: 40 }),
      (words, width) => {
        const cut = cutStyled(words.join(" "), width);
        assert(measureWidth(cut) <= width, cut);
        for (const line of [cut, ...wrapWords(words.join(" "), width)]) {
          // deno-lint-ignore no-control-regex
          const codes = [...line.matchAll(/\x1b\[(\d+)m/g)].map(([, code]) => Number(code));
          const begun = codes.filter((code) => code !== 22 && code !== 39).length;
          assertEquals(codes.length - begun, begun, JSON.stringify(line));
        }
      },
    ),
  );
});

Deno.test("columns fit if the required ones do, and the least important ones go first", () => {
  const size = fc.record({
    width: fc.integer({ min: 1, max: 30 }),
    minWidth: fc.integer({ min: 1, max: 10 }),
    dropOrder: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(size, { maxLength: 6 }), fc.integer({ min: 20, max: 120 }), (others, room) => {
      const fitted = fitColumns([{ width: 30, minWidth: 10 }, ...others], room);
      const total = fitted.reduce((sum, { width }) => sum + width, 2 * (fitted.length - 1));
      assert(total <= room, `${total} in ${room}`);
      assertEquals(fitted[0]?.at, 0);
      const shown = new Set(fitted.map(({ at }) => at));
      const gone = others.filter((_, at) => !shown.has(at + 1)).map(({ dropOrder }) => dropOrder);
      const kept = others.filter((_, at) => shown.has(at + 1)).map(({ dropOrder }) => dropOrder);
      assert(Math.min(...gone) > Math.max(0, ...kept) || gone.length === 0);
    }),
  );
});

const long = fc.array(fc.stringMatching(/^[a-z\u4e00-\u4eff/-]{1,30}$/), { minLength: 1, maxLength: 8 });

Deno.test("a text that has to be whole loses no character, and fits", () => {
  fc.assert(fc.property(long, fc.integer({ min: 2, max: 40 }), (words, width) => {
    const lines = wrapWhole(words.join(" "), width);
    for (const line of lines) assert(measureWidth(line) <= width, JSON.stringify([line, width]));
    assertEquals(lines.join("").replaceAll(" ", ""), words.join(""));
  }));
});

Deno.test("a message breaks between words only, so that what it names can be copied", () => {
  fc.assert(fc.property(long, fc.integer({ min: 2, max: 40 }), (words, width) => {
    const lines = wrapMessage(words.join(" "), width).split("\n");
    assertEquals(lines.flatMap((line) => line.split(" ")), words);
    for (const line of lines) assert(measureWidth(line) <= width || !line.includes(" "));
  }));
  assertEquals(
    wrapMessage("cannot read it\n  try another file", 12),
    "cannot read\nit\n  try\n  another\n  file",
  );
});

Deno.test("two names that would look alike when cut are shown whole, and others stay on one line", () => {
  const io = new CliHome("").io();
  const rows = [["Tokens per minute (input)", "1"], ["Tokens per minute (output)", "2"], [
    "Requests of a very long day",
    "3",
  ]];
  const cells = formatGrid([{ title: "Quota", cut: true, minWidth: 10 }, { title: "Used" }], rows, {
    paint: paintFor(io, io.stdout, false),
    width: 24,
    isBare: true,
  });
  assertEquals(cells.map((line) => line.trimEnd()), [
    "Tokens per minute   1",
    "(input)",
    "Tokens per minute   2",
    "(output)",
    "Requests of a ver…  3",
  ]);
});
