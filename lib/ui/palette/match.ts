/** Finds entries by a few letters: every typed word has to match, and the best matches come first. */

export interface Findable {
  readonly title: string;
  /** More words to find it by. */
  readonly words?: string;
}

const MARKS = /\p{M}/gu;

/** Lower case, without accents: `Élan` is found by `elan`. */
function plainLetters(text: string): string {
  return text.normalize("NFKD").replace(MARKS, "").toLowerCase();
}

/** Returns the matches, equal ones in the order given; all entries when nothing is typed. */
export function findEntries<T extends Findable>(entries: readonly T[], typed: string): readonly T[] {
  const words = plainLetters(typed).split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return entries;
  const scored = entries.map((entry, place) => ({ entry, place, ...computeScore(entry, words) }))
    .filter(({ score }) => score > 0);
  // Scattered letters are a guess, worth showing only when nothing contains the words themselves.
  const exact = scored.filter(({ isSpread }) => !isSpread);
  return (exact.length > 0 ? exact : scored)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map(({ entry }) => entry);
}

/** Scores an entry, 0 when a word does not match; `isSpread` when a word only matches by its letters. */
function computeScore(
  { title, words: more = "" }: Findable,
  words: readonly string[],
): { readonly score: number; readonly isSpread: boolean } {
  const own = plainLetters(title);
  const all = plainLetters(more);
  let score = 0;
  let isSpread = false;
  for (const word of words) {
    const found = Math.max(wordScore(own, word) * 2, wordScore(all, word));
    const guessed = found === 0 ? spreadScore(own, word) : 0;
    if (found + guessed === 0) return { score: 0, isSpread };
    isSpread ||= found === 0;
    score += found + guessed;
  }
  // Of two equal matches, the shorter title comes first.
  return { score: score + 1 / (1 + own.length), isSpread };
}

/** Scores the beginning of the text highest, then that of a word, then a part of a word; 0 for no match. */
function wordScore(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at === 0) return 8;
  if (at > 0) return /[\p{L}\p{N}]/u.test(text[at - 1]!) && !text.includes(` ${word}`) ? 4 : 6;
  return 0;
}

/** Returns 1 when the letters occur in this order, with others between them; else 0. */
function spreadScore(text: string, word: string): number {
  let at = -1;
  for (const letter of word) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return 0;
  }
  return word.length > 1 ? 1 : 0;
}
