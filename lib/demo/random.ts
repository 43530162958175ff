/**
 * Chance that repeats: the same seed and place always give the same number, in whatever
 * order they are asked for. Good enough for a believable month, and for nothing else.
 */

/** What a number depends on besides the seed: names of things and counts. */
export type Place = readonly (string | number)[];

/** A number in `[0, 1)` that belongs to `seed` and `place`. */
export function chance(seed: number, ...place: Place): number {
  let state = mix(seed >>> 0);
  for (const part of place) {
    if (typeof part === "number") {
      // Both halves, since indexes of slots and seconds outgrow 32 bits.
      state = mix(state ^ (part >>> 0));
      state = mix(state ^ (Math.floor(part / 2 ** 32) >>> 0));
    } else {
      for (let at = 0; at < part.length; at++) state = mix(state ^ part.charCodeAt(at));
      state = mix(state ^ 0x80000000);
    }
  }
  return state / 2 ** 32;
}

/** A number between `low` and `high` that belongs to `seed` and `place`. */
export function between(low: number, high: number, seed: number, ...place: Place): number {
  return low + (high - low) * chance(seed, ...place);
}

/** Spreads the 32 bits of a number over all of them (a bijection, so nothing is lost on the way). */
function mix(value: number): number {
  let bits = (value + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
