/** Finds the word a user probably meant. Imports nothing. */

/**
 * Returns the allowed word closest to `word`, or null when none is close: at most one typo (a letter wrong,
 * missing, extra, or two swapped) for every three letters.
 */
export function nearest(word: string, allowed: Iterable<string>): string | null {
  const typed = word.toLowerCase();
  let best: string | null = null;
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of allowed) {
    const slips = countEdits(typed, candidate.toLowerCase(), least);
    if (slips < least) {
      least = slips;
      best = candidate;
    }
  }
  return best;
}

/**
 * Counts the edits between two words, with swaps of neighbours as
 * one; returns at most `max`.
 */
function countEdits(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) >= max) return max;
  let twoBack: number[] = [];
  let back = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(back, j) + 1, at(row, j - 1) + 1, at(back, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(twoBack, j - 2) + 1);
      row.push(cost);
    }
    twoBack = back;
    back = row;
  }
  return Math.min(max, at(back, b.length));
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
