/**
 * Makes external text safe to print. Vendors, files and file names may contain
 * terminal commands, bidirectional overrides and invisible characters; anything
 * written to a terminal or a log passes through `plain` first.
 */

/** C0 and C1 controls, DEL, and the line and paragraph separators. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/gu;
/** Bidirectional marks, embeddings, overrides and isolates. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** Characters that show nothing and only hide or disguise: zero-width spaces, soft hyphen, fillers, tags. */
const INVISIBLE =
  /\u00ad|[\u115f\u1160\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0]|[\u{e0000}-\u{e0fff}]/gu;

/** Text without any of them, by far the most common: found in one pass. */
const HARMLESS = /^[ -~]*$/;

const REPLACEMENT = "\ufffd";

/**
 * Returns one line of harmless text. Line breaks and tabs become a space, other controls become U+FFFD so
 * that tampering stays visible, and characters that only steer text direction or show nothing are removed.
 */
export function harmless(text: string): string {
  if (HARMLESS.test(text)) return text;
  return text.toWellFormed()
    .replace(/\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g, " ")
    .replace(CONTROLS, REPLACEMENT)
    .replace(BIDI, "")
    .replace(INVISIBLE, "");
}

/** Makes text harmless line by line; its line breaks stay. */
export function harmlessLines(text: string): string {
  return HARMLESS.test(text) ? text : text.split(/\r\n|\n/).map(harmless).join("\n");
}

/**
 * Like `harmless`, truncated to a length.
 *
 * @param max maximum number of characters (user-perceived), the last one an ellipsis; by default unlimited
 */
export function plain(text: string, max?: number): string {
  const safe = harmless(text);
  return max === undefined ? safe : cut(safe, max);
}

/** Created when first needed, because loading the Unicode tables takes time. */
let graphemes: Intl.Segmenter | undefined;

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return "";
  // A character may consist of any number of marks, so bound the length in code units as well.
  const most = max * 8;
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const parts: string[] = [];
  let length = 0;
  for (const { segment } of graphemes.segment(text.slice(0, most + 1))) {
    length += segment.length;
    if (parts.length === max || length > most) {
      return `${parts.slice(0, max - 1).join("").toWellFormed()}\u2026`;
    }
    parts.push(segment);
  }
  return text;
}

/** Returns the message of an error, or any other thrown value as text. */
export function explainError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Twice the rounding error of a difference of some thousands. */
const MAX_NOISE = 1e-12;

/**
 * Removes the noise of binary fractions: 1.3 instead of 1.299999999999983. Leaves a value that needs all its digits, so
 * that whoever reads it back loses nothing.
 */
export function roundNoise(value: number): number {
  if (Number.isInteger(value)) return value;
  const short = Number(value.toPrecision(12));
  if (short === Number(value.toPrecision(10))) return short;
  // A small difference of large amounts has the noise of these.
  const fixed = Number(value.toFixed(9));
  return fixed !== 0 && Math.abs(value - fixed) < MAX_NOISE ? fixed : value;
}

/** Smaller amounts are the noise of binary fractions. */
const MIN_AMOUNT = 1e-9;

/**
 * Rounds an amount for readers: to six decimals, or to six digits when it is smaller. What is read back, as exports and
 * metrics are, uses `roundNoise`, which loses nothing.
 */
export function roundAmount(value: number): number {
  const size = Math.abs(value);
  return Number(size >= MIN_AMOUNT && size < 1e-6 ? value.toPrecision(6) : value.toFixed(6));
}
