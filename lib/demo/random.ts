/**
 * Repeatable randomness: the same seed and place always give the same number, in any order of calls. Good
 * enough for a believable month, and for nothing else.
 */

/** What a number depends on besides the seed: names and counts. */
export type Place = readonly (string | number)[];

/** Returns the number in `[0, 1)` of `seed` and `place`. */
export function decideByChance(seed: number, ...place: Place): number {
  let state = mix(seed >>> 0);
  for (const part of place) {
    if (typeof part === "number") {
      // Both halves, because indexes of slots and seconds exceed 32 bits.
      state = mix(state ^ (part >>> 0));
      state = mix(state ^ (Math.floor(part / 2 ** 32) >>> 0));
    } else {
      for (let at = 0; at < part.length; at++) state = mix(state ^ part.charCodeAt(at));
      state = mix(state ^ 0x80000000);
    }
  }
  return state / 2 ** 32;
}

/** Returns the number between `low` and `high` of `seed` and `place`. */
export function drawBetween(low: number, high: number, seed: number, ...place: Place): number {
  return low + (high - low) * decideByChance(seed, ...place);
}

/** Mixes the 32 bits of a number (a bijection, so nothing is lost). */
function mix(value: number): number {
  let bits = (value + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
