/**
 * Fits text into columns: wraps between words, and cuts a word that is too long. Colours continue after a
 * break.
 */
import { cutToWidth, measureWidth } from "./width.ts";

// deno-lint-ignore no-control-regex
const CODE = /(\x1b\[[0-9;]*m)/;
/**
 * The sequence that ends a style, by the one that begins it: bold and dim share theirs, and so do all
 * colours.
 */
const ENDS: Readonly<Record<string, string>> = { "1": "22", "2": "22" };

/**
 * Wraps text to lines of at most `width` columns, between words. Cuts a word longer than a line with an
 * ellipsis.
 *
 * @param indent before every line but the first
 * @param fit makes a word that is too long fit, by default by cutting it
 */
export function wrapWords(text: string, width: number, indent = "", fit = cutStyled): readonly string[] {
  if (measureWidth(text) <= width) return [text];
  const lines: string[] = [];
  const lead = /^ */.exec(text)?.[0] ?? "";
  let line = lead;
  let taken = lead.length;
  let isEmpty = true;
  let active: readonly string[] = [];
  for (const word of text.slice(lead.length).split(" ")) {
    const length = measureWidth(word);
    if (!isEmpty && taken + 1 + length > width) {
      lines.push(line.trimEnd() + closeStyles(active));
      line = indent + active.join("");
      taken = measureWidth(indent);
      isEmpty = true;
    }
    const fitting = fit(word, Math.max(1, width - taken - (isEmpty ? 0 : 1)));
    line += isEmpty ? fitting : ` ${fitting}`;
    taken += measureWidth(fitting) + (isEmpty ? 0 : 1);
    isEmpty &&= length === 0;
    active = stylesAfter(word, active);
  }
  lines.push(line.trimEnd());
  return lines;
}

/** Like {@linkcode wrapWords}, but breaks a word that is too long instead of cutting it: nothing is lost. */
export function wrapWhole(text: string, width: number): readonly string[] {
  // Codes of a style within a word would be broken as well.
  if (text.includes("\x1b")) return wrapWords(text, width);
  return wrapWords(text.split(" ").flatMap((word) => breakWord(word, width)).join(" "), width);
}

/** Breaks a word into parts that fill a line each, so that no other word fits beside them. */
function breakWord(word: string, width: number): readonly string[] {
  const part = cutToWidth(word, width + 1).slice(0, -1);
  return measureWidth(word) <= width || part === ""
    ? [word]
    : [part, ...breakWord(word.slice(part.length), width)];
}

/** Breaks lines between words for a stream that is a terminal; cuts nothing, so that commands and paths can be copied. */
export function wrapMessage(text: string, columns: number | null): string {
  return text.split("\n").flatMap((line) =>
    wrapWords(line, columns ?? Infinity, /^ */.exec(line)![0], (word) => word)
  ).join("\n");
}

/** Cuts the text to `width` columns; ends the styles that it begins. */
export function cutStyled(text: string, width: number): string {
  if (measureWidth(text) <= width) return text;
  if (!text.includes("\x1b")) return cutToWidth(text, width);
  let rest = width;
  let isOver = false;
  return text.split(CODE).map((part) => {
    if (CODE.test(part)) return part;
    if (isOver || part === "") return "";
    const length = measureWidth(part);
    // Where the text reaches the edge, one column is reserved for the ellipsis.
    if (length < rest) {
      rest -= length;
      return part;
    }
    isOver = true;
    return length === rest && rest === width ? part : cutShort(part, rest);
  }).join("");
}

/** Cuts with an ellipsis even text that just fits, because more text follows. */
function cutShort(text: string, width: number): string {
  const short = cutToWidth(`${text}${"x".repeat(width + 1)}`, width);
  return short.replace(/x+…$/, "…");
}

function stylesAfter(word: string, before: readonly string[]): readonly string[] {
  if (!word.includes("\x1b")) return before;
  let active = before;
  for (const code of word.split(CODE).filter((part) => CODE.test(part))) {
    const number = code.slice(2, -1);
    active = isEnd(number)
      ? active.filter((one) => findEnding(one) !== number && number !== "0")
      : [...active, code];
  }
  return active;
}

function isEnd(number: string): boolean {
  return number === "0" || number === "22" || number === "39";
}

function findEnding(code: string): string {
  return ENDS[code.slice(2, -1)] ?? "39";
}

function closeStyles(active: readonly string[]): string {
  return active.toReversed().map((code) => `\x1b[${findEnding(code)}m`).join("");
}
