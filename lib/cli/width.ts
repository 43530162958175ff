/** Returns the number of columns a text takes on a terminal, without colour codes. */

// deno-lint-ignore no-control-regex
const CODES = /\x1b\[[0-9;]*m/g;
/** Letters, signs and blocks of one column that never join: most lines have only these, and need no segmenter. */
const NARROW =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u22ff\u2500-\u25fc]*$/;

/** First and last code points of two-column ranges: East Asian wide and full-width, and emoji. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];
let segmenter: Intl.Segmenter | undefined;
let kinds: { readonly emoji: RegExp; readonly invisible: RegExp } | undefined;

export function measureWidth(text: string): number {
  const bare = text.includes("\x1b") ? text.replace(CODES, "") : text;
  if (NARROW.test(bare)) return bare.length;
  let width = 0;
  for (const { segment } of splitGraphemes(bare)) width += graphemeWidth(segment);
  return width;
}

/** Pads the text with spaces to `width` columns; leaves a longer one unchanged. */
export function pad(text: string, width: number, side: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - measureWidth(text)));
  return side === "left" ? text + space : space + text;
}

/** Cuts the text to `width` columns with an ellipsis; it must not contain colour codes. */
export function cutToWidth(text: string, width: number): string {
  if (measureWidth(text) <= width) return text;
  let kept = "";
  let taken = 0;
  for (const { segment } of splitGraphemes(text)) {
    taken += graphemeWidth(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return width > 0 ? `${kept}…` : "";
}

function splitGraphemes(text: string): Iterable<{ readonly segment: string }> {
  if (NARROW.test(text)) return Array.from(text, (segment) => ({ segment }));
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

function graphemeWidth(grapheme: string): number {
  // Made when first used: sets of characters by their properties take a millisecond of every start.
  kinds ??= {
    emoji: /^\p{Emoji_Presentation}|^\p{Emoji}\ufe0f|^\p{Regional_Indicator}{2}/u,
    invisible: /^[\p{Mark}\p{Default_Ignorable_Code_Point}\p{Control}]+$/u,
  };
  if (kinds.invisible.test(grapheme)) return 0;
  if (kinds.emoji.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0) ?? 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
