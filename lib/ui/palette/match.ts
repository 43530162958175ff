/** Finds entries by a few letters: every word typed has to occur, and the nearest come first. */

export interface Findable {
  readonly title: string;
  /** Further words it is found by. */
  readonly words?: string;
}

const MARKS = /\p{M}/gu;

/** Lower case, without accents: `Élan` is found by `elan`. */
function plainLetters(text: string): string {
  return text.normalize("NFKD").replace(MARKS, "").toLowerCase();
}

/** In the order given where they match alike; all of them when nothing is typed. */
export function findEntries<T extends Findable>(entries: readonly T[], typed: string): readonly T[] {
  const words = plainLetters(typed).split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return entries;
  return entries.map((entry, place) => ({ entry, place, score: scoreOf(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map(({ entry }) => entry);
}

/** 0 when a word is not in it at all. */
function scoreOf({ title, words: more = "" }: Findable, words: readonly string[]): number {
  const own = plainLetters(title);
  const all = plainLetters(more);
  let sum = 0;
  for (const word of words) {
    // Letters here and there mean something in a title alone.
    const score = Math.max(wordScore(own, word) * 2, wordScore(all, word)) || spreadScore(own, word);
    if (score === 0) return 0;
    sum += score;
  }
  // Of two that match alike, the shorter title is the nearer one.
  return sum + 1 / (1 + own.length);
}

/** The beginning of the text counts most, then that of a word, then a part of one. */
function wordScore(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at === 0) return 8;
  if (at > 0) return /[\p{L}\p{N}]/u.test(text[at - 1]!) && !text.includes(` ${word}`) ? 4 : 6;
  return 0;
}

/** Whether the letters occur in this order, with others between them. */
function spreadScore(text: string, word: string): number {
  let at = -1;
  for (const letter of word) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return 0;
  }
  return word.length > 1 ? 1 : 0;
}
