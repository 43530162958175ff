/** Plain-character substitutes for terminals that can show no others. Data never passes through here. */

/** Locale variables: the first one set decides; when none is set, our signs stay. */
const LOCALE = ["LC_ALL", "LC_CTYPE", "LANG"] as const;

export function wantsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = LOCALE.map((name) => env[name]).find((value) => value !== undefined && value !== "");
  if (locale === undefined) return false;
  const charset = /\.([^@]+)/.exec(locale)?.[1];
  return charset === undefined ? locale === "C" || locale === "POSIX" : !/^utf-?8$/i.test(charset);
}

const PLAIN: Readonly<Record<string, string>> = {
  "─": "-",
  "═": "=",
  "│": "|",
  "┤": "|",
  "├": "|",
  "┼": "+",
  "└": "+",
  "┴": "+",
  "╌": "~",
  "█": "#",
  "░": ".",
  "▁": "_",
  "▂": ".",
  "▃": ":",
  "▄": "-",
  "▅": "=",
  "▆": "+",
  "▇": "*",
  "●": "*",
  "○": "o",
  "▲": "!",
  "✕": "x",
  "·": "-",
  "…": "~",
  "•": "*",
  "→": "->",
};

/** Replaces the signs we draw with; letters in names stay unchanged. */
export function inAscii(text: string): string {
  return text.replace(/[\u2500-\u25ff\u2715\u00b7\u2026\u2022\u2192]/g, (sign) => PLAIN[sign] ?? "+")
    .replace(/[\u2800-\u28ff]/g, plainDots);
}

/** Replaces a braille character by the half of the cell that has its dots. */
function plainDots(sign: string): string {
  const dots = sign.charCodeAt(0) - 0x2800;
  const upper = (dots & 0b0001_1011) !== 0;
  const lower = (dots & 0b1110_0100) !== 0;
  return upper && lower ? ":" : upper ? "'" : lower ? "." : " ";
}
